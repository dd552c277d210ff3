"""Promise B10: the forecast against the sender's own lanes, for every preset and limit; none is passed meanwhile."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.messages.played import Played
from tests.messages.test_pacing import longest_without_rest, most_in
from tradewind.messages.pacing import PRESETS, Pacing
from tradewind.messages.pacing_forecast import Forecast, Group, Line, Places, forecast

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
QUIET = (time(22), time(8))


@dataclass(frozen=True)
class Case:
    """Each number has so many people; `zones` go to the numbers in turn."""

    pacing: dict[str, Any]
    people: tuple[int, ...]
    seeds: int = 5
    within: float = 0.02
    zones: tuple[str, ...] = ("UTC",)
    starts_at: datetime = MORNING
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def groups(self) -> list[tuple[int, int, str]]:
        return [(n, people, self.zones[n % len(self.zones)]) for n, people in enumerate(self.people, start=1)]


CASES = {
    "fast": Case(PRESETS["fast"], (4_000, 3_000), seeds=2, within=0.03),
    "balanced": Case(PRESETS["balanced"], (700, 650, 300)),
    "careful": Case(PRESETS["careful"], (180,), seeds=5),
    "careful for hours": Case(PRESETS["careful"], (900,), seeds=2),
    # Who gets hold of the content in a pause of the others decides much.
    "careful from three numbers": Case(PRESETS["careful"], (120, 120, 100), within=0.10),
    "careful, over night": Case(
        PRESETS["careful"], (900, 700), seeds=2, zones=("Europe/Rome", "Asia/Tokyo"),
        starts_at=datetime(2026, 11, 20, 17, 0, tzinfo=UTC), settings={"quiet": QUIET},
    ),
    "ten a second": Case({"per_minute": 600}, (520, 500, 510)),
    "a minute's worth": Case({"per_minute": 20}, (150,)),
    "one delay": Case({"delay_from_seconds": 0.5, "delay_to_seconds": 0.5}, (600,)),
    "a range of delays": Case({"delay_from_seconds": 1.0, "delay_to_seconds": 4.0}, (400,)),
    "pulses": Case(
        {"pulse_messages": 40, "pulse_pause_seconds": 60.0, "pulse_jitter_to_seconds": 10.0}, (390,), within=0.06
    ),
    "an hourly cap": Case({"per_hour": 120, "delay_from_seconds": 2.0}, (500,), seeds=2),
    "a new number": Case(PRESETS["balanced"], (170,), settings={"warmup_from": MORNING.date()}),
    "faster than Meta": Case({"per_minute": 6_000}, (1_500,), settings={"per_second": 20}),
    "a full portfolio": Case(PRESETS["balanced"], (500, 450), seeds=2, settings={"people_limit": 600}),
}  # fmt: skip


def play(case: Case, seed: int) -> tuple[Played, float]:
    played = Played(Pacing.from_json(case.pacing), case.starts_at.timestamp(), seed, **case.settings)
    for number, people, zone in case.groups:
        played.number(number, people, zone)
    return played, played.play()


def forecast_of(case: Case) -> Forecast:
    starts_at, given = case.starts_at.timestamp(), case.settings
    age = 9 / 24 if "warmup_from" in given else None
    return forecast(
        starts_at=starts_at,
        senders=[Line(n, given.get("per_second", 80), 2, days_old=age) for n, *_ in case.groups],
        groups=[Group(n, starts_at, people, zone) for n, people, zone in case.groups],
        pacing=Pacing.from_json(case.pacing),
        places={2: Places(given["people_limit"])} if "people_limit" in given else {},
        quiet=given.get("quiet"),
    )


@pytest.mark.parametrize("name", CASES)
def test_b10_the_forecast_plays_what_the_lanes_do(name: str) -> None:
    case = CASES[name]
    planned = forecast_of(case).seconds
    assert planned is not None
    for seed in range(case.seeds):
        played, actual = play(case, seed)
        assert len(played.left) == sum(case.people), "everybody, once"
        assert actual == pytest.approx(planned, rel=case.within), f"seed {seed}"
        assert_limits(case, played)


def assert_limits(case: Case, played: Played) -> None:
    pacing = Pacing.from_json(case.pacing)
    for number, *_ in case.groups:
        moments = [at for at, which, _ in played.left if which == number]
        assert_limits_of_number(case, pacing, moments)
    for (before, one, _), (after, other, _) in pairwise(played.left):
        assert one == other or after - before >= pacing.content_gap_seconds
    if "people_limit" in case.settings:
        assert most_in([at for at, *_ in played.left], 86_400.0) <= case.settings["people_limit"]
    if "quiet" in case.settings:
        assert all(is_day(at, zone) for at, _, zone in played.left)


def assert_limits_of_number(case: Case, pacing: Pacing, moments: list[float]) -> None:
    assert most_in(moments, 1.0) <= case.settings.get("per_second", 80)
    assert not pacing.per_minute or most_in(moments, 60.0) <= pacing.per_minute
    assert not pacing.per_minute or most_in(moments, 6.0) <= -(-pacing.per_minute // 10)
    assert not pacing.per_hour or most_in(moments, 3_600.0) <= pacing.per_hour
    assert all(after - before >= pacing.shortest_delay - 1e-6 for before, after in pairwise(moments))
    if pacing.pulse_messages:
        rest = pacing.pulse_pause_seconds + pacing.pulse_jitter_from_seconds
        assert longest_without_rest(moments, rest) <= pacing.pulse_messages
    if "warmup_from" in case.settings:
        first_days = [at for at in moments if (datetime.fromtimestamp(at, UTC).date() - MORNING.date()).days < 3]
        assert most_in(first_days, 86_400.0) <= pacing.warmup_per_day


def is_day(at: float, zone: str) -> bool:
    return time(8) <= datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).time() < time(22)
