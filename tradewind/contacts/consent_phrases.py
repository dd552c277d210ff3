"""Wishes in whole sentences: "please stop sending me messages", "Ich möchte keine Werbung mehr erhalten".

A message is a wish only when one language explains every word of it, and its parts make a wish. So a sentence that has
one word about anything else ("can you stop by on Monday") is none, however many stop words it holds.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from tradewind.contacts.consent_vocabulary import FALSE_FRIENDS, VOCABULARY
from tradewind.lib.text import fold

Wish = Literal["stop", "start", "none"]

MOST_WORDS = 16
LONGEST_ENTRY = 5  # words in one entry
LONG_ENOUGH_TO_MISSPELL = 7

_CONTRACTED = re.compile(r"n['’`´]t\b")
# Thai and Chinese have no blanks between words: their runs are cut by the vocabulary.
_WORDS = re.compile("[\u0e00-\u0e7f]+|[\u3400-\u9fff]+|[^\\W_\u0e00-\u0e7f\u3400-\u9fff]+")
_SOLID = re.compile("[\u0e00-\u0e7f\u3400-\u9fff]")


def understand(text: str) -> Wish:
    """What the sentence wishes; "none" when any word says something else."""
    words = words_of(text)
    if not 2 <= len(words) <= MOST_WORDS and not _SOLID.search(text):
        return "none"
    for language in VOCABULARY:
        parts = explain(words, language)
        if parts and (wish := judge(parts)) != "none":
            return wish
    return "none"


def words_of(text: str) -> list[str]:
    """The words, folded; a run of Thai or Chinese is one."""
    return _WORDS.findall(fold(_CONTRACTED.sub("nt", text.lower())))


def explain(words: list[str], language: str) -> str:
    """The part that each word plays, as letters; "" when a word is not of this language's vocabulary."""
    entries = _entries(language)
    parts = []
    for group in grouped(words):
        found = cut(group, entries) if _SOLID.match(group[0]) else cover(group, entries, _long(language))
        if found is None:
            return ""
        parts.append(found)
    return "".join(parts)


def grouped(words: list[str]) -> Iterable[list[str]]:
    """Neighbouring words of the same kind of script together."""
    group: list[str] = []
    for word in words:
        if group and (bool(_SOLID.match(word)) or bool(_SOLID.match(group[-1]))):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def cover(words: list[str], entries: dict[str, str], long: dict[str, str]) -> str | None:
    """The parts of words with blanks between them; the longest entries first, at most one word misspelt."""
    parts, place, misspelt = "", 0, 0
    while place < len(words):
        for size in range(min(LONGEST_ENTRY, len(words) - place), 0, -1):
            part = entries.get(" ".join(words[place : place + size]))
            if part:
                break
        else:
            part, size, misspelt = near(words[place], long), 1, misspelt + 1
            if not part or misspelt > 1:
                return None
        parts, place = parts + part, place + size
    return parts


def cut(run: list[str], entries: dict[str, str]) -> str | None:
    """The parts of a run without blanks; of all cuts the one with the fewest words."""
    text = run[0]
    best: list[tuple[int, str] | None] = [(0, ""), *[None] * len(text)]
    for end in range(1, len(text) + 1):
        for begin in range(max(0, end - 16), end):
            before, part = best[begin], entries.get(text[begin:end])
            if before and part and (best[end] is None or before[0] + 1 < best[end][0]):  # type: ignore[index]
                best[end] = (before[0] + 1, before[1] + part)
    return best[-1][1] if best[-1] else None


def judge(parts: str) -> Wish:
    """What a row of parts wishes (letters as in consent_vocabulary)."""
    if any(a == "D" and b in "STB" for a, b in pairwise(parts)):
        return "none"
    said = parts.replace("D", "").replace("F", "")
    if "N" in said:
        return denied(said)
    if "S" in said:
        return "none" if "B" in said else "stop"
    if "H" in said:
        return "stop" if set(said) & set("GKOT") else "none"
    if "T" in said:
        return "start"
    if "B" in said:
        return "none" if "W" in said and not set(said) & set("GKO") else "start"
    return "start" if "W" in said and "R" in said and "O" in said else "none"


def denied(said: str) -> Wish:
    """With a "not": not to be sent anything is a stop; not to stop, and not to have received anything, are none."""
    after = next((part for part in said[said.index("N") :] if part in "STBHGKRO"), "")
    after = after or next((part for part in reversed(said[: said.index("N")]) if part in "STBHGKRO"), "")
    if not after or after in "HB":
        return "none"
    if after == "S":
        return "none"
    if after == "T":
        return "stop" if "W" in said or "M" in said else "none"
    if "S" in said:
        return "stop"
    if "R" in said and "W" not in said:
        return "none"
    return "stop" if "G" in said or "O" in said or ("R" in said and "M" in said) else "none"


def near(word: str, long: dict[str, str]) -> str:
    """The part of a long word of the vocabulary that is a slip away, when all such play the same part."""
    if len(word) < LONG_ENOUGH_TO_MISSPELL or word in FALSE_FRIENDS:
        return ""
    parts = {long[form] for form in (word, *without_one(word)) if form in long}
    return parts.pop() if len(parts) == 1 else ""


def without_one(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


@lru_cache(maxsize=16)
def _entries(language: str) -> dict[str, str]:
    """Each entry, folded, with the part that it plays; what stands first in the vocabulary wins."""
    found: dict[str, str] = {}
    for part, lines in VOCABULARY[language].items():
        for entry in lines.split(","):
            found.setdefault(" ".join(words_of(entry)), part)
    return found


@lru_cache(maxsize=16)
def _long(language: str) -> dict[str, str]:
    """Long words that a small slip does not turn into others: themselves, and without one letter."""
    found: dict[str, str] = {}
    for entry, part in _entries(language).items():
        if part in "STHGKO" and " " not in entry and len(entry) >= LONG_ENOUGH_TO_MISSPELL:
            for form in (entry, *without_one(entry)):
                found[form] = part if found.get(form, part) == part else ""
    return {form: part for form, part in found.items() if part}
