"""From an invitation to the first sign-in with two factors; passkeys; and a role that is taken while a page is open."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests import cluster
from tests.journeys.browser import Visitor
from tests.journeys.conftest import ENVIRONMENT
from tradewind.cli.stack import Stack

OWNER, INVITED = "lena@nordlicht.example", "dora@nordlicht.example"
PASSWORD = "seven herons on a pier"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def address(django_db_setup: None) -> Iterator[str]:
    """An installation of its own: it will demand two factors of everybody. By name, since passkeys want one."""
    with (
        cluster.fresh_database("members") as database,
        Stack(database_url=database, migrate=False, processes={"web": 1, "worker": 1}, env=ENVIRONMENT) as stack,
    ):
        yield stack.base_url.replace("127.0.0.1", "localhost")


def code(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def set_up(page: Page) -> None:
    page.goto("/setup/")
    page.get_by_label("Name of the business").fill("Nordlicht")
    page.locator("select[name=country]").select_option("DE")
    page.get_by_label("Your name").fill("Lena Brandt")
    page.get_by_label("Mail address").fill(OWNER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Set up and sign in").click()
    page.wait_for_url("**/welcome/")


def enrol(page: Page) -> tuple[str, str]:
    """Sets an app up from the page to which people are led; returns its key and a recovery code."""
    page.get_by_role("link", name="Set up").click()
    page.get_by_text("Type the key in").click()
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("Code from the app").fill(code(secret))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator("#recovery-codes li")
    expect(codes).to_have_count(10)
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download").click()
    assert kept.value.path().read_text().split() == codes.all_inner_texts()
    recovery = codes.first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    return secret, recovery


def test_an_invitation_leads_to_a_sign_in_with_two_factors(visit: Callable[..., Visitor], address: str) -> None:
    lena = visit(address)
    owner = lena.page
    set_up(owner)
    owner.goto("/settings/")
    owner.get_by_label("Everybody signs in with two factors").check()
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_text("One more step before you go on.")).to_be_visible()
    enrol(owner)
    expect(owner.get_by_text("One more step")).to_have_count(0)

    owner.goto("/settings/members/")
    owner.get_by_role("button", name="Invite").click()
    owner.get_by_label("Mail address").fill(INVITED)
    owner.locator("#invite select[name=role]").select_option("admin")
    owner.get_by_role("button", name="Make the invitation").click()
    link = owner.locator(".callout .secret").inner_text()

    dora = visit(address)
    page = dora.page
    page.goto(re.sub(r"^https?://[^/]+", address, link))
    page.get_by_label("Your name").fill("Dora Dietz")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("One more step before you go on.")).to_be_visible()
    page.goto("/settings/members/")
    expect(page.get_by_text("One more step before you go on.")).to_be_visible()
    secret, recovery = enrol(page)
    page.goto("/settings/members/")
    expect(page.get_by_role("cell", name="Dora Dietz")).to_be_visible()

    again = visit(address)
    again.sign_in_half_way(INVITED, PASSWORD)
    again.page.get_by_label("Code").fill(code(secret, steps=1))
    again.page.get_by_role("button", name="Sign in", exact=True).click()
    again.page.wait_for_url(lambda where: "/accounts/" not in where)
    elsewhere = visit(address)
    elsewhere.sign_in_half_way(INVITED, PASSWORD)
    elsewhere.page.get_by_label("Code").fill(recovery)
    elsewhere.page.get_by_role("button", name="Sign in", exact=True).click()
    elsewhere.page.wait_for_url(lambda where: "/accounts/" not in where)

    a_role_is_taken_while_a_page_is_open(owner, dora)
    a_passkey_opens_the_console_alone(lena)


def a_role_is_taken_while_a_page_is_open(owner: Page, dora: Visitor) -> None:
    page = dora.page
    page.goto("/dead-letters/")
    expect(page.locator(".page-head .live-state")).to_have_attribute("data-state", "live")
    expect(page.locator("h1.page-title")).to_have_text("Dead letters")
    owner.goto("/settings/members/")
    owner.locator("tr", has_text="Dora Dietz").get_by_role("button", name="Change").click()
    owner.locator("dialog[open] select[name=role]").select_option("agent")
    with page.expect_navigation():
        owner.locator("dialog[open]").get_by_role("button", name="Change role").click()
    expect(page.get_by_text("Dead letters")).to_have_count(0)
    assert all("403" in complaint for complaint in dora.complaints)  # what the browser says of a closed page
    dora.complaints.clear()


def a_passkey_opens_the_console_alone(owner: Visitor) -> None:
    """With an authenticator inside Chromium."""
    page = owner.page
    devtools = owner.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto("/settings/sign-in/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("My laptop")).to_be_visible()
    page.locator(".rail .menu > summary").click()
    page.locator(".rail .menu").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda where: "/accounts/" not in where)
    page.goto("/settings/sign-in/")
    expect(page.get_by_text("My laptop")).to_be_visible()
