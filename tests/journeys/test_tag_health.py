"""From a finding of tag health to a mended tag, and a rule that keeps one true."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.browser import Visitor


def test_a_tag_that_is_too_large_is_split_and_the_log_says_so(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    page.goto("/segments/rules/")
    page.get_by_role("link", name="Tag health").click()
    page.wait_for_url("**/segments/tag-health/")
    finding = page.locator("#finding-too_large tbody tr").first
    name = finding.locator(".tag").inner_text()
    finding.get_by_role("button", name="Split it").click()
    expect(page.locator("body")).to_contain_text(f"{name} is split into")
    expect(page.locator("#changes")).to_contain_text("mended a finding of tag health")
    page.get_by_role("link", name="Rules").first.click()
    made = page.locator("tbody tr", has_text=f"{name} – ").first
    made.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/segments/rules/\w+/$"))
    page.locator("#try-past").click()
    expect(page.locator("#past")).to_contain_text("7 days ago")
    expect(page.locator("#says")).to_contain_text(name)


def test_a_recipe_is_switched_on(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    page.goto("/segments/recipes/")
    page.locator("#recipe-language").get_by_role("button", name="Switch on").click()
    expect(page.locator("#recipe-language")).to_contain_text("on")
    expect(page.locator("#recipe-language").get_by_role("button", name="Switch on")).to_have_count(0)
    page.locator("#recipe-language tbody a").first.click()
    expect(page.locator("#says")).to_contain_text("language")
