"""Screenshots of the main pages of a sample installation, to look at: light, dark, phone, Arabic.

    python -m tests.journeys.pictures [FOLDER]

Run by hand, before a release and after work on the frame. Also makes the README's picture when asked:

    python -m tests.journeys.pictures FOLDER --readme docs/pictures/campaign-live.png
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys import business
from tests.journeys.browser import DESK, PHONE, Visitor, chromium
from tradewind.cli.stack import Stack

PAGES = {
    "campaigns": "/campaigns/",
    "plan": "/campaigns/{ready}/plan/",
    "compose": "/campaigns/{ready}/compose/",
    "done": "/campaigns/{finished}/live/",
    "contacts": "/contacts/",
    "tags": "/contacts/tags/",
    "numbers": "/numbers/",
    "templates": "/templates/",
    "health": "/system/",
    "settings": "/settings/",
    "members": "/settings/members/",
    "keys": "/settings/keys/",
    "audit": "/settings/audit/",
    "profile": "/settings/profile/",
    "sign-in": "/settings/sign-in/",
    "reconciliation": "/system/reconciliation/",
    "dead-letters": "/dead-letters/",
    "welcome": "/welcome/",
    "not-found": "/nowhere/",
}
# Pages that are reached by the first link of a list: name → (list, link)
FIRST_OF = {
    "person": ("/contacts/", "#people a[href^='/contacts/']"),
    "number": ("/numbers/", "main a.font-medium[href^='/numbers/'], main [data-row] a[href^='/numbers/']"),
    "template": ("/templates/", "main [data-row] a[href^='/templates/'], main a.font-medium[href^='/templates/']"),
}
STYLES: dict[str, dict[str, Any]] = {
    "light": {"size": DESK, "color_scheme": "light"},
    "dark": {"size": DESK, "color_scheme": "dark"},
    "phone": {"size": PHONE, "color_scheme": "light"},
    "arabic": {"size": DESK, "language": "ar", "color_scheme": "light"},
}
LIVE_SECONDS = 32


def take_all(folder: Path, readme: Path | None, styles: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Stack(simulator={"seed": business.SEED}, env={"TRADEWIND_ENV": "demo"}, fast=True) as stack:
        made = business.furnish(stack)
        with chromium() as browser:
            for style in styles:
                take(browser, stack.base_url, made, folder, style)
            live(browser, stack.base_url, made, folder, readme)


def take(browser: Browser, address: str, made: dict[str, str], folder: Path, style: str) -> None:
    visitor = Visitor(browser, address, **STYLES[style])
    visitor.page.goto("/accounts/login/")
    shoot(visitor.page, folder / f"{style}-sign-in.png")
    page = visitor.sign_in(made["email"], made["password"])
    choose_language(page, STYLES[style].get("language", "en"))
    for name, path in PAGES.items():
        page.goto(path.format(**made))
        shoot(page, folder / f"{style}-{name}.png")
    for name, (list_path, link) in FIRST_OF.items():
        page.goto(list_path)
        if page.locator(link).count():
            page.goto(page.locator(link).first.get_attribute("href") or "")
            shoot(page, folder / f"{style}-{name}.png")
    choose_language(page, "en")
    sys.stdout.write("\n  ".join([style, *visitor.complaints]) + "\n")
    visitor.close()


def live(browser: Browser, address: str, made: dict[str, str], folder: Path, readme: Path | None) -> None:
    """The ready campaign while it is being sent."""
    visitor = Visitor(browser, address, size=DESK, color_scheme="light")
    page = visitor.sign_in(made["email"], made["password"])
    page.goto(f"/campaigns/{made['ready']}/plan/")
    page.locator("button[name=launch]").click()
    page.wait_for_url("**/live/**")
    page.wait_for_timeout(LIVE_SECONDS * 1000)
    shoot(page, folder / "light-live.png")
    if readme:
        shoot(page, readme)
    page.emulate_media(color_scheme="dark")
    shoot(page, folder / "dark-live.png")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    shoot(page, folder / "phone-live.png")
    visitor.close()


def choose_language(page: Page, code: str) -> None:
    """As the member's menu does it."""
    page.goto("/campaigns/")
    page.locator(".rail .menu > summary, .rail [data-opens=more]").locator("visible=true").click()
    page.locator(f"button[name=language][value={code}]").locator("visible=true").click()
    page.locator(f"html[lang={code}]").wait_for(state="attached")


def shoot(page: Page, path: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(250)
    page.screenshot(path=path)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--readme", type=Path)
    arguments.add_argument("--styles", default=",".join(STYLES))
    told = arguments.parse_args()
    into = told.folder or Path(tempfile.mkdtemp(prefix="tradewind-pictures-"))
    take_all(into, told.readme, told.styles.split(","))
    sys.stdout.write(f"{into}\n")
