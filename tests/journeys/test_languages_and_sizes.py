"""The same console in Arabic and on a phone: every main page."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE, Visitor
from tests.journeys.conftest import Console

PAGES = (
    "/campaigns/",
    "/campaigns/{console.ready}/plan/",
    "/campaigns/{console.ready}/compose/",
    "/campaigns/{console.finished}/live/",
    "/contacts/",
    "/contacts/tags/",
    "/numbers/",
    "/templates/",
    "/system/",
    "/settings/",
    "/settings/members/",
    "/settings/keys/",
    "/settings/audit/",
    "/settings/profile/",
    "/settings/sign-in/",
    "/system/reconciliation/",
    "/dead-letters/",
    "/welcome/",
)
# Headings and labels that are ours. What people or Meta named (in `bdi`, `dir`, `.ltr`) stays as it is.
ENGLISH_LEFT = """
() => [...document.querySelectorAll('.page h1, .page h2, .page h3, .page th, .page dt, .rail-name, .page-body .btn')]
  .map(element => {
    const copy = element.cloneNode(true)
    copy.querySelectorAll('bdi, [dir], .ltr, svg').forEach(part => part.remove())
    return copy.textContent.replaceAll(/PostgreSQL|Meta|WhatsApp|Webhook|API|CSV/g, '').trim()
  })
  .filter(words => /[A-Za-z]{3,}/.test(words) && !/[\\u0600-\\u06ff]/.test(words))
"""
ARABIC_LETTERS = "() => (document.querySelector('.page').innerText.match(/[\\u0600-\\u06ff]/g) || []).length"
# What sticks out of the page at its end edge, unless it scrolls within its own box.
BEYOND = "() => Math.max(document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll('.page-body')].map(body => body.scrollWidth - body.clientWidth))"  # noqa: E501 - one line of another language


def choose_language(page: Page, code: str) -> None:
    page.goto("/campaigns/")
    page.locator(".rail .menu > summary").click()
    page.locator(f".rail button[name=language][value={code}]").click()
    expect(page.locator("html")).to_have_attribute("lang", code)


@pytest.fixture
def arabic_page(as_owner: Callable[..., Visitor]) -> Iterator[Page]:
    page = as_owner(language="ar").page
    choose_language(page, "ar")
    yield page
    choose_language(page, "en")


def test_every_main_page_in_arabic(arabic_page: Page, console: Console) -> None:
    english: dict[str, list[str]] = {}
    for path in PAGES:
        arabic_page.goto(path.format(console=console))
        expect(arabic_page.locator("html")).to_have_attribute("dir", "rtl")
        assert arabic_page.evaluate(ARABIC_LETTERS) > 20, path
        if left := arabic_page.evaluate(ENGLISH_LEFT):
            english[path] = left
    assert english == {}


def test_signing_in_in_arabic(visit: Callable[..., Visitor], console: Console) -> None:
    page = visit(console.base_url, language="ar").page
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", name="تسجيل الدخول")).to_be_visible()


def test_no_main_page_is_wider_than_a_phone(as_owner: Callable[..., Visitor], console: Console) -> None:
    page = as_owner(size=PHONE).page
    beyond = {}
    for path in PAGES:
        page.goto(path.format(console=console))
        if (pixels := page.evaluate(BEYOND)) > 0:
            beyond[path] = pixels
    assert beyond == {}


def test_tab_bar_leads_everywhere_on_a_phone(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner(size=PHONE, has_touch=True).page
    page.goto("/")
    tabs = page.locator("nav.rail > a.rail-item:visible")
    expect(tabs).not_to_have_count(0)
    for index in range(tabs.count()):
        target = tabs.nth(index).get_attribute("href") or ""
        box = tabs.nth(index).bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44
        tabs.nth(index).tap()
        page.wait_for_url(f"**{target}")
        expect(tabs.nth(index)).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="More").tap()
    page.locator("#more").get_by_role("link", name="Settings").tap()
    page.wait_for_url("**/settings/")
    expect(page.locator("h1.page-title")).to_be_visible()
