"""Who is meant on one day of a series: those whose day it is, and those whose supply runs out."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.utils import OperationalError
from django.utils.translation import gettext as _

from tradewind.campaigns.errors import AudienceError
from tradewind.lib import clock
from tradewind.lib.zones import is_zone
from tradewind.segments import queries

CYCLE_DAYS, ON_DAY = 35, 28
"""What is bought about every 35 days is asked after on day 28 (product.md B14)."""
_FIELD = re.compile(r"[\w .-]{1,60}")

# A date as 1990-03-02, or without its year as --03-02.
ANNIVERSARY = """
SELECT id AS contact_id FROM contact
WHERE workspace_id = %(only_workspace)s
  AND substring(fields ->> %(only_field)s from '^(?:[0-9]{4}-|--)([0-9]{2}-[0-9]{2})') = ANY(%(only_days)s)
"""
# The cycle is a person's own when three orders of the last year tell it, else the business's. Days are local ones;
# an order that is placed and paid is one.
REPLENISH = """
SELECT contact_id FROM (
  SELECT contact_id, max(day) AS last, count(gap) AS gaps, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS cycle
  FROM (
    SELECT contact_id, day, nullif(greatest(day - lag(day) OVER (PARTITION BY contact_id ORDER BY day), 2), 2) AS gap
    FROM (
      SELECT DISTINCT contact_id, (at AT TIME ZONE %(only_zone)s)::date AS day FROM journal
      WHERE workspace_id = %(only_workspace)s AND kind IN ('order.placed', 'order.paid') AND contact_id IS NOT NULL
        AND at > %(only_day)s::date - 366
    ) bought
  ) spaced GROUP BY contact_id
) learnt
WHERE %(only_day)s::date - last
  = round((CASE WHEN gaps >= 2 THEN cycle ELSE %(only_cycle)s END) * %(only_share)s)::int
"""


# The middle of the cycles of those who ordered three times and more within the year.
BUSINESS_CYCLE = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY cycle), count(*) FROM (
  SELECT contact_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS cycle
  FROM (
    SELECT contact_id, nullif(greatest(day - lag(day) OVER (PARTITION BY contact_id ORDER BY day), 2), 2) AS gap
    FROM (
      SELECT DISTINCT contact_id, (at AT TIME ZONE %(zone)s)::date AS day FROM journal
      WHERE workspace_id = %(workspace)s AND kind IN ('order.placed', 'order.paid') AND contact_id IS NOT NULL
        AND at > %(since)s
    ) bought
  ) spaced GROUP BY contact_id HAVING count(gap) >= 2
) own
"""
FEWEST_LEARNT = 5
"""Of fewer people nothing is learnt."""
PATIENCE_MS = 1_500


@dataclass(frozen=True, slots=True)
class Learnt:
    """How long what people buy lasts: the middle of their own cycles in days, and of how many people."""

    days: int
    people: int

    @property
    def on_day(self) -> int:
        """When to ask: at four fifths of the cycle, as day 28 of 35."""
        return max(2, round(self.days * ON_DAY / CYCLE_DAYS))


def learnt(workspace_id: int, zone: str) -> Learnt | None:
    """The workspace's own cycle; None while too few orders tell one, or looking takes too long."""
    asked = {"workspace": workspace_id, "zone": zone, "since": clock.now() - timedelta(days=366)}
    try:
        with queries.asking(limit_ms=PATIENCE_MS) as cursor:
            cursor.execute(BUSINESS_CYCLE, asked)
            cycle, people = cursor.fetchone()
    except OperationalError as problem:
        if not queries.is_timeout(problem):
            raise
        return None
    return Learnt(round(cycle), people) if people >= FEWEST_LEARNT else None


def clean(given: Any) -> dict[str, Any]:
    """{"anniversary": {"field", "day"}} or {"replenish": {"day", "cycle_days", "on_day", "zone"}}.

    Raises AudienceError.
    """
    try:
        if "anniversary" in given:
            field = str(given["anniversary"]["field"])
            if not _FIELD.fullmatch(field):
                raise ValueError
            return {"anniversary": {"field": field, "day": day_of(given["anniversary"]).isoformat()}}
        rule = given["replenish"]
        cycle, on_day = int(rule["cycle_days"]), int(rule["on_day"])
        if not 2 <= on_day <= cycle <= 366 or not is_zone(str(rule["zone"])):
            raise ValueError
        found = {"day": day_of(rule).isoformat(), "cycle_days": cycle, "on_day": on_day, "zone": str(rule["zone"])}
        return {"replenish": found}
    except (KeyError, TypeError, ValueError) as error:
        raise AudienceError(_("Whose day it is cannot be told from this.")) from error


def day_of(rule: dict[str, Any]) -> date:
    return date.fromisoformat(str(rule["day"]))


def people_of(only: dict[str, Any], workspace_id: int) -> tuple[str, dict[str, Any]]:
    """SQL that yields contact_id, and its parameters; for `clean`'s answer."""
    params: dict[str, Any] = {"only_workspace": workspace_id}
    if rule := only.get("anniversary"):
        days = anniversaries(day_of(rule))
        return ANNIVERSARY, {**params, "only_field": rule["field"], "only_days": days}
    rule = only["replenish"]
    return REPLENISH, {
        **params,
        "only_zone": rule["zone"],
        "only_day": rule["day"],
        "only_cycle": rule["cycle_days"],
        "only_share": rule["on_day"] / rule["cycle_days"],
    }


def anniversaries(day: date) -> list[str]:
    """The days of the year that are kept on this one: 29 February on the 28th where there is none."""
    found = [day.strftime("%m-%d")]
    if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
        found.append("02-29")
    return found
