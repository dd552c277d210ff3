"""The audit trail speaks the reader's language and leads to what it is about."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tradewind.contacts import actions as contacts
from tradewind.workspaces import actions, audit, audit_search
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


def test_every_verb_belongs_to_a_subject() -> None:
    found = [act for _subject, _name, acts in audit_search.choices() for act, _words in acts]
    assert sorted(found) == sorted(WORDS)
    assert all(name and acts for _subject, name, acts in audit_search.choices())


@pytest.mark.django_db
def test_a_line_says_what_was_done_and_leads_there(as_alice: Client, alice: Member) -> None:
    person = contacts.create(workspace=alice.workspace, phone="+4915112345678", name="Ada", member=alice)
    contacts.suppress(person, reason="asked for silence", member=alice)
    page = as_alice.get("/settings/audit/").content.decode()
    assert "stopped everything to a contact" in page
    assert f'href="/contacts/{public_id(person)}/"' in page
    assert "added a contact" in page and "Ada" not in page, "names of people stay out of the trail"


@pytest.mark.django_db
def test_a_line_names_settings_and_roles_in_words(as_alice: Client, alice: Member) -> None:
    actions.change_settings(by=alice, values={"cap_72h": 3, "phones_shown": "masked", "second_factor_demanded": False})
    actions.invite(by=alice, email="dora@example.com", role="analyst")
    audit.note(alice, "workspace.changed", alice.workspace, "of an earlier version", {"cap_72h": "3"})
    page = as_alice.get("/settings/audit/").content.decode()
    assert "In 72 hours: – → 3" in page and "see phone numbers: whole → masked: the last three digits" in page
    assert "dora@example.com · Analyst" in page and "of an earlier version" in page
    assert "cap_72h" not in page and "phones_shown" not in page
    as_alice.post("/language/", {"language": "de"})
    assert "In 72 Stunden: – → 3" in as_alice.get("/settings/audit/?about=workspace").content.decode()
