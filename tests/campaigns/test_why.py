"""X6: why a message was sent, was not, is held, has failed, or was perhaps sent; and why a person gets nothing."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.campaigns.conftest import NOON, Shop
from tests.people import browser
from tradewind.campaigns import actions
from tradewind.campaigns.models import Recipient
from tradewind.campaigns.why import message as why_message
from tradewind.campaigns.why import person as why_person
from tradewind.contacts.models import Consent
from tradewind.messages.models import Attempt, Message, Outbox, SecondTry
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("still_time")


@pytest.fixture
def message(shop: Shop) -> Message:
    """Ada's message of a launched campaign, queued."""
    shop.person("Ada", "+491510000001")
    actions.launch(shop.planned({"kind": "everybody"}, template=shop.marketing), member=shop.owner)
    return Message.objects.get(direction="out")


def attempt(message: Message, outcome: str, **more: Any) -> None:
    made = UUID(bytes=message.pk.to_bytes(8, "big") + os.urandom(8))
    ended = NOON + timedelta(seconds=1)
    Attempt.objects.create(
        pk=made, workspace_id=message.workspace_id, message_id=message.pk, number_id=message.number_id,
        started_at=NOON, ended_at=ended, outcome=outcome, **more,
    )  # fmt: skip


def stands(message: Message, **values: Any) -> why_message.Answer:
    """The answer once the message has left the queue and stands like this."""
    Outbox.objects.filter(pk=message.pk).delete()
    Message.objects.filter(pk=message.pk).update(**values)
    return why_message.why(Message.objects.select_related("run__campaign", "number", "author").get(pk=message.pk))


def texts(answer: why_message.Answer) -> list[str]:
    return [step.text for step in answer.steps]


def test_a_message_that_arrived_tells_its_whole_way(message: Message) -> None:
    attempt(message, "accepted", http=200)
    later = [NOON + timedelta(seconds=n) for n in (1, 2, 3, 60)]
    answer = stands(
        message, state="read", accepted_at=later[0], sent_at=later[1], delivered_at=later[2], read_at=later[3],
        pricing={"type": "regular", "category": "marketing"},
    )  # fmt: skip
    assert answer.sentence == "It was sent, has arrived and was read."
    assert texts(answer) == [
        "The plan of “Spring” counted this person among those who get it.",
        f"It was put into the queue of {message.number.name}.",
        "Try 1: nothing stood in the way.", "Meta took it.", "Sent to the phone.", "Arrived.", "Read.",
        "Charged as: marketing.",
    ]  # fmt: skip
    gates = answer.steps[2].more
    assert "agreed to marketing" in gates and "outside of 22:00–08:00" in gates
    assert [step.at for step in answer.steps[4:7]] == later[1:]


@pytest.mark.parametrize(
    "values, sentence",
    [
        ({"state": "skipped", "reason": "opted_out"}, "It was not sent: Opted out before it left."),
        ({"state": "cancelled", "reason": "run_closed"}, "It was not sent: The campaign was cancelled."),
        ({"state": "expired", "reason": "expired"}, "It was not sent: It was too late for it."),
        ({"state": "held"}, "Meta has taken it and holds it for a quality check of the template."),
        ({"state": "accepted"}, "It was sent: Meta has taken it. Whether it arrived Meta has not told yet."),
    ],
)
def test_every_end_has_its_sentence(message: Message, values: dict[str, Any], sentence: str) -> None:
    assert stands(message, **values).sentence == sentence


def test_a_failure_says_what_to_do_and_when_it_is_tried_again(message: Message) -> None:
    attempt(message, "accepted", http=200)
    again = NOON + timedelta(days=1)
    SecondTry.objects.create(message=message, workspace_id=message.workspace_id, code=131049, due_at=again)
    answer = stands(message, state="failed", error_code=131049, failed_at=NOON)
    assert answer.sentence.startswith("It was not delivered.") and answer.until == again
    assert texts(answer)[-1] == "It is tried once more then." and answer.steps[-2].more == "code 131049"


def test_what_was_never_sent_because_its_values_do_not_fit_blames_no_token(message: Message, as_alice: Client) -> None:
    detail = "body.1: A value is missing."
    answer = stands(message, state="failed", reason="not_sendable", error_detail=detail, failed_at=NOON)
    assert answer.sentence == "It was not delivered. Its values do not fit the template."
    assert (answer.steps[-1].text, answer.steps[-1].more) == ("Its values do not fit the template.", detail)
    page = as_alice.get(f"/contacts/{public_id(message.contact)}/").content.decode()
    assert "Its values do not fit the template." in page


def test_a_doubt_is_said_as_doubt(message: Message) -> None:
    attempt(message, "ambiguous", detail="time-out")
    answer = stands(message, state="unknown", reason="no_clear_answer")
    assert answer.sentence.startswith("It was perhaps sent: The line broke after the request.")
    assert "perhaps it went" in texts(answer)[3]


def test_a_message_that_waits_says_for_what(message: Message) -> None:
    Outbox.objects.filter(pk=message.pk).update(due_at=NOON + timedelta(hours=9))
    answer = why_message.why(Message.objects.select_related("run__campaign", "number").get(pk=message.pk))
    assert answer.until == NOON + timedelta(hours=9)
    assert texts(answer)[-1] == f"It was put into the queue of {message.number.name}."


def test_a_person_who_is_left_out_is_told_at_the_first_reason(shop: Shop) -> None:
    ben = shop.person("Ben", "+491510000002", marketing="opted_out")
    Consent.objects.create(
        workspace=shop.owner.workspace, contact=ben, state="opted_out", source="message", at=NOON, recorded_at=NOON
    )
    shop.person("Ada", "+491510000001")
    campaign = shop.planned({"kind": "everybody"}, template=shop.marketing)
    left = why_person.why(campaign, Recipient.objects.get(contact_id=ben.pk))
    assert left.sentence == "Gets nothing: Opted out."
    assert (left.steps[0].at, left.steps[0].text) == (NOON, "Wanted no more marketing.")
    ada = why_person.why(campaign, Recipient.objects.get(excluded=""))
    assert ada.sentence == "Gets it once the campaign is launched."


def test_the_pages_and_the_api_tell_the_same(shop: Shop, message: Message, charlie: Member) -> None:
    owner = browser(shop.owner)
    path = f"/messages/{public_id(message)}/why/"
    page = owner.get(path)
    assert page.status_code == 200 and b"every gate" not in page.content
    assert browser(charlie).get(path).status_code == 404
    campaign = message.run.campaign  # type: ignore[union-attr]
    recipient = public_id(Recipient.objects.get(campaign=campaign, excluded=""))
    assert owner.get(f"/campaigns/{public_id(campaign)}/why/{recipient}/")["Location"] == path
    _key, token = keys.create(by=shop.owner, name="Reads", scopes=["messages:read"])
    told = Client().get(f"/api/v1{path[:-1]}", headers={"Authorization": f"Bearer {token}"}).json()
    assert told["sentence"] in page.content.decode() and len(told["steps"]) == 2
