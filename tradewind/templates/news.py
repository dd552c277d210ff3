"""What Meta tells of templates by webhook. The projector calls `apply` inside its transaction; safe to repeat.

A template that is not known here yet is fetched by a sync soon afterwards; nothing is guessed.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tradewind.numbers.models import Account
from tradewind.templates import actions
from tradewind.templates.models import Template
from tradewind.whatsapp.webhooks.events import (
    Event,
    TemplateCategory,
    TemplateComponents,
    TemplateEvent,
    TemplateQuality,
    TemplateStatus,
)

# Meta's event → the status it leaves; events that are not here keep the status.
STATUS_OF = {
    "REINSTATED": "APPROVED",
    "UNARCHIVED": "APPROVED",
    "FLAGGED": "",
    "LOCKED": "",
}
# How long the pauses for low quality last (cloud-api.md §4); a third time disables.
PAUSES = {"FIRST_PAUSE": timedelta(hours=3), "SECOND_PAUSE": timedelta(hours=6)}


def apply(event: Event, *, account: Account, at: datetime) -> bool:
    """Apply one event about a template of this account; False when this room has nothing to do with its kind."""
    handler = HANDLERS.get(type(event))
    if handler is None or not isinstance(event, TemplateEvent):
        return False
    row = template_of(event, account)
    if row is None:
        ask_again(account)
    else:
        handler(row, event, at)
    return True


def apply_status(row: Template, event: TemplateStatus, at: datetime) -> None:
    if row.status_at is not None and at < row.status_at:
        return  # Meta does not keep the order: a younger event has been here
    word = event.event.upper()
    status = STATUS_OF.get(word, word)
    reason = (event.reason or "").upper()
    facts: dict[str, Any] = {
        "status": status[:24] or row.status,
        "status_at": at,
        "status_detail": event.recommendation or event.description or "",
        "rejected_reason": reason[:60] if word == "REJECTED" and reason not in actions.NO_REASON else "",
    }
    if word == "PAUSED":
        facts["paused_until"] = pause_end(event.title, at)
    if word == "DELETED":
        facts["removed_at"] = at
    if event.category:
        facts["category"] = event.category.upper()[:20]
    actions.change(row, facts)


def pause_end(title: str | None, at: datetime) -> datetime | None:
    """When a pause ends by itself; None when Meta does not say (a pause by pacing is ended by hand)."""
    length = PAUSES.get((title or "").upper())
    return at + length if length else None


def apply_quality(row: Template, event: TemplateQuality, at: datetime) -> None:
    score = (event.current or "").upper()
    actions.change(row, {"quality": score if score in ("GREEN", "YELLOW", "RED") else "UNKNOWN"})


def apply_category(row: Template, event: TemplateCategory, at: datetime) -> None:
    """A change that is announced is shown; one that is done is done."""
    if event.correct:
        due = datetime.fromtimestamp(event.changes_at, UTC) if event.changes_at else at + timedelta(hours=24)
        actions.change(row, {"next_category": event.correct.upper()[:20], "next_category_at": due})
    elif event.current:
        actions.change(row, {"category": event.current.upper()[:20], "next_category": "", "next_category_at": None})


def apply_components(row: Template, event: TemplateComponents, at: datetime) -> None:
    """Meta tells the texts only in part (no samples, no formats): ask for the whole."""
    ask_again(row.account)


HANDLERS: dict[type[Event], Callable[[Template, Any, datetime], None]] = {
    TemplateStatus: apply_status,
    TemplateQuality: apply_quality,
    TemplateCategory: apply_category,
    TemplateComponents: apply_components,
}


def template_of(event: TemplateEvent, account: Account) -> Template | None:
    """The template meant, locked: by Meta's id, else by name and language."""
    rows = Template.objects.select_for_update().filter(account=account)
    row = rows.filter(meta_id=event.template_id).first() if event.template_id else None
    if row is None and event.name and event.language:
        row = rows.filter(name=event.name, language=event.language).first()
    return row


def ask_again(account: Account) -> None:
    from tradewind.templates import jobs  # jobs use the verbs

    jobs.ask_soon(account.pk)
