"""Zones of people and quiet hours, also on the days when clocks change (P27)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tradewind.lib import zones

NIGHT, MORNING = time(22), time(8)
# Half-hour and quarter offsets, both hemispheres, changes at midnight (Beirut, Havana), of 30 minutes (Lord Howe), a
# whole day left out (Apia 2011), and zones without changes.
PLACES = [
    "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Beirut",
    "America/Havana", "Africa/Casablanca", "Pacific/Apia", "Asia/Bangkok", "Pacific/Kiritimati", "UTC",
]  # fmt: skip
WALL = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
AT = st.datetimes(datetime(2010, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def berlin(*parts, fold=0):
    """A wall clock reading as an instant; in UTC, because Python never finds doubled hours of two zones equal."""
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (berlin(2026, 3, 2, 12), berlin(2026, 3, 2, 12)),
        (berlin(2026, 3, 2, 21, 59, 59), berlin(2026, 3, 2, 21, 59, 59)),
        (berlin(2026, 3, 2, 22), berlin(2026, 3, 3, 8)),
        (berlin(2026, 3, 3, 7, 59, 59), berlin(2026, 3, 3, 8)),
        (berlin(2026, 3, 3, 8), berlin(2026, 3, 3, 8)),
        (berlin(2026, 3, 28, 23), berlin(2026, 3, 29, 8)),  # spring: an hour is missing in this night
        (berlin(2026, 10, 24, 23), berlin(2026, 10, 25, 8)),  # autumn: an hour comes twice
    ],
)
def test_p27_a_night(at, expected):
    assert zones.next_allowed(at, "Europe/Berlin", NIGHT, MORNING) == expected


def test_p27_an_end_that_the_clock_leaps_over_is_the_leap():
    at = berlin(2026, 3, 29, 1, 30)
    assert zones.next_allowed(at, "Europe/Berlin", time(1), time(2, 30)) == berlin(2026, 3, 29, 3)


def test_p27_an_hour_that_comes_twice_is_quiet_twice():
    quiet = (time(1), time(2, 30))
    first = zones.next_allowed(berlin(2026, 10, 25, 1, 30), "Europe/Berlin", *quiet)
    assert first == berlin(2026, 10, 25, 2, 30)
    second = zones.next_allowed(berlin(2026, 10, 25, 2, 10, fold=1), "Europe/Berlin", *quiet)
    assert second == berlin(2026, 10, 25, 2, 30, fold=1)
    assert second - first == timedelta(hours=1)


def test_p27_setting_back_may_end_quiet_hours_early():
    # Quiet from 02:30 to 03:30, and at 03:00 it becomes 02:00 again: that half hour is allowed.
    at = berlin(2026, 10, 25, 2, 45)
    assert zones.next_allowed(at, "Europe/Berlin", time(2, 30), time(3, 30)) == berlin(2026, 10, 25, 2, 0, fold=1)


@given(at=AT, place=st.sampled_from(PLACES), quiet_from=WALL, quiet_to=WALL)
@example(datetime(2011, 12, 30, 8, tzinfo=UTC), "Pacific/Apia", time(22), time(8))
@example(datetime(2026, 10, 25, 0, 45, tzinfo=UTC), "Europe/Berlin", time(2, 30), time(3, 30))
def test_p27_the_answer_is_allowed_and_nothing_before_it_is(at, place, quiet_from, quiet_to):
    found = zones.next_allowed(at, place, quiet_from, quiet_to)
    assert found.tzinfo is UTC
    assert at <= found <= at + timedelta(hours=50)
    assert not zones.is_quiet(found, place, quiet_from, quiet_to)
    minutes = int((found - at).total_seconds() // 60)
    waited = [at + timedelta(minutes=minute) for minute in range(minutes + 1)]
    assert all(zones.is_quiet(moment, place, quiet_from, quiet_to) for moment in waited if moment < found)


@given(at=AT, place=st.sampled_from(PLACES), wall=WALL)
def test_equal_ends_are_no_quiet_hours(at, place, wall):
    assert zones.next_allowed(at, place, wall, wall) == at


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"timezone": "Asia/Tokyo", "phone": "+4915112345678"}, "Asia/Tokyo"),
        ({"timezone": "Mars/Olympus", "phone": "+4915112345678"}, "Europe/Berlin"),
        ({"timezone": "../../etc/passwd"}, "UTC"),
        ({"city": "São Paulo"}, "America/Sao_Paulo"),
        ({"city": "new york", "country": "US"}, "America/New_York"),
        ({"city": "Rome", "country": "US", "phone": "+13105551234"}, "America/Los_Angeles"),
        ({"country": "US", "phone": "+13105551234"}, "America/Los_Angeles"),
        ({"country": "AE", "phone": "+919812345678"}, "Asia/Dubai"),
        ({"country": "br"}, "America/Sao_Paulo"),
        ({"country": "??"}, "UTC"),
        ({}, "UTC"),
        ({"default": "Asia/Dubai"}, "Asia/Dubai"),
    ],
)
def test_a_persons_zone(known, expected):
    assert zones.recipient_zone(**known) == expected


def test_forms_offer_places_without_aliases():
    offered = zones.all_zones()
    assert "Europe/Berlin" in offered
    assert "US/Pacific" not in offered
    assert all(zones.is_zone(zone) for zone in offered)
    assert all(zones.is_zone(zone) for zone in zones.MAIN_ZONES.values())


def test_a_name_that_nobody_knows_gives_way() -> None:
    assert zones.usable("Europe/Rome") == "Europe/Rome"
    assert zones.usable("Mars/Olympus") == "UTC"
    assert zones.usable("", "Asia/Tokyo") == "Asia/Tokyo"
