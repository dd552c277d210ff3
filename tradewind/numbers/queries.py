"""Reads for the numbers' pages: the portfolio ledger, what each number did today, how many need care.

The sender's tables (attempt, outbox, ledger_seat) are read by SQL: this room stands below those that write them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tradewind.lib import clock
from tradewind.numbers import words
from tradewind.numbers.models import Notice, Number, Portfolio
from tradewind.workspaces.models import Member

DAY = timedelta(hours=24)
# A place is given back this much later than Meta's day is over: as the sender counts (messages/sql/intent.sql).
SPARE = timedelta(minutes=2)
HOURS_AHEAD = 8
CACHED_SECONDS = 30
TALLEST = 44.0  # the height of the drawing of the coming hours
MOST_CAMPAIGNS = 3  # that the bar names; the others are one part


@dataclass(frozen=True, slots=True)
class Hour:
    """Places that come free up to `at` (and after the hour before)."""

    at: datetime
    places: int
    height: float = 0.0  # of its bar, up to TALLEST
    is_next: bool = False

    @property
    def clock(self) -> str:
        return f"{self.at:%H:%M}"

    @property
    def top(self) -> float:
        return TALLEST - self.height


@dataclass(frozen=True, slots=True)
class Ledger:
    """A portfolio's people of the last 24 h. `limit` None: Meta sets none; then nothing is counted against it."""

    portfolio: Portfolio
    limit: int | None
    used: int
    reserve: int
    hours: list[Hour]
    next_at: datetime | None
    next_places: int
    parts: list[dict[str, Any]]

    @property
    def free(self) -> int:
        """Places that anything may take now, service included."""
        return max(0, (self.limit or 0) - self.used)

    @property
    def free_for_campaigns(self) -> int:
        return max(0, self.free - self.reserve)

    @property
    def reserve_left(self) -> int:
        return min(self.reserve, self.free)

    @property
    def most_in_an_hour(self) -> int:
        return max((hour.places for hour in self.hours), default=0)


def ledger_of(portfolio: Portfolio) -> Ledger:
    """The ledger as the sender counts it: minutes of the last 24 h, each freed when it is a day old."""
    now = clock.now()
    rows = list(
        portfolio.ledgerminute_set.filter(minute__gte=now - DAY - SPARE)
        .order_by("minute")
        .values_list("minute", "seats")
    )
    frees = [(minute + DAY + SPARE, seats) for minute, seats in rows if seats > 0]
    used = sum(seats for _minute, seats in rows)
    next_at, next_places = next_batch(frees)
    limit, reserve = portfolio.people_limit, portfolio.service_reserve
    parts = parts_of(portfolio, max(0, used)) if limit is not None else []
    return Ledger(portfolio, limit, max(0, used), reserve, hours_of(frees, now), next_at, next_places, parts)


def parts_of(portfolio: Portfolio, used: int) -> list[dict[str, Any]]:
    """Who has the places: the largest campaigns by name, the other campaigns, service, and what is kept for it."""
    found = seats_of(portfolio)
    named = [(name, n) for name, n in found if name is not None]
    service = sum(n for name, n in found if name is None)
    parts: list[tuple[str, int, int | str]] = [(name, n, i) for i, (name, n) in enumerate(named[:MOST_CAMPAIGNS], 1)]
    others = sum(n for _name, n in named[MOST_CAMPAIGNS:])
    kept = min(portfolio.service_reserve, max(0, (portfolio.people_limit or 0) - used))
    parts += [(_("Other campaigns"), others, "faint"), (_("Service"), service, "info"), (_("Kept free"), kept, "kept")]
    return [{"name": name, "count": n, "shade": shade} for name, n, shade in parts if n]


SEATS = """
SELECT campaign.name, sum(seats.n)::int
FROM (SELECT run_id, count(*) AS n FROM ledger_seat WHERE portfolio_id = %s AND taken_at >= %s GROUP BY run_id) AS seats
LEFT JOIN campaign ON campaign.run_id = seats.run_id
GROUP BY campaign.name ORDER BY 2 DESC
"""


def seats_of(portfolio: Portfolio) -> list[tuple[str | None, int]]:
    """People of the last 24 h by campaign (None: no campaign), the most first; kept for a few seconds."""
    key = f"numbers.seats:{portfolio.pk}"
    found: list[tuple[str | None, int]] | None = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(SEATS, [portfolio.pk, clock.now() - DAY - SPARE])
            found = cursor.fetchall()
        cache.set(key, found, CACHED_SECONDS)
    return found


def next_batch(frees: list[tuple[datetime, int]]) -> tuple[datetime | None, int]:
    """When the next places come free, and how many do so within the five minutes from then."""
    if not frees:
        return None, 0
    first = frees[0][0]
    return first, sum(seats for at, seats in frees if at < first + timedelta(minutes=5))


def hours_of(frees: list[tuple[datetime, int]], now: datetime) -> list[Hour]:
    """The next hours of the reader's clock, each with the places that come free until it strikes."""
    full = timezone.localtime(now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    ends = [full + timedelta(hours=each) for each in range(HOURS_AHEAD)]
    places = [0] * HOURS_AHEAD
    for at, seats in frees:
        place = max(0, -((full - at) // timedelta(hours=1)))
        if place < HOURS_AHEAD:
            places[place] += seats
    most = max(places, default=0)
    first = next((place for place, n in enumerate(places) if n), -1)
    return [
        Hour(end, n, round(TALLEST * n / most, 2) if most else 0.0, place == first)
        for place, (end, n) in enumerate(zip(ends, places, strict=True))
    ]


def portfolios_of(member: Member) -> QuerySet[Portfolio]:
    """The portfolios that the member sees, with how many numbers each has (`numbers`)."""
    present = Count("number", filter=Q(number__removed_at=None))
    return Portfolio.objects.visible_to(member).annotate(numbers=present).filter(numbers__gt=0).order_by("name", "pk")


def numbers_of(member: Member, portfolio: Portfolio | None = None) -> QuerySet[Number]:
    """The present numbers with all that a row shows."""
    rows = Number.objects.visible_to(member).present().select_related("account", "portfolio", "lane")
    return (rows.filter(portfolio=portfolio) if portfolio else rows).order_by("name", "pk")


@dataclass(slots=True)
class Row:
    """A number in the list. `sent` is messages of the last 24 h, `share` their part of the portfolio's (0 to 1)."""

    number: Number
    state: words.State
    quality: tuple[str, words.Words]
    sent: int
    share: float

    @property
    def percent(self) -> float:
        return round(100 * self.share, 1)


def rows_of(numbers: QuerySet[Number]) -> list[Row]:
    now = clock.now()
    found = list(numbers)
    sent = sent_today([number.pk for number in found])
    total = sum(sent.values())
    return [
        Row(
            number,
            words.state_of(number, now),
            words.quality_of(number),
            sent.get(number.pk, 0),
            sent.get(number.pk, 0) / total if total else 0.0,
        )
        for number in found
    ]


def sent_today(number_ids: list[int]) -> dict[int, int]:
    """Messages that Meta accepted in the last 24 h, by number; kept for half a minute, since it counts many rows."""
    key = f"numbers.sent_today:{','.join(map(str, sorted(number_ids)))}"
    found: dict[int, int] | None = cache.get(key)
    if found is None:
        found = count_sent(number_ids)
        cache.set(key, found, CACHED_SECONDS)
    return found


def count_sent(number_ids: list[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number_id, count(*) FROM attempt"
            " WHERE number_id = ANY(%s) AND started_at > %s AND outcome = 'accepted' GROUP BY number_id",
            [number_ids, clock.now() - DAY],
        )
        return dict(cursor.fetchall())


def open_notices(member: Member, *, most: int = 3) -> list[Notice]:
    """The youngest warnings that nobody has put away."""
    rows = Notice.objects.visible_to(member).filter(seen_at=None, tone__in=("warn", "bad"))
    return list(rows.select_related("account", "number").order_by("-at", "-pk")[:most])


def waiting_of(number: Number) -> int:
    """Messages that wait to leave from this number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox WHERE number_id = %s", [number.pk])
        return int(cursor.fetchone()[0])
