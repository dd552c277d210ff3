"""Rules that every template of every room keeps: the content policy, right-to-left, icons and components that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "tradewind"
TEMPLATES = sorted(path for path in ROOT.glob("**/templates/**/*.html") if "/email/" not in str(path))
COMPONENTS = {path.stem.replace("_", "-") for path in (ROOT / "ui/templates/cotton").glob("*.html")}
SPRITE = ROOT / "ui/dist/sprite.svg"

PHYSICAL = "ml|mr|pl|pr|left|right|rounded-l|rounded-r|border-l|border-r|text-left|text-right"
FORBIDDEN = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without an address": r"<script(?![^>]*\ssrc=)",
    "a handler": r"<[^>]*\son[a-z]+\s*=",
    "an htmx handler": r"hx-on",
    "a javascript: address": r"javascript:",
    "a physical side": rf'class="[^"]*\b(?:{PHYSICAL})-?[\d["\s]',
}
NAMED_ICON = re.compile(r'<c-icon\b[^>]*?\sname="([a-z0-9-]+)"|\sicon="([a-z0-9-]+)"', re.DOTALL)


def code(path: Path) -> str:
    """A template without its comments."""
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    return re.sub(r"{#.*?#}", "", text)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    found = [str(path.relative_to(ROOT)) for path in TEMPLATES if re.search(FORBIDDEN[what], code(path))]
    assert found == []


def test_every_component_that_is_used_exists() -> None:
    used = {(path.name, name) for path in TEMPLATES for name in re.findall(r"<c-([a-z0-9-]+)", code(path))}
    missing = {(page, name) for page, name in used if name not in COMPONENTS | {"vars", "slot"}}
    assert missing == set()


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    symbols = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    named = {(path.name, first or second) for path in TEMPLATES for first, second in NAMED_ICON.findall(code(path))}
    assert {(page, icon) for page, icon in named if icon not in symbols} == set(), "run `npm run build`"


def test_every_component_says_what_it_takes() -> None:
    silent = [
        path.name for path in (ROOT / "ui/templates/cotton").glob("*.html") if "{% comment %}" not in path.read_text()
    ]
    assert silent == []


def test_the_lock_file_names_no_registry() -> None:
    lock = (ROOT.parent / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
