"""A tag of one's own, put on everybody whom a filter shows, and taken back."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE, Visitor
from tests.journeys.test_languages_and_sizes import choose_language

NAME = "Interest/Winter boots"
# A folder for pictures of each step, to look at by hand.
PICTURES = os.environ.get("TRADEWIND_PICTURES", "")


def test_batch_tag_and_undo(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    make_tag(page)
    choose_germans(page)
    change_them(page)
    undo(page)


def make_tag(page: Page) -> None:
    page.goto("/contacts/tags/")
    page.get_by_role("link", name="New tag").first.click()
    page.locator("input[name=name]").fill(NAME)
    page.locator("input[name=description]").fill("asked for boots this winter")
    picture(page, "tag-new")
    page.get_by_role("button", name="Make the tag").click()
    page.wait_for_url(re.compile(r"/contacts/tags/$"))
    expect(page.locator("#main, main").first).to_contain_text("Winter boots")
    picture(page, "tags")


def choose_germans(page: Page) -> None:
    """Tick one, see what can be done, then take all that match instead."""
    page.goto("/contacts/?country=DE")
    acts = page.locator(".picks")
    expect(acts).to_be_hidden()
    page.locator("input[name=contact]").first.check()
    expect(acts).to_contain_text("1 person chosen")
    page.locator("thead input[type=checkbox]").check()
    expect(acts).to_contain_text("50 people chosen")
    page.locator("input[name=all]").check()
    expect(acts).to_contain_text(re.compile(r"all of .* people chosen"))
    picture(page, "ticked")
    acts.get_by_role("button", name="Add tags").click()
    page.wait_for_url(re.compile(r"/contacts/batches/new/"))
    expect(page.locator("#preview")).to_contain_text("people are chosen")


def change_them(page: Page) -> None:
    page.get_by_label(NAME).check()
    expect(page.locator("#preview")).to_contain_text(re.compile(rf"Adds {NAME}: [\d,]+ people"))
    picture(page, "batch-new")
    page.get_by_role("button", name="Change these people").click()
    expect(page.locator("#batch")).to_contain_text(re.compile(r"([\d,]+) of \1 people looked at, \1 changes made"))
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    picture(page, "batch-done")
    page.goto("/contacts/tags/")
    page.get_by_role("link", name="Winter boots").first.click()
    expect(page.locator("main")).to_contain_text("have this tag")
    picture(page, "tag")
    page.get_by_role("link", name="See them").click()
    page.locator("#people tbody a").first.click()
    expect(page.locator("aside").first).to_contain_text("for many at once")
    picture(page, "person")


def undo(page: Page) -> None:
    page.goto("/contacts/batches/")
    page.get_by_role("link", name=f"Adds {NAME}").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#batch")).to_contain_text(re.compile(r"([\d,]+) of \1 changes were taken back"))
    page.goto("/contacts/batches/")
    expect(page.locator("main")).to_contain_text("undone")
    picture(page, "batches")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_the_tag_pages_stand_on_a_phone_in_the_dark_and_in_arabic(as_owner: Callable[..., Visitor]) -> None:
    for name, wishes in STYLES.items():
        page = as_owner(**wishes).page
        if name == "ar":
            choose_language(page, "ar")
        for place, address in {"tags": "/contacts/tags/", "list": "/contacts/", "new": NEW}.items():
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
            assert not wide, f"{address} is wider than the window ({name})"
            if place == "list":
                page.locator("input[name=contact]").first.check()
            picture(page, f"{name}-{place}")
        if name == "ar":
            expect(page.locator("html")).to_have_attribute("dir", "rtl")
            choose_language(page, "en")


STYLES: dict[str, dict[str, Any]] = {
    "phone": {"size": PHONE},
    "dark": {"color_scheme": "dark"},
    "ar": {"language": "ar"},
}
NEW = "/contacts/batches/new/?all=1&country=DE&verb=replace"
