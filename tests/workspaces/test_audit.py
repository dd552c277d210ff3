"""The audit trail speaks the reader's language and leads to what it is about."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tradewind.contacts import actions as contacts
from tradewind.workspaces.audit_words import WORDS, in_words
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

ROOMS = Path(__file__).parents[2] / "tradewind"


def test_every_verb_that_is_noted_has_words() -> None:
    noted = {
        verb
        for path in ROOMS.rglob("*.py")
        for verb in re.findall(r'audit\.note\([^"\n]*"([a-z]+\.[a-z_]+)"', path.read_text())
    }
    assert noted - set(WORDS) == set()
    assert len(noted) > 10
    assert in_words("some.thing_new") == "some.thing_new"


@pytest.mark.django_db
def test_a_line_says_what_was_done_and_leads_there(as_alice: Client, alice: Member) -> None:
    person = contacts.create(workspace=alice.workspace, phone="+4915112345678", name="Ada", member=alice)
    contacts.suppress(person, reason="asked for silence", member=alice)
    page = as_alice.get("/settings/audit/").content.decode()
    assert "stopped everything to a contact" in page
    assert f'href="/contacts/{public_id(person)}/"' in page
    assert "added a contact" in page and "Ada" not in page, "names of people stay out of the trail"
