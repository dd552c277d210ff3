"""A campaign from its name to its end, in one sitting and without a reload."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.browser import Visitor

NORTH = ("Nordlicht Outdoor", "Nordlicht Outdoor Italia", "Nordlicht Outdoor UK")
# Four a second from each number: the tag's 111 people take ten seconds. More than what the first campaign has just sent
# from one of the numbers, which counts against its cap.
PER_MINUTE = "240"
END_MS = 90_000


def test_compose_plan_launch_watch_pause_resume_end(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    compose(page, "Winter boots are back")
    make_the_plan(page)
    expect(page.locator("aside .phone, aside").first).to_contain_text("has left our warehouse")
    launch(page)
    watch_it_move(page)
    pause_and_resume(page)
    watch_it_end(page)


def test_a_choice_made_before_the_scripts_have_come_is_heard(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    name_it(page, "Over a slow line")
    held: list[Route] = []
    script = re.compile(r"/app\.js")
    page.route(script, lambda route: held.append(route))
    with page.expect_request(script):
        page.reload(wait_until="commit")
    choose(page.locator("select[name=template]"), "order_shipped")
    held.pop().continue_()
    expect(page.locator("#variables select[name='field-body.2']")).to_be_visible()


def name_it(page: Page, name: str) -> None:
    page.goto("/campaigns/")
    page.get_by_role("button", name="New campaign").click()
    page.locator("#new input[name=name]").fill(name)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/compose/")


def compose(page: Page, name: str) -> None:
    name_it(page, name)
    choose(page.locator("select[name=template]"), "order_shipped")
    expect(page.locator("#variables select[name='field-body.2']")).to_be_visible()
    expect(page.locator("#as-received")).to_contain_text("has left our warehouse")
    page.locator("select[name='field-body.1']").select_option("first_name")
    page.locator("input[name='fallback-body.1']").fill("friend")
    for slot in ("body.2", "button.0.1"):
        page.locator(f"select[name='field-{slot}']").select_option("own")
        page.locator(f"input[name='own-{slot}']").fill("order_number")
        page.locator(f"input[name='fallback-{slot}']").fill("NW-0")
    page.locator("input[name=audience][value=tag]").check()
    choose(page.locator("select[name=tag]"), "VIP")
    for number in NORTH:
        page.get_by_label(re.compile(rf"^{number}($| \W)")).check()
    page.locator("input[name=preset][value=custom]").check()
    page.locator("input[name=per_minute]").fill(PER_MINUTE)


def choose(field: Locator, words: str) -> None:
    """The first option that contains these words."""
    option = field.locator("option", has_text=words).first
    field.select_option(option.get_attribute("value") or "")


def make_the_plan(page: Page, *, says: str = r"\d+ people get this message from 3 numbers") -> None:
    page.get_by_role("button", name="Make the flight plan").click()
    page.wait_for_url("**/plan/")
    expect(page.get_by_text("Who gets it, and who does not")).to_be_visible()
    expect(page.locator(".sentence, main").first).to_contain_text(re.compile(says))


def launch(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"Launch for \d+ people")).click()
    page.wait_for_url("**/live/")
    page.evaluate("window.sameDocument = true")  # a reload would forget it
    expect(page.locator(".page-head .live-state")).to_have_attribute("data-state", "live")


def watch_it_move(page: Page) -> None:
    before = sent(page)
    wait_until_more_than(page, before)
    wait_until_more_than(page, sent(page))
    expect(page.locator("#log-rows tbody tr a").first).to_be_visible()


def pause_and_resume(page: Page) -> None:
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#standing")).to_contain_text("Paused")
    page.evaluate("window.sameDocument = true")
    held = sent_when_still(page)  # what was in the air when the button was pressed is told a little later
    page.wait_for_timeout(2500)
    assert sent(page) == held, "messages left during the pause"
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.locator("#standing")).to_contain_text("Sending")
    page.evaluate("window.sameDocument = true")
    wait_until_more_than(page, held)


def watch_it_end(page: Page) -> None:
    expect(page.locator("#standing")).to_contain_text("Done", timeout=END_MS)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_have_count(0)
    assert page.evaluate("window.sameDocument") is True
    assert sent(page) == recipients(page) > 50


def figure(page: Page) -> tuple[int, int]:
    """(sent, recipients) of the line "41 of 112 sent"."""
    words = page.locator("#progress .text-figure").first.inner_text().replace(",", "")
    found = re.fullmatch(r"(\d+)\s+of (\d+) sent", words)
    assert found, words
    return int(found[1]), int(found[2])


def sent(page: Page) -> int:
    return figure(page)[0]


def sent_when_still(page: Page) -> int:
    """The figure once it has not moved for a second and a half: a crowded machine tells late what has left before."""
    seen, still = sent(page), 0
    for _ in range(60):
        page.wait_for_timeout(250)
        still = still + 1 if sent(page) == seen else 0
        seen = sent(page)
        if still == 6:
            return seen
    raise AssertionError("messages went on leaving during the pause")


def recipients(page: Page) -> int:
    return figure(page)[1]


def wait_until_more_than(page: Page, n: int) -> None:
    page.wait_for_function(
        "n => parseInt(document.querySelector('#progress .text-figure').textContent.replaceAll(',', '')) > n", arg=n
    )
