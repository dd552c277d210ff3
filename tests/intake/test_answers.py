"""Answers and taps are noted on the message that they answer: for the log, and for texts that are compared."""

from typing import Any

import pytest

from tests.intake.world import Desk, after, business, contact, deliver, project_all
from tradewind.messages.models import Message, Tally
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


def taps(run: Any) -> int:
    return sum(Tally.objects.filter(run_id=run.pk, name="clicked").values_list("n", flat=True))


def test_an_answer_and_a_tap_are_noted_once_on_what_they_answer(desk: Desk) -> None:
    run = desk.run()
    ours = desk.outbound(contact(desk), run=run)
    deliver(desk, desk.message("Ja", context={"id": ours.wamid}, at=after(5)))
    ours.refresh_from_db()
    assert (ours.replied_at, ours.clicked_at) == (after(5), None)
    tap = {"type": "button", "button": {"text": "Yes", "payload": "yes"}, "context": {"id": ours.wamid}}
    for minute in (9, 7, 8):
        deliver(desk, desk.message("", at=after(minute), id=f"wamid.tap{minute}", **tap))
    project_all()
    ours.refresh_from_db()
    assert (ours.replied_at, ours.clicked_at) == (after(5), after(7))
    assert taps(run) == 1


def test_an_answer_to_what_was_no_campaign_notes_nothing(desk: Desk) -> None:
    ours = desk.outbound(contact(desk))
    deliver(desk, desk.message("Ja", context={"id": ours.wamid}))
    assert Message.objects.get(pk=ours.pk).replied_at is None
    assert not Tally.objects.exists()
