"""When one text is better than another, and when that is only chance. Pure sums.

A share's interval is Wilson's, a difference's Newcombe's (method 10 of R. G. Newcombe, Statistics in Medicine 17,
1998): both hold for few people and for rare answers, where the textbook's do not. With more than two texts the doubt
is shared out over all pairs (Bonferroni), so that the stated confidence holds for the whole test. It holds for one
look, at the time that was set beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

POWER = 0.9
"""What "can be found" means on the page: in nine of ten tests."""
_NORMAL = NormalDist()


class Count(NamedTuple):
    """How many did it, of how many who got it."""

    did: int
    of: int

    @property
    def share(self) -> float:
        return self.did / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """The share of `best` less that of `other`, with its interval; shares from −1 to 1."""

    best: int
    other: int
    points: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test found. `winner` is None when no text is surely better than all the others."""

    winner: int | None
    best: int
    differences: tuple[Difference, ...]
    intervals: tuple[tuple[float, float], ...]
    confidence: float


def wilson(count: Count, z: float) -> tuple[float, float]:
    """The interval of a share, from 0 to 1."""
    if not count.of:
        return 0.0, 1.0
    n, p = count.of, count.share
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(one: Count, other: Count, z: float) -> tuple[float, float]:
    """The interval of the first share less the second."""
    (low1, high1), (low2, high2) = wilson(one, z), wilson(other, z)
    points = one.share - other.share
    low = points - sqrt((one.share - low1) ** 2 + (high2 - other.share) ** 2)
    high = points + sqrt((high1 - one.share) ** 2 + (other.share - low2) ** 2)
    return low, high


def compare(counts: Sequence[Count], confidence: float) -> Outcome:
    """Hold 2 to 5 texts against each other. `confidence` of the whole test, from 0 to 1."""
    z = z_of(confidence, len(counts))
    best = max(range(len(counts)), key=lambda place: (counts[place].share, -place))
    differences = tuple(
        Difference(best, place, counts[best].share - each.share, *newcombe(counts[best], each, z))
        for place, each in enumerate(counts)
        if place != best
    )
    is_sure = all(each.low > 0 for each in differences) and all(each.of for each in counts)
    return Outcome(
        winner=best if is_sure else None,
        best=best,
        differences=differences,
        intervals=tuple(wilson(each, z_of(confidence, 2)) for each in counts),
        confidence=confidence,
    )


def z_of(confidence: float, texts: int) -> float:
    """The two-sided normal quantile, with the doubt shared out over all pairs of texts."""
    pairs = max(1, texts * (texts - 1) // 2)
    return _NORMAL.inv_cdf(1 - (1 - confidence) / (2 * pairs))


def people_needed(base: float, lift: float, confidence: float, texts: int, power: float = POWER) -> int | None:
    """How many people each text needs, so that a lift (0.3 = 30 % more) over the share `base` is found.

    None where the lifted share would pass 1, or there is nothing to be found.
    """
    other = base * (1 + lift)
    if not 0 < base < other < 1:
        return None
    spread = base * (1 - base) + other * (1 - other)
    each = 1 - (1 - power) / max(1, texts - 1)  # it has to be better than every other one
    return int((z_of(confidence, texts) + _NORMAL.inv_cdf(each)) ** 2 * spread / (other - base) ** 2) + 1


def least_lift(base: float, people: int, confidence: float, texts: int, power: float = POWER) -> float | None:
    """The smallest lift over the share `base` that so many people a text can find; None when none below 100 % + can."""
    low, high = 0.0, min(10.0, 1 / base - 1) if base else 0.0
    if not high or (people_needed(base, high * 0.999, confidence, texts, power) or people + 1) > people:
        return None
    for _ in range(40):
        middle = (low + high) / 2
        needed = people_needed(base, middle, confidence, texts, power)
        low, high = (middle, high) if needed is None or needed > people else (low, middle)
    return high
