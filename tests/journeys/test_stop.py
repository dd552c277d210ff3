"""Customers write STOP while a campaign runs: one who waits for it never gets it, from no number."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from playwright.sync_api import Page, expect

from tests.journeys import business
from tests.journeys.browser import Visitor
from tests.journeys.conftest import Console
from tests.journeys.test_campaign import END_MS, choose, launch, make_the_plan, name_it
from tests.waiting import wait_until
from tradewind.cli.simulated import Simulated
from tradewind.simulator.world import demo_world

# Two a second from one number: whoever is last of about thirty people waits for a quarter of a minute, which is time
# enough for a slow machine.
PEOPLE, PER_MINUTE, NUMBER = 40, "120", "Nordlicht Outdoor UK"
SILENT = ("reads", "delivered_only")  # nobody of these says anything by themselves


def test_a_stop_in_the_middle_of_a_campaign_is_the_last_word(
    as_owner: Callable[..., Visitor], console: Console
) -> None:
    simulated = Simulated(console.simulator)
    phones = people_to_write_to()
    page = as_owner().page
    compose(page, phones.values())
    make_the_plan(page, says=r"\d+ people get this message")
    before = simulated.accepted()
    launch(page)
    name = last_in_the_queue(page)
    got_it = wait_until(lambda: simulated.accepted()[len(before) :], "nothing was sent")[0]
    another = next(line["number"] for line in before if line["number"] != got_it["number"])
    assert all(line["recipient"] != phones[name] for line in simulated.accepted()[len(before) :]), (
        "they were to be the last"
    )
    says_stop(simulated, another, phones[name])
    says_stop(simulated, got_it["number"], got_it["recipient"])
    expect_the_page_to_tell(page, name)
    expect(page.locator("#standing")).to_contain_text("Done", timeout=END_MS)
    assert page.evaluate("() => window.sameDocument") is True
    since = Counter(line["recipient"] for line in simulated.accepted()[len(before) :])
    assert since[phones[name]] == 0 and since[got_it["recipient"]] == 1 and len(since) > PEOPLE / 2


def people_to_write_to() -> dict[str, str]:
    """Phone numbers by name, of customers whose names nobody else has."""
    customers = demo_world(business.SEED).customers
    names = Counter(customer.name for customer in customers)
    able = [each for each in customers if each.behaviour in SILENT and names[each.name] == 1]
    return {each.name: each.phone.removeprefix("+") for each in able[:PEOPLE]}


def compose(page: Page, phones: Iterable[str]) -> None:
    """Marketing, to pasted numbers, at any hour: it is day somewhere only."""
    name_it(page, "Autumn words")
    choose(page.locator("select[name=template]"), "autumn_offer")
    expect(page.locator("#variables input[name^='fallback-']")).not_to_have_count(0)
    for field in page.locator("#variables input[name^='fallback-']").all():
        field.fill("20 %")
    page.locator("input[name=audience][value=pasted]").check()
    page.locator("textarea[name=pasted]").fill("\n".join(f"+{phone}" for phone in phones))
    page.get_by_label(re.compile(rf"^{NUMBER}($| \W)")).check()
    page.locator("input[name=preset][value=custom]").check()
    page.locator("input[name=per_minute]").fill(PER_MINUTE)
    page.locator("input[name=quiet_hours]").uncheck()


def last_in_the_queue(page: Page) -> str:
    """The newest of those who wait: people leave in the order in which they came."""
    page.get_by_role("link", name="Waiting").first.click()
    expect(page.locator("#log-body")).to_have_attribute("hx-get", re.compile("show=waiting"))
    link = page.locator("#log-rows tbody tr td a").first
    expect(link).to_be_visible()
    return link.inner_text()


def says_stop(simulated: Simulated, number: str, phone: str) -> None:
    """Returns when Meta has it; the console is told a moment later."""
    simulated.tell("inbound", {"phone_number_id": number, "from": phone, "type": "text", "text": {"body": "STOP"}})


def expect_the_page_to_tell(page: Page, name: str) -> None:
    """Without a reload: one more opted out, and the line of who is left out."""
    opted_out = page.locator(".tile", has_text="Opted out")
    expect(opted_out).to_contain_text(re.compile(r"[1-9]\d* (person|people)"))
    page.get_by_role("link", name="Left out").first.click()
    row = page.locator("#log-rows tr", has_text=name)
    expect(row).to_contain_text("Opted out before it left.", timeout=END_MS)
    expect(row).to_contain_text("left out")
