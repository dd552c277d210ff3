"""When a campaign comes due for somebody who lives in a zone and a country, and until when it makes sense."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tradewind.campaigns.timing.days_off import is_day_off, next_day_off
from tradewind.campaigns.timing.rules import Timing
from tradewind.lib.zones import moment_at, next_allowed

LONGEST_SEARCH = 21
"""Days that are tried before somebody is left out: longer than any row of holidays."""
WAKES_AT = time(8)
"""After a holiday it goes on at this hour where no quiet hours are kept."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """`due_at`, and `until`: what has not left by then does not leave (None: however late). Or why there is none."""

    due_at: datetime | None
    until: datetime | None = None
    left_out: str = ""


def moment_of(
    timing: Timing,
    zone: str,
    country: str,
    *,
    starts_at: datetime,
    quiet: tuple[time, time] | None,
    hour: int | None = None,
) -> Moment:
    """The moment for one place. `zone` must be known; `hour`: the best one, for kind "best_hour".

    A time that has passed, or falls on a holiday, is tried on the next day where that was allowed; else it leaves out,
    with the reason "time_passed" or "public_holiday".
    """
    if timing.kind == "local":
        assert timing.wall is not None
        day = timing.day or starts_at.astimezone(ZoneInfo(zone)).date()
        found = _on_a_day(timing, zone, country, starts_at, day, timing.wall, timing.next_day)
    elif timing.kind == "best_hour":
        day = starts_at.astimezone(ZoneInfo(zone)).date()
        found = _in_best_hour(timing, zone, country, starts_at, day, hour or 0)
    else:
        found = Moment(starts_at)
    if found.due_at is None:
        return found
    due_at = _out_of_the_way(timing, zone, country, found.due_at, quiet)
    return Moment(due_at, _until(timing, zone, country, due_at))


def _on_a_day(
    timing: Timing, zone: str, country: str, starts_at: datetime, first: date, wall: time, goes_on: bool
) -> Moment:
    for n in range(LONGEST_SEARCH if goes_on else 1):
        day = first + n * DAY
        is_past = moment_at(day, wall, zone) < starts_at
        if not is_past and not (timing.no_holidays and is_day_off(country, day)):
            return Moment(moment_at(day, wall, zone))
    return Moment(None, left_out="time_passed" if is_past else "public_holiday")


def _in_best_hour(timing: Timing, zone: str, country: str, starts_at: datetime, first: date, hour: int) -> Moment:
    """The next time that this hour begins; at once when it is that hour now."""
    for n in range(LONGEST_SEARCH):
        day = first + n * DAY
        begins = moment_at(day, time(hour), zone)
        if begins + HOUR > starts_at and not (timing.no_holidays and is_day_off(country, day)):
            return Moment(max(begins, starts_at))
    return Moment(None, left_out="public_holiday")


def _out_of_the_way(
    timing: Timing, zone: str, country: str, due_at: datetime, quiet: tuple[time, time] | None
) -> datetime:
    """Later where that moment lies in quiet hours or on a holiday."""
    for _ in range(LONGEST_SEARCH):
        due_at = next_allowed(due_at, zone, *quiet) if quiet else due_at
        day = due_at.astimezone(ZoneInfo(zone)).date()
        if not (timing.no_holidays and is_day_off(country, day)):
            break
        due_at = moment_at(day + DAY, quiet[1] if quiet else WAKES_AT, zone)
    return due_at


def _until(timing: Timing, zone: str, country: str, due_at: datetime) -> datetime | None:
    ends = [due_at + timedelta(hours=timing.late_hours)] if timing.late_hours else []
    if timing.no_holidays:
        off = next_day_off(country, due_at.astimezone(ZoneInfo(zone)).date())
        ends += [moment_at(off, time(0), zone)] if off else []
    return min(ends).astimezone(UTC) if ends else None
