"""What members and programs see of standing, what they can change, and which tags are suggested."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from tests.api.conftest import Program
from tests.conftest import Time
from tests.contacts.made import contact
from tests.contacts.test_standing import message, number, order, standing, tell  # noqa: F401  number is a fixture
from tradewind.contacts import words
from tradewind.contacts.models import Contact, ContactTags, Standing, StandingSetting, Tag, TagSuggestion
from tradewind.contacts.standing import changing, latest
from tradewind.contacts.standing.forms import ScoresForm
from tradewind.contacts.standing.settings import Settings
from tradewind.contacts.suggestions import counting, weekly
from tradewind.contacts.suggestions.counting import Wrote
from tradewind.lib import clock
from tradewind.numbers.models import Number
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("page_contexts")]


@pytest.fixture
def buyer(alice: Member, number: Number, still_time: Time) -> Contact:  # noqa: F811
    person = contact(alice.workspace, phone="+4915128407716")
    now = clock.now()
    tell(alice.workspace, *(order(person, 300, now - timedelta(days=day), product="Tent") for day in (3, 40, 200)))
    message(person, number, now - timedelta(days=1), text="Wann kommt es?")
    standing(person)
    return person


def test_the_persons_page_says_where_they_stand_and_why(as_alice: Client, buyer: Contact) -> None:
    page = as_alice.get(f"/contacts/{public_id(buyer)}/").content.decode()
    for words_on_it in ("Standing", "Engagement", "Why?", "€\N{NO-BREAK SPACE}900.00", "spends much, seldom",
                        "3 orders in a year",
                        "2 orders in 90 days: 0.7 a month", "Asked 1 question in 30 days", "regular",
                        "Ordered · Tent · €\N{NO-BREAK SPACE}300.00"):  # fmt: skip
        assert words_on_it in page, words_on_it


def test_the_last_orders_stand_with_what_became_of_them(as_alice: Client, alice: Member, buyer: Contact) -> None:
    now = clock.now()
    tell(
        alice.workspace,
        order(buyer, 80, now - timedelta(days=2), product="Lamp", order="A7"),
        {**order(buyer, 80, now - timedelta(days=1), order="A7"), "event": "order.cancelled"},
    )
    lines = latest.of(buyer)
    assert [(line.what, str(line.became)) for line in lines] == [
        ("Lamp", "cancelled"), ("Tent", ""), ("Tent", ""), ("Tent", "")
    ]  # fmt: skip
    page = as_alice.get(f"/contacts/{public_id(buyer)}/").content.decode()
    assert 'aria-label="Last orders"' in page and "Lamp" in page


def test_the_life_cycle_reads_as_sentences_with_its_days(as_alice: Client, alice: Member) -> None:
    page = as_alice.get("/contacts/scores/").content.decode()
    assert re.search(r"No sign for <input[^>]*value=\"180\"[^>]*> days, of somebody who was worth much", page)
    as_alice.post("/contacts/scores/", typed(changing.of(alice.workspace), stages__sleeping="200"))
    assert changing.of(alice.workspace).stages.sleeping == 200


def test_a_person_without_a_row_has_a_page_and_the_list_shows_grades(
    as_alice: Client, alice: Member, buyer: Contact
) -> None:
    fresh = contact(alice.workspace, name="Fresh")
    assert "Engagement" not in as_alice.get(f"/contacts/{public_id(fresh)}/").content.decode()
    page = as_alice.get("/contacts/").content.decode()
    assert 'data-grade="C"' in page
    assert "regular" in page


def test_what_others_tell_shows_in_the_timeline_in_words() -> None:
    assert words.event_of("order.placed", {"amount": 9.5, "currency": "EUR"})[1] == "Ordered · €\N{NO-BREAK SPACE}9.50"
    assert words.event_of("fair.visited", {})[1] == "fair.visited"
    assert words.event_of("order.placed", {"amount": "x", "currency": ["y"]})[1]
    moved = {"figure": "stage", "from": "new", "to": "at_risk", "why": [["stage", 0, {"known": 70, "silent": 61}]]}
    assert words.event_of("standing.changed", moved)[1:] == (
        "Life cycle: new → at risk",
        "Known for 70 days, last sign 61 days ago",
    )


def typed(settings: Settings, **changes: object) -> dict[str, object]:
    """What a browser sends when the form is left as it is, with changes."""
    form = ScoresForm.of(settings)
    return {name: form[name].value() if not hasattr(form.fields[name], "prepare_value") else
            form.fields[name].prepare_value(form.initial[name]) for name in form.fields} | changes  # fmt: skip


def test_settings_are_changed_on_their_page(as_alice: Client, alice: Member, buyer: Contact) -> None:
    usual = changing.of(alice.workspace)
    assert as_alice.get("/contacts/scores/").status_code == 200
    answer = as_alice.post("/contacts/scores/", typed(usual, grade__a_from="0.6", grade__b_from="0.3"))
    assert answer.status_code == 302, answer.context["form"].errors
    assert standing(buyer).grade == "A"
    row = StandingSetting.objects.get(workspace=alice.workspace)
    assert (row.redone_to, row.changed_by) == (0, alice)
    assert AuditEntry.objects.filter(verb="workspace.scores_changed", member=alice).exists()
    as_alice.post("/contacts/scores/", {"usual": "1"})
    assert changing.of(alice.workspace) == usual


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("engagement__opens", "41", "together"),
        ("grade__a_from", "0.5", "Grade A must begin above grade B"),
        ("classes__recency_days", "9 8 7 6", "Four numbers"),
        ("classes__spend_a_year", "EUR", "Each line names a currency"),
        ("classes__spend_a_year", "XQZ: 1 2 3 4", "XQZ is no currency"),
        ("currency", "nix", "no currency"),
        ("stages__at_risk", "500", "at risk must come before"),
        ("record_percent", "nan", "number"),
    ],
)
def test_what_makes_no_sense_is_said(as_alice: Client, alice: Member, name: str, value: str, sentence: str) -> None:
    answer = as_alice.post("/contacts/scores/", typed(changing.of(alice.workspace), **{name: value}))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not StandingSetting.objects.exists()


def test_agents_do_not_change_settings(as_bob: Client, bob: Member) -> None:
    assert as_bob.get("/contacts/scores/").status_code == 403
    assert as_bob.post("/contacts/scores/", {"usual": "1"}).status_code == 403


def test_programs_read_standing_and_change_settings(alice: Member, buyer: Contact) -> None:
    call = Program(keys.create(by=alice, name="k", scopes=["contacts:read", "settings:write"])[1])
    status, answer = call("get", f"/contacts/{public_id(buyer)}/standing")
    assert status == 200
    assert (answer["grade"], answer["orders"], answer["spent"]) == ("C", 3, {"EUR": 900.0})
    assert answer["why"]["frequency"] == [{"reason": "3 orders in a year", "points": 2.0}]
    fresh = contact(alice.workspace)
    assert call("get", f"/contacts/{public_id(fresh)}/standing")[1]["stage"] == ""

    status, answer = call("put", "/standing/settings", {"intent": {"question": 2}})
    assert (status, answer["intent"]["question"], answer["intent"]["read"]) == (200, 2.0, 0.3)
    assert call("get", "/standing/settings")[1] == answer
    assert call("put", "/standing/settings", {"intent": {"question": -2}})[0] == 422
    assert call("put", "/standing/settings", {"colour": "red"})[0] == 422
    reader = Program(keys.create(by=alice, name="k", scopes=["contacts:read"])[1])
    assert reader("put", "/standing/settings", {})[0] == 403


# Suggestions


def test_words_count_by_people_and_questions_by_times() -> None:
    letters = [Wrote(who, "de", f"Habt ihr das Zelt noch? Mein Zelt Nr. {who}") for who in range(6)]
    letters += [Wrote(who, "de", "Danke") for who in range(6, 20)]
    letters += [Wrote(1, "de", "Laterne"), Wrote(2, "de", "wann öffnet ihr"), Wrote(2, "de", "Wann öffnet ihr??"),
                Wrote(3, "de-CH", "WANN OFFNET IHR"), Wrote(4, "th", "ราคาเท่าไหร่"),
                Wrote(5, "", "https://x.y/zelt")]  # fmt: skip
    found = {(each.kind, each.term): each for each in counting.found_in(letters)}
    assert found["word", "zelt"].contacts == frozenset(range(6))
    assert found["word", "zelt"].times == 12
    assert found["question", "wann offnet ihr"].times == 3
    assert ("word", "danke") not in found
    assert ("word", "laterne") not in found
    assert counting.found_in(reversed(letters)) == counting.found_in(letters)


@pytest.fixture
def asked(alice: Member, number: Number, still_time: Time) -> list[Contact]:  # noqa: F811
    people = [contact(alice.workspace, language="de") for _ in range(4)]
    for person in people[:3]:
        message(person, number, clock.now() - timedelta(days=2), text="Gibt es das Zelt auch in Blau?")
        Contact.objects.filter(pk=person.pk).update(last_inbound_at=clock.now() - timedelta(days=2))
    message(people[3], number, clock.now() - timedelta(days=20), text="Gibt es das Zelt auch in Blau?")
    return people


def test_a_suggestion_becomes_a_tag_on_those_who_wrote_so(
    as_alice: Client, alice: Member, asked: list[Contact]
) -> None:
    assert weekly.suggest(alice.workspace_id) == 1
    assert weekly.suggest(alice.workspace_id) == 1
    (proposal,) = TagSuggestion.objects.all()
    assert (proposal.people, proposal.times, proposal.state) == (3, 3, "open")
    page = as_alice.get("/contacts/tags/").content.decode()
    assert "Gibt es das Zelt auch in Blau?" in page
    assert "asked 3 times" in page
    as_alice.post(f"/contacts/suggestions/{public_id(proposal)}/", {"name": "Wants blue"})
    tag = Tag.objects.get(workspace=alice.workspace, name="Wants blue")
    rows = ContactTags.objects.filter(tags__contains=[tag.pk]).values_list("contact_id", flat=True)
    assert set(rows) == {person.pk for person in asked[:3]}
    proposal.refresh_from_db()
    assert (proposal.state, proposal.tag, proposal.decided_by) == ("accepted", tag, alice)
    weekly.suggest(alice.workspace_id)
    assert "asked 3 times" not in as_alice.get("/contacts/tags/").content.decode()


def test_what_was_refused_is_not_proposed_again(as_alice: Client, alice: Member, asked: list[Contact]) -> None:
    weekly.suggest(alice.workspace_id)
    proposal = TagSuggestion.objects.get()
    as_alice.post(f"/contacts/suggestions/{public_id(proposal)}/", {"refuse": "1"})
    weekly.suggest_all()
    assert weekly.open_ones(alice) == []
    assert not Tag.objects.exists()


def test_agents_see_and_decide_nothing(as_bob: Client, alice: Member, asked: list[Contact], still_time: Time) -> None:
    weekly.suggest(alice.workspace_id)
    proposal = TagSuggestion.objects.get()
    assert "Zelt" not in as_bob.get("/contacts/tags/").content.decode()
    assert as_bob.post(f"/contacts/suggestions/{public_id(proposal)}/", {"name": "x"}).status_code == 403
    still_time.move(40 * 86_400)
    weekly.suggest(alice.workspace_id)
    assert not TagSuggestion.objects.exists()  # nobody asked again, nobody decided


def test_the_samples_history_is_told_once(alice: Member, still_time: Time) -> None:
    from tradewind.cli.sample import facts

    people = [contact(alice.workspace) for _ in range(30)]
    first = facts.tell(alice.workspace, seed=1)
    assert first > 30
    assert facts.tell(alice.workspace, seed=1) == 0
    stages = set()
    for person in people:
        with transaction.atomic():
            stages.add(standing(person).stage)
    assert len(stages) >= 3
    assert len(set(Standing.objects.values_list("grade", flat=True))) >= 3
