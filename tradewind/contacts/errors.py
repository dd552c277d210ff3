"""What the verbs of contacts raise."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradewind.contacts.models import Contact


class ContactError(ValueError):
    """It cannot be done; the message is a sentence for people. `contact` is the one that stands in the way."""

    def __init__(self, sentence: str, contact: "Contact | None" = None) -> None:
        super().__init__(sentence)
        self.contact = contact


class TagError(ContactError):
    """A verb of tags cannot be done; the message is a sentence for people."""
