"""What can come of one send: four answers, and the sender acts on each in its own way (delivery.md §1.4)."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from tradewind.whatsapp.errors import Verdict, classify


@dataclass(frozen=True, slots=True)
class Accepted:
    """Meta took the message and gave it an id. It is not delivered yet.

    `wa_id` or `user_id` is Meta's word for the recipient, which may differ from what was asked for.
    `message_status` is "accepted", "held_for_quality_assessment" or "paused".
    """

    wamid: str
    wa_id: str | None
    user_id: str | None
    message_status: str
    http: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Meta answered with an error in the form of the Graph API, so the message was not taken (see `errors.classify`).

    `regain_access_seconds`: how long Meta says that a rate limit lasts; None when it does not say.
    """

    code: int
    subcode: int | None
    message: str
    details: str
    http: int
    fbtrace_id: str | None
    user_title: str = ""
    user_message: str = ""
    regain_access_seconds: float | None = None

    def verdict(self, *, category: str | None = None, country: str | None = None) -> Verdict:
        """What the error table says about it."""
        details = self.details or self.message
        return classify(self.code, details, subcode=self.subcode, category=category, country=country)


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing was written to the wire (no such host, connection refused, TLS failed): surely not taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Something was written and no clear answer came back: taken or not, nobody knows. Never send again at once."""

    reason: str
    http: int | None = None


Answer: TypeAlias = Accepted | Refused | NotSent | Ambiguous


class GraphError(Exception):
    """A management call was refused. `refused.code`, `.message`, `.details` say why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"({refused.code}) {refused.details or refused.message}")
        self.refused = refused


class GraphUnavailable(Exception):
    """A management call had no usable answer. `reason` is a sentence; `was_sent` tells whether it may have worked."""

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.was_sent = was_sent


def refused_of(answer: Any, http: int, regain_access_seconds: float | None = None) -> Refused | None:
    """The refusal in a decoded answer, or None when it is no error of the Graph API's form."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return None
    code = error.get("code")
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    subcode = error.get("error_subcode")
    return Refused(
        code,
        subcode if isinstance(subcode, int) else None,
        _text(error.get("message")),
        _details(error.get("error_data")),
        http,
        _text(error.get("fbtrace_id")) or None,
        _text(error.get("error_user_title")),
        _text(error.get("error_user_msg")),
        regain_access_seconds,
    )


def accepted_of(answer: Any, http: int) -> Accepted | None:
    """The acceptance in a decoded answer, or None when it holds no message id."""
    messages = answer.get("messages") if isinstance(answer, dict) else None
    message = messages[0] if isinstance(messages, list) and messages else None
    if not isinstance(message, dict) or not _text(message.get("id")):
        return None
    contacts = answer.get("contacts")
    contact = contacts[0] if isinstance(contacts, list) and contacts else None
    if not isinstance(contact, dict):
        contact = {}
    return Accepted(
        message["id"],
        _text(contact.get("wa_id")) or None,
        _text(contact.get("user_id")) or None,
        _text(message.get("message_status")) or "accepted",
        http,
    )


def _details(data: Any) -> str:
    """`error_data` is an object with details, or on old edges a plain string."""
    return _text(data.get("details")) if isinstance(data, dict) else _text(data)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
