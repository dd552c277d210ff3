"""Why?: for each person and message, as sentences with their times (product.md X6)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `more` is the second voice: what it rests on."""

    at: datetime | None
    icon: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence, when what it says ends (None: not known), and how it came to it, in the order of time."""

    sentence: str
    until: datetime | None
    steps: list[Step]
    comes_again: bool = False
    """Whether at `until` it is tried once more."""
