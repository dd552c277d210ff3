"""The sums behind a test of texts and a canary: fixed seeds, plain maths."""

import random
from collections.abc import Iterator
from math import comb

import pytest

from bench import canary_sums
from tradewind.campaigns.trials import draw
from tradewind.campaigns.trials.intervals import Count, compare, least_lift, newcombe, people_needed, wilson
from tradewind.campaigns.trials.past import YARDSTICK
from tradewind.campaigns.trials.watch import Sight, chance_of, judge, usual_of

PAST = {"failed": 0.03, "opted_out": 0.002, "blocked": 0.002, "read": 0.6, "people": 4_000, "quality": {}}


def test_intervals_are_those_of_the_books() -> None:
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table II, example (a): 56/70 and 48/80, 95 %.
    low, high = newcombe(Count(56, 70), Count(48, 80), 1.959964)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    # … and example (h): 0/10 and 0/20.
    low, high = newcombe(Count(0, 10), Count(0, 20), 1.959964)
    assert (round(low, 4), round(high, 4)) == (-0.1611, 0.2775)
    assert [round(each, 4) for each in wilson(Count(81, 263), 1.959964)] == [0.2553, 0.3662]
    assert wilson(Count(0, 0), 2.0) == (0.0, 1.0)


def drawn(shares: list[float], people: int, seed: int) -> list[Count]:
    """A test as the campaign runs it: the keyed draw gives each person a text, chance decides what they do."""
    key, chance = f"{seed:064x}", random.Random(seed)
    did, of = [0] * len(shares), [0] * len(shares)
    for person in range(1, people + 1):
        text = draw.text_of(draw.draw(key, person)[1], len(shares))
        of[text] += 1
        did[text] += chance.random() < shares[text]
    return [Count(*pair) for pair in zip(did, of, strict=True)]


@pytest.mark.parametrize(("base", "texts"), [(0.6, 2), (0.45, 2), (0.45, 4)])
def test_b8_chance_is_not_called_a_winner_and_a_true_lift_is_found(base: float, texts: int) -> None:
    needed = people_needed(base, 0.3, 0.98, texts)
    assert needed is not None
    people = needed * texts
    even = [compare(drawn([base] * texts, people, seed), 0.98).winner is None for seed in range(100)]
    lifted = [base] * (texts - 1) + [base * 1.3]
    found = [compare(drawn(lifted, people, seed), 0.98).winner == texts - 1 for seed in range(100)]
    assert sum(even) >= 94, sum(even)
    assert sum(found) >= 80, sum(found)


def test_a_sample_that_can_find_a_lift_says_so() -> None:
    assert people_needed(0.05, 0.3, 0.98, 2) == 6265
    assert least_lift(0.05, 6265, 0.98, 2) == pytest.approx(0.3, abs=0.001)
    assert people_needed(0.9, 0.3, 0.98, 2) is None
    assert least_lift(0.9, 20, 0.98, 2) is None
    assert least_lift(0.0, 20, 0.98, 2) is None


def test_a_text_that_nobody_got_wins_nothing() -> None:
    found = compare([Count(0, 0), Count(50, 100)], 0.98)
    assert found.winner is None
    assert compare([Count(5, 100), Count(50, 100), Count(4, 100)], 0.98).winner == 1


def test_the_draw_is_even_and_bound_to_its_key() -> None:
    draws = [draw.draw("ab" * 32, person) for person in range(1, 10_001)]
    for place in range(5):
        assert sum(draw.text_of(text, 5) == place for _, text in draws) == pytest.approx(2_000, abs=130)
    assert sum(first < 0.02 for first, _ in draws) == pytest.approx(200, abs=45)
    assert draw.draw("ac" * 32, 1) != draws[0]


def walk(shares: dict[str, float], people: int, seed: int) -> Iterator[Sight]:
    """One message after the other, as a canary is seen."""
    chance, counts = random.Random(seed), dict.fromkeys(shares, 0)
    for sent in range(1, people + 1):
        for harm, share in shares.items():
            counts[harm] += chance.random() < share
        yield Sight(sent, sent - counts["failed"], counts["failed"], counts["opted_out"], counts["blocked"], 0)


def stops_after(shares: dict[str, float], people: int, seed: int) -> int | None:
    return next((s.sent for s in walk(shares, people, seed) if judge(s, PAST, {}, is_time_up=False).word), None)


def test_x4_five_per_cent_of_blocks_stop_a_canary_early_and_usual_ones_do_not() -> None:
    bad = {"failed": 0.03, "opted_out": 0.002, "blocked": 0.05}
    stopped = [stops_after(bad, 400, seed) for seed in range(200)]
    assert all(stopped), "a fiftieth of 20,000 people is enough, in every one of 200 seeds"
    assert sorted(each or 0 for each in stopped)[100] < 130, "half of them within 130 messages"
    usual = {"failed": 0.03, "opted_out": 0.002, "blocked": 0.002}
    assert sum(stops_after(usual, 300, 10_000 + seed) is not None for seed in range(300)) <= 3, "5 in 1,000 at most"


def test_x4_a_harmless_canary_is_held_or_stopped_as_rarely_as_is_said_whatever_its_past_is() -> None:
    found = canary_sums.run(canaries=200, first_seed=90_000, people=60, harmful=1)["false_alarms"]
    assert all(each["stop"] <= 0.02 and each["hold"] <= 0.04 for each in found.values()), found


@pytest.mark.parametrize(("did", "of", "share"), [(3, 50, 0.004), (9, 190, 0.02), (1, 1, 0.3), (0, 10, 0.1)])
def test_chance_of_so_many_is_the_binomial_tail(did: int, of: int, share: float) -> None:
    expected = sum(comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(did, of + 1))
    assert chance_of(Count(did, of), share) == pytest.approx(expected)


def test_what_is_usual_is_no_surer_than_its_past() -> None:
    few, many = usual_of("opted_out", {**PAST, "people": 500}), usual_of("opted_out", {**PAST, "people": 50_000})
    assert few > 2 * many > 2 * PAST["opted_out"]  # type: ignore[operator]
    assert usual_of("opted_out", {**PAST, "people": 0}) == PAST["opted_out"]


def test_a_canary_says_why() -> None:
    seen = Sight(sent=200, delivered=190, failed=4, opted_out=0, blocked=0, read=120)
    assert judge(seen, PAST, {}, is_time_up=False).word == ""
    assert judge(seen, PAST, {}, is_time_up=True).word == "go"
    few = judge(seen._replace(read=20), PAST, {}, is_time_up=True)
    assert (few.word, few.why, few.count, few.of) == ("hold", "reads", 20, 190)
    assert judge(seen._replace(read=20), {**PAST, "people": 0}, {}, is_time_up=True).word == "go"
    assert judge(seen._replace(opted_out=3), PAST, {}, is_time_up=True).word == "go", "three of 190 may be chance"
    some = judge(seen._replace(opted_out=5), PAST, {}, is_time_up=True)
    assert (some.word, some.why) == ("hold", "opted_out")
    many = judge(seen._replace(opted_out=9), PAST, {}, is_time_up=False)
    assert (many.word, many.why, many.count, many.of) == ("stop", "opted_out", 9, 190)


def test_a_fallen_quality_speaks_before_any_count() -> None:
    past = {**PAST, "quality": {"template:1": "GREEN", "number:2": "YELLOW"}}
    seen = Sight(sent=30, delivered=30, failed=0, opted_out=0, blocked=0, read=9)
    assert judge(seen, past, {"template:1": "YELLOW", "number:2": "YELLOW"}, is_time_up=False).word == "hold"
    found = judge(seen, past, {"template:1": "YELLOW", "number:2": "RED"}, is_time_up=False)
    assert (found.word, found.what) == ("stop", "number:2:RED")
    assert judge(seen, past, {"template:1": "GREEN", "number:2": "YELLOW"}, is_time_up=False).word == ""
    assert YARDSTICK.people == 0


def test_the_bench_takes_the_yardsticks_for_harmless() -> None:
    assert {name: getattr(YARDSTICK, name) for name in canary_sums.USUAL} == canary_sums.USUAL
