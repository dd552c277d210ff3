"""How much a sender claims, and how its statements reach the server."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.messages.scene import Scene
from tests.messages.test_reconcile import ABOUT
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.messages.models import ServiceWindow
from tradewind.messages.sender.claims import hungry_lanes
from tradewind.messages.sender.database import numbered
from tradewind.messages.sender.hand_over import choose
from tradewind.messages.sql import load
from tradewind.workspaces.models import Member

NOW = 1_780_000_000.0


def lane(number: int, *, most: int = 80, held: int = 0) -> Any:
    return SimpleNamespace(number_id=number, most=lambda now, third: most, held_count=held)


def asked(lanes: list[Any], *, busy: set[int] | None = None, concurrency: int = 200, is_urgent: bool = False) -> Any:
    config = SimpleNamespace(lease_seconds=30.0, sender_concurrency=concurrency)
    state: Any = SimpleNamespace(config=config, lanes={each.number_id: each for each in lanes}, busy=busy or set())
    return {each.number_id: wanted for each, wanted in hungry_lanes(state, NOW, is_urgent=is_urgent)}


def test_a_lane_asks_again_when_half_of_its_share_is_gone():
    assert asked([lane(1, held=39), lane(2, held=40), lane(3, held=41), lane(4, most=0)]) == {1: 41, 2: 40}


def test_all_lanes_together_hold_what_can_be_sent_in_about_a_second():
    lanes = [lane(number, most=400) for number in range(20)]
    assert sum(asked(lanes, busy=set(range(20))).values()) == 4 * 200
    assert asked([lane(number, most=400, held=40) for number in range(20)], busy=set(range(20))) == {}


def test_a_busy_lane_does_not_share_with_idle_ones():
    wanted = asked([lane(number, most=400) for number in range(100)], busy={7})
    assert wanted[7] == 400
    assert wanted[8] == 8


def test_what_was_just_queued_is_asked_for_by_full_lanes_too_but_not_without_end():
    assert asked([lane(1, held=80), lane(2, held=75), lane(3, held=159), lane(4, held=160)], is_urgent=True) == {
        1: 2, 2: 5, 3: 2,
    }  # fmt: skip


def test_a_statement_is_numbered_once_for_each_name():
    text, values = numbered(b"SELECT %(a)b, %(b)s, %(a)b, 5 %% 3", {"b": 2, "a": 1, "unused": 3})
    assert (text, values) == (b"SELECT $1, $2, $1, 5 % 3", [1, 2])


def test_a_lane_that_was_to_go_stays_in_use_when_the_other_senders_were_only_dying() -> None:
    # Dead senders count for ten seconds: two of four busy lanes are to go, and at the next beats one, and none.
    lanes = [SimpleNamespace(number_id=n, in_flight=3 + n, queued=9, is_leaving=False) for n in range(4)]
    state: Any = SimpleNamespace(lanes={each.number_id: each for each in lanes})
    assert choose(state, 2) == []
    assert [each.is_leaving for each in lanes] == [True, True, False, False]
    lanes[0].in_flight = 0
    assert choose(state, 1) == [lanes[0]]
    assert [each.is_leaving for each in lanes] == [True, False, False, False]
    assert choose(state, 0) == []
    assert not any(each.is_leaving for each in lanes)


def test_who_writes_to_a_number_is_counted_for_its_throughput(alice: Member) -> None:
    scene, now = Scene.make(alice.workspace, ABOUT), clock.now()
    heard, silent = scene.people(3, last_inbound_at=now), scene.people(2, last_inbound_at=now - timedelta(minutes=1))
    for person in heard + silent:
        at = person.last_inbound_at
        ServiceWindow.objects.create(
            workspace=scene.workspace, number=scene.numbers[0], contact=person, last_inbound_at=at, closes_at=at
        )
    numbers = [number.pk for number in scene.numbers]
    with hot_cursor() as cursor:
        since = now - timedelta(seconds=4)
        cursor.execute(load("lanes_hear"), {"workspaces": [scene.workspace.pk], "since": since, "numbers": numbers})
        assert cursor.fetchall() == [(numbers[0], 3)]
        cursor.execute(load("lanes_hear"), {"workspaces": [0], "since": since, "numbers": numbers})
        assert cursor.fetchall() == []
