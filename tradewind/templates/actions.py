"""The verbs of templates: ask Meta for all of them. What Meta tells by webhook is applied in news.py."""

from typing import Any

from django.db import transaction

from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.numbers import access, meta
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.templates.authoring import versions
from tradewind.templates.models import Template
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

# How Meta writes "no reason".
NO_REASON = ("", "NONE", "null")


def sync(account: Account, *, member: Member | None = None) -> None:
    """Ask Meta for the account's templates and write them down; those that Meta no longer has get `removed_at`.

    Raises NumberError with a sentence, which is also kept in the account's `sync_error`.
    """
    try:
        found = meta.ask(access.access_of(account), lambda graph: graph.templates(account.waba_id))
    except NumberError as error:
        Account.objects.filter(pk=account.pk).update(sync_error=str(error))
        raise
    with transaction.atomic():
        changed = write(account, found)
        if member is not None:
            audit.note(member, "templates.synced", account, str(account), {"changed": changed})


def write(account: Account, found: list[dict[str, Any]]) -> int:
    """Bring the account's templates up to Meta's list; how many were new, changed or removed. Safe to repeat."""
    Account.objects.select_for_update().get(pk=account.pk)  # one writer at a time
    known = {(row.name, row.language): row for row in Template.objects.filter(account=account)}
    changed = 0
    for each in found:
        facts = facts_of(each)
        if facts["name"] and facts["language"]:
            changed += keep(account, known.pop((facts["name"], facts["language"]), None), facts)
    for row in known.values():
        changed += row.removed_at is None and change(row, {"removed_at": clock.now()}, verb="template.removed")
    Template.objects.filter(account=account, removed_at=None).update(synced_at=clock.now())
    return changed


def keep(account: Account, row: Template | None, facts: dict[str, Any]) -> bool:
    if row is not None:
        return change(row, {**facts, "removed_at": None})
    row = Template.objects.create(workspace_id=account.workspace_id, account=account, synced_at=clock.now(), **facts)
    versions.note(row)
    journal(row, {"verb": "template.found", "status": row.status})
    return True


def facts_of(answer: dict[str, Any]) -> dict[str, Any]:
    """A template's columns from Meta's answer; what is missing or odd gets the safe value."""
    quality = answer.get("quality_score")
    score = quality.get("score") if isinstance(quality, dict) else quality
    components = answer.get("components")
    reason = word(answer, "rejected_reason")
    return {
        "meta_id": str(answer.get("id") or "")[:40],
        "name": str(answer.get("name") or "")[:512],
        "language": str(answer.get("language") or "")[:16],
        "category": word(answer, "category")[:20],
        "status": word(answer, "status")[:24] or "PENDING",
        "quality": score if score in ("GREEN", "YELLOW", "RED") else "UNKNOWN",
        "rejected_reason": "" if reason in NO_REASON else reason[:60],
        "parameter_format": word(answer, "parameter_format")[:12] or "POSITIONAL",
        "components": components if isinstance(components, list) else [],
    }


def word(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    return value.upper() if isinstance(value, str) else ""


def change(row: Template, facts: dict[str, Any], *, verb: str = "template.changed") -> bool:
    """Set what differs and journal it; says whether anything differed. Leaving a state clears what belonged to it."""
    differing = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if not differing:
        return False
    if "status" in differing and differing["status"] != "PAUSED":
        differing.setdefault("paused_until", None)
    told = {name: [getattr(row, name), value] for name, value in differing.items() if name in TOLD}
    for name, value in differing.items():
        setattr(row, name, value)
    row.save(update_fields=[*differing])
    if "components" in differing:
        versions.note(row)
    elif "status" in differing:
        versions.decide(row)
    journal(row, {"verb": verb, "changes": told})
    return True


# What a journal entry tells with its values; the rest is only named by being there.
TOLD = frozenset({"status", "quality", "category", "rejected_reason", "next_category"})


def journal(row: Template, data: dict[str, Any]) -> None:
    record(
        "template.changed",
        workspace_id=row.workspace_id,
        data={"template": row.pk, "name": row.name, "language": row.language, **data},
    )
