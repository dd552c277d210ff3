"""The circuit breaker of a number, and the stop-loss of a run."""

from tradewind.messages.sender.brakes import reason_to_stop
from tradewind.messages.sender.breaker import AMBIGUOUS, ERROR, GOOD, Breaker

START = 1_790_000_000.0


def calls(breaker: Breaker, now: float, good: int, bad: int, word: str) -> float:
    """So many calls, ten a second, the bad ones last; returns the time after them."""
    for outcome in [GOOD] * good + [word] * bad:
        breaker.record(outcome, now)
        now += 0.1
    return now


def test_five_per_cent_in_doubt_or_ten_per_cent_errors_are_borne_and_more_is_not() -> None:
    for word, borne in ((AMBIGUOUS, 5), (ERROR, 10)):
        breaker = Breaker()
        now = calls(breaker, START, 100 - borne, borne, word)
        assert not breaker.is_open(now)
        assert breaker.record(word, now)
        assert breaker.is_open(now) and breaker.open_until == now + 30
        assert breaker.reason == f"{word} {borne + 1} of 101"


def test_a_few_calls_say_nothing() -> None:
    breaker = Breaker()
    assert not breaker.is_open(calls(breaker, START, 0, 19, ERROR))


def test_calls_older_than_a_minute_are_forgotten() -> None:
    breaker = Breaker()
    now = calls(breaker, START, 0, 15, ERROR)
    calls(breaker, now + 61, 30, 1, ERROR)
    assert not breaker.is_open(now + 70)


def test_the_rest_doubles_up_to_eight_minutes_and_is_short_again_after_calm() -> None:
    breaker, now, rests = Breaker(), START, []
    for _ in range(6):
        now = calls(breaker, now, 0, 20, ERROR)
        rests.append(round(breaker.open_until - now + 0.1))
        now = breaker.open_until
    assert rests == [30, 60, 120, 240, 480, 480]
    now = calls(breaker, now + 2_000, 0, 20, ERROR)
    assert round(breaker.open_until - now + 0.1) == 30


def test_a_run_stops_past_its_shares_and_not_before_fifty_outcomes() -> None:
    def reason(answered: int, failed: int, unknown: int) -> str:
        return reason_to_stop(answered, {"failed": (failed, 0.25), "unknown": (unknown, 0.02)})

    assert reason(49, 49, 0) == ""
    assert reason(100, 25, 2) == ""
    assert reason(100, 26, 0) == "failed: 26 of 100"
    assert reason(100, 0, 3) == "unknown: 3 of 100"
    assert reason_to_stop(100, {"failed": (100, None), "unknown": (100, None)}) == ""


def test_people_who_opt_out_or_block_stop_a_run_when_they_are_more_than_a_few() -> None:
    assert reason_to_stop(60, {"opted out": (4, 0.015), "blocked": (4, 0.02)}) == ""
    assert reason_to_stop(334, {"opted out": (5, 0.015)}) == ""
    assert reason_to_stop(333, {"opted out": (5, 0.015)}) == "opted out: 5 of 333"
    assert reason_to_stop(249, {"opted out": (0, 0.015), "blocked": (5, 0.02)}) == "blocked: 5 of 249"


def test_the_reason_says_what_went_wrong_last() -> None:
    breaker = Breaker()
    now = calls(breaker, START, 19, 0, GOOD)
    breaker.record(ERROR, now, "Meta could not be reached (timed out).")
    assert not breaker.is_open(now)
    breaker.record(ERROR, now, "Meta could not be reached (refused).")
    breaker.record(ERROR, now, "x" * 500)
    assert breaker.is_open(now)
    assert breaker.reason.startswith("error 3 of 22: xxx") and len(breaker.reason) <= 120
