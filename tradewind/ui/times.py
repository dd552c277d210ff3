"""Times and spans in the reader's language and time zone.

24-hour clock. Today 14:21; this week Wed 19:00; else 3 Nov, with the year when it is not this one.
Spans: 40 s, 9 min, 2 h 4 min, 3 days.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_skeleton
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.lib import clock
from tradewind.workspaces.locales import reader_locale

MINUTE, HOUR, DAY = 60, 3600, 86400


def local(moment: datetime) -> datetime:
    """The moment in the reader's time zone; one without a zone is taken as UTC."""
    return timezone.localtime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def today() -> date:
    return local(clock.now()).date()


def hour_minute(moment: datetime) -> str:
    return local(moment).strftime("%H:%M")


def hour_minute_second(moment: datetime) -> str:
    return local(moment).strftime("%H:%M:%S")


def day(moment: date | datetime) -> str:
    """3 Nov, or 3 Nov 2024 when it is not this year."""
    found = local(moment).date() if isinstance(moment, datetime) else moment
    return _skeleton("MMMd" if found.year == today().year else "yMMMd", found)


def weekday(moment: date | datetime) -> str:
    return _skeleton("EEE", local(moment).date() if isinstance(moment, datetime) else moment)


def short(moment: datetime) -> str:
    """The rule of the house: 14:21, Wed 19:00, 3 Nov, 3 Nov 2024."""
    found = local(moment).date()
    if found == today():
        return hour_minute(moment)
    if found.isocalendar()[:2] == today().isocalendar()[:2]:
        return f"{weekday(found)} {hour_minute(moment)}"
    return day(found)


def spoken(moment: datetime) -> str:
    """For sentences and timelines: today 14:21, yesterday 09:16, tomorrow 13:10, Wed 19:00, 3 Nov."""
    days = (local(moment).date() - today()).days
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}.get(days)
    return f"{near} {hour_minute(moment)}" if near else short(moment)


def full(moment: datetime) -> str:
    """Everything, for the tooltip: Wed, 18 Nov 2026, 19:00:04, Europe/Berlin."""
    here = local(moment)
    return f"{_skeleton('yMMMEd', here.date())}, {here:%H:%M:%S}, {timezone.get_current_timezone_name()}"


def duration(span: timedelta | float) -> str:
    """40 s, 9 min, 2 h 4 min, 3 days; whole units, cut off and not rounded."""
    seconds = _seconds(span)
    if seconds < MINUTE:
        return _("%(count)s s") % {"count": seconds}
    if seconds < HOUR:
        return _("%(count)s min") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _hours(seconds)
    days = seconds // DAY
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def duration_exact(span: timedelta | float) -> str:
    """Below an hour with seconds: 3 min 40 s."""
    seconds = _seconds(span)
    if not MINUTE <= seconds < HOUR or seconds % MINUTE == 0:
        return duration(seconds)
    return f"{duration(seconds)} {duration(seconds % MINUTE)}"


def units() -> dict[str, object]:
    """The words of `duration` for the browser, with 0 where the count goes; days by plural form."""
    days = {form: ngettext("%(count)s day", "%(count)s days", count) % {"count": 0} for form, count in _PLURALS.items()}
    return {
        "seconds": _("%(count)s s") % {"count": 0},
        "minutes": _("%(count)s min") % {"count": 0},
        "hours": _("%(count)s h") % {"count": 0},
        "days": days,
    }


# One example count for each plural form that any of our languages has (CLDR).
_PLURALS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def _hours(seconds: int) -> str:
    hours = _("%(count)s h") % {"count": seconds // HOUR}
    minutes = seconds % HOUR // MINUTE
    return f"{hours} {_('%(count)s min') % {'count': minutes}}" if minutes else hours


def _seconds(span: timedelta | float) -> int:
    return max(int(span.total_seconds() if isinstance(span, timedelta) else span), 0)


def _skeleton(skeleton: str, found: date) -> str:
    return _skeleton_in(reader_locale(), skeleton, found.year, found.month, found.day)


@lru_cache(maxsize=2_000)
def _skeleton_in(locale: Locale, skeleton: str, year: int, month: int, day: int) -> str:
    """A page of a hundred times has a day or two: each is written once."""
    return str(format_skeleton(skeleton, datetime(year, month, day, tzinfo=UTC), locale=locale))
