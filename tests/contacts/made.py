"""Contacts made through their verb, for tests."""

from itertools import count

from tradewind.contacts import actions
from tradewind.contacts.models import Contact
from tradewind.workspaces.models import Workspace

_serial = count(1)


def contact(of: Workspace, name: str = "Annika Vogel", phone: str = "", **facts: str) -> Contact:
    """A person with a German mobile number."""
    return actions.create(workspace=of, phone=phone or f"+49151{next(_serial):08}", name=name, **facts)
