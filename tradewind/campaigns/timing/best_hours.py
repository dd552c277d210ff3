"""At which hour of their own day people read and answer: the workspace's curve, and each person's hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from tradewind.lib.zones import usable
from tradewind.segments import queries
from tradewind.workspaces.models import Workspace

OF_PEOPLE = (Path(__file__).parent / "best_hours.sql").read_text()
LOOKS_BACK = timedelta(days=180)
PULL = 6.0
"""The workspace's curve weighs as much as so many moments of a person: three answers at one hour overrule it."""
CURVE_PULL = 300.0
"""The yardstick weighs as much as so many moments of the workspace."""
MOST_MOMENTS = 20_000
"""The newest of the workspace's messages that its curve is read from."""
# Used until a workspace has a past of its own: mid-morning, then the early evening. An assumption, and said to be one.
YARDSTICK = (
    0.5, 0.3, 0.2, 0.2, 0.3, 0.8, 2.0, 3.6, 5.0, 6.2, 6.8, 6.4,
    6.2, 5.6, 5.2, 5.2, 5.4, 5.6, 5.8, 5.8, 5.4, 4.6, 2.8, 1.5,
)  # fmt: skip

OF_WORKSPACE = """
SELECT extract(hour FROM moment.at AT TIME ZONE coalesce(zones.known, %(own_zone)s))::int, sum(moment.weight)
FROM (SELECT * FROM message WHERE workspace_id = %(workspace)s ORDER BY id DESC LIMIT %(most)s) latest
JOIN contact ON contact.id = latest.contact_id
LEFT JOIN unnest(%(zones)s::text[], %(known_zones)s::text[]) AS zones(zone, known)
  ON zones.zone = coalesce(nullif(contact.timezone, ''), %(own_zone)s)
CROSS JOIN LATERAL (VALUES
  (CASE WHEN direction = 'out' THEN read_at END, 1), (CASE WHEN direction = 'in' THEN latest.created_at END, 2)
) AS moment(at, weight)
WHERE moment.at > %(since)s AND moment.at <= %(now)s GROUP BY 1
"""
ZONES = "SELECT name FROM pg_timezone_names WHERE name = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Curve:
    """`shares` of the allowed hours, and the best of them; `moments`: on how many of its own it rests."""

    shares: dict[int, float]
    usual_hour: int
    moments: int


@dataclass(frozen=True, slots=True)
class BestHours:
    """Asks for the best hours of many people. Made by `of_workspace`."""

    curve: Curve
    params: dict[str, Any]

    def of(self, people: Sequence[int]) -> dict[int, int]:
        """Contact → hour, for those who have a past; the others get `curve.usual_hour`."""
        with connection.cursor() as cursor:
            cursor.execute(OF_PEOPLE, {**self.params, "people": list(people)})
            return dict(cursor.fetchall())


def of_workspace(
    workspace: Workspace, zones: Sequence[str], now: datetime, quiet: tuple[time, time] | None
) -> BestHours:
    """The workspace's curve over the hours in which sending is allowed. `zones`: those its contacts live in."""
    params = params_of(workspace, zones, now)
    with queries.asking() as cursor:
        cursor.execute(OF_WORKSPACE, params)
        seen = {hour: float(n) for hour, n in cursor.fetchall()}
    curve = curve_of(seen, quiet)
    hours = sorted(curve.shares)
    shares = [curve.shares[hour] for hour in hours]
    return BestHours(curve, {**params, "hours": hours, "shares": shares, "usual_hour": curve.usual_hour, "pull": PULL})


def params_of(workspace: Workspace, zones: Sequence[str], now: datetime) -> dict[str, Any]:
    """Zones that the database does not know would break the whole statement: they count as the workspace's own."""
    own = usable(workspace.timezone)
    with connection.cursor() as cursor:
        cursor.execute(ZONES, [[*zones, own]])
        known = {name for (name,) in cursor.fetchall()}
    own = own if own in known else "UTC"
    return {
        "workspace": workspace.pk,
        "own_zone": own,
        "zones": list(zones),
        "known_zones": [zone if zone in known else own for zone in zones],
        "since": now - LOOKS_BACK,
        "now": now,
        "most": MOST_MOMENTS,
    }


def curve_of(seen: dict[int, float], quiet: tuple[time, time] | None) -> Curve:
    """Counts by hour, pulled towards the yardstick; only hours whose beginning is not quiet."""
    total, yardstick = sum(seen.values()), sum(YARDSTICK)
    pulled = [
        (seen.get(hour, 0.0) + CURVE_PULL * YARDSTICK[hour] / yardstick) / (total + CURVE_PULL) for hour in range(24)
    ]
    allowed = [hour for hour in range(24) if not is_quiet_hour(hour, quiet)] or list(range(24))
    return Curve({hour: pulled[hour] for hour in allowed}, max(allowed, key=lambda hour: pulled[hour]), round(total))


def is_quiet_hour(hour: int, quiet: tuple[time, time] | None) -> bool:
    if quiet is None or quiet[0] == quiet[1]:
        return False
    start, end, at = quiet[0], quiet[1], time(hour)
    return start <= at < end if start < end else at >= start or at < end
