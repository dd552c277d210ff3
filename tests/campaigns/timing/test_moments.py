"""When a place comes due: wall clocks, holidays, and what has passed (P15, P27)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.timing.best_hours import curve_of
from tradewind.campaigns.timing.days_off import is_day_off, next_day_off
from tradewind.campaigns.timing.moments import moment_of
from tradewind.campaigns.timing.rules import Timing, read
from tradewind.lib.zones import is_within, moment_at

NIGHT = (time(22), time(8))
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Dubai",
         "America/St_Johns", "Pacific/Auckland"]  # fmt: skip


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(day: str, wall: str, **more: object) -> Timing:
    return read({"kind": "local", "date": day, "time": wall, **more})


class TestLocalTime:
    def test_each_zone_has_its_own_moment(self) -> None:
        starts = at("2026-11-23T00:00")
        due = {z: moment_of(local("2026-11-24", "10:00"), z, "", starts_at=starts, quiet=NIGHT).due_at for z in ZONES}
        assert due["Europe/Berlin"] == at("2026-11-24T09:00")
        assert due["America/New_York"] == at("2026-11-24T15:00")
        assert due["Asia/Kathmandu"] == at("2026-11-24T04:15")

    def test_a_time_that_has_passed_leaves_out_or_waits_for_the_next_day(self) -> None:
        starts = at("2026-11-24T12:00")
        left = moment_of(local("2026-11-24", "10:00"), "Europe/Berlin", "", starts_at=starts, quiet=None)
        assert (left.due_at, left.left_out) == (None, "time_passed")
        later = moment_of(
            local("2026-11-24", "10:00", next_day=True), "Europe/Berlin", "", starts_at=starts, quiet=None
        )
        assert later.due_at == at("2026-11-25T09:00")
        west = moment_of(local("2026-11-24", "10:00"), "America/New_York", "", starts_at=starts, quiet=None)
        assert west.due_at == at("2026-11-24T15:00")

    def test_p15_it_makes_sense_for_some_hours_only(self) -> None:
        found = moment_of(
            local("2026-11-24", "10:00", late_hours=2),
            "Europe/Berlin",
            "",
            starts_at=at("2026-11-23T00:00"),
            quiet=NIGHT,
        )
        assert found.until == at("2026-11-24T11:00")


class TestDaylightSaving:
    def test_p27_the_missing_hour_is_the_moment_of_the_jump(self) -> None:
        assert moment_at(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == at("2026-03-29T01:00")
        assert moment_at(date(2026, 3, 8), time(2, 0), "America/New_York") == at("2026-03-08T07:00")

    def test_p27_the_doubled_hour_is_taken_once_the_first_time(self) -> None:
        assert moment_at(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == at("2026-10-25T00:30")
        timing = read({"kind": "best_hour"})
        between = at("2026-10-25T01:15")  # the second 02:15
        found = moment_of(timing, "Europe/Berlin", "", starts_at=between, quiet=None, hour=2)
        assert found.due_at == at("2026-10-26T01:00")

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        day=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
        minutes=st.integers(0, 24 * 60 - 1),
        zone=st.sampled_from(ZONES),
    )
    def test_p27_every_wall_time_is_one_moment_and_the_first_that_shows_it(
        self, day: date, minutes: int, zone: str
    ) -> None:
        wall = time(minutes // 60, minutes % 60)
        found, wanted = moment_at(day, wall, zone), datetime.combine(day, wall)
        shown = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        before = (found - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert before < wanted <= shown, "the clock shows it, or has jumped over it, at this second and not before"
        an_hour_ago = (found - timedelta(hours=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert an_hour_ago < wanted

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
        hour=st.integers(8, 21),
        zone=st.sampled_from(ZONES),
        kind=st.sampled_from(["local", "best_hour", "now"]),
        off=st.booleans(),
    )
    def test_p15_no_moment_is_past_quiet_or_on_a_holiday(
        self, start: datetime, hour: int, zone: str, kind: str, off: bool
    ) -> None:
        starts = start.replace(tzinfo=UTC)
        timing = read({"kind": kind, "time": f"{hour:02}:00", "next_day": True, "no_holidays": off})
        found = moment_of(timing, zone, "DE", starts_at=starts, quiet=NIGHT, hour=hour)
        assert found.due_at is not None and found.due_at >= starts
        wall = found.due_at.astimezone(ZoneInfo(zone))
        assert not is_within(wall.time(), *NIGHT)
        assert not (off and is_day_off("DE", wall.date()))
        if kind != "now" and wall.minute == 0 and found.due_at > starts:
            assert wall.hour == hour
        if found.until is not None:
            assert found.until > found.due_at


class TestHolidays:
    def test_days_off_of_a_country(self) -> None:
        assert is_day_off("DE", date(2026, 12, 25)) and not is_day_off("DE", date(2026, 12, 24))
        assert not is_day_off("AE", date(2026, 12, 25)) and not is_day_off("XX", date(2026, 12, 25))
        assert next_day_off("DE", date(2026, 12, 26)) == date(2027, 1, 1) and next_day_off("", date(2026, 1, 1)) is None

    def test_it_waits_for_the_day_after(self) -> None:
        timing, starts = read({"kind": "now", "no_holidays": True}), at("2026-12-25T11:00")
        found = moment_of(timing, "Europe/Berlin", "DE", starts_at=starts, quiet=NIGHT)
        assert found.due_at == at("2026-12-27T07:00")
        assert found.until == at("2026-12-31T23:00"), "New Year's Day begins"
        assert moment_of(timing, "Asia/Dubai", "AE", starts_at=starts, quiet=NIGHT).due_at == starts

    def test_a_chosen_day_that_is_one_leaves_out(self) -> None:
        timing = local("2026-12-25", "10:00", no_holidays=True)
        found = moment_of(timing, "Europe/Berlin", "DE", starts_at=at("2026-12-24T00:00"), quiet=NIGHT)
        assert (found.due_at, found.left_out) == (None, "public_holiday")


class TestChoices:
    @pytest.mark.parametrize(
        "given",
        [{"kind": "soon"}, {"kind": "local"}, {"kind": "local", "time": "25:00"}, {"kind": "now", "late_hours": 99},
         {"kind": "local", "time": "10:00", "date": "tomorrow"}, {"late_hours": "4"}, ["now"]],
    )  # fmt: skip
    def test_nonsense_is_refused_in_words(self, given: object) -> None:
        with pytest.raises(CampaignError, match=r"\w+ "):
            read(given)  # type: ignore[arg-type]

    def test_what_was_chosen_comes_back(self) -> None:
        given = {"kind": "local", "date": "2026-11-24", "time": "10:00", "next_day": True, "late_hours": 4}
        assert read(given).as_json() == given
        assert read(None).as_json() == {"kind": "now"}
        assert read({"kind": "best_hour"}).late_hours == 4


class TestCurve:
    def test_without_a_past_it_is_the_yardstick(self) -> None:
        curve = curve_of({}, NIGHT)
        assert (curve.usual_hour, curve.moments) == (10, 0)
        assert set(curve.shares) == set(range(8, 22))

    def test_a_past_overrules_it(self) -> None:
        assert curve_of({19: 400.0, 10: 20.0, 3: 900.0}, NIGHT).usual_hour == 19
        assert curve_of({19: 2.0}, NIGHT).usual_hour == 10
