"""What was chosen about the time, as `Campaign.timing` keeps it.

    {"kind": "now"}                       as soon as it is launched
    {"kind": "at"}                        not before `Campaign.starts_at`
    {"kind": "local", "date": "2026-11-24", "time": "10:00", "next_day": true}
    {"kind": "best_hour"}                 each at the hour at which they read and answer, within a day of the start

Each may carry "no_holidays": true (nobody gets it on a public holiday of their country) and "late_hours": 4 (who cannot
be reached so many hours after their time is left out; 0: however late).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from tradewind.campaigns.errors import CampaignError

KINDS = ("now", "at", "local", "best_hour")
LATE_HOURS = 4
"""A message that is meant for ten in the morning has missed its point after lunch."""
MOST_LATE_HOURS = 72


@dataclass(frozen=True, slots=True)
class Timing:
    """`day` None: the day of the start, where each recipient is. `late_hours` 0: however late."""

    kind: str = "now"
    day: date | None = None
    wall: time | None = None
    next_day: bool = False
    no_holidays: bool = False
    late_hours: int = 0

    @property
    def is_personal(self) -> bool:
        """Whether people in different places get it at different moments."""
        return self.kind in ("local", "best_hour")

    def as_json(self) -> dict[str, Any]:
        """What `read` understands; only what differs from the usual."""
        found: dict[str, Any] = {"kind": self.kind}
        if self.day is not None:
            found["date"] = self.day.isoformat()
        if self.wall is not None:
            found["time"] = self.wall.strftime("%H:%M")
        flags = {"next_day": self.next_day, "no_holidays": self.no_holidays, "late_hours": self.late_hours}
        return found | {name: value for name, value in flags.items() if value}


def read(given: Mapping[str, Any] | None) -> Timing:
    """The choice behind the JSON; nothing given is "now". Raises CampaignError with a sentence."""
    given = given or {}
    if not isinstance(given, Mapping) or given.get("kind", "now") not in KINDS:
        raise CampaignError(_("Choose when it is to be sent."))
    kind = str(given.get("kind", "now"))
    is_personal = kind in ("local", "best_hour")
    wall = wall_of(given.get("time")) if kind == "local" else None
    if kind == "local" and wall is None:
        raise CampaignError(_("Say at what time of the day it is to arrive, such as 10:00."))
    return Timing(
        kind=kind,
        day=day_of(given.get("date")) if kind == "local" else None,
        wall=wall,
        next_day=bool(given.get("next_day")) and kind == "local",
        no_holidays=bool(given.get("no_holidays")),
        late_hours=late_of(given.get("late_hours", 0)) or (LATE_HOURS if is_personal else 0),
    )


def wall_of(text: Any) -> time | None:
    """A time of the day, to the minute; None where there is none."""
    if isinstance(text, time):
        return text.replace(second=0, microsecond=0, tzinfo=None)
    try:
        return time.fromisoformat(str(text)).replace(second=0, microsecond=0, tzinfo=None) if text else None
    except ValueError as problem:
        raise CampaignError(_("“%(text)s” is no time of the day.") % {"text": text}) from problem


def day_of(text: Any) -> date | None:
    if not text or isinstance(text, date):
        return text or None
    try:
        return date.fromisoformat(str(text))
    except ValueError as problem:
        raise CampaignError(_("“%(text)s” is no date.") % {"text": text}) from problem


def late_of(hours: Any) -> int:
    if isinstance(hours, bool) or not isinstance(hours, int) or not 0 <= hours <= MOST_LATE_HOURS:
        raise CampaignError(_("Say how late it may come in hours, from 0 to %(most)s.") % {"most": MOST_LATE_HOURS})
    return hours
