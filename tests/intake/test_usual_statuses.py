"""One statement deals with the usual statuses; what it does is what the careful way would have done."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.intake.world import Desk, after, business, contact, deliver, failure, status_of
from tradewind.journal.models import Entry
from tradewind.messages import marks, statuses
from tradewind.messages.models import Message, Tally
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)

PRICES: list[dict[str, Any]] = [{}, {"pricing": {"billable": True, "type": "regular", "category": "marketing"}}]
OTHER_PRICE = {"pricing": {"billable": False, "type": "free_entry_point", "category": "service"}}
COLUMNS = (
    "state", "rank", "sent_at", "delivered_at", "read_at", "played_at", "delivered_implied", "failed_at", "error_code",
    "pricing", "wamid",
)  # fmt: skip


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


def news_of(message: Message, chance: random.Random) -> list[dict[str, Any]]:
    """Statuses of one message: usual ones with doubles and other times, now and then an odd one."""
    attempt = marks.new_attempt(message.pk) if chance.random() < 0.5 else None
    words = chance.choices(["sent", "delivered", "read", "played"], k=chance.randrange(1, 6))
    told = [
        status_of(message.wamid or "", word, at=after(chance.randrange(6)), attempt=attempt, **chance.choice(PRICES))
        for word in words
    ]
    if chance.random() < 0.2:
        told.append(status_of(message.wamid or "", "failed", at=after(chance.randrange(6)), **failure(131000)))
    if chance.random() < 0.1:
        told.append(status_of(message.wamid or "", "sent", at=after(3), **OTHER_PRICE))
    return told


def ends(desk: Desk, seed: int) -> tuple[Any, ...]:
    """What stands in the tables after the same news, given in the same batches."""
    chance = random.Random(seed)
    person, run = contact(desk, f"+1650555{Message.objects.count():04}"), desk.run()
    states = ["accepted", "held", "queued"]
    messages = [
        desk.outbound(person, run=run, step=step, **({"state": chance.choice(states)} if step % 5 == 4 else {}),
                      **({} if step % 5 != 4 else {"wamid": f"wamid.again.{run.pk}.{step}"}))
        for step in range(20)
    ]  # fmt: skip
    news = [status for message in messages for status in news_of(message, chance)]
    chance.shuffle(news)
    for start in range(0, len(news), 25):
        deliver(desk, desk.envelope(desk.change(statuses=news[start : start + 25])))
    place = {message.pk: place for place, message in enumerate(messages)}
    rows = list(Message.objects.filter(run=run).order_by("pk").values_list(*COLUMNS[:-1]))
    entries = Entry.objects.filter(run_id=run.pk).values_list("message_id", "kind", "at", "contact_id", "data")
    told = sorted((place[message_id], kind, at, str(data)) for message_id, kind, at, _, data in entries)
    assert {contact_id for *_, contact_id, _ in entries} <= {person.pk}
    return rows, told, counted(run.pk)


def counted(run_id: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, n in Tally.objects.filter(run_id=run_id).values_list("name", "n"):
        found[name] = found.get(name, 0) + n
    return {name: n for name, n in found.items() if n}


@pytest.mark.parametrize("seed", range(8))
def test_p8_both_ways_come_to_the_same_end(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ends(desk, seed)
    monkeypatch.setattr(statuses, "apply_usual", lambda cursor, news: news)
    assert ends(desk, seed) == usual
    assert usual[2]["sent"] > 0


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pieces of news each batch left to the careful way."""
    seen: list[int] = []
    careful: Callable[..., Any] = statuses.apply_carefully

    def look(cursor: Any, news: list[Any], **rest: Any) -> Any:
        seen.append(len(news))
        return careful(cursor, news, **rest)

    monkeypatch.setattr(statuses, "apply_carefully", look)
    return seen


def test_the_usual_ones_are_left_to_one_statement(desk: Desk, left: list[int]) -> None:
    message = desk.outbound(contact(desk), run=desk.run())
    for minute, word in enumerate(("sent", "delivered", "read", "read")):
        deliver(desk, desk.status(message.wamid or "", word, at=after(minute), **PRICES[1]))
    assert left == [0, 0, 0, 0]
    assert Entry.objects.filter(message_id=message.pk).count() == 3


def test_a_status_of_another_number_is_not_usual(desk: Desk, left: list[int]) -> None:
    other = business(desk.workspace)
    message = desk.outbound(contact(desk), run=desk.run())
    deliver(other, other.status(message.wamid or "", "read", at=after(1)))
    message.refresh_from_db()
    assert (message.state, left) == ("accepted", [1])
