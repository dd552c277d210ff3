"""Somebody looks a customer up and reads what has been between them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Console


def test_find_a_person_and_open_the_timeline(as_owner: Callable[..., Visitor], console: Console) -> None:
    page = as_owner().page
    name = somebody_who_was_written_to(page, console)
    page.goto("/contacts/")
    people = page.locator("#people tbody tr")
    everybody = people.count()
    page.locator("main input[type=search]").first.fill(name)
    expect(people.first).to_contain_text(name)
    page.wait_for_function("n => document.querySelectorAll('#people tbody tr').length < n", arg=everybody)
    people.first.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/contacts/\w+/$"))
    expect(page.locator("h1.page-title")).to_have_text(name)
    timeline = page.locator("#timeline")
    expect(timeline).to_contain_text("Autumn preview")
    expect(page.locator("aside").first).to_contain_text("Marketing")


def somebody_who_was_written_to(page: Page, console: Console) -> str:
    """The name in the last line of the finished campaign's log."""
    page.goto(f"/campaigns/{console.finished}/live/")
    return page.locator("#log-rows tbody tr a").first.inner_text()


def test_nobody_fits(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    page.goto("/contacts/")
    page.locator("main input[type=search]").first.fill("Nobody of this name 12")
    expect(page.get_by_text("Nobody fits.")).to_be_visible()
    page.get_by_role("link", name="Show everybody").click()
    expect(page.locator("#people tbody tr").first).to_be_visible()
