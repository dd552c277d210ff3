"""Free messages: only within the service window, each person from the number that they wrote to, and never late."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.campaigns.conftest import NOON, Shop
from tests.campaigns.counting import adds_up
from tests.campaigns.test_pages import at, text_of
from tradewind.campaigns import actions, wording
from tradewind.campaigns.errors import BindingError, CampaignError
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.rates import cost
from tradewind.campaigns.rates.cards import PriceList
from tradewind.campaigns.rates.models import RateCard
from tradewind.campaigns.series import verbs as series
from tradewind.campaigns.trials import verbs as trials
from tradewind.contacts.models import Contact
from tradewind.messages.models import Message, Outbox, ServiceWindow
from tradewind.whatsapp.payloads import FreeMessage
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")

HELLO = {
    "purpose": "marketing",
    "text": "Hi {{first_name}}, {{order}} waits.",
    "under": "answers",
    "answers": ["Yes", "No"],
}
BOUND = [
    {"key": "body.first_name", "field": "first_name", "fallback": "there"},
    {"key": "body.order", "field": "fields.order", "fallback": ""},
]


def wrote(shop: Shop, person: Contact, *, number: int = 0, ago: timedelta = timedelta(hours=1)) -> Contact:
    """They wrote to one of the numbers, so long ago."""
    ServiceWindow.objects.create(
        workspace=shop.owner.workspace, number=shop.numbers[number], contact=person,
        last_inbound_at=NOON - ago, closes_at=NOON - ago + timedelta(hours=24),
    )  # fmt: skip
    return person


def planned(shop: Shop, free: dict[str, Any] | None = None, **more: Any) -> Campaign:
    campaign = actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Free")
    given: dict[str, Any] = {"audience": {"kind": "everybody"}, "bindings": BOUND, "numbers": shop.numbers,
                             "preset": "fast", "quiet_hours": False, **more}  # fmt: skip
    campaign = actions.change(campaign, member=shop.owner, free=free or HELLO, **given)
    return shop.replanned(campaign)


def excluded(campaign: Campaign) -> dict[str, int]:
    assert campaign.plan is not None
    found: dict[str, int] = campaign.plan["excluded"]
    return found


def test_everybody_without_an_open_window_is_counted_with_the_reason(shop: Shop) -> None:
    wrote(shop, shop.person("Ada", "+491510000001"))
    wrote(shop, shop.person("Yesterday", "+491510000002"), ago=timedelta(hours=25))
    wrote(shop, shop.person("Just over", "+491510000003"), ago=timedelta(hours=24))
    wrote(shop, shop.person("Nearly over", "+491510000004"), ago=timedelta(hours=23, minutes=57))
    shop.person("Never", "+491510000005")
    wrote(shop, shop.person("Opted out", "+491510000006", marketing="opted_out"))
    wrote(shop, shop.person("Never asked", "+491510000007", marketing="unknown"))
    wrote(shop, shop.person("Suppressed", "+491510000008", suppressed_at=NOON))
    wrote(shop, shop.person("No order", "+491510000009", fields={}))
    wrote(shop, shop.person("American", "+12125550123", country="US"))
    campaign = planned(shop)
    assert excluded(campaign) == {
        "suppressed": 1, "opted_out": 1, "no_opt_in": 1, "no_window": 3, "missing_variable": 1, "window_closes": 1,
    }  # fmt: skip
    assert campaign.plan is not None
    assert (campaign.plan["audience"], campaign.plan["recipients"]) == (10, 2), "Meta's rule for the US is of templates"
    adds_up(actions.launch(campaign, member=shop.owner))


def test_service_needs_no_opt_in_but_an_opt_out_holds(shop: Shop) -> None:
    wrote(shop, shop.person("Never asked", "+491510000001", marketing="unknown"))
    wrote(shop, shop.person("Opted out", "+491510000002", marketing="opted_out"))
    campaign = planned(shop, {**HELLO, "purpose": "service"})
    assert excluded(campaign) == {"opted_out": 1}
    run = actions.launch(campaign, member=shop.owner).run
    assert run is not None and run.category == "service" and run.cap_72h is None


def test_each_person_gets_it_from_the_number_that_they_wrote_to(shop: Shop) -> None:
    people = [shop.person(f"P{n}", f"+49151000000{n}") for n in range(6)]
    for n, person in enumerate(people):
        wrote(shop, person, number=n % 2)
        wrote(shop, person, number=1 - n % 2, ago=timedelta(hours=30))
    campaign = planned(shop)
    chosen = dict(Recipient.objects.filter(campaign=campaign).values_list("contact_id", "number_id"))
    assert chosen == {person.pk: shop.numbers[n % 2].pk for n, person in enumerate(people)}
    one = planned(shop, numbers=shop.numbers[:1])
    assert excluded(one) == {"no_window": 3}, "a window with another number does not count"


def test_whose_window_closes_before_their_turn_is_left_out_and_the_shortest_goes_first(shop: Shop) -> None:
    """At four a minute from one number, ten people with 12 minutes left: those after that time are told beforehand."""
    for n in range(60):
        wrote(shop, shop.person(f"Short {n}", f"+4915100001{n:02}"), ago=timedelta(hours=23, minutes=43))
    for n in range(5):
        wrote(shop, shop.person(f"Long {n}", f"+4915100002{n:02}"))
    campaign = planned(shop, numbers=shop.numbers[:1], preset="custom", pacing={"per_minute": 4})
    late = excluded(campaign)["window_closes"]
    assert 15 <= late <= 30, "twelve minutes until the margin, to five minutes: some 40 of 60 go"
    assert campaign.plan is not None and campaign.plan["late"] == 0
    order = Recipient.objects.filter(campaign=campaign, excluded="").order_by("due_at", "pk")
    names = [Contact.objects.get(pk=row.contact_id).name.split()[0] for row in order]
    assert names == ["Short"] * (60 - late) + ["Long"] * 5
    adds_up(campaign)


def test_the_outbox_knows_that_it_needs_the_window(shop: Shop) -> None:
    wrote(shop, shop.person("Ada", "+491510000001"))
    campaign = actions.launch(planned(shop), member=shop.owner)
    message, place = Message.objects.get(run_id=campaign.run_id), Outbox.objects.get()
    assert (message.kind, message.category, place.needs_window, place.is_marketing) == (
        "interactive", "marketing", True, True,
    )  # fmt: skip
    assert message.content is not None
    said = FreeMessage(message.content.payload["components"]).message(message.variables or {})
    assert said["interactive"]["body"]["text"] == "Hi Ada, A-17 waits."


def test_it_costs_what_a_service_message_costs(shop: Shop) -> None:
    assert wording.price_category(wording.Free([])) == "service"
    assert cost.is_free("window", "service", datetime(2026, 9, 30).date())
    assert not cost.is_free("window", "service", datetime(2026, 10, 1).date())
    wrote(shop, shop.person("Ada", "+491510000001"))
    campaign = planned(shop)
    assert campaign.plan is not None and campaign.plan["cost"]["category"] == "service"
    number, day = shop.numbers[0].pk, datetime(2026, 10, 2).date()
    priced = {(number, "DE", "window"): 1_300, (number, "IT", "window"): 10, (number, "IT", "entry_point"): 5}
    prices = PriceList(RateCard(), {("DE", "utility"): ((0, 50_000),)})
    lines, missing = cost.lines_of(campaign, prices, "service", priced, day)
    assert {line["country"]: (line["people"], line["free"], line["sum"]) for line in lines} == {
        "DE": (1_300, 1_000, 300 * 50_000), "IT": (15, 5, 0),
    }, "a thousand a month and number are free"  # fmt: skip
    assert missing == {"IT": 10}


def test_it_is_not_compared_and_does_not_come_again(shop: Shop) -> None:
    wrote(shop, shop.person("Ada", "+491510000001"))
    campaign = planned(shop)
    with pytest.raises(CampaignError, match="only templates go to a few first"):
        trials.set_up(campaign, member=shop.owner, texts=[trials.Text(shop.marketing, [])], wishes=trials.Wishes())
    with pytest.raises(CampaignError, match="cannot come again"):
        series.set_up(campaign, member=shop.owner, kind="weekly", rule={"time": "10:00", "weekday": 1})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Write something"),
        ({"text": "x" * 1025, "under": "answers", "answers": ["Yes"]}, "1024"),
        ({"text": "x" * 4097}, "4096"),
        ({"text": "Hi", "under": "answers", "answers": ["", " "]}, "at least one"),
        ({"text": "Hi", "under": "answers", "answers": ["Yes", "yes"]}, "different"),
        ({"text": "Hi", "under": "answers", "answers": ["x" * 21]}, "at most 20"),
        ({"text": "Hi", "under": "link", "link": {"text": "Shop", "url": "javascript:alert(1)"}}, "https://"),
        ({"text": "", "under": "link", "link": {"text": "Shop", "url": "https://a.de"}}, "needs a text"),
        ({"text": "Hi", "under": "product", "product": "7"}, "catalogue"),
        ({"text": "Hi", "file": "image", "under": "catalog"}, "take the file away"),
        ({"text": "Hi", "file": "exe"}, "no such part"),
        ({"text": "Hi", "purpose": "spam"}, "marketing or service"),
        ("Hi", "marketing or service"),
    ],
)  # fmt: skip
def test_what_meta_would_refuse_is_said_at_once(said: Any, why: str) -> None:
    with pytest.raises(BindingError, match=why):
        wording.clean(said)


def test_what_is_kept_is_what_was_written() -> None:
    for said in (
        HELLO,
        {"text": "Look", "file": "image", "under": "link", "link": {"text": "Shop", "url": "https://a.de/{{order}}"}},
        {"text": "All", "under": "catalog", "product": "7"},
        {"text": "One", "under": "product", "product": "7", "catalog": "55"},
        {"file": "document"},
    ):
        given = {"purpose": "marketing", "text": "", "file": "", "under": "", "answers": [], "link": {}, "product": "",
                 "catalog": "", **said}  # fmt: skip
        assert wording.fields_of(wording.free_of(wording.clean(said))) == given


# The pages


@pytest.fixture
def written(shop: Shop) -> dict[str, Any]:
    """The compose page's form with a free message."""
    return {
        "name": "Free", "said": "free", "free_purpose": "marketing", "free_text": "Hi {{first_name}}", "free_under": "",
        "free_file": "", "audience": "everybody", "numbers": [number.pk for number in shop.numbers], "preset": "fast",
        "field-body.first_name": "first_name", "own-body.first_name": "", "fallback-body.first_name": "there",
        "timing": "now", "late_hours": "0",
    }  # fmt: skip


@pytest.fixture
def draft(shop: Shop) -> Campaign:
    return actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Free")


def test_it_is_written_previewed_and_planned_on_the_page(
    as_alice: Client, shop: Shop, draft: Campaign, written: dict[str, Any]
) -> None:
    wrote(shop, shop.person("Ada Lovelace", "+491510000001"))
    shop.person("Bob Silent", "+491510000002")
    asked = as_alice.post(at("variables", draft), {**written, "free_text": "Hi {{first_name}} of {{company}}"})
    assert 'name="fallback-body.company"' in asked.content.decode() and 'value="there"' in asked.content.decode()
    seen = text_of(as_alice.post(at("preview", draft), written, headers={"HX-Request": "true"}))
    assert ">Ada</span>" in seen and "Bob" not in seen, "only who may get it is shown"
    assert "No way to stop it is named" in seen, "the advice is the templates'"
    answer = as_alice.post(at("compose", draft), written)
    assert answer.status_code == 302, text_of(answer)
    draft.refresh_from_db()
    assert draft.template is None and draft.free is not None
    shop.replanned(draft)
    page = text_of(as_alice.get(at("plan", draft)))
    assert "Has not written in the last 24 hours" in page and "it is night" not in page and "Hi Ada" in page
    again = as_alice.get(at("compose", draft)).content.decode()
    assert "Hi {{first_name}}" in again and 'value="there"' in again


def test_an_empty_message_is_refused_on_the_page(as_alice: Client, draft: Campaign, written: dict[str, Any]) -> None:
    answer = as_alice.post(at("compose", draft), {**written, "free_text": " "})
    assert answer.status_code == 422 and "Write something" in text_of(answer)


def test_a_test_goes_only_to_a_phone_that_wrote_to_the_number(
    as_alice: Client, shop: Shop, draft: Campaign, written: dict[str, Any]
) -> None:
    person = shop.person("Alice herself", "+491510000001")
    asked = {**written, "test-number": public_id(shop.numbers[0]), "test-phone": "+491510000001", "test-once": "a"}
    assert "24 hours" in text_of(as_alice.post(at("test", draft), asked))
    wrote(shop, person)
    as_alice.post(at("test", draft), {**asked, "test-once": "b"})
    message = Message.objects.get()
    assert message.kind == "text" and Outbox.objects.get().needs_window


def test_charlie_sees_nothing_of_it(as_charlie: Client, shop: Shop, draft: Campaign, written: dict[str, Any]) -> None:
    for name in ("compose", "variables", "preview", "test"):
        assert as_charlie.post(at(name, draft), written).status_code == 404
