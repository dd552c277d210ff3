"""The frame in a real browser: themes, keys, menus, dialogs, live parts, and a strict content policy all the while."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, Request, expect

Theme = Literal["light", "dark"]
Look = Callable[..., Page]


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [("desk", "light", "en"), ("desk", "dark", "ar"), ("phone", "light", "ar"), ("phone", "dark", "de")],
)
def test_every_component_fits_its_page(look: Look, size: str, theme: Theme, language: str) -> None:
    page = look("/_gallery/", size=size, theme=theme, language=language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    beyond = page.evaluate(
        "document.querySelector('.page-body').scrollWidth - document.querySelector('.page-body').clientWidth"
    )
    assert beyond <= 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator("[style]:not(canvas, .chart, .chart *)").count() == 0


def test_theme_is_chosen_in_the_menu_and_kept(look: Look) -> None:
    page = look("/_gallery/")
    light = ground(page)
    page.locator(".rail .menu > summary").click()
    page.get_by_role("menuitemradio", name="Dark").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "tradewind-dark")
    dark = ground(page)
    assert dark != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "tradewind-dark")
    assert ground(page) == dark
    expect(page.locator("[data-theme-name-param='dark']").first).to_have_attribute("aria-checked", "true")


def test_the_systems_own_theme_without_a_choice(look: Look) -> None:
    assert ground(look("/_gallery/", theme="dark")) != ground(look("/_gallery/", theme="light"))


def test_palette_goes_to_pages_and_takes_words_along(look: Look) -> None:
    page = look("/_gallery/")
    page.keyboard.press("Control+k")
    words = page.locator("#palette input")
    expect(words).to_be_focused()
    words.fill("numb")
    expect(page.locator("#palette [aria-selected='true']")).to_have_text("Numbers")
    words.fill("Annika")
    shown = page.locator("#palette .menu-item:visible")
    expect(shown).to_have_count(3)
    expect(shown.first).to_have_attribute("href", "/contacts/?q=Annika")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/campaigns/\?q=Annika$"))


def test_keys_search_and_move_through_rows(look: Look) -> None:
    page = look("/_gallery/")
    page.keyboard.press("/")
    expect(page.locator("main input[type=search]").first).to_be_focused()
    page.keyboard.type("jk/")
    expect(page.locator("main input[type=search]").first).to_have_value("jk/")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row] a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row] a").nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_a_click_on_a_row_follows_it(look: Look) -> None:
    page = look("/_gallery/")
    page.locator("[data-href='#2'] td").nth(4).click()
    page.wait_for_url(re.compile("#2$"))


def test_menu_by_keyboard(look: Look) -> None:
    page = look("/_gallery/")
    menu = page.locator(".page-head .menu")
    menu.locator("summary").focus()
    page.keyboard.press("ArrowDown")
    expect(menu.locator(".menu-item").nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.locator(".menu-item").nth(2)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu.locator(".menu-list")).to_be_hidden()


def test_dialog_opens_and_closes_by_button_ground_and_escape(look: Look) -> None:
    page = look("/_gallery/")
    opener = page.get_by_role("button", name="Dialog", exact=True)
    dialog = page.locator("#cancel")
    opener.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep sending").click()
    expect(dialog).to_be_hidden()
    opener.click()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    opener.click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_toasts_say_what_the_server_says(look: Look) -> None:
    page = look("/_gallery/")
    page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: '<b>Saved.</b>', tone: 'bad'}}))")
    toast = page.locator(".toast")
    expect(toast).to_have_text("<b>Saved.</b>")
    expect(toast).to_have_attribute("data-tone", "bad")
    toast.get_by_role("button").click()
    expect(toast).to_have_count(0)


def test_parts_follow_the_stream_and_focus_survives(look: Look) -> None:
    page = look("/_gallery/")
    expect(page.locator(".page-head .live-state")).to_have_attribute("data-state", "live")
    page.locator("#kept").focus()
    before = int(page.locator("#pulled b").text_content() or 0)
    page.wait_for_function("least => Number(document.querySelector('#pulled b').textContent) >= least", arg=before + 4)
    expect(page.locator("#kept")).to_be_focused()


def test_a_click_is_not_lost_when_news_comes_while_the_finger_is_down(look: Look) -> None:
    page = look("/_gallery/")
    expect(page.locator("#pulled b")).to_have_text(re.compile(r"^\d+$"))
    page.evaluate("document.addEventListener('click', (event) => (window.clicked = event.target.localName))")
    page.evaluate("document.querySelector('#pulled b').scrollIntoView()")
    page.locator("#kept").focus()  # which it loses to the press
    page.locator("#pulled b").hover()
    page.mouse.down()
    held = int(page.locator("#pulled b").text_content() or 0)
    page.wait_for_timeout(1000)  # three pieces of news
    assert int(page.locator("#pulled b").text_content() or 0) == held
    page.mouse.up()
    assert page.evaluate("window.clicked") == "b"
    expect(page.locator("#pulled b")).not_to_have_text(str(held))


def test_a_press_whose_end_nobody_told_holds_no_news_up(look: Look) -> None:
    page = look("/_gallery/")
    number = page.locator("#pulled b")
    expect(number).to_have_text(re.compile(r"^\d+$"))
    page.evaluate("document.body.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))")
    held = str(number.text_content())
    page.wait_for_timeout(1000)  # three pieces of news
    expect(number).to_have_text(held)
    page.mouse.move(20, 20)
    page.mouse.move(30, 30)
    expect(number).not_to_have_text(held)


def test_a_stream_that_ends_is_taken_up_where_it_was_left(look: Look) -> None:
    page = look("/_gallery/")
    state = page.locator(".page-head .live-state")
    asked: list[int] = []
    page.on("request", lambda request: asked.append(last_id(request)) if "/live" in request.url else None)
    expect(state).to_have_attribute("data-state", "reconnecting")
    expect(state).to_have_attribute("data-state", "live")
    expect(state).to_have_attribute("data-state", "reconnecting")
    expect(state).to_have_attribute("data-state", "live")
    taken_up = [position for position in asked if position >= 0]
    assert len(taken_up) >= 2
    assert taken_up == list(range(taken_up[0], taken_up[0] + 5 * len(taken_up), 5))  # each stream speaks five times


def last_id(request: Request) -> int:
    """What the browser says it has heard last."""
    return int(request.all_headers().get("last-event-id", -1))


def test_the_phone_has_five_places_and_the_rest_behind_more(look: Look) -> None:
    page = look("/_gallery/", size="phone")
    tabs = page.locator(".rail > :visible")
    expect(tabs).to_have_count(5)
    for index in range(5):
        box = tabs.nth(index).bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44
    page.get_by_role("button", name="More").first.click()
    expect(page.locator("#more").get_by_text("Health")).to_be_visible()
    expect(page.locator("#more").get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages(look: Look, frame: str, code: str) -> None:
    page = look("/_gallery/")
    answer = page.request.get(f"{frame}/error/{code}/")
    assert answer.status == int(code[:3])
    body = answer.text()
    assert "<h1>" in body and "<script>" not in body and "style=" not in body
