"""The verbs of single messages: send, cancel, decide a doubt; and the end of safe mode.

    message = send(workspace=w, number=n, contact=c, payload=payloads.text("Hello"), category="service",
                   client_message_id="order-17", author=member)

A message is only queued here; the sender checks everything again at the last moment before it leaves.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from tradewind.contacts.models import Contact
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.messages.models import (
    PRIORITY_MARKETING,
    PRIORITY_REPLY,
    PRIORITY_UTILITY,
    Content,
    Message,
    Outbox,
    ServiceWindow,
    Tally,
)
from tradewind.numbers.models import Number
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

CATEGORIES = ("marketing", "utility", "authentication", "service")
ONE_TIME_CODE_LIFE = timedelta(minutes=10)
"""Meta drops an authentication message that it could not deliver for 10 minutes (cloud-api.md §3): so do we."""


class SendError(ValueError):
    """It cannot be sent; the message is a sentence for people: why, and what to do."""


class ReusedId(SendError):
    """The client_message_id names another message already."""


def send(
    *,
    workspace: Workspace,
    number: Number,
    contact: Contact,
    category: str,
    payload: dict[str, Any] | None = None,
    content: Content | None = None,
    variables: dict[str, str] | None = None,
    client_message_id: str | None = None,
    author: Member | None = None,
    priority: int | None = None,
    expires_at: datetime | None = None,
    reply_to_wamid: str = "",
    due_at: datetime | None = None,
    at_night: bool = False,
) -> Message:
    """Queue one message: a free-form `payload` (of whatsapp.payloads, inside the service window) or a `content`.

    `at_night` is for who asks for it on their own phone: then quiet hours do not hold marketing back.

    The same `client_message_id` again gives the message that it made before, however many ask at once. Raises SendError
    where it is known already that it may not be sent, ReusedId when the id stands for something else.
    """
    check(workspace, number, contact, category, payload, content)
    now = clock.now()
    if category == "authentication" and expires_at is None:
        expires_at = now + ONE_TIME_CODE_LIFE
    with transaction.atomic():
        fields = {
            "workspace": workspace, "number": number, "contact": contact, "direction": "out", "state": "queued",
            "kind": kind_of(payload, content), "category": category,
            "content": content, "variables": variables, "payload": payload, "text": text_of(payload),
            "author": author, "reply_to_wamid": reply_to_wamid, "created_at": now, "expires_at": expires_at,
        }  # fmt: skip
        message, is_new = insert_once(workspace, client_message_id, fields)
        if not is_new:
            return same_or_refuse(message, fields)
        queue(message, priority, due_at or now, at_night=at_night)
        record(
            "message.queued", workspace_id=workspace.pk, contact_id=contact.pk, number_id=number.pk,
            message_id=message.pk, member_id=author.pk if author else None,
        )  # fmt: skip
        if author is not None or category != "marketing":
            wake_senders()
    return message


def check(
    workspace: Workspace, number: Number, contact: Contact, category: str,
    payload: dict[str, Any] | None, content: Content | None,
) -> None:  # fmt: skip
    """Refuse what would surely be refused later, with the reason. Raises SendError."""
    workspaces = {number.workspace_id, contact.workspace_id, content.workspace_id if content else workspace.pk}
    if workspaces != {workspace.pk}:
        raise SendError(_("That belongs to another workspace."))
    if category not in CATEGORIES:
        raise SendError(_("A message is marketing, utility, authentication or service."))
    if (payload is None) == (content is None):
        raise SendError(_("A message has either a free text or a template."))
    if payload is not None and not isinstance(payload.get("type"), str):
        raise SendError(_("The message has no type."))
    if number.removed_at is not None:
        raise SendError(_("%(number)s was removed. Choose another number.") % {"number": number.name})
    if contact.suppressed_at is not None:
        raise SendError(
            _("Nothing is sent to this person: %(why)s.") % {"why": contact.suppressed_reason or _("suppressed")}
        )
    if category == "marketing" and contact.marketing != "opted_in":
        raise SendError(_("This person has not agreed to marketing messages."))
    if kind_of(payload, content) != "template" and not is_window_open(number, contact, clock.now()):
        raise SendError(_("The person last wrote more than 24 hours ago: only an approved template can reach them."))


def kind_of(payload: dict[str, Any] | None, content: Content | None) -> str:
    """Meta's type of the message; a kept free message knows its own."""
    kept = content.payload.get("kind") if content is not None else None
    return str(payload["type"] if payload is not None else kept or "template")[:24]


def is_window_open(number: Number, contact: Contact, at: datetime) -> bool:
    """Whether free-form messages are allowed from this number to this person."""
    return ServiceWindow.objects.filter(number=number, contact=contact, closes_at__gt=at).exists()


def insert_once(workspace: Workspace, client_message_id: str | None, fields: dict[str, Any]) -> tuple[Message, bool]:
    """The message of that id, made if it is new: fifty at once make one, the others wait for it and read it."""
    if client_message_id is None:
        return Message.objects.create(**fields), True
    if not 0 < len(client_message_id) <= 120:
        raise SendError(_("A client_message_id has 1 to 120 characters."))
    try:
        with transaction.atomic():
            return Message.objects.create(client_message_id=client_message_id, **fields), True
    except IntegrityError:
        # Another transaction has made it, and has committed: the unique key waited for it.
        there = Message.objects.filter(workspace=workspace, client_message_id=client_message_id).first()
        if there is None:
            raise
        return there, False


def same_or_refuse(message: Message, fields: dict[str, Any]) -> Message:
    """The message made before, if it says the same to the same person."""
    if (message.number_id, message.contact_id) != (fields["number"].pk, fields["contact"].pk) or (
        message.payload,
        message.content_id,
        message.variables,
    ) != (fields["payload"], fields["content"].pk if fields["content"] else None, fields["variables"]):
        raise ReusedId(_("This client_message_id was used for another message already."))
    return message


def queue(message: Message, priority: int | None, due_at: datetime, *, at_night: bool = False) -> None:
    """Its row in the outbox."""
    is_marketing = message.category == "marketing"
    default = (
        PRIORITY_MARKETING if is_marketing else PRIORITY_UTILITY if message.category == "utility" else PRIORITY_REPLY
    )
    Outbox.objects.create(
        message=message, workspace_id=message.workspace_id, number_id=message.number_id,
        portfolio_id=message.number.portfolio_id, contact_id=message.contact_id, content_id=message.content_id,
        priority=default if priority is None else priority, due_at=due_at, expires_at=message.expires_at,
        zone=message.contact.timezone or message.workspace.timezone, is_marketing=is_marketing,
        needs_window=is_free(message), at_night=at_night,
    )  # fmt: skip


def is_free(message: Message) -> bool:
    """Whether it may go only within the service window: everything that is no template."""
    return message.kind != "template"


def text_of(payload: dict[str, Any] | None) -> str:
    """What a person can read of a free-form message: its text or caption."""
    if payload is None:
        return ""
    part = payload.get(payload["type"])
    if not isinstance(part, dict):
        return ""
    body = part.get("body")
    text = body.get("text") if isinstance(body, dict) else body
    return str(text or part.get("caption") or part.get("emoji") or "")


def cancel(message: Message, *, member: Member | None) -> bool:
    """Take back what has not left yet. False when it is too late: it is on its way, or over."""
    with transaction.atomic():
        gone, _rows = Outbox.objects.filter(pk=message.pk, stage__in=("waiting", "claimed")).delete()
        if not gone:
            return False
        leave(message, "cancelled", "by_member" if member else "by_program", member)
    return True


def send_again(message: Message, *, member: Member) -> bool:
    """A person decides that a message in doubt goes out once more. False when it is in doubt no longer."""
    now = clock.now()
    with transaction.atomic():
        moved = Outbox.objects.filter(pk=message.pk, stage="unknown").update(
            stage="waiting", holder="", due_at=now, priority=PRIORITY_REPLY
        )
        if not moved:
            return False
        Message.objects.filter(pk=message.pk, state="unknown").update(state="queued", reason="sent_again_by_member")
        count(message, "unknown", -1)
        audit.note(member, "message.sent_again", message)
        record("message.queued", member_id=member.pk, **facts_of(message))
        wake_senders()
    message.refresh_from_db()
    return True


def leave_in_doubt(message: Message, *, member: Member) -> bool:
    """A person decides that a message in doubt is not sent again. It stays so; a late proof still counts."""
    with transaction.atomic():
        gone, _rows = Outbox.objects.filter(pk=message.pk, stage="unknown").delete()
        if not gone:
            return False
        Message.objects.filter(pk=message.pk, state="unknown").update(reason="left_by_member")
        audit.note(member, "message.left_in_doubt", message)
        record("message.unknown", member_id=member.pk, **facts_of(message))
    message.refresh_from_db()
    return True


def leave(message: Message, state: str, reason: str, member: Member | None) -> None:
    """A queued message ends without having left."""
    Message.objects.filter(pk=message.pk, state__in=("queued", "unknown")).update(state=state, reason=reason)
    count(message, state, 1)
    record(f"message.{state}", member_id=member.pk if member else None, data={"reason": reason}, **facts_of(message))
    if member is not None:
        audit.note(member, f"message.{state}", message)
    message.refresh_from_db()


def count(message: Message, name: str, n: int) -> None:
    if message.run_id is not None:
        Tally.objects.create(
            workspace_id=message.workspace_id, run_id=message.run_id, number_id=message.number_id, name=name, n=n
        )


def facts_of(message: Message) -> dict[str, Any]:
    return {
        "workspace_id": message.workspace_id,
        "contact_id": message.contact_id,
        "number_id": message.number_id,
        "message_id": message.pk,
        "run_id": message.run_id,
    }


def end_safe_mode(*, member: Member) -> bool:
    """Let the senders go on after a restore or a clock gap. False when it is not on."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A function of the tables' owner: safe mode concerns the whole installation, not one workspace.
        cursor.execute("SELECT tradewind_end_safe_mode(%s, %s)", [member.pk, clock.now()])
        (ended,) = cursor.fetchone()
        if ended:
            audit.note(member, "sending.safe_mode_ended", None, "")
            wake_senders()
    return bool(ended)


def wake_senders() -> None:
    """The senders look at once instead of with their next poll; sent when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY outbox")
