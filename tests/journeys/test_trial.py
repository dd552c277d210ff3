"""Two texts on a sample, one chosen, the rest with that one."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitor
from tests.journeys.test_campaign import END_MS, choose, compose, launch, make_the_plan, recipients, sent


def test_two_texts_are_compared_and_one_goes_to_the_rest(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    compose(page, "Which one is read")
    make_the_plan(page)
    set_up_the_texts(page)
    expect(page.get_by_role("heading", name="Texts compared")).to_be_visible()
    launch(page)
    expect(page.get_by_role("button", name="Send B to the rest")).to_be_visible()
    expect(page.locator("#progress .text-figure").first).to_have_text(re.compile(r"^\s*[1-9]\d+"), timeout=END_MS)
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
