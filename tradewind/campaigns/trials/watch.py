"""What a canary says: go on, hold or stop, as soon as the evidence is enough. Pure sums.

Each harm is watched by a sequential likelihood ratio (A. Wald, Sequential Analysis, 1947): is the share rather the
usual one or rather the one that is too much? By Ville's inequality a ratio of 1/a is passed with a chance of a at most
while the share is the usual one, however often one looks. So a harmless template is stopped by the counts in FALSE_STOP
of all canaries at most, all harms together; and held, at the one look at the end, in FALSE_HOLD of them at most. What
is usual is not known but counted, so the upper end of what the past allows stands for it. Going on needs time, because
opt-outs, blocks and reads come late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log
from statistics import NormalDist
from typing import Any, NamedTuple

from tradewind.campaigns.trials.intervals import Count, wilson

FALSE_STOP, FALSE_HOLD = 0.005, 0.02
"""A hold asks a person, so it may be wrong more often than a stop."""
Z_PAST = 1.645
"""Of 20 pasts one allows less than is true."""
# A harm is too much when it is three times the usual, and at least this share.
TIMES = 3.0
LEAST = {"failed": 0.12, "opted_out": 0.015, "blocked": 0.015}
MOST = 0.6
ALTERNATIVES, WORST = (1.0, 2.0, 4.0), 0.9
"""How many times the limit a bad share may be: what the usual one is held against."""
ENOUGH_EVIDENCE = 50.0
READS_FALL_TO = 0.5
"""Half as many reads as usual, surely, and a person looks first."""
LOOKS = len(LEAST) + 1
"""At the end: each harm and the reads."""
Z_READS = NormalDist().inv_cdf(1 - FALSE_HOLD / LOOKS)
WORSE = {"GREEN": 0, "UNKNOWN": 0, "NA": 0, "YELLOW": 1, "RED": 2}


class Sight(NamedTuple):
    """What is seen of the canary. `sent` have an outcome at Meta, `delivered` reached their person."""

    sent: int
    delivered: int
    failed: int
    opted_out: int
    blocked: int
    read: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word`: "", go, hold, stop; "" = go on watching. `why`: a harm's word, "reads", "quality", "time"."""

    word: str
    why: str = ""
    count: int = 0
    of: int = 0
    usual: float = 0.0
    limit: float = 0.0
    what: str = ""


def judge(sight: Sight, past: Mapping[str, Any], qualities: Mapping[str, str], *, is_time_up: bool) -> Verdict:
    """The verdict on what is seen now. `past`: Trial.past; `qualities`: as they are now."""
    if fallen := worst_fall(past.get("quality", {}), qualities):
        what, colour = fallen
        return Verdict("stop" if colour == "RED" else "hold", "quality", what=f"{what}:{colour}")
    counts = counts_of(sight)
    for harm, count in counts.items():
        if is_surely_too_much(count, usual_of(harm, past), limit_of(harm, past)):
            return told("stop", harm, count, past)
    if not is_time_up:
        return Verdict("")
    for harm, count in counts.items():
        if count.share > limit_of(harm, past) and chance_of(count, usual_of(harm, past)) <= FALSE_HOLD / LOOKS:
            return told("hold", harm, count, past)
    return judge_reads(sight, past)


def judge_reads(sight: Sight, past: Mapping[str, Any]) -> Verdict:
    """Too few reads are told only against the template's own past: what is usual differs between businesses."""
    reads = Count(sight.read, sight.delivered)
    low = float(past["read"]) * READS_FALL_TO
    if past.get("people") and reads.of and wilson(reads, Z_READS)[1] < low:
        return Verdict("hold", "reads", reads.did, reads.of, float(past["read"]), low)
    return Verdict("go", "time", sight.delivered, sight.sent)


def counts_of(sight: Sight) -> dict[str, Count]:
    return {
        "blocked": Count(sight.blocked, sight.sent),
        "opted_out": Count(sight.opted_out, max(sight.delivered, sight.opted_out)),
        "failed": Count(sight.failed, sight.sent),
    }


def told(word: str, harm: str, count: Count, past: Mapping[str, Any]) -> Verdict:
    return Verdict(word, harm, count.did, count.of, float(past[harm]), limit_of(harm, past))


def usual_of(harm: str, past: Mapping[str, Any]) -> float:
    """The largest share that may well be the usual one; a yardstick is taken as it is."""
    return upper_end(float(past[harm]), int(past.get("people", 0)))


@lru_cache(maxsize=256)
def upper_end(share: float, people: int) -> float:
    return wilson(Count(round(share * people), people), Z_PAST)[1] if people else share


def limit_of(harm: str, past: Mapping[str, Any]) -> float:
    """The share that is too much."""
    return min(MOST, max(LEAST[harm], TIMES * usual_of(harm, past)))


def is_surely_too_much(count: Count, usual: float, limit: float) -> bool:
    """The mean of several ratios keeps the bound: so the limit and far worse shares are all soon seen."""
    usual = max(usual, 0.0005)
    ratios = [ratio(count, usual, min(WORST, max(limit, usual / 0.8) * times)) for times in ALTERNATIVES]
    return sum(ratios) / len(ratios) >= len(LEAST) / FALSE_STOP


def ratio(count: Count, usual: float, other: float) -> float:
    """How many times likelier is what was seen when each does it with the other share?"""
    evidence = count.did * log(other / usual) + (count.of - count.did) * log((1 - other) / (1 - usual))
    return exp(min(evidence, ENOUGH_EVIDENCE))


def chance_of(count: Count, share: float) -> float:
    """How likely it is that so many or more do it, when each does with this share."""
    if not count.did or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    whole, odds = lgamma(count.of + 1), log(share / (1 - share))
    alone = count.of * log(1 - share)
    return min(
        1.0,
        sum(
            exp(whole - lgamma(did + 1) - lgamma(count.of - did + 1) + did * odds + alone)
            for did in range(count.did, count.of + 1)
        ),
    )


def worst_fall(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, str] | None:
    """What has lost its colour since the launch, the worst first: ("template:17", "RED")."""
    fallen = [
        (WORSE.get(colour, 0), what, colour)
        for what, colour in now.items()
        if WORSE.get(colour, 0) > WORSE.get(before.get(what, "UNKNOWN"), 0)
    ]
    return max(fallen)[1:] if fallen else None
