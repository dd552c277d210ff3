"""The flight plan's forecast against the truth: the limits themselves, played with their chances."""

import heapq
import random
from datetime import UTC, datetime, time

import pytest

from tests.effort import costs_less_than
from tradewind.lib import zones
from tradewind.messages.pacing import PRESETS, Pace, Pacing
from tradewind.messages.pacing_forecast import Group, Line, Places, forecast
from tradewind.whatsapp.limits import Throughput

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC).timestamp()
QUIET = (time(22), time(8))


def truth(
    per_number: int,
    numbers: int,
    pacing: Pacing,
    *,
    per_second: int = 80,
    zone: str = "",
    days_old: float | None = None,
) -> float:
    """Seconds until the last message has left: every message by itself, every limit asked."""
    random.seed(7)
    lanes = [(Pace(), Throughput(per_second)) for _ in range(numbers)]
    turns = [(START, rank, per_number) for rank in range(numbers)]
    last, content_number, content_at = START, -1, -1e12
    while turns:
        now, rank, left = heapq.heappop(turns)
        pace, throughput = lanes[rank]
        age = None if days_old is None else days_old + (now - START) // 86_400
        at = pace.next_at(pacing, now, days_old=age)
        if zone:
            at = max(at, zones.next_allowed(datetime.fromtimestamp(at, UTC), zone, *QUIET).timestamp())
        if pacing.content_gap_seconds and numbers > 1 and content_number not in (-1, rank):
            at = max(at, content_at + pacing.content_gap_seconds)
        if at <= now and not throughput.take(now):
            at = throughput.next_at(now)
        if at > now:
            heapq.heappush(turns, (at, rank, left))
            continue
        pace.record(now)
        last, content_number, content_at = max(last, now), rank, now
        if left > 1:
            heapq.heappush(turns, (now, rank, left - 1))
    return last - START


@pytest.mark.parametrize(
    ("preset", "per_number", "numbers", "zone", "days_old"),
    [
        ("fast", 3000, 2, "", None),
        ("balanced", 600, 3, "", None),
        ("careful", 120, 1, "", None),
        ("careful", 450, 1, "", None),
        ("careful", 80, 3, "", None),
        ("balanced", 180, 1, "", 0.0),
        ("careful", 3000, 1, "Europe/Rome", None),
    ],
)
def test_the_forecast_is_within_ten_per_cent(
    preset: str, per_number: int, numbers: int, zone: str, days_old: float | None
) -> None:
    pacing = Pacing.from_json(PRESETS[preset])
    real = truth(per_number, numbers, pacing, zone=zone, days_old=days_old)
    plan = forecast(
        starts_at=START,
        senders=[Line(number, 80, 1, days_old=days_old) for number in range(numbers)],
        groups=[Group(number, START, per_number, zone or "UTC") for number in range(numbers)],
        pacing=pacing,
        quiet=QUIET if zone else None,
    )
    assert plan.seconds == pytest.approx(real, rel=0.10)
    assert sum(sum(row.values()) for row in plan.hours.values()) == per_number * numbers


def test_a_full_portfolio_ends_a_day_later() -> None:
    plan = forecast(
        starts_at=START, senders=[Line(1, 80, 5), Line(2, 80, 5)],
        groups=[Group(1, START, 1500), Group(2, START, 1500)],
        pacing=Pacing(), places={5: Places(2000)},
    )  # fmt: skip
    assert plan.seconds == pytest.approx(24 * 3600, rel=0.02)


def test_without_any_place_it_says_so() -> None:
    plan = forecast(
        starts_at=START, senders=[Line(1, 80, 5)], groups=[Group(1, START, 10)], pacing=Pacing(), places={5: Places(0)}
    )
    assert plan.ends_at is None and plan.stuck == 10


def test_recipients_go_in_their_own_morning() -> None:
    tokyo = datetime(2026, 11, 20, 23, 0, tzinfo=UTC).timestamp()
    plan = forecast(
        starts_at=START, senders=[Line(1, 80, 5)],
        groups=[Group(1, START, 100, "Europe/Rome"), Group(1, tokyo, 100, "Asia/Tokyo")],
        pacing=Pacing(), quiet=QUIET,
    )  # fmt: skip
    assert plan.ends_at == pytest.approx(tokyo, abs=10)
    assert {hour: sum(row.values()) for hour, row in plan.hours.items()} == {START: 100, tokyo: 100}


def test_a_million_is_forecast_within_seconds() -> None:
    with costs_less_than(8.0):
        plan = forecast(
            starts_at=START, senders=[Line(number, 80, 1) for number in range(5)],
            groups=[Group(number, START, 200_000, "Europe/Rome") for number in range(5)],
            pacing=Pacing.from_json(PRESETS["careful"]), quiet=QUIET,
        )  # fmt: skip
    assert plan.stuck or plan.seconds
