"""What Meta counts and charges: analytics, prices by date, the free messages of a month."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulator.in_hand import ADA, NOON, TEXT, InHand, error


@pytest.fixture
def hand() -> InHand:
    return InHand()


def test_analytics_count_what_happened(hand: InHand) -> None:
    hand.simulation.people.share({"reads": 1})
    for rank in range(10):
        hand.send(f"+49170{rank:08}")
    hand.send("+16505551234", **hand.template("bench_utility"))
    hand.advance(600)
    span = f".start({int(NOON) - 86_400}).end({int(NOON) + 86_400})"
    told = hand.call("GET", f"/{hand.waba}", fields=f"analytics{span}.granularity(DAY)")[1]["analytics"]
    assert [(point["sent"], point["delivered"]) for point in told["data_points"]] == [(11, 11)]
    prices = hand.call("GET", f"/{hand.waba}", fields=f"pricing_analytics{span}.granularity(DAILY)")[1][
        "pricing_analytics"
    ]
    points = {
        (point["country"], point["pricing_category"]): point["volume"] for point in prices["data"][0]["data_points"]
    }
    assert points == {("DE", "MARKETING"): 10, ("US", "UTILITY"): 1}
    template = next(iter(hand.simulation.shelf)).template_id
    query = {
        "start": str(int(NOON) - 86_400),
        "end": str(int(NOON) + 86_400),
        "granularity": "DAILY",
        "template_ids": f"[{template}]",
    }
    (point,) = hand.call("GET", f"/{hand.waba}/template_analytics", **query)[1]["data"][0]["data_points"]
    assert (point["sent"], point["delivered"], point["read"], point["clicked"]) == (10, 10, 10, [])
    assert error(hand.call("GET", f"/{hand.waba}", fields="analytics.start(5).end(1).granularity(DAY)"))[1] == 100


@pytest.mark.parametrize(
    "asked",
    [
        "analytics{}.granularity(DAILY)",
        "pricing_analytics{}.granularity(DAY)",
        "analytics{}.granularity(HOUR)",
        'analytics{}.granularity(DAY).phone_numbers(["1"])',
    ],
)
def test_analytics_refuse_what_meta_refuses(hand: InHand, asked: str) -> None:
    span = f".start({int(NOON) - 86_400}).end({int(NOON) + 86_400})"
    assert error(hand.call("GET", f"/{hand.waba}", fields=asked.format(span)))[1] == 100


def priced(at: datetime, **body: Any) -> dict[str, Any]:
    hand = InHand(at=at.timestamp())
    hand.simulation.people.change({"phone": ADA, "behaviour": "reads"})
    hand.write(ADA)
    assert hand.send(ADA, **body)[0] == 200
    hand.advance(900)
    (price,) = [item["pricing"] for item in hand.statuses() if "pricing" in item]
    return dict(price)


BEFORE, AFTER = datetime(2026, 9, 30, 12, tzinfo=UTC), datetime(2026, 10, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "body", "kind", "category"),
    [
        (BEFORE, TEXT, "free_customer_service", "service"),
        (AFTER, TEXT, "free_customer_service", "service"),
        (BEFORE, InHand.template("bench_utility"), "free_customer_service", "utility"),
        (AFTER, InHand.template("bench_utility"), "regular", "utility"),
        (BEFORE, InHand.template(), "regular", "marketing"),
    ],
)
def test_prices_by_date(at: datetime, body: dict[str, Any], kind: str, category: str) -> None:
    assert priced(at, **body) == {
        "billable": kind == "regular",
        "pricing_model": "PMP",
        "type": kind,
        "category": category,
    }


def test_a_thousand_service_messages_are_free_each_month_and_number() -> None:
    hand = InHand(at=AFTER.timestamp())
    hand.simulation.rules.lifted = True
    hand.simulation.people.change({"phone": ADA, "behaviour": "never_online"})
    hand.world.accounts[0].payment_method = False
    hand.write(ADA)
    for _ in range(1000):
        hand.send(ADA, **TEXT)
    assert hand.simulation.pricing.free_left(hand.number, hand.now()) == 0
    assert hand.code(ADA, **TEXT) == 131042
    hand.world.accounts[0].payment_method = True
    assert hand.code(ADA, **TEXT) == 0
    assert hand.simulation.pricing.free_left(hand.world.numbers[1].phone_number_id, hand.now()) == 1000
    assert hand.simulation.pricing.free_left(hand.number, hand.now() + 31 * 86_400) == 1000
