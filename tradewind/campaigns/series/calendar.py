"""On which days a series comes, and when: pure. Times are read off the wall clock of the workspace's zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tradewind.lib.zones import moment_at

LOOKS_AHEAD_DAYS = 370


def next_after(kind: str, rule: dict[str, Any], zone: str, after: datetime) -> tuple[date, datetime]:
    """The first occurrence later than `after`: its local day, and the moment in UTC.

    A time that the clock leaps over is the leap; one that comes twice is the first of the two: each day once.
    """
    wall = wall_of(rule)
    day = after.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    for _ in range(LOOKS_AHEAD_DAYS):
        if falls_on(kind, rule, day):
            at = moment_at(day, wall, zone)
            if at > after:
                return day, at
        day += timedelta(days=1)
    raise ValueError(f"{kind} never comes: {rule}")


def falls_on(kind: str, rule: dict[str, Any], day: date) -> bool:
    """Whether the series comes on this local day. The 31st is the last day of a shorter month."""
    if kind == "weekly":
        return day.weekday() == rule["weekday"]
    if kind == "monthly":
        return day.day == min(rule["day"], monthrange(day.year, day.month)[1])
    return True  # daily, and those that look every day whose day it is


def wall_of(rule: dict[str, Any]) -> time:
    return time.fromisoformat(rule["time"])


def upcoming(kind: str, rule: dict[str, Any], zone: str, after: datetime, most: int) -> list[datetime]:
    """The next moments, for a page."""
    found = []
    for _ in range(most):
        _day, after = next_after(kind, rule, zone, after)
        found.append(after.astimezone(UTC))
    return found
