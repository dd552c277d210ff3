"""From compose to report, with a picture of each page in light, in dark, in Arabic and on a phone.

The pictures lie in the folder that TRADEWIND_PICTURES names, or in the test's own.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import DESK, PHONE, Visitor
from tests.journeys.test_campaign import END_MS, compose, launch, make_the_plan
from tests.journeys.test_languages_and_sizes import BEYOND, ENGLISH_LEFT, choose_language

FOLDER = "TRADEWIND_PICTURES"
# Headings, and what can be clicked, that say nothing to the eye and nothing to a screen reader.
BLANK = """
() => [...document.querySelectorAll('.page :is(h1, h2, h3, th, dt, button, a[href])')]
  .filter(element => element.checkVisibility())
  .filter(element => !(element.textContent.trim() || element.title || element.ariaLabel || element.querySelector('[aria-label], [title]')))
  .map(element => element.outerHTML.slice(0, 160))
"""  # noqa: E501 - one line of another language


class Album:
    """Takes a page's pictures in all four states, and looks at what no state may have."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.wrong: dict[str, object] = {}

    def take(self, name: str) -> None:
        """`name` of the page that is open; afterwards it is open again, in English, in light, on the desk."""
        for state, size, colours in (("light", DESK, "light"), ("dark", DESK, "dark"), ("phone", PHONE, "light")):
            self.shoot(f"{name}-{state}", size, colours)
        address = self.page.url
        choose_language(self.page, "ar")
        self.page.goto(address)
        self.shoot(f"{name}-arabic", DESK, "light")
        expect(self.page.locator("html")).to_have_attribute("dir", "rtl")
        self.note(f"{name}-arabic speaks English", self.page.evaluate(ENGLISH_LEFT))
        choose_language(self.page, "en")
        self.page.goto(address)

    def shoot(self, name: str, size: tuple[int, int], colours: str) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # type: ignore[arg-type]
        self.page.evaluate("() => document.fonts.ready.then(() => true)")
        self.note(f"{name} is too wide, px", max(0, self.page.evaluate(BEYOND)))
        self.note(f"{name} says nothing", self.page.evaluate(BLANK))
        self.page.screenshot(path=self.folder / f"{name}.png")
        self.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def note(self, what: str, found: object) -> None:
        if found:
            self.wrong[what] = found


@pytest.fixture
def album(as_owner: Callable[..., Visitor], tmp_path: Path) -> Album:
    folder = Path(os.environ.get(FOLDER) or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return Album(as_owner().page, folder)


def test_from_compose_to_report_with_a_picture_of_each_page(album: Album) -> None:
    page = album.page
    compose(page, "A walk in pictures")
    make_the_plan(page)
    campaign = page.url.removesuffix("plan/")
    for part in ("compose", "plan", "trial", "follow-up", "repeat"):
        page.goto(f"{campaign}{part}/")
        album.take(part)
    page.goto(f"{campaign}plan/")
    launch(page)
    album.take("live")
    expect(page.locator("#standing")).to_contain_text("Done", timeout=END_MS)
    album.take("done")
    page.get_by_role("link", name="Report").click()
    page.wait_for_url("**/report/")
    album.take("report")
    page.goto("/campaigns/")
    album.take("campaigns")
    assert album.wrong == {}
    assert len(list(album.folder.glob("*.png"))) >= 4 * 9


def test_a_picture_that_says_nothing_is_found(as_owner: Callable[..., Visitor]) -> None:
    """The looks above can fail."""
    page = as_owner().page
    page.goto("/campaigns/")
    page.evaluate("() => { const head = document.querySelector('h1'); head.textContent = head.title = '' }")
    assert len(page.evaluate(BLANK)) == 1
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate("() => { document.querySelector('.page-body').textContent = 'm'.repeat(200) }")
    assert page.evaluate(BEYOND) > 0
