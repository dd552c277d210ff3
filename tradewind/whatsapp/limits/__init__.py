"""Meta's limits as exact, pure mathematics: the time comes in as unix seconds, the state goes out as small JSON.

Throughput(80)             messages a second of one number; `take(now, wanted) -> granted`, `next_at(now)`
PAIR_RATE                  one number and one person; the state is one float
SlidingCap(n, seconds)     the user's own caps: n a minute, an hour, a day
tier_of("TIER_2K")         how many people a portfolio may reach in 24 hours
service_window.is_open(…)  whether a free-form message may be sent
"""

from tradewind.whatsapp.limits.caps import SlidingCap
from tradewind.whatsapp.limits.pair import PAIR_RATE, PairRate
from tradewind.whatsapp.limits.throughput import (
    COEXISTENCE_PER_SECOND,
    HIGH_PER_SECOND,
    STANDARD_PER_SECOND,
    Throughput,
)
from tradewind.whatsapp.limits.tiers import SMALLEST, TIERS, Tier, tier_of

__all__ = [
    "COEXISTENCE_PER_SECOND",
    "HIGH_PER_SECOND",
    "PAIR_RATE",
    "SMALLEST",
    "STANDARD_PER_SECOND",
    "TIERS",
    "PairRate",
    "SlidingCap",
    "Throughput",
    "Tier",
    "tier_of",
]
