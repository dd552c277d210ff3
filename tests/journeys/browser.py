"""A real Chromium, and a page in it that remembers every complaint."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

DESK, PHONE = (1440, 900), (390, 844)
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)  # a crowded machine plans a campaign in some seconds


def chromium_path() -> str | None:
    """Where this machine's Chromium is, or None."""
    return shutil.which(os.environ.get("TRADEWIND_CHROMIUM") or "chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """One person's browser at one installation; `complaints` collects what no page may ever say."""

    def __init__(
        self, browser: Browser, base_url: str, *, size: tuple[int, int] = DESK, language: str = "en", **more: Any
    ) -> None:
        width, height = size
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=base_url, viewport={"width": width, "height": height}, locale=language, **more
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("response", self._look)

    def sign_in_half_way(self, email: str, password: str) -> None:
        """The first of two steps."""
        self.page.goto("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form.form button[type=submit]").click()

    def sign_in(self, email: str, password: str) -> Page:
        self.sign_in_half_way(email, password)
        self.page.wait_for_url(lambda address: "/accounts/" not in address)
        return self.page

    def signed_in(self) -> Any:
        """What another browser needs to be signed in as this one is: `storage_state=`."""
        return self.context.storage_state()

    def close(self) -> None:
        self.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        """Chromium reports breaches of the content policy as console errors, too."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _look(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url} answered {response.status}")
