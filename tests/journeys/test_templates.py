"""A template from the library to Meta's approval, and a campaign that goes out with a picture of one's own."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitor
from tests.journeys.test_campaign import choose
from tests.messages.media.files import photo

# A name that the sample world's reviewers decide upon after half a minute; others take up to five.
NAME = "back_on_the_shelf"
REVIEW_MS = 120_000
NUMBER = "Nordlicht Outdoor"


def test_a_template_is_written_approved_and_sent_with_a_picture(
    as_owner: Callable[..., Visitor], tmp_path: Path
) -> None:
    picture = tmp_path / "boots.jpg"
    picture.write_bytes(photo(2400, 1600))
    page = as_owner().page
    write(page, picture)
    see_it_approved(page)
    compose(page, picture)
    send_a_test(page)
    plan(page)


def write(page: Page, picture: Path) -> None:
    page.goto("/templates/")
    page.get_by_role("link", name="Library").click()
    card = page.locator("section.panel", has_text="Back in stock")
    card.get_by_role("link", name="Start from it").click()
    page.wait_for_url("**/templates/new/**")
    page.locator("input[name=name]").fill(NAME)
    aside = page.locator("#author-aside")
    expect(aside).to_contain_text("need a sample")
    page.locator("input[name=sample-upload]").set_input_files(picture)
    expect(aside).to_contain_text("Nothing in it breaks a rule of Meta.")
    page.locator("textarea[name=body]").fill("Hi {{first_name}}, it is {{product}}")
    expect(aside).to_contain_text("must not begin or end with a variable")
    page.locator("textarea[name=body]").fill(
        "Good news, {{first_name}}: {{product}} came back to our shop this morning."
    )
    expect(aside).to_contain_text("Nothing in it breaks a rule of Meta.")
    page.get_by_role("button", name="Submit to Meta").click()


def see_it_approved(page: Page) -> None:
    """Without a reload."""
    expect(page.locator("h1")).to_have_text(NAME)
    page.evaluate("window.sameDocument = true")
    expect(page.locator("#template")).to_contain_text(re.compile("Approved: every number"), timeout=REVIEW_MS)
    assert page.evaluate("window.sameDocument") is True


def compose(page: Page, picture: Path) -> None:
    page.goto("/campaigns/")
    page.get_by_role("button", name="New campaign").click()
    page.locator("#new input[name=name]").fill("Boots")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/compose/")
    choose(page.locator("select[name=template]"), NAME)
    page.locator("input[name=header-upload]").set_input_files(picture)
    expect(page.locator("[data-dropzone-target=facts]")).to_contain_text(re.compile("1080 × 720"))
    expect(page.locator("#as-received img[src^='/media/']")).to_be_visible()
    page.locator("select[name='field-body.first_name']").select_option("first_name")
    page.locator("input[name='fallback-body.first_name']").fill("friend")
    page.locator("select[name='field-body.product']").select_option("")
    page.locator("input[name='fallback-body.product']").fill("the Fjella boot")
    page.locator("select[name='field-button.0.1']").select_option("")
    page.locator("input[name='fallback-button.0.1']").fill("boots")
    expect(page.locator("#as-received")).to_contain_text("the Fjella boot came back")
    first = page.locator("#as-received p.text-center").inner_text()
    page.get_by_label("The next person").click()
    expect(page.locator("#as-received p.text-center")).not_to_have_text(first)
    page.locator("input[name=audience][value=tag]").check()
    choose(page.locator("select[name=tag]"), "VIP")
    page.get_by_label(re.compile(rf"^{NUMBER}($| \W)")).check()


def send_a_test(page: Page) -> None:
    """To one's own phone; the ticks come by themselves."""
    form = page.locator("#test")
    form.locator("input[name=test-phone]").fill("+49 151 55500123")
    form.locator("select[name=test-number]").select_option(label=NUMBER)
    form.get_by_role("button", name="Send a test").click()
    expect(form).to_contain_text("Tick that its owner agrees")
    form.locator("input[name=test-agreed]").check()
    form.get_by_role("button", name="Send a test").click()
    expect(form.locator("[role=status]")).to_contain_text(re.compile("sent|delivered|read"), timeout=120_000)


def plan(page: Page) -> None:
    page.get_by_role("button", name="Make the flight plan").click()
    page.wait_for_url("**/plan/")
    expect(page.get_by_text("Who gets it, and who does not")).to_be_visible()
    expect(page.locator("aside").first).to_contain_text("the Fjella boot came back")
