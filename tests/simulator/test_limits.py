"""Meta's limits: exact at the edge, never passed, and counted when they are tried."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.in_hand import InHand
from tradewind.simulator.limits.people import DAY_SECONDS, Ledger, Windows
from tradewind.simulator.limits.rates import Bucket, PairRate
from tradewind.simulator.world import bench_world

ADA, BEA = "+491701234567", "+491701234568"
PAIR = ("1", "491701234567")


def phone(rank: int) -> str:
    return f"+49170{rank:08}"


def test_eighty_at_once_and_then_eighty_a_second() -> None:
    hand = InHand()
    codes = [hand.code(phone(rank)) for rank in range(81)]
    assert codes == [0] * 80 + [130429]
    hand.advance(0.5)
    assert [hand.code(phone(100 + rank)) for rank in range(41)] == [0] * 40 + [130429]
    assert hand.code(phone(200)) == 130429
    assert [hand.code(phone(300), number=None) for _ in range(1)] == [130429]
    state = hand.simulation.audit.as_json()
    assert state["accepted"] == 120
    assert state["refused"] == {"130429": 4}
    assert state["violations_by_limit"] == {"throughput": 4}
    assert state["numbers"][hand.number] == {"accepted": 120, "most_in_one_second": 120}


def test_another_number_has_its_own_throughput() -> None:
    hand = InHand()
    other = hand.world.numbers[1].phone_number_id
    for rank in range(81):
        hand.code(phone(rank))
    assert hand.send(phone(500), number=other)[0] == 200


def test_levels_of_throughput() -> None:
    hand = InHand()
    hand.world.portfolios[0].messaging_limit_tier = "TIER_UNLIMITED"
    accepted = {}
    for level in ("COEXISTENCE", "STANDARD", "HIGH"):
        hand.advance(10)
        hand.world.numbers[0].throughput = level
        accepted[level] = sum(hand.code(phone(rank)) == 0 for rank in range(1010))
    assert accepted == {"COEXISTENCE": 20, "STANDARD": 80, "HIGH": 1000}


def test_what_comes_in_counts_too() -> None:
    hand = InHand()
    for rank in range(30):
        hand.write(phone(rank))
    assert sum(hand.code(phone(100 + rank)) == 0 for rank in range(80)) == 50


def test_forty_five_to_one_person_and_then_one_in_six_seconds() -> None:
    hand = InHand()
    assert [hand.code(ADA) for _ in range(46)] == [0] * 45 + [131056]
    hand.advance(5.9)
    assert hand.code(ADA) == 131056
    hand.advance(0.2)
    assert hand.code(ADA) == 0
    assert hand.code(ADA) == 131056
    assert hand.code(BEA) == 0
    hand.advance(300)
    assert [hand.code(ADA) for _ in range(46)] == [0] * 45 + [131056]
    assert hand.simulation.audit.pair_peak == 45


def test_the_portfolio_reaches_so_many_people_in_24_hours() -> None:
    hand = InHand()
    hand.world.portfolios[0].messaging_limit_tier = "TIER_250"
    hand.world.portfolios[0].upgrades_by_itself = False
    other = hand.world.numbers[1].phone_number_id
    for rank in range(250):
        assert hand.send(phone(rank), number=[hand.number, other][rank % 2])[0] == 200
        hand.advance(0.1)
    assert hand.code(phone(250)) == 131048
    assert hand.code(phone(0)) == 0  # counted already
    hand.write(phone(251))
    assert hand.code(phone(251)) == 0  # inside a window
    hand.advance(DAY_SECONDS - 24.95)
    assert hand.code(phone(252)) == 0  # the first one is a day old
    assert hand.code(phone(253)) == 131048
    assert hand.simulation.audit.as_json()["violations_by_limit"] == {"portfolio": 2}
    assert hand.simulation.audit.people_peak == {hand.world.portfolios[0].portfolio_id: 250}


def test_a_portfolio_that_uses_half_its_limit_is_raised() -> None:
    hand = InHand()
    portfolio = hand.world.portfolios[0]
    portfolio.messaging_limit_tier = "TIER_250"
    for rank in range(125):
        hand.send(phone(rank))
        hand.advance(0.05)
    hand.advance(6 * 3600)
    assert portfolio.messaging_limit_tier == "TIER_2K"
    assert hand.values("business_capability_update")[0]["max_daily_conversations_per_business"] == "TIER_2K"


def test_a_red_number_is_not_raised() -> None:
    hand = InHand()
    hand.world.portfolios[0].messaging_limit_tier = "TIER_250"
    hand.world.numbers[1].quality_rating = "RED"
    for rank in range(130):
        hand.send(phone(rank))
        hand.advance(0.05)
    hand.advance(7 * 3600)
    assert hand.world.portfolios[0].messaging_limit_tier == "TIER_250"


def test_free_form_needs_a_window_of_24_hours() -> None:
    hand = InHand()
    text = {"type": "text", "text": {"body": "hi"}}
    assert hand.code(ADA, **text) == 131047
    hand.write(ADA)
    assert hand.code(ADA, **text) == 0
    hand.advance(DAY_SECONDS - 1)
    assert hand.code(ADA, **text) == 0
    hand.advance(1)
    assert hand.code(ADA, **text) == 131047
    assert hand.send(ADA, number=hand.world.numbers[1].phone_number_id, **text)[1]["error"]["code"] == 131047


def test_a_window_refusal_can_come_late() -> None:
    hand = InHand()
    hand.simulation.rules.window_refusal = "async"
    assert hand.code(ADA, type="text", text={"body": "hi"}) == 0
    hand.advance(2)
    assert [(item["status"], item["errors"][0]["code"]) for item in hand.statuses()] == [("failed", 131047)]


def test_an_ad_opens_72_free_hours_from_the_answer() -> None:
    hand = InHand()
    hand.write(
        ADA, type="text", text={"body": "hi"}, referral={"source_type": "ad", "source_id": "1", "ctwa_clid": "c"}
    )
    hand.send(ADA)
    hand.advance(60)
    hand.send(ADA)
    hand.advance(71 * 3600)
    hand.send(ADA)
    hand.advance(2 * 3600)
    hand.send(ADA)
    hand.advance(60)
    kinds = [item["pricing"]["type"] for item in hand.statuses() if "pricing" in item]
    assert kinds == ["regular", "free_entry_point", "free_entry_point", "regular"]
    free = [item for item in hand.statuses() if "conversation" in item]
    assert {item["conversation"]["origin"]["type"] for item in free} == {"referral_conversion"}
    assert all(("expiration_timestamp" in item["conversation"]) == (item["status"] == "sent") for item in free)


def test_limits_can_be_lifted() -> None:
    hand = InHand(bench_world(numbers=1, limits_lifted=True))
    assert [hand.code(ADA) for _ in range(200)] == [0] * 200
    assert hand.simulation.audit.as_json()["violations"] == 0


WAITS = st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.1, 1.0, 7.0, 60.0, 400.0]), min_size=1, max_size=300)


@settings(deadline=None, max_examples=60)
@given(WAITS, st.sampled_from([20.0, 80.0]))
def test_p13_no_bucket_passes_more_than_its_rate_in_any_window(waits: list[float], rate: float) -> None:
    now, passed, bucket = 0.0, [], Bucket(rate, 0.0)
    for wait in waits:
        now += wait
        for _ in range(30):
            if bucket.has_one(now):
                bucket.take()
                passed.append(now)
    for first, start in enumerate(passed):
        for last in range(first, len(passed), 7):
            assert last - first + 1 <= rate + (passed[last] - start) * rate + 1e-6


@settings(deadline=None, max_examples=60)
@given(WAITS)
def test_p13_no_pair_passes_more_than_45_and_one_in_six_seconds(waits: list[float]) -> None:
    now, passed, pairs = 0.0, [], PairRate()
    for wait in waits:
        now += wait
        for _ in range(3):
            if not pairs.wait_seconds(PAIR, now):
                pairs.take(PAIR, now)
                passed.append(now)
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= 45 + (passed[last] - start) / 6 + 1e-6


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.0, 60.0, 3600.0, 20_000.0])), max_size=200))
def test_p13_no_ledger_holds_more_people_than_its_limit_in_any_day(steps: list[tuple[int, float]]) -> None:
    now, ledger, limit, counted = 0.0, Ledger(), 10, []
    for who, wait in steps:
        now += wait
        if ledger.has(str(who), now):
            continue
        if ledger.count(now) < limit:
            ledger.add(str(who), now)
            counted.append(now)
    for moment in counted:
        assert sum(moment - DAY_SECONDS < other <= moment for other in counted) <= limit


def test_the_tables_forget() -> None:
    pairs = PairRate()
    for rank in range(1000):
        pairs.take(("1", str(rank)), rank * 100.0)
    assert len(pairs._arrival) < 10
    windows = Windows()
    windows.person_wrote(PAIR, 10.0)
    windows.person_wrote(PAIR, 5.0)  # an older message does not close a newer window
    assert windows.wrote_at(PAIR) == 10.0
