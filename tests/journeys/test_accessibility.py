"""WCAG 2.1 AA by axe-core over the main pages, in light, dark and Arabic; and dialogs and menus by keyboard alone.

No page may say anything on the browser's console meanwhile: that is what `visit` looks at in the end.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import breaches
from tests.journeys.browser import Visitor
from tests.journeys.conftest import Console
from tests.journeys.test_languages_and_sizes import choose_language

PAGES = (
    "/campaigns/",
    "/campaigns/{console.ready}/plan/",
    "/campaigns/{console.ready}/compose/",
    "/campaigns/{console.finished}/live/",
    "/campaigns/rates/",
    "/media/library/",
    "/contacts/",
    "/contacts/tags/",
    "/contacts/imports/",
    "/contacts/event-files/",
    "/contacts/batches/",
    "/segments/",
    "/numbers/",
    "/templates/",
    "/system/",
    "/system/reconciliation/",
    "/settings/",
    "/settings/members/",
    "/settings/keys/",
    "/settings/audit/",
    "/settings/profile/",
    "/settings/sign-in/",
    "/dead-letters/",
    "/welcome/",
    "/accounts/two-factors/app/add/",
    "/accounts/password/change/",
)
# Where the components differ: dark is looked at there.
DARK = frozenset(PAGES[:4]) | {
    "/contacts/",
    "/segments/",
    "/numbers/",
    "/templates/",
    "/system/",
    "/settings/members/",
    "/settings/sign-in/",
}
# Two clicks away from a list: the first of its kind.
INNER = (
    ("/contacts/", "main table a[href^='/contacts/']"),
    ("/numbers/", "main a[href^='/numbers/']:not([href*='?'])"),
)
ARABIC = ("/campaigns/{console.ready}/plan/", "/contacts/", "/numbers/", "/settings/members/", "/settings/sign-in/")
OUTSIDE = ("/accounts/login/", "/accounts/password/reset/", "/join/nothing/")
COLOURS = ["color-contrast"]
IN_DIALOG = "() => !!document.activeElement.closest('dialog#invite') || document.activeElement === document.body"


@pytest.fixture
def owner(as_owner: Callable[..., Visitor]) -> Iterator[Page]:
    yield as_owner(reduced_motion="reduce").page


def look(page: Page, *, in_dark: bool = True) -> list[str]:
    """What is wrong with the page that is open: all rules in light, colours in dark (reduced motion: at once)."""
    found = breaches(page)
    if not in_dark:
        return found
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {line}" for line in breaches(page, rules=COLOURS)]
    page.emulate_media(color_scheme="light")
    return found


def test_every_main_page_holds_aa_in_light_and_dark(owner: Page, console: Console) -> None:
    wrong = {}
    for path in PAGES:
        owner.goto(path.format(console=console))
        if found := look(owner, in_dark=path in DARK):
            wrong[path] = found
    for path, link in INNER:
        owner.goto(path)
        owner.goto(owner.locator(link).first.get_attribute("href") or "")
        if found := look(owner):
            wrong[owner.url] = found
    assert wrong == {}


def test_arabic_holds_aa(owner: Page, console: Console) -> None:
    choose_language(owner, "ar")
    try:
        wrong = {}
        for path in ARABIC:
            owner.goto(path.format(console=console))
            if found := breaches(owner):
                wrong[path] = found
        assert wrong == {}
    finally:
        choose_language(owner, "en")


def test_pages_without_a_sign_in_hold_aa(visit: Callable[..., Visitor], console: Console) -> None:
    visitor = visit(console.base_url, reduced_motion="reduce")
    wrong = {}
    for path in OUTSIDE:
        visitor.page.goto(path)
        if found := look(visitor.page):
            wrong[path] = found
    assert wrong == {}
    assert all("410" in complaint for complaint in visitor.complaints)  # an invitation that opens nothing says so
    visitor.complaints.clear()


def test_a_dialog_by_keyboard(owner: Page) -> None:
    """It takes the focus, keeps it, gives it back, and is found sound while it is open."""
    owner.goto("/settings/members/")
    button = owner.get_by_role("button", name="Invite")
    button.focus()
    owner.keyboard.press("Enter")
    dialog = owner.locator("dialog#invite")
    expect(dialog).to_be_visible()
    assert breaches(owner) == []
    for _ in range(12):
        owner.keyboard.press("Tab")
        # Between the last and the first the browser's own frame has the focus: never the page behind.
        assert owner.evaluate(IN_DIALOG)
    owner.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_a_menu_by_keyboard(owner: Page) -> None:
    owner.goto("/campaigns/")
    summary = owner.locator(".rail .menu > summary")
    summary.focus()
    owner.keyboard.press("Enter")
    expect(owner.locator(".rail .menu .menu-list")).to_be_visible()
    owner.keyboard.press("ArrowDown")
    assert owner.evaluate("() => !!document.activeElement.closest('.menu-list')")
    owner.keyboard.press("Escape")
    expect(owner.locator(".rail .menu .menu-list")).to_be_hidden()
    expect(summary).to_be_focused()
