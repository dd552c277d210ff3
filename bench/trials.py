"""`tradewind bench trials`: a hundred tests without any difference, and a hundred with a true lift. Plain sums.

Each seed is a test as a campaign runs it: the keyed draw gives every person a text, chance decides what they do, one
look at the end judges (campaigns/trials/intervals.py). `people` is what the page advises for the lift, nine times in
ten; give `--people` to see what a smaller sample finds.
"""

import random
from typing import Any

from tradewind.campaigns.trials import draw
from tradewind.campaigns.trials.intervals import Count, compare, least_lift, people_needed

SMALL_SEEDS = 10_000


def run(
    seeds: int = 100,
    first_seed: int = 0,
    base: float = 0.45,
    lift: float = 0.3,
    texts: int = 2,
    confidence: float = 0.98,
    people: int = 0,
) -> dict[str, Any]:
    """`base`: the share that does it with text A; `people` of each text (0 = as advised)."""
    each = people or people_needed(base, lift, confidence, texts)
    if not each or not 2 <= texts <= 5 or not 0 < seeds <= SMALL_SEEDS:
        return {"problem": "There is no such test: the share times the lift must stay below 1, texts are 2 to 5."}
    even, found, wrong = 0, 0, 0
    lifted = [base] * (texts - 1) + [base * (1 + lift)]
    for seed in range(first_seed, first_seed + seeds):
        even += compare(outcome([base] * texts, each * texts, seed), confidence).winner is None
        winner = compare(outcome(lifted, each * texts, seed), confidence).winner
        found += winner == texts - 1
        wrong += winner not in (None, texts - 1)
    smallest = least_lift(base, each, confidence, texts)
    return {
        "seeds": seeds,
        "texts": texts,
        "base_rate": base,
        "true_lift": lift,
        "confidence": confidence,
        "people_each_text": each,
        "people_advised_each_text": people_needed(base, lift, confidence, texts),
        "least_lift_found_9_in_10": round(smallest, 3) if smallest is not None else None,
        "no_difference_where_there_is_none": even,
        "lift_found": found,
        "wrong_winner": wrong,
        "holds": even >= 0.94 * seeds and found >= 0.80 * seeds,
    }


def outcome(shares: list[float], people: int, seed: int) -> list[Count]:
    """One test: how many did it, of how many who got each text."""
    key, chance = f"{seed:064x}", random.Random(seed)
    did, of = [0] * len(shares), [0] * len(shares)
    for person in range(1, people + 1):
        text = draw.text_of(draw.draw(key, person)[1], len(shares))
        of[text] += 1
        did[text] += chance.random() < shares[text]
    return [Count(*pair) for pair in zip(did, of, strict=True)]
