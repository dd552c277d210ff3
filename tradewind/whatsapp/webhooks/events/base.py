"""What all events share, and the two events for what cannot be read further."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

Json: TypeAlias = Any


@dataclass(slots=True, kw_only=True)
class Event:
    """What all events share: the account, the webhook field, and the number where the field has one."""

    kind: ClassVar[str] = "event"

    waba_id: str
    """The entry's id; "" when missing."""
    field: str
    raw: Json
    phone_number_id: str | None = None
    display_phone_number: str | None = None
    entry_at: float | None = None
    """`entry.time`: when Meta made the entry. Only fields other than messages bear it."""
    contact_raw: Json = None
    """The element of `contacts` that was matched to this event."""

    def as_json(self) -> dict[str, Any]:
        """A dict of JSON values with `kind` first; what is None or empty is left out, `raw` comes last."""
        return as_json(self)


@dataclass(slots=True)
class MetaError:
    """An element of `errors`. `code` is -1 when Meta gave none that can be read."""

    code: int
    title: str = ""
    message: str = ""
    details: str = ""
    href: str = ""
    subcode: int | None = None


@dataclass(slots=True, kw_only=True)
class Unsupported(Event):
    """A field, or a part of one, that is not read further. Kept and shown; no error."""

    kind: ClassVar[str] = "unsupported"

    type: str


@dataclass(slots=True, kw_only=True)
class Unreadable(Event):
    """A part that breaks its own form (a message without id, a status that is a list). `reason` is a sentence."""

    kind: ClassVar[str] = "unreadable"

    reason: str


def as_json(event: Event) -> dict[str, Any]:
    """See `Event.as_json`."""
    result: dict[str, Any] = {"kind": event.kind}
    for each in fields(event):
        value = getattr(event, each.name)
        if each.name != "raw" and value not in (None, "", []):
            result[each.name] = _plain(value)
    result["raw"] = event.raw
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: _plain(part) for each in fields(value) if (part := getattr(value, each.name)) is not None}
    return value
