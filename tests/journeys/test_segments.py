"""A segment from its first condition to a campaign's audience, and why somebody is in it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE, Visitor

NAME = "Speak German or Italian, not in Austria"


def test_build_a_segment_save_it_ask_why_and_use_it(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner().page
    page.goto("/contacts/")
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="New segment").first.click()
    put_together(page)
    count = people(page)
    page.locator("#segment-name").fill(NAME)
    page.get_by_role("button", name="Save segment").click()
    page.wait_for_url(re.compile(r"/segments/(?!new)\w+/$"))
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    assert people(page) == count
    ask_why(page)
    use_it(page, count)


def put_together(page: Page) -> None:
    """All of: agreed to marketing; any of two languages; none in Austria."""
    everybody = people(page)
    add(page, 0, "Their consent")
    fewer = people_change(page, everybody)
    add(page, 0, "A group")
    add(page, 1, "What is known of them")
    choose(page, "value", "de")
    fewer = people_change(page, fewer)
    expect(page.locator("#says")).to_contain_text("whose language is German")
    add(page, 1, "What is known of them")
    choose(page, "value", "it")
    more = people_change(page, fewer)
    assert more > fewer
    add(page, 0, "A group")
    page.locator("select[name^=mode]").last.select_option("none")
    expect(page.locator(".branch.not")).to_be_visible()
    add(page, 2, "What is known of them")
    page.locator("select[name^=field]").last.select_option("country")
    expect(page.locator("select[name^=value]").last.locator("option[value=AT]")).to_be_attached()
    choose(page, "value", "AT")
    people_change(page, more)
    expect(page.locator("#says")).to_contain_text("without those whose country is Austria")
    expect(page.locator("#says")).to_contain_text("whose language is German or whose language is Italian")


def add(page: Page, group: int, words: str) -> None:
    """A line at the end of the group that stands so far down; the inner groups' “add” comes before the outer one's."""
    before = page.locator("input[name^=kind]").count()
    inner_first = page.locator("details.add-line")
    place = inner_first.count() - 1 if group == 0 else group - 1
    inner_first.nth(place).locator("summary").click()
    inner_first.nth(place).get_by_role("button", name=words, exact=True).click()
    expect(page.locator("input[name^=kind]")).to_have_count(before + 1)


def choose(page: Page, field: str, value: str) -> None:
    page.locator(f"select[name^={field}]").last.select_option(value)


def people(page: Page) -> int:
    return int(page.locator("#people-count").inner_text().replace(",", ""))


def people_change(page: Page, before: int) -> int:
    expect(page.locator("#people-count")).not_to_have_text(f"{before:,}")
    return people(page)


def ask_why(page: Page) -> None:
    somebody = page.locator("#beside li a").first
    somebody.wait_for()
    name, address = somebody.inner_text(), str(somebody.get_attribute("href"))
    page.locator("#why-q").press_sequentially(name)
    # There are namesakes: the person's id says who is meant.
    page.locator(f"#why button[hx-vals*='{address.strip('/').rpartition('/')[2]}']").click()
    expect(page.locator("#why")).to_contain_text("is in")
    expect(page.locator("#why")).to_contain_text("who agreed to marketing")


def use_it(page: Page, count: int) -> None:
    page.goto("/campaigns/")
    page.get_by_role("button", name="New campaign").click()
    page.locator("#new input[name=name]").fill("To a segment")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/compose/")
    page.locator("input[name=audience][value=segment]").check()
    option = page.locator("select[name=segment] option", has_text=NAME).first
    page.locator("select[name=segment]").select_option(option.get_attribute("value") or "")
    template = page.locator("select[name=template] option", has_text="order_shipped").first
    page.locator("select[name=template]").select_option(template.get_attribute("value") or "")
    page.locator("input[name='fallback-body.1']").fill("friend")
    for slot in ("body.2", "button.0.1"):
        page.locator(f"select[name='field-{slot}']").select_option("own")
        page.locator(f"input[name='own-{slot}']").fill("order_number")
        page.locator(f"input[name='fallback-{slot}']").fill("NW-0")
    page.get_by_label(re.compile(r"^Nordlicht Outdoor($| \W)")).check()
    page.get_by_role("button", name="Make the flight plan").click()
    page.wait_for_url("**/plan/")
    expect(page.get_by_text("Who gets it, and who does not")).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text(f"{count:,}")


def test_a_segment_is_built_on_a_phone(as_owner: Callable[..., Visitor]) -> None:
    page = as_owner(size=PHONE).page
    page.goto("/segments/new/")
    everybody = people(page)
    add(page, 0, "A tag")
    choose(page, "tag", "VIP")
    assert people_change(page, everybody) < everybody
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0], "nothing sticks out at the side"
