"""What a canary says: go on, hold or stop, as soon as the evidence is enough. Pure sums.

Each harm is watched by Wald's sequential test (A. Wald, Sequential Analysis, 1947): is the share rather the usual one
or rather the one that is too much? It may be looked at after every message without growing less sure. Stopping needs a
chance of error below 1 in 200, shared out over the harms. Going on needs time besides, because opt-outs, blocks and
reads come late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any, NamedTuple

from tradewind.campaigns.trials.intervals import Count, wilson

FALSE_ALARM, MISSED = 0.005, 0.05
# A harm is too much when it is three times the usual, and at least this share.
TIMES = 3.0
LEAST = {"failed": 0.12, "opted_out": 0.015, "blocked": 0.015}
MOST = 0.6
READS_FALL_TO = 0.5
"""Half as many reads as usual, surely, and a person looks first."""
Z_READS = 2.58
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
        if is_too_much(count, float(past[harm]), limit_of(harm, float(past[harm]))):
            return told("stop", harm, count, past)
    if not is_time_up:
        return Verdict("")
    for harm, count in counts.items():
        if count.did >= 2 and count.share > limit_of(harm, float(past[harm])):
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
    usual = float(past[harm])
    return Verdict(word, harm, count.did, count.of, usual, limit_of(harm, usual))


def limit_of(harm: str, usual: float) -> float:
    """The share that is too much."""
    return min(MOST, max(LEAST[harm], TIMES * usual))


def is_too_much(count: Count, usual: float, limit: float) -> bool:
    usual = min(max(usual, 0.0005), limit * 0.8)
    evidence = count.did * log(limit / usual) + (count.of - count.did) * log((1 - limit) / (1 - usual))
    return evidence >= log((1 - MISSED) / (FALSE_ALARM / len(LEAST)))


def worst_fall(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, str] | None:
    """What has lost its colour since the launch, the worst first: ("template:17", "RED")."""
    fallen = [
        (WORSE.get(colour, 0), what, colour)
        for what, colour in now.items()
        if WORSE.get(colour, 0) > WORSE.get(before.get(what, "UNKNOWN"), 0)
    ]
    return max(fallen)[1:] if fallen else None
