"""Pacing (B4): no limit is ever passed in any window, whatever the policy and whenever messages come."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.messages.pacing import PRESETS, Pace, Pacing, PacingError

START = 1_790_000_000.0
EDGE = 1e-3  # float noise of unix seconds


def most_in(moments: list[float], seconds: float) -> int:
    """The most moments in any half-open window of that length."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - seconds + EDGE:
            first += 1
        most = max(most, last - first + 1)
    return most


def longest_without_rest(moments: list[float], rest: float) -> int:
    longest = count = 1 if moments else 0
    for before, after in pairwise(moments):
        count = 1 if after - before >= rest - EDGE else count + 1
        longest = max(longest, count)
    return longest


policies = st.builds(
    Pacing,
    delay_from_seconds=st.sampled_from([0.0, 0.1, 3.0]),
    delay_to_seconds=st.sampled_from([0.0, 5.0]),
    per_minute=st.sampled_from([0, 1, 7, 15]),
    pulse_messages=st.sampled_from([0, 3, 10]),
    pulse_pause_seconds=st.sampled_from([20.0, 120.0]),
    pulse_jitter_from_seconds=st.just(5.0),
    pulse_jitter_to_seconds=st.just(10.0),
    per_hour=st.sampled_from([0, 20, 200]),
    warmup_days=st.just(3),
    warmup_per_day=st.sampled_from([0, 25]),
)
# When somebody asks next: at once, a little later, or after a quiet time. And whether the state was saved in between.
asks = st.lists(st.tuples(st.floats(0.0, 400.0), st.booleans()), min_size=1, max_size=120)


@settings(max_examples=150, deadline=None)
@given(policy=policies, asks=asks, days_old=st.sampled_from([None, 0.0, 2.0, 3.0]))
def test_p13_no_pacing_limit_is_passed_in_any_window(
    policy: Pacing, asks: list[tuple[float, bool]], days_old: float | None
) -> None:
    pace, now, sent = Pace(), START, list[float]()
    for wait, is_saved in asks:
        now = max(
            now + wait * (0.01 if len(sent) % 3 else 1.0), pace.next_at(policy, now + wait * 0.01, days_old=days_old)
        )
        assert pace.next_at(policy, now, days_old=days_old) == now, "at the time it named, it lets the message go"
        pace.record(now)
        sent.append(now)
        if is_saved:
            pace = Pace.from_json(orjson.loads(orjson.dumps(pace.to_json())))
    assert policy.per_minute == 0 or most_in(sent, 60.0) <= policy.per_minute
    assert policy.per_hour == 0 or most_in(sent, 3600.0) <= policy.per_hour
    if policy.is_warming(days_old):
        assert most_in(sent, 86_400.0) <= policy.warmup_per_day
    if policy.delay_from_seconds:
        assert all(after - before >= policy.delay_from_seconds - EDGE for before, after in pairwise(sent))
    if policy.pulse_messages:
        assert longest_without_rest(sent, policy.pulse_pause_seconds + 5.0) <= policy.pulse_messages


def test_p13_two_policies_on_one_number_share_its_history() -> None:
    careful, loose = Pacing(per_hour=10), Pacing(per_minute=5)
    pace, now, sent = Pace(), START, []
    for turn in range(40):
        policy = careful if turn % 2 else loose
        now = max(now + 1, pace.next_at(policy, now + 1))
        pace.record(now)
        sent.append((now, policy))
    moments = [at for at, _ in sent]
    # A careful message never goes when ten went within the hour before it, whosever they were.
    for rank, (at, policy) in enumerate(sent):
        if policy is careful:
            assert sum(at - 3600 < other <= at for other in moments[: rank + 1]) <= 10


def test_the_careful_preset_is_the_advice_of_the_market() -> None:
    pacing = Pacing.from_json(PRESETS["careful"])
    pace, now, sent = Pace(), START, []
    while now < START + 2 * 3600:
        now = pace.next_at(pacing, now)
        pace.record(now)
        sent.append(now)
    gaps = [after - before for before, after in pairwise(sent)]
    assert min(gaps) >= 3.0
    assert most_in(sent, 60.0) <= 15
    assert most_in(sent, 3600.0) == 200
    assert longest_without_rest(sent, 125.0) == 50
    # Only until the hour is full: then each waits for the 200th before it, too, by chance longer than for a rest.
    pauses = [gap for gap in gaps[:199] if gap > 100]
    assert len(pauses) == 3 and all(125.0 - EDGE <= pause <= 130.0 + EDGE for pause in pauses)


def test_a_clock_set_back_an_hour_neither_blocks_for_an_hour_nor_lets_more_through() -> None:
    pacing, pace = Pacing(delay_from_seconds=3.0, per_minute=15), Pace()
    pace.record(START)
    back = START - 3600
    at = pace.next_at(pacing, back)
    assert back + 2.9 <= at <= back + 60.1


@pytest.mark.parametrize(
    ("given_pacing", "sentence"),
    [
        ({"speed": 3}, "knows no"),
        ({"per_hour": -1}, "negative"),
        ({"per_minute": 1.5}, "whole number"),
        ({"per_minute": "15"}, "must be a number"),
        ({"per_minute": True}, "must be a number"),
        ({"delay_from_seconds": 5, "delay_to_seconds": 3}, "shortest delay"),
        ({"pulse_messages": 50}, "needs a pause"),
        ({"delay_from_seconds": float("nan")}, "finite"),
        ({"delay_from_seconds": float("inf")}, "finite"),
    ],
)
def test_a_pacing_that_makes_no_sense_is_refused_with_a_sentence(
    given_pacing: dict[str, object], sentence: str
) -> None:
    with pytest.raises(PacingError, match=sentence):
        Pacing.from_json(given_pacing)


def test_presets_survive_their_json() -> None:
    for preset in PRESETS.values():
        assert Pacing.from_json(Pacing.from_json(preset).to_json()) == Pacing.from_json(preset)
