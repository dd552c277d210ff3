"""The portfolio's ledger (product.md X2): whom its numbers reached outside a service window in the last 24 hours.

Meta's limit counts unique people per portfolio. A person holds a place (`ledger_seat`) from the minute of the last
message until 24 h and up to 2 min later: longer than Meta's day plus any call's way there. `ledger_minute` sums the
places by minute, so that the use of a portfolio is a sum over at most 1,442 rows. The intent (sql/intent.sql) takes
places under an advisory lock per portfolio, so the count is exact over all senders. Portfolios without a limit keep no
ledger; when a limit appears, `rebuild` makes it from the attempts of the last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tradewind.messages.sql import load

DAY = timedelta(hours=24)
MARGIN = timedelta(minutes=1)
"""Over the day and the minute that the sums are rounded to."""
LOCK_CLASS, CONTACT_LOCK_CLASS = 7_201, 7_202
"""Name spaces of the advisory locks."""

# Sorted, so that two senders never wait for each other in a ring: portfolios first, then contacts.
LOCK = b"""
SELECT count(pg_advisory_xact_lock(class, key)) FROM (
  SELECT class, key FROM (
    SELECT %(portfolio_class)b::int AS class, (portfolio_id & 2147483647)::int AS key
    FROM unnest(%(portfolios)b::bigint[]) AS p(portfolio_id)
    UNION
    SELECT %(contact_class)b::int, (contact_id & 2147483647)::int
    FROM unnest(%(contacts)b::bigint[]) AS c(contact_id)
  ) keys ORDER BY class, key
) ordered
"""

USE = b"""
SELECT minute, seats FROM ledger_minute
WHERE portfolio_id = %(portfolio)s AND minute >= %(since)s AND seats > 0 ORDER BY minute
"""


@dataclass(frozen=True, slots=True)
class Use:
    """How full a portfolio is. `minutes` = (minute, people last reached in it), oldest first."""

    limit: int | None
    reserve: int
    minutes: tuple[tuple[datetime, int], ...]

    @property
    def used(self) -> int:
        return sum(people for _, people in self.minutes)

    def left(self, *, for_campaign: bool) -> int | None:
        """Free places; None = without limit."""
        if self.limit is None:
            return None
        return max(0, self.limit - (self.reserve if for_campaign else 0) - self.used)

    def frees_at(self, wanted: int = 1, *, for_campaign: bool) -> datetime | None:
        """When so many more people may be written to; None when never (or no limit holds them)."""
        left = self.left(for_campaign=for_campaign)
        if left is None or left >= wanted:
            return None
        for minute, people in self.minutes:
            left += people
            if left >= wanted:
                return frees(minute)
        return None


def since(now: datetime) -> datetime:
    """The first minute that counts."""
    return now.replace(second=0, microsecond=0) - DAY - MARGIN


def frees(minute: datetime) -> datetime:
    """When the places of a minute are free again: the first moment at which `since` has passed it."""
    return minute + DAY + 2 * MARGIN


def use_of(cursor: Any, portfolio_id: int, now: datetime, *, limit: int | None, reserve: int) -> Use:
    """How full a portfolio is at this moment."""
    cursor.execute(USE.decode(), {"portfolio": portfolio_id, "since": since(now)})
    return Use(limit, reserve, tuple(cursor.fetchall()))


def lock_params(portfolios: Iterable[int], contacts: Iterable[int]) -> dict[str, Any]:
    """The parameters of LOCK."""
    return {
        "portfolio_class": LOCK_CLASS,
        "contact_class": CONTACT_LOCK_CLASS,
        "portfolios": sorted(set(portfolios)),
        "contacts": sorted(set(contacts)),
    }


def rebuild(cursor: Any, portfolio_id: int, now: datetime) -> int:
    """Make the ledger of a portfolio whose limit has just appeared from the attempts of the last day; people counted.

    Whoever got a template counts, also inside a window: too many rather than too few. Run it in a transaction.
    """
    cursor.execute(LOCK.decode().replace(")b", ")s"), lock_params([portfolio_id], []))
    cursor.execute(load("ledger_rebuild").decode(), {"portfolio": portfolio_id, "now": now, "since": since(now)})
    (people,) = cursor.fetchone()
    return int(people)


def forget_old(cursor: Any, now: datetime) -> int:
    """Delete what has not counted for two days."""
    cursor.execute("DELETE FROM ledger_minute WHERE minute < %(before)s", {"before": since(now) - DAY})
    cursor.execute(
        "DELETE FROM ledger_seat WHERE id IN (SELECT id FROM ledger_seat WHERE taken_at < %(before)s LIMIT 5000)",
        {"before": since(now) - DAY},
    )
    return int(cursor.rowcount)
