"""The reader's locale, as CLDR (babel) has it."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Babel's locale; English is British, because the console writes "3 Nov", 24-hour times, and "a, b and c"."""
    name = "en_GB" if language.split("-")[0] == "en" else language.replace("-", "_")
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def reader_locale() -> Locale:
    return locale_of(get_language() or "en")
