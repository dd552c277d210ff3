"""Two texts on a sample, one chosen, the rest with that one; and a STOP in the middle of a campaign."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Console
from tests.journeys.test_campaign import END_MS, choose, compose, launch, make_the_plan, recipients, sent
from tradewind.cli.simulated import Simulated


def test_two_texts_are_compared_and_one_goes_to_the_rest(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    compose(page, "Which one is read")
    make_the_plan(page)
    set_up_the_texts(page)
    expect(page.get_by_role("heading", name="Texts compared")).to_be_visible()
    launch(page)
    expect(page.get_by_role("button", name="Send B to the rest")).to_be_visible()
    page.wait_for_function("document.querySelector('#progress .text-figure').textContent.trim().match(/^[1-9]\\d+/)")
    assert sent(page) < recipients(page), "only the sample goes first"
    page.get_by_role("button", name="Send B to the rest").click()
    expect(page.get_by_text(re.compile("chose text B"))).to_be_visible()
    expect(page.locator("#standing")).to_contain_text("Done", timeout=END_MS)
    assert sent(page) == recipients(page)
    expect(page.get_by_role("table", name="Texts compared")).to_contain_text("goes on")


def set_up_the_texts(page: Page) -> None:
    page.get_by_role("link", name="A few first").click()
    page.get_by_role("button", name="Add text B").click()
    choose(page.locator("select[name='B-template']"), "order_shipped")
    expect(page.locator("select[name='B-field-body.1']")).to_be_visible()
    for slot in ("body.1", "body.2", "button.0.1"):
        page.locator(f"select[name='B-field-{slot}']").select_option("name")
        page.locator(f"input[name='B-fallback-{slot}']").fill("NW-1")
    for slot in ("body.2", "button.0.1"):
        page.locator(f"select[name='B-field-{slot}']").select_option("")
    page.locator("input[name=sample_percent]").fill("30")
    page.get_by_role("button", name="Make the flight plan").click()
    page.wait_for_url("**/plan/")


def test_a_stop_in_the_middle_of_a_campaign_is_the_last_word(
    as_owner: Callable[..., Visitor], console: Console
) -> None:
    page = as_owner().page
    compose(page, "Autumn words")
    choose(page.locator("select[name=template]"), "autumn_offer")
    expect(page.locator("#as-received")).not_to_contain_text("has left our warehouse")
    for field in page.locator("#variables input[name^='fallback-']").all():
        field.fill("friend")
    page.locator("input[name=per_minute]").fill("300")
    page.locator("input[name=quiet_hours]").uncheck()
    page.get_by_role("button", name="Make the flight plan").click()
    page.wait_for_url("**/plan/")
    launch(page)
    name, phone = one_who_waits(page)
    says_stop(console, phone)
    page.get_by_role("link", name="Left out").first.click()
    row = page.locator("#log-rows tr", has_text=name).first
    expect(row).to_contain_text("Opted out before it left.", timeout=END_MS)
    assert sent(page) < recipients(page), "the campaign itself goes on"


def one_who_waits(page: Page) -> tuple[str, str]:
    """Somebody of the log who has not got it yet, the last in the queue."""
    page.get_by_role("link", name="Waiting").first.click()
    link = page.locator("#log-rows tbody tr td a").first
    expect(link).to_be_visible()
    name = link.inner_text()
    address = link.get_attribute("href")
    other = page.context.new_page()
    other.goto(address or "")
    phone = other.get_by_text(re.compile(r"^\+\d[\d ]+$")).first.inner_text()
    other.close()
    return name, phone.replace(" ", "")


def says_stop(console: Console, phone: str) -> None:
    simulated = Simulated(console.simulator)
    number = simulated.accepted()[-1]["number"]
    message = {"type": "text", "text": {"body": "STOP"}}
    simulated.tell("inbound", {"phone_number_id": number, "from": phone, "message": message})
