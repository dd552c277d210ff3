"""A browser on the frame by itself: no database, so that these tests are quick."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
Theme = Literal["light", "dark"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def frame() -> Iterator[str]:
    """The address at which the gallery is served."""
    command = [sys.executable, "-m", "tests.ui.gallery_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), "the gallery does not start"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Not for the session: while Playwright runs, Django takes this thread for one of an event loop."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser, frame: str) -> Iterator[Callable[..., Page]]:
    """Opens a page: `look("/_gallery/", size="phone", theme="dark", language="ar")`. No page may say an error."""
    said: list[str] = []
    contexts = []

    def open_page(path: str, *, size: str = "desk", theme: Theme = "light", language: str = "en", **more: Any) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, locale=language, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{frame}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
