"""The line on the live page: how many left in each stretch of time, from the first to now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from tradewind.campaigns.models import Campaign

STRETCHES = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 60, 300, 900, 1_800, 3_600, 7_200, 21_600, 86_400, 604_800)
)
MOST_POINTS = 60
LEAST_POINTS = 3

SPAN = "SELECT min(at), max(at) FROM departure WHERE run_id = %s"
COUNTS = """
SELECT date_bin(%(stretch)s::interval, at, %(first)s), sum(n)::bigint FROM departure WHERE run_id = %(run)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Line:
    """`values`: messages in each stretch, the first from `first` on. Whole stretches only while more may come."""

    first: datetime
    stretch: timedelta
    values: list[int]

    def at(self, share: float) -> datetime:
        """The moment at this share of the line: it runs from the beginning of the first stretch to that of the last."""
        return self.first + self.stretch * (len(self.values) - 1) * share

    @property
    def idle(self) -> int:
        """How many stretches at its end are empty."""
        return next((n for n, value in enumerate(reversed(self.values)) if value), len(self.values))


def line_of(campaign: Campaign, now: datetime) -> Line | None:
    """The line of a campaign; None while there is too little to draw."""
    with connection.cursor() as cursor:
        cursor.execute(SPAN, [campaign.run_id])
        first, last = cursor.fetchone()
        if first is None:
            return None
        is_over = campaign.finished_at is not None
        span = (last + STRETCHES[0] if is_over else now) - first
        stretch = next((each for each in STRETCHES if span / each <= MOST_POINTS), STRETCHES[-1])
        count = -(-span // stretch) if is_over else span // stretch
        if count < LEAST_POINTS:
            return None
        cursor.execute(
            COUNTS, {"stretch": f"{stretch.total_seconds():.0f} seconds", "first": first, "run": campaign.run_id}
        )
        counts = {(at - first) // stretch: n for at, n in cursor.fetchall()}
    return Line(first, stretch, [int(counts.get(slot, 0)) for slot in range(count)])
