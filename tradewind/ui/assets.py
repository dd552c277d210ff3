"""Addresses of built files, with a fingerprint behind them, so that a new build is fetched at once."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

DIST = Path(__file__).parent / "dist"


class NotBuilt(RuntimeError):
    """The styles and scripts are missing; the message says how to make them."""


def address(name: str) -> str:
    """`app.css` → /static/ui/app.css?v=3f9a1c…"""
    return _address.__wrapped__(name) if settings.DEBUG else _address(name)


@lru_cache(maxsize=100)
def _address(name: str) -> str:
    """A page has a hundred icons."""
    fingerprint = _read_manifest().get(name)
    if fingerprint is None:
        raise NotBuilt(f"{name} is not in {DIST}. Run `npm ci && npm run build`.")
    return f"{static(f'ui/{name}')}?v={fingerprint}"


def _read_manifest() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    except FileNotFoundError:
        raise NotBuilt(
            f"The console's styles and scripts are not built ({DIST}). Run `npm ci && npm run build`."
        ) from None
    return found
