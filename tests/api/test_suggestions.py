"""Programs see which tags people's words propose, and take them up or refuse them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from tests.api.conftest import Program
from tests.belongings import Belongings
from tests.contacts.made import contact
from tests.contacts.test_standing import message
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Contact, Tag, TagSuggestion
from tradewind.contacts.suggestions import weekly
from tradewind.lib import clock
from tradewind.workspaces.models import AuditEntry


@pytest.fixture
def asked(hers: Belongings) -> list[Contact]:
    """Three people who asked the same within the last days."""
    TagSuggestion.objects.all().delete()
    people = [contact(hers.member.workspace, language="de") for _ in range(3)]
    for person in people:
        at = clock.now() - timedelta(days=2)
        message(person, hers.rows["number"], at, text="Gibt es das Zelt auch in Blau?")
        Contact.objects.filter(pk=person.pk).update(last_inbound_at=at)
    weekly.suggest(hers.member.workspace_id)
    return people


def test_a_proposal_has_its_reason_and_is_taken_up(call: Program, hers: Belongings, asked: list[Contact]) -> None:
    status, listed = call("get", "/suggestions/")
    (said,) = listed["suggestions"]
    assert (status, said["kind"], said["people"], said["language"]) == (200, "question", 3, "de")
    assert said["reason"] == "Asked 3 times by 3 people within a week."
    assert said["sample"] == "Gibt es das Zelt auch in Blau?"
    status, taken = call("post", f"/suggestions/{said['id']}/accept", {"name": "Wants/Blue"})
    assert (status, taken["people"]) == (200, 3)
    assert call("get", f"/tags/{taken['tag']}")[1]["name"] == "Wants/Blue"
    assert call("get", "/suggestions/")[1]["suggestions"] == []
    assert call("post", f"/suggestions/{said['id']}/accept", {})[0] == 404, "it is decided"
    assert AuditEntry.objects.filter(verb="tag.suggestion_accepted").count() == 1


def test_without_a_name_it_gets_the_proposed_one(call: Program, asked: list[Contact]) -> None:
    (said,) = call("get", "/suggestions/")[1]["suggestions"]
    assert said["name"] == "Gibt es das zelt"
    assert call("post", f"/suggestions/{said['id']}/accept", {})[0] == 200
    assert Tag.objects.filter(name="Gibt es das zelt").exists()


def test_a_refused_one_is_not_proposed_again(call: Program, hers: Belongings, asked: list[Contact]) -> None:
    (said,) = call("get", "/suggestions/")[1]["suggestions"]
    headers = {"Authorization": f"Bearer {hers.key_token}"}
    assert call.client.post(f"/api/v1/suggestions/{said['id']}/refuse", headers=headers).status_code == 204
    weekly.suggest(hers.member.workspace_id)
    assert call("get", "/suggestions/")[1]["suggestions"] == []


def test_of_two_who_decide_at_once_the_first_has_it(hers: Belongings, asked: list[Contact]) -> None:
    """Both have read it while it was open."""
    first, second = (TagSuggestion.objects.get(state="open") for _ in range(2))
    weekly.accept(first, name="Wants/Blue", by=hers.member, may_make=True)
    for late in (weekly.refuse, partial(weekly.accept, name="Other", may_make=True)):
        with pytest.raises(ContactError, match="has decided"):
            late(second, by=hers.member)
    second.refresh_from_db()
    assert (second.state, second.tag and second.tag.name) == ("accepted", "Wants/Blue")
    assert AuditEntry.objects.filter(verb__startswith="tag.suggestion").count() == 1


def test_who_may_not_make_tags_sees_none(with_scopes: Callable[..., Program], asked: list[Contact]) -> None:
    status, said = with_scopes("contacts:read")("get", "/suggestions/")
    assert (status, "Blau" in str(said)) == (403, False)
