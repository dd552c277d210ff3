"""A fresh installation: from the empty database to the signed-in console."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.browser import Visitor

PASSWORD = "seven herons on a pier"


def test_first_run_leads_from_nothing_to_the_console(visit: Callable[..., Visitor], fresh_address: str) -> None:
    page = visit(fresh_address).page
    page.goto("/")
    page.wait_for_url("**/setup/")
    page.get_by_label("Name of the business").fill("Nordlicht")
    page.locator("select[name=country]").select_option("DE")
    page.locator("select[name=timezone]").select_option("Europe/Berlin")
    page.get_by_label("Your name").fill("Lena Brandt")
    page.get_by_label("Mail address").fill("lena@nordlicht.example")
    page.locator("input[name=password]").fill("short")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.locator(".field[data-invalid] .error").first).to_be_visible()
    expect(page.get_by_label("Name of the business")).to_have_value("Nordlicht")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Set up and sign in").click()
    page.wait_for_url("**/welcome/")
    expect(page.get_by_text("Nordlicht is set up.")).to_be_visible()
    steps = page.locator("main ol.rows > li")
    expect(steps).not_to_have_count(0)
    for step in range(steps.count()):
        page.goto("/welcome/")
        steps.nth(step).get_by_role("link").click()
        expect(page.locator("h1.page-title")).to_be_visible()


def test_set_up_happens_once_and_signing_in_works_after_it(visit: Callable[..., Visitor], fresh_address: str) -> None:
    visitor = visit(fresh_address)
    page = visitor.page
    page.goto("/setup/")
    page.wait_for_url("**/accounts/login/**")
    visitor.sign_in("lena@nordlicht.example", PASSWORD)
    expect(page.locator("h1.page-title")).to_be_visible()
    page.locator(".rail .menu > summary").click()
    page.locator(".rail .menu").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name=re.compile("Sign"))).to_be_visible()
