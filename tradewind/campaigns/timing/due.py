"""The tables that the plan's SQL reads: when each place of the audience comes due, at each hour that matters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import connection

from tradewind.campaigns.rates.markets import country_params, country_sql
from tradewind.campaigns.timing import best_hours
from tradewind.campaigns.timing.moments import moment_of
from tradewind.campaigns.timing.rules import Timing
from tradewind.lib.zones import usable
from tradewind.workspaces.models import Workspace

NO_HOUR = -1
"""Stands for the hour where people's own hours do not matter."""

ZONES = "SELECT DISTINCT timezone FROM contact WHERE workspace_id = %s"
# Zones with the country of each person: from the contact, else from the beginning of the phone number.
PLACES = f"""
SELECT DISTINCT contact.timezone, coalesce(nullif(contact.country, ''), {country_sql("phone.value")})
FROM contact
LEFT JOIN identity phone
  ON contact.country = '' AND phone.contact_id = contact.id AND phone.kind = 'phone' AND phone.is_current
WHERE contact.workspace_id = %(workspace)s
"""  # noqa: S608 - only names of ours


@dataclass(frozen=True, slots=True)
class Due:
    """`params` of materialise.sql; `hours`, asked for each stretch of people, when their own hours matter."""

    params: dict[str, Any]
    hours: best_hours.BestHours | None = None
    places: list[tuple[str, str]] = field(default_factory=list)

    def of(self, people: Sequence[int]) -> dict[str, Any]:
        """The parameters that depend on the stretch of people."""
        found = self.hours.of(people) if self.hours else {}
        return {"best_people": list(found), "best_hours": list(found.values())}


def due_of(
    workspace: Workspace, timing: Timing, *, starts_at: datetime, quiet: tuple[time, time] | None, now: datetime
) -> Due:
    """A zone that this machine does not know counts as the workspace's own, as it does for the sender."""
    places = places_of(workspace, timing)
    hours, which = None, [NO_HOUR]
    if timing.kind == "best_hour":
        hours = best_hours.of_workspace(workspace, sorted({zone for zone, _ in places}), now, quiet)
        which = sorted(hours.curve.shares)
    own = usable(workspace.timezone)
    rows = [
        (zone, country, hour, moment_of(timing, usable(zone, own), country, starts_at=starts_at,
                                        quiet=quiet, hour=hour))
        for zone, country in places
        for hour in which
    ]  # fmt: skip
    return Due(
        {
            "by_country": timing.no_holidays,
            "usual_hour": hours.curve.usual_hour if hours else NO_HOUR,
            "zones": [zone for zone, *_ in rows],
            "zone_countries": [country for _, country, *_ in rows],
            "zone_hours": [hour for _, _, hour, _ in rows],
            "zone_due_at": [moment.due_at for *_, moment in rows],
            "zone_until": [moment.until for *_, moment in rows],
            "zone_left_out": [moment.left_out for *_, moment in rows],
        },
        hours,
        places,
    )


def places_of(workspace: Workspace, timing: Timing) -> list[tuple[str, str]]:
    """Zones (as contacts have them; the workspace's own among them) with countries, or with "" where none matters."""
    with connection.cursor() as cursor:
        if not timing.no_holidays:
            cursor.execute(ZONES, [workspace.pk])
            return [
                (zone, "") for zone in sorted({zone for (zone,) in cursor.fetchall() if zone} | {workspace.timezone})
            ]
        cursor.execute(PLACES, {"workspace": workspace.pk, **country_params()})
        found = {(zone or workspace.timezone, country) for zone, country in cursor.fetchall()}
    return sorted(found | {(workspace.timezone, workspace.country)})
