"""What a check found."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`: fine. `warn`: works, but somebody should know. `bad`: does not work; `text` says what to do."""

    subject: str
    state: State
    text: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def ok(subject: str, text: str) -> Finding:
    return Finding(subject, "ok", text)


def warn(subject: str, text: str) -> Finding:
    return Finding(subject, "warn", text)


def bad(subject: str, text: str) -> Finding:
    return Finding(subject, "bad", text)
