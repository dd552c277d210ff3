"""Acts on many people: looked at before, done by the worker in short stretches, stopped, gone on with, undone.

`stretches.py` does the work; here are the verbs that members and programs use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.contacts.errors import ContactError
from tradewind.contacts.fields import register_field
from tradewind.contacts.models import BATCH_VERBS, Batch, BatchStretch, Tag
from tradewind.contacts.tags import acts, selections
from tradewind.contacts.tags.assign import kept_by_rule
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show, storable
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

# So long can a batch be undone; then what it needs for that is forgotten.
UNDO_FOR = timedelta(days=30)
MOST_TAGS = 20
LONGEST_VALUE = 1_000
ACTIVE = ("waiting", "running", "undoing")
ENDED = ("done", "cancelled", "failed")

FIGURES = {
    "add": "t.tags @> %(tags)s::int[]",
    "remove": "NOT coalesce(t.tags && %(tags)s::int[], false)",
    "replace": "NOT coalesce(t.tags && %(take)s::int[], false)",
    "field": "c.value IS NOT DISTINCT FROM %(after)s::jsonb",
    "owner": "c.value IS NOT DISTINCT FROM %(after)s::jsonb",
}
COUNT_TAGS = """
SELECT count(*), count(*) FILTER (WHERE {so}) FROM ({who}) AS s LEFT JOIN contact_tags t USING (contact_id)
"""
COUNT_VALUES = """
SELECT count(*), count(*) FILTER (WHERE {so}) FROM ({who}) AS s
JOIN (SELECT id, {value} AS value FROM contact WHERE workspace_id = %(workspace)s) AS c ON c.id = s.contact_id
"""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch would do: `people` are chosen, `alike` of them are so already, `changing` are not."""

    people: int
    alike: int

    @property
    def changing(self) -> int:
        return self.people - self.alike


def preview(*, workspace: Workspace, verb: str, detail: dict[str, Any], selection: dict[str, Any]) -> Preview:
    """Count before anything is done. Raises ContactError."""
    detail = checked(workspace, verb, detail)
    sql = selections.sql_of(selection, workspace_id=workspace.pk)
    draft = Batch(workspace=workspace, verb=verb, detail=detail)
    params = {**sql.params, **{name: detail.get(name, []) for name in ("tags", "take")}, "workspace": workspace.pk}
    if verb in ("field", "owner"):
        value, _set, _fits = acts.parts_of(draft, "NULL")
        count = COUNT_VALUES.format(so=FIGURES[verb], who=sql.text, value=value)
        params |= {"after": acts.after_of(draft), "field": detail.get("field", "")}
    else:
        count = COUNT_TAGS.format(so=FIGURES[verb], who=sql.text)
    with selections.reading(workspace.pk) as cursor:
        cursor.execute(count, params)
        return Preview(*cursor.fetchone())


def start(
    *, workspace: Workspace, verb: str, detail: dict[str, Any], selection: dict[str, Any], member: Member | None
) -> Batch:
    """Begin a batch; the worker does it. Raises ContactError."""
    detail = checked(workspace, verb, detail)
    selections.sql_of(selection, workspace_id=workspace.pk)
    with transaction.atomic():
        batch = Batch.objects.create(
            workspace=workspace, member=member, verb=verb, detail=detail, selection=selection, created_at=clock.now()
        )
        if verb == "field" and detail["field"] not in acts.COLUMNS:
            register_field(workspace.pk, detail["field"], detail.get("value"))
        tell(batch, "batch.started", member)
    return batch


def checked(workspace: Workspace, verb: str, detail: dict[str, Any]) -> dict[str, Any]:
    """The detail as `Batch.detail` keeps it. Raises ContactError with a sentence."""
    if verb not in BATCH_VERBS:
        raise ContactError(_("Choose what is to be done."))
    if verb == "owner":
        return {"owner": owner_of(workspace, detail.get("owner"))}
    if verb == "field":
        return checked_field(detail)
    kept = {key: value for key, value in detail.items() if key in ("until", "reason") and value}
    if kept.get("until") and datetime.fromisoformat(kept["until"]) <= clock.now():
        raise ContactError(_("The end lies in the past."))
    if verb == "replace":
        put = tags_of(workspace, detail.get("put"), is_on=True)
        take = tags_of(workspace, detail.get("take"), is_on=False)
        if set(put) & set(take):
            raise ContactError(_("A tag cannot take its own place."))
        return {**kept, "take": take, "put": put}
    return {**kept, "tags": tags_of(workspace, detail.get("tags"), is_on=verb == "add")}


def tags_of(workspace: Workspace, ids: Sequence[int] | None, *, is_on: bool) -> list[int]:
    """The ids of tags that may be set by hand."""
    found = list(Tag.objects.filter(workspace=workspace, pk__in=ids or []))
    if not found or len(found) < len(set(ids or [])):
        raise ContactError(_("Choose a tag that is there."))
    if len(found) > MOST_TAGS:
        raise ContactError(_("At most %(most)s tags at once.") % {"most": MOST_TAGS})
    for tag in found:
        if tag.rule_id is not None:
            raise ContactError(kept_by_rule(tag.name))
        if is_on and tag.archived_at is not None:
            raise ContactError(_("The tag %(tag)s is archived. Bring it back before you put it on.") % {"tag": tag})
    return sorted(tag.pk for tag in found)


def checked_field(detail: dict[str, Any]) -> dict[str, Any]:
    key, value = str(detail.get("field", "")).strip(), detail.get("value")
    if not 1 <= len(key) <= 60:
        raise ContactError(_("The name of a field has 1 to 60 letters."))
    if isinstance(value, str):
        value = storable(value).strip()[:LONGEST_VALUE]
    longest = {"language": 12, "country": 2, "city": 80, "company": 120}.get(key)
    if longest is not None:
        value = safe_to_show(str(value or ""), one_line=True)
        if len(value) > longest:
            raise ContactError(_("%(field)s is too long: %(most)s letters at most.") % {"field": key, "most": longest})
        value = value.upper() if key == "country" else value
    return {"field": storable(key), "value": value}


def owner_of(workspace: Workspace, owner: Any) -> int | None:
    """A member of the workspace; None = nobody."""
    if owner is None:
        return None
    if not Member.objects.active().filter(workspace=workspace, pk=owner).exists():
        raise ContactError(_("This member is not here any more."))
    return int(owner)


def pause(batch: Batch, *, member: Member | None) -> bool:
    """Stop before the next stretch, to go on later."""
    return move(batch, ("waiting", "running"), "paused", "batch.paused", member)


def resume(batch: Batch, *, member: Member | None) -> bool:
    to = "running" if batch.stretches.exists() else "waiting"
    return move(batch, ("paused",), to, "batch.resumed", member)


def cancel(batch: Batch, *, member: Member | None) -> bool:
    """Stop for good; what was done stays and can be undone."""
    return move(
        batch, ("waiting", "running", "paused"), "cancelled", "batch.cancelled", member, finished_at=clock.now()
    )


def undo(batch: Batch, *, member: Member | None) -> bool:
    """Take back what the batch changed and nobody has changed since. Raises ContactError when it is too late."""
    if not can_undo(batch):
        raise ContactError(_("This can no longer be undone: that is possible for 30 days, and once."))
    return move(batch, ENDED, "undoing", "batch.undoing", member)


def can_undo(batch: Batch) -> bool:
    """Whether there is something to undo, and time for it; a tag that was deleted does not come back."""
    if batch.state not in ENDED or not batch.changed or batch.detail.get("then"):
        return False
    return batch.finished_at is not None and batch.finished_at > clock.now() - UNDO_FOR


def move(batch: Batch, states: tuple[str, ...], to: str, verb: str, member: Member | None, **fields: Any) -> bool:
    """From one of these states into another, once; False when somebody else was faster."""
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state__in=states).update(state=to, **fields):
            return False
        tell(batch, verb, member)
    batch.refresh_from_db()
    return True


def tell(batch: Batch, kind: str, member: Member | None) -> None:
    """The journal entry, and the audit line of the member who did it."""
    data = {"batch": batch.pk, "verb": batch.verb}
    record(kind, workspace_id=batch.workspace_id, member_id=member.pk if member else None, data=data)
    if member is not None:
        audit.note(member, kind, batch, "", {**batch.detail, "verb": batch.verb})


def forget_old() -> bool:
    """Forget what nobody can undo any more: a few batches at a time."""
    old = BatchStretch.objects.filter(batch__finished_at__lt=clock.now() - UNDO_FOR).exclude(batch__state="undoing")
    ids = list(old.values_list("batch_id", flat=True).distinct()[:5])
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("batch_stretch", "batch_before"):
            cursor.execute(f"DELETE FROM {table} WHERE batch_id = ANY(%s)", [ids])  # noqa: S608  two names of ours
    return bool(ids)


VERB_NAMES = {
    "add": gettext_lazy("Add tags"),
    "remove": gettext_lazy("Take tags off"),
    "replace": gettext_lazy("Replace tags"),
    "field": gettext_lazy("Set a field"),
    "owner": gettext_lazy("Set the person in charge"),
}
