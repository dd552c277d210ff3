"""`tradewind bench canary_sums`: many canaries of harmless and of harmful templates, judged after every message.

Plain sums over the very verdicts that a campaign takes (campaigns/trials/watch.py): how often is a harmless template
held or stopped, and how soon a harmful one? The past that a canary is held against is drawn by chance as well: of so
many people, or there is none (then the yardsticks count). `bench canary` shows one canary in a whole installation.
"""

import random
from collections.abc import Mapping
from typing import Any

from tradewind.campaigns.trials.watch import Sight, Verdict, judge

HARMS = ("failed", "opted_out", "blocked")
USUAL = {"failed": 0.05, "opted_out": 0.004, "blocked": 0.003, "read": 0.6}
"""The true shares of a harmless template: those of the yardsticks (campaigns/trials/past.py)."""
HARMFUL = {"blocked": 0.05, "opted_out": 0.05, "failed": 0.30}
"""One harm each, beside the usual ones."""
PASTS = (0, 500, 2_000, 20_000)


def run(
    canaries: int = 1_000, first_seed: int = 1, people: int = 200, harmful: int = 200, audience: int = 10_000
) -> dict[str, Any]:
    """`canaries`: harmless ones for each size of past, of `people` each; `harmful`: those of each harm."""
    return {
        "canaries": canaries,
        "people": people,
        "false_alarms": {
            f"past of {past}" if past else "no past": falsely(past, canaries, first_seed, people) for past in PASTS
        },
        "harmful": {
            f"{harm} {share:.0%}": rightly({**USUAL, harm: share}, harmful, first_seed, people, audience)
            for harm, share in HARMFUL.items()
        },
    }


def falsely(past: int, canaries: int, first_seed: int, people: int) -> dict[str, float]:
    """The share of harmless canaries that are stopped or held."""
    words = [walk(USUAL, past_of(past, chance), people, chance)[0].word
             for chance in map(random.Random, range(first_seed, first_seed + canaries))]  # fmt: skip
    return {word: round(words.count(word) / canaries, 4) for word in ("stop", "hold")}


def rightly(
    shares: Mapping[str, float], canaries: int, first_seed: int, people: int, audience: int
) -> dict[str, float]:
    """How many were not let go, and after how many messages half of them and the slowest were stopped."""
    found = [walk(shares, past_of(PASTS[2], chance), people, chance)
             for chance in map(random.Random, range(first_seed, first_seed + canaries))]  # fmt: skip
    sent = sorted(sent for verdict, sent in found if verdict.word != "go")
    caught = len(sent)
    return {
        "caught": round(caught / canaries, 4),
        "half_after": sent[caught // 2] if sent else people,
        "slowest_after": sent[-1] if sent else people,
        "most_of_the_audience": round(people / audience, 4),
    }


def past_of(people: int, chance: random.Random) -> dict[str, Any]:
    """What a template's own past of so many people says, when the usual shares are the true ones."""
    if not people:
        return {**USUAL, "people": 0, "quality": {}}
    counted = {name: sum(chance.random() < share for _ in range(people)) / people for name, share in USUAL.items()}
    return {**counted, "people": people, "quality": {}}


def walk(
    shares: Mapping[str, float], past: Mapping[str, Any], people: int, chance: random.Random
) -> tuple[Verdict, int]:
    """One message after the other; the verdict, and after how many it came."""
    counts = dict.fromkeys(HARMS, 0)
    read, sight = 0, Sight(0, 0, 0, 0, 0, 0)
    for sent in range(1, people + 1):
        struck = [harm for harm in HARMS if chance.random() < shares[harm]]
        for harm in struck:
            counts[harm] += 1
        read += "failed" not in struck and chance.random() < shares["read"]
        sight = Sight(sent, sent - counts["failed"], counts["failed"], counts["opted_out"], counts["blocked"], read)
        if (found := judge(sight, past, {}, is_time_up=False)).word:
            return found, sent
    return judge(sight, past, {}, is_time_up=True), people
