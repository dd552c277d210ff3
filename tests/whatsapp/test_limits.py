"""P13: no cap is ever passed, in any window, whatever the order of asking; and at least 95 % of it can be used."""

import json
from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.whatsapp.limits import PAIR_RATE, PairRate, SlidingCap, Throughput, tier_of

START = 1_780_000_000.0


def most_in_any_window(times, seconds):
    """The most that lie in any closed stretch of so many seconds (times in order)."""
    return max((bisect_right(times, at + seconds) - bisect_left(times, at) for at in times), default=0)


gaps = st.one_of(st.floats(0, 0.02), st.floats(0, 0.3), st.floats(0.9, 1.1), st.just(0.0))
asks = st.lists(st.tuples(gaps, st.integers(1, 120), st.booleans()), min_size=1, max_size=120)


@given(asks, st.sampled_from([1, 2, 20, 80, 1000]))
@settings(max_examples=150, deadline=None)
def test_p13_no_sliding_second_passes_the_throughput(steps, per_second):
    throughput, now, went = Throughput(per_second), START, []
    for gap, wanted, is_restarted in steps:
        now += gap
        went += [now] * throughput.take(now, wanted)
        if is_restarted:
            throughput = Throughput.from_json(per_second, json.loads(json.dumps(throughput.to_json())))
    assert most_in_any_window(went, 1.0) <= per_second


@given(asks, st.integers(1, 50), st.sampled_from([1.0, 60.0, 3600.0, 86400.0]))
@settings(max_examples=150, deadline=None)
def test_p13_no_window_of_any_length_passes_a_cap(steps, limit, window):
    cap, now, went = SlidingCap(limit, window), START, []
    for gap, wanted, is_restarted in steps:
        now += gap * window
        went += [now] * cap.take(now, wanted)
        if is_restarted:
            cap = SlidingCap.from_json(limit, window, json.loads(json.dumps(cap.to_json())))
    assert most_in_any_window(went, window) <= limit


late = st.one_of(st.just(0.0), st.floats(0.005, 0.05), st.floats(0.05, 0.9))


@given(st.lists(st.tuples(gaps, st.integers(1, 40), late), min_size=1, max_size=100), st.sampled_from([2, 20, 80]))
@settings(max_examples=200, deadline=None)
def test_p13_what_leaves_late_counts_from_when_it_leaves(steps, per_second):
    throughput, now, went, waiting = Throughput(per_second), START, [], []
    for gap, wanted, delay in [*steps, (3.0, 0, 0.0)]:
        now += gap
        for leaves_at, taken_at in sorted(each for each in waiting if each[0] <= now):
            throughput.postpone(taken_at, leaves_at)
            went.append(leaves_at)
        waiting = [each for each in waiting if each[0] > now]
        granted = throughput.take(now, wanted)
        if delay:
            waiting += [(now + delay, now)] * granted
        else:
            went += [now] * granted
    assert most_in_any_window(sorted(went), 1.0) <= per_second


@pytest.mark.parametrize("delay", [0.006, 0.05, 0.3])
def test_what_leaves_late_counts_once(delay):
    throughput, went = Throughput(80), 0
    for step in range(2_000):
        now = START + step * 0.01
        granted = throughput.take(now, 1000)
        for _ in range(granted):
            throughput.postpone(now, now + delay * 0.01)
        went += granted
    assert went >= 0.95 * 20 * 80


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 60)), max_size=80))
@settings(max_examples=150, deadline=None)
def test_p13_a_pair_never_passes_its_burst_and_rate(steps):
    debt, now, went = 0.0, START, []
    for gap, wanted in steps:
        now += gap
        granted = min(wanted, PAIR_RATE.how_many(debt, now))
        for _ in range(granted):
            assert PAIR_RATE.may_go(debt, now)
            debt = PAIR_RATE.after(debt, now)
        assert (granted < wanted) == (wanted > granted and not PAIR_RATE.may_go(debt, now))
        went += [now] * granted
    for seconds in (6.0, 60.0, 600.0, 3600.0):
        assert most_in_any_window(went, seconds) <= 45 + int(seconds / 6) + 1


@pytest.mark.parametrize("per_second", [20, 80, 1000])
@pytest.mark.parametrize("wakes_every", [0.001, 0.007, 0.02, 0.04])
def test_p13_a_sender_that_wakes_up_late_still_uses_95_percent(per_second, wakes_every):
    throughput, went = Throughput(per_second), []
    for step in range(int(20 / wakes_every)):
        now = START + step * wakes_every
        went += [now] * throughput.take(now, 1000)
    assert len(went) >= 0.95 * 20 * per_second
    assert most_in_any_window(went, 1.0) <= per_second


def test_messages_are_spread_over_the_second():
    throughput = Throughput(80)
    assert throughput.take(START, 80) == 10  # an eighth of a second's worth, not the whole second at once
    assert throughput.take(START, 80) == 0
    assert throughput.take(START + 0.0135, 80) == 1


@given(asks, st.sampled_from([1, 20, 80]))
@settings(max_examples=100, deadline=None)
def test_next_at_keeps_its_word(steps, per_second):
    throughput, cap, now = Throughput(per_second), SlidingCap(per_second, 60.0), START
    for gap, wanted, is_slow in steps:
        now += gap
        throughput.take(now, wanted)
        cap.take(now, wanted)
        if is_slow:
            throughput.slow_down(now)
        later = cap.next_at(now)
        assert cap.available(now) > 0 if later == now else now < later <= now + 61
        assert SlidingCap.from_json(per_second, 60.0, cap.to_json()).take(later) == 1
        later = throughput.next_at(now)
        assert now <= later < now + 17
        if later == now:
            assert throughput.available(now) > 0


def test_the_waiter_of_a_throughput_is_served_when_promised():
    throughput, now = Throughput(80), START
    for _ in range(500):
        assert throughput.take(now) == 1
        now = throughput.next_at(now)
    assert 6.1 < now - START < 6.6  # 500 at 78.8 a second


def test_inbound_messages_share_the_throughput():
    throughput = Throughput(20)
    throughput.record(START, 20)
    assert throughput.available(START + 0.9) == 0
    assert throughput.available(START + 1.1) >= 1


def test_room_is_left_for_what_comes_in():
    throughput, now, went = Throughput(80), START, 0
    throughput.keep_free(30)
    while now < START + 60:
        went += throughput.take(now, 10)
        now += 0.01
    assert 45 * 60 < went <= 50 * 60
    throughput.keep_free(500)  # more than all: one a second still leaves
    assert throughput.take(START + 70, 10) >= 1
    throughput.keep_free(0)
    assert throughput.take(START + 80, 10) == 10


def test_a_refusal_halves_the_speed_and_it_comes_back_in_a_minute():
    throughput = Throughput(80)
    throughput.slow_down(START)
    assert throughput.factor(START) == 0.5
    throughput.slow_down(START)
    assert throughput.factor(START) == 0.25
    assert throughput.factor(START + 30) == pytest.approx(0.625)
    assert throughput.factor(START + 60) == 1.0
    for _ in range(20):
        throughput.slow_down(START + 100)
    assert throughput.factor(START + 100) == 1 / 16


def test_a_slowed_number_keeps_to_its_slower_speed():
    throughput = Throughput(80)
    throughput.slow_down(START)
    went = sum(throughput.take(START + step / 100, 80) for step in range(100))
    assert 36 <= went <= 46


def test_the_state_stays_small():
    throughput = Throughput(1000)
    for step in range(5_000):
        throughput.take(START + step / 1000, 5)
    assert len(json.dumps(throughput.to_json())) < 8_000


def test_sparse_caps_are_exact_to_the_moment():
    cap = SlidingCap(2, 86_400.0)
    assert [cap.take(START), cap.take(START + 10_000), cap.take(START + 20_000)] == [1, 1, 0]
    assert cap.next_at(START + 20_000) == pytest.approx(START + 86_400, abs=0.001)
    assert cap.take(START + 86_399.9) == 0
    assert cap.take(START + 86_400.001) == 1


def test_a_cap_of_zero_never_allows():
    cap = SlidingCap(0, 60.0)
    assert (cap.take(START), cap.next_at(START)) == (0, None)
    assert SlidingCap(5, 60.0).next_at(START, 6) is None


def test_a_clock_set_back_an_hour_neither_frees_nor_freezes():
    cap = SlidingCap(10, 60.0)
    assert cap.take(START, 10) == 10
    assert cap.take(START - 3_600) == 0
    assert cap.take(START - 3_600 + 59) == 0
    assert cap.take(START - 3_600 + 60.001, 10) == 10


def test_a_small_step_back_counts_as_the_latest_moment():
    cap = SlidingCap(10, 60.0)
    cap.take(START, 9)
    assert [cap.take(START - 0.5), cap.take(START - 0.5)] == [1, 0]


def test_a_pair_may_burst_45_and_then_one_every_six_seconds():
    debt = 0.0
    assert PAIR_RATE.how_many(debt, START) == 45
    for _ in range(45):
        assert PAIR_RATE.may_go(debt, START)
        debt = PAIR_RATE.after(debt, START)
    assert not PAIR_RATE.may_go(debt, START)
    assert PAIR_RATE.next_at(debt, START) == START + 6
    debt = PAIR_RATE.after(debt, START + 6)
    assert PAIR_RATE.next_at(debt, START + 6) == START + 12
    assert PAIR_RATE.how_many(debt, START + 270) == 44
    assert PAIR_RATE.how_many(debt, START + 276) == 45


def test_after_a_refusal_a_pair_waits_four_to_the_power_of_n():
    for attempts, seconds in ((1, 4), (2, 16), (3, 64)):
        debt = PAIR_RATE.after_refusal(0.0, START, attempts)
        assert PAIR_RATE.next_at(debt, START) == pytest.approx(START + seconds, abs=0.001)
        assert not PAIR_RATE.may_go(debt, START + seconds - 0.01)
    assert PairRate(seconds_per_message=1.0, burst=1).how_many(0.0, START) == 1


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("TIER_250", 250),
        ("tier_2k", 2_000),
        ("TIER_100K", 100_000),
        ("TIER_UNLIMITED", None),
        ("UNTIERED", None),
        (2000, 2_000),
        ("2000", 2_000),
        (-1, None),
        ("-1", None),
        (5_000, 5_000),
    ],
)
def test_tiers_in_any_spelling(value, people):
    assert tier_of(value).people == people


@pytest.mark.parametrize("value", [None, "", "TIER_NOT_SET", "many", 0, -2, True])
def test_what_says_no_tier_is_none(value):
    assert tier_of(value) is None


def test_a_tier_tells_what_is_left():
    assert (tier_of("TIER_250").left(249), tier_of("TIER_250").left(300)) == (1, 0)
    assert tier_of(-1).left(10**9) is None
