"""What stops an import, and why a row is left out."""

from typing import NamedTuple

from tradewind.contacts.errors import ContactError


class ImportRefused(ContactError):
    """The file, or what is asked of it, cannot be done; the message is a sentence for people."""


class Reject(NamedTuple):
    """A row that is left out: its number in the file, the column at fault, the reason (words.REASONS), its cells."""

    row: int
    column: str
    reason: str
    detail: str
    cells: list[str]


class BadCell(ValueError):
    """A cell that cannot be taken. `reason` is a key of words.REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail
