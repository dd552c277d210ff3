"""What a plan costs: exactly, by country, with what is free taken out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campaigns.conftest import NOON, Shop
from tests.conftest import Time
from tradewind.campaigns.models import Recipient
from tradewind.campaigns.rates import cards, cost, month
from tradewind.campaigns.rates.sheet import read
from tradewind.messages.models import Message, ServiceWindow, Tally

CARD = """Market,Currency,Marketing,Utility
Germany,EUR,0.1131,0.0456
Rest of Latin America,EUR,0.0617,0.0094
Colombia,EUR,0.0104,0.0002
"""


def card_of(shop: Shop, text: str = CARD, valid_from: date = date(2026, 1, 1)) -> Any:
    return cards.import_card(workspace=shop.owner.workspace, member=shop.owner, sheet=read(text), valid_from=valid_from)


def cost_of(campaign: Any) -> dict[str, Any]:
    assert campaign.plan is not None
    found: dict[str, Any] = campaign.plan["cost"]
    return found


@pytest.mark.usefixtures("still_time")
class TestPlan:
    def test_b10_by_country_of_the_phone(self, shop: Shop) -> None:
        card = card_of(shop)
        for n in range(3):
            shop.person(f"G{n}", f"+49151000000{n}", country="IT")  # lives in Italy; the phone decides
        shop.person("Colombia", "+573101234567")
        shop.person("Bolivia", "+59171234567")
        shop.person("Nepal", "+9779812345678")
        found = cost_of(shop.planned(template=shop.marketing))
        assert [(line["country"], line["people"], line["sum"]) for line in found["lines"]] == [
            ("DE", 3, 339_300), ("BO", 1, 61_700), ("CO", 1, 10_400), ("NP", 1, 0),
        ]  # fmt: skip
        assert (found["card"], found["currency"], found["sum"], found["missing"]) == (
            card.pk,
            "EUR",
            411_400,
            {"NP": 1},
        )
        assert (found["share"], found["share_is_own"], found["expected"]) == (0.97, False, round(411_400 * 0.97))

    def test_without_a_card_nothing_is_said(self, shop: Shop) -> None:
        shop.person("Ada", "+491510000001")
        assert cost_of(shop.planned()) == {"card": None, "category": "utility", "people": 1}

    def test_the_card_of_the_day_on_which_it_starts(self, shop: Shop) -> None:
        shop.person("Ada", "+491510000001")
        card_of(shop)
        april = card_of(shop, CARD.replace("0.0456", "0.0500"), date(2026, 4, 1))
        assert cost_of(shop.planned())["sum"] == 45_600
        later = cost_of(shop.planned(starts_at=datetime(2026, 4, 2, tzinfo=UTC)))
        assert (later["card"], later["sum"]) == (april.pk, 50_000)
        old = cost_of(shop.planned(starts_at=datetime(2026, 12, 2, tzinfo=UTC)))
        assert old["is_old"] and not later["is_old"]

    def test_a_free_entry_point_costs_nothing_for_three_days(self, shop: Shop) -> None:
        card_of(shop)
        by_ad, too_late, unanswered = (shop.person(f"P{n}", f"+49151000000{n}") for n in range(3))
        for person, wrote, answered in (
            (by_ad, timedelta(hours=30), timedelta(hours=29)),
            (too_late, timedelta(hours=95), timedelta(hours=80)),
            (unanswered, timedelta(hours=5), None),
        ):
            talk(shop, person, NOON - wrote, NOON - answered if answered else None)
        campaign = shop.planned(template=shop.marketing, numbers=shop.numbers[:1])
        free = dict(Recipient.objects.filter(campaign=campaign).values_list("contact_id", "free_by"))
        assert free == {by_ad.pk: "entry_point", too_late.pk: "", unanswered.pk: "window"}
        assert (cost_of(campaign)["free"], cost_of(campaign)["sum"]) == (1, 2 * 113_100)

    def test_utility_in_a_window_costs_since_october_2026(self, shop: Shop, still_time: Time) -> None:
        card_of(shop)
        ada = shop.person("Ada", "+491510000001")
        talk(shop, ada, NOON, None)
        assert cost_of(shop.planned(numbers=shop.numbers[:1]))["sum"] == 0
        still_time.set(datetime(2026, 10, 2, 12, tzinfo=UTC))
        talk(shop, ada, datetime(2026, 10, 2, 11, tzinfo=UTC), None)
        assert cost_of(shop.planned(numbers=shop.numbers[:1]))["sum"] == 45_600

    def test_what_arrives_as_a_rule_is_learnt_from_the_past(self, shop: Shop) -> None:
        from tradewind.campaigns import actions

        card_of(shop)
        ada = shop.person("Ada", "+491510000001")
        first = actions.launch(shop.planned(), member=shop.owner)
        for name, n in (("delivered", 1_800), ("failed", 200)):
            Tally.objects.create(
                workspace_id=first.workspace_id, run_id=first.run_id, number_id=shop.numbers[0].pk, name=name, n=n
            )
        assert ada
        share, is_own = cost.delivered_share(first.workspace_id, "utility")
        assert is_own and share == pytest.approx((1_800 + 200 * 0.97) / 2_200)

    def test_volume_tiers_count_what_the_month_had(self, shop: Shop) -> None:
        card_of(shop, "Market,Category,Price,Currency,Volume from\nDE,utility,0.04,EUR,1\nDE,utility,0.03,EUR,3\n")
        for n in range(4):
            shop.person(f"G{n}", f"+49151000000{n}")
        assert cost_of(shop.planned())["sum"] == 2 * 40_000 + 2 * 30_000

    def test_the_month_so_far_and_the_free_service_messages(self, shop: Shop) -> None:
        card = card_of(shop)
        ada = shop.person("Ada", "+491510000001")
        for rank, (category, kind) in enumerate(
            [
                ("marketing", "regular"),
                ("marketing", "regular"),
                ("service", "free_customer_service"),
                ("service", "regular"),
            ]
        ):
            Message.objects.create(
                workspace=shop.owner.workspace, number=shop.numbers[0], contact=ada, direction="out", kind="text",
                category=category, state="delivered", rank=3, wamid=f"m{rank}", created_at=NOON, accepted_at=NOON,
                pricing={"type": kind, "category": category, "billable": kind == "regular"},
            )  # fmt: skip
        found = month.so_far(shop.owner.workspace_id, cards.price_list(card))
        assert found is not None and found.unpriced == 0
        assert found.charged == {"marketing": (2, 226_200), "service": (1, 45_600)}
        assert found.free == {"service": 1} and found.sum == 271_800
        assert [(used, left) for _, used, left in month.allowances(found, shop.owner.workspace_id)] == [
            (2, 998),
            (0, 1000),
        ]


def test_what_has_no_price_is_counted_and_in_no_sum(shop: Shop) -> None:
    prices = cards.price_list(card_of(shop, "Market,Currency,Marketing\nGermany,EUR,0.1\n"))
    found = month.Month(NOON)
    month.add(found, 1, "marketing", "regular", "DE", 2, prices)
    month.add(found, 1, "marketing", "regular", "FR", 3, prices)
    assert (found.charged, found.sum, found.unpriced) == ({"marketing": (5, 200_000)}, 200_000, 3)


def talk(shop: Shop, person: Any, wrote: datetime, answered: datetime | None) -> None:
    """Somebody came by an ad, and perhaps we answered."""
    ServiceWindow.objects.update_or_create(
        number=shop.numbers[0], contact=person, workspace=shop.owner.workspace,
        defaults={"last_inbound_at": wrote, "closes_at": wrote + timedelta(hours=24)},
    )  # fmt: skip
    given = {"workspace": shop.owner.workspace, "number": shop.numbers[0], "contact": person, "kind": "text"}
    Message.objects.create(
        **given, direction="in", state="received", wamid=f"i{person.pk}{wrote}", created_at=wrote,
        payload={"referral": {"source_type": "ad"}},
    )  # fmt: skip
    if answered:
        Message.objects.create(
            **given, direction="out", category="service", state="delivered", rank=3, wamid=f"o{person.pk}",
            created_at=answered, accepted_at=answered,
        )  # fmt: skip


TIERS = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 100)), min_size=0, max_size=4, unique_by=lambda tier: tier[0]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 600), st.integers(0, 600), TIERS, st.integers(0, 100))
def test_tiers_are_charged_message_by_message(n: int, used: int, more: list[tuple[int, int]], first: int) -> None:
    tiers = ((0, first), *sorted(more))
    one_by_one = sum(max(tier for tier in tiers if tier[0] <= place)[1] for place in range(used, used + n))
    assert cost.charge(n, used, tiers) == one_by_one


def test_service_costs_what_utility_costs(shop: Shop) -> None:
    prices = cards.price_list(card_of(shop))
    assert prices.tiers("DE", "service") == ((0, 45_600),)
    assert prices.tiers("NP", "service") is None
