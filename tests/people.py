"""Three people whom every room's tests know: Alice owns a workspace, Bob helps in it, Charlie is a stranger.

Charlie owns a workspace of his own; nothing of Alice's must ever reach him. Fixtures: `alice`, `bob`, `charlie` are
memberships (`alice.workspace`, `alice.user`); `as_alice`, `as_bob`, `as_charlie` are browsers signed in; `nobody` is
one that is not.
"""

import time
from datetime import UTC, datetime

import pytest
from django.test import Client

from tradewind.workspaces.models import Member, User, Workspace
from tradewind.workspaces.signin import BACKEND

PASSWORD = "correct horse battery"
JOINED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def workspace(name: str, **fields: object) -> Workspace:
    """A workspace of that name, in Hamburg, since January 2026."""
    return Workspace.objects.create(
        **{"name": name, "timezone": "Europe/Berlin", "country": "DE", "created_at": JOINED, **fields}
    )


def member(of: Workspace, name: str, role: str) -> Member:
    """Somebody with a sign-in (`<name>@<workspace>.example`, PASSWORD) and that role."""
    address = f"{name}@{of.name}.example".lower().replace(" ", "-")
    user = User.objects.create_user(address, PASSWORD, name=name)
    return Member.objects.create(workspace=of, user=user, role=role, joined_at=JOINED)


def browser(of: Member, *, is_proven: bool = True, **defaults: object) -> Client:
    """A browser in which this member has just signed in; `enforce_csrf_checks=True` makes it as strict as a real one.

    `is_proven=False`: they signed in hours ago, and prove themselves again before dangerous acts.
    """
    client = Client(**defaults)  # type: ignore[arg-type]
    client.force_login(of.user, backend=BACKEND)
    if is_proven:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(of.user.pk)
        session.save()
    return client


@pytest.fixture
def alice(db: None) -> Member:
    return member(workspace("Alster Tea"), "Alice", "owner")


@pytest.fixture
def bob(alice: Member) -> Member:
    return member(alice.workspace, "Bob", "agent")


@pytest.fixture
def charlie(db: None) -> Member:
    return member(workspace("Charlie Cars"), "Charlie", "owner")


@pytest.fixture
def as_alice(alice: Member) -> Client:
    return browser(alice)


@pytest.fixture
def as_bob(bob: Member) -> Client:
    return browser(bob)


@pytest.fixture
def as_charlie(charlie: Member) -> Client:
    return browser(charlie)


@pytest.fixture
def nobody(db: None) -> Client:
    return Client()
