"""The {{1}} and {{first_name}} of a template's texts."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,100})\s*\}\}")


def keys_of(text: str) -> list[str]:
    """The placeholders of a text, each once: numbers in their order, names as they first occur."""
    keys = list(dict.fromkeys(PLACEHOLDER.findall(text)))
    if keys and all(key.isdecimal() for key in keys):
        keys.sort(key=int)
    return keys


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; one without a value stays as it is.

    What is filled in is not looked at again, so {{7*7}} in somebody's name stays what it is.
    """
    return PLACEHOLDER.sub(lambda match: str(values.get(match.group(1), match.group(0))), text)
