"""The workspace's files in a browser: handed in, seen without a reload, chosen for a message, removed."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitor
from tests.messages.media.files import photo

NAME = "tea-house.jpg"


def test_a_file_is_handed_in_once_chosen_for_a_message_and_kept_while_it_is_needed(
    as_owner: Callable[..., Visitor], tmp_path: Path
) -> None:
    picture = tmp_path / NAME
    picture.write_bytes(photo(2100, 1500, seed=7))
    page = as_owner().page
    hand_in(page, picture)
    choose(page)
    see_it_is_needed(page)


def hand_in(page: Page, picture: Path) -> None:
    """Seen in the list without a reload."""
    page.goto("/media/library/")
    page.evaluate("window.sameDocument = true")
    page.locator("input[name=file]").set_input_files(picture)
    expect(page.locator("#files-rows")).to_contain_text(NAME)
    expect(page.locator("#files-rows")).to_contain_text("1008 × 720")
    assert page.evaluate("window.sameDocument") is True


def choose(page: Page) -> None:
    """For a free message, by keyboard; the phone shows it."""
    page.goto("/campaigns/")
    page.get_by_role("button", name="New campaign").click()
    page.locator("#new-form input[name=name]").fill("Tea time")
    page.get_by_role("button", name="Go on").click()
    page.locator("input[name=said][value=free]").check()
    page.locator("#id_free_file").select_option("image")
    page.locator("#id_free_text").fill("The tea house is open.")
    page.get_by_role("button", name="Choose one of your files").click()
    chosen = page.locator("#choice").get_by_role("button", name=NAME)
    chosen.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#choice")).to_be_hidden()
    expect(page.locator("input[name=header-file]")).to_have_value(re.compile("^media:."))
    expect(page.locator("#as-received img[src^='/media/']")).to_be_visible()
    page.locator("input[name=numbers]").first.check()
    page.get_by_role("button", name="Make the flight plan").click()
    page.wait_for_url("**/plan/")


def see_it_is_needed(page: Page) -> None:
    page.goto("/media/library/")
    page.get_by_role("link", name=NAME).click()
    expect(page.locator("main")).to_contain_text("Still needed by")
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
