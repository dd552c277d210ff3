"""Small geometry for figures that the server draws: initials, hues, lines, areas, bars."""

import unicodedata
import zlib
from typing import Any

HUES = 8
HEAT_STEPS = 12
SMALLEST_PART = 0.4  # percent of a bar: less cannot be seen, and what exists must be seen
_WHOLE_NAME_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


def initials(name: str) -> str:
    """Up to two letters that stand for a name, in its own script; ? for none."""
    words = [letters for word in name.split() if (letters := _letters(word))]
    if not words:
        return "?"
    if unicodedata.name(words[0][0], "").startswith(_WHOLE_NAME_SCRIPTS):
        return words[0][0]
    if len(words) == 1:
        return words[0][:1].upper()
    return (_first(words[0]) + _first(words[-1])).upper()


def _letters(word: str) -> str:
    return "".join(letter for letter in word if unicodedata.category(letter)[0] in "LNM").lstrip("".join(_MARKS))


_MARKS = ("\N{ARABIC TATWEEL}",)
_ARTICLES = ("ال",)  # the Arabic article, which every second family name begins with


def _first(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > len(article):
            return word[len(article)]
    return word[0]


def hue(key: str) -> int:
    """1–8, spread evenly and the same in every process."""
    return zlib.crc32(key.encode()) % HUES + 1


def heat(part: float, most: float) -> int:
    """0 (nothing) to 12 (the most there is)."""
    return max(1, round(HEAT_STEPS * part / most)) if part and most else 0


def placed(parts: list[dict[str, Any]], whole: float | None = None) -> list[dict[str, Any]]:
    """Parts of a bar with `x` and `w` in percent of `whole` (default: their sum); none that exists is too thin to see.

    Lengths are text with a point, because templates would write numbers with the comma of the reader's language.
    """
    widths = _widths([float(part["count"]) for part in parts], whole)
    found, x = [], 0.0
    for part, width in zip(parts, widths, strict=True):
        found.append({**part, "x": f"{x:.3f}", "w": f"{width:.3f}" if width else ""})
        x += width
    return found


def _widths(counts: list[float], whole: float | None) -> list[float]:
    """Percent for each count; what the smallest are given more than their share, the wide ones give up."""
    total = float(whole or sum(counts))
    if not total:
        return [0.0] * len(counts)
    widths = [max(100 * count / total, SMALLEST_PART) if count else 0.0 for count in counts]
    wide = sum(width for width in widths if width > SMALLEST_PART)
    excess = sum(widths) - 100
    if excess <= 0 or not wide:
        return widths
    return [width * (1 - excess / wide) if width > SMALLEST_PART else width for width in widths]


def line(values: list[float], width: float, height: float, top: float | None = None, low: float | None = None) -> str:
    """SVG path through the values, left to right, the lowest at the bottom unless `low` says otherwise."""
    points = _points(values, width, height, top, low)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def last_point(values: list[float], width: float, height: float) -> tuple[float, float]:
    """Where the line ends."""
    points = _points(values, width, height, None, None)
    return points[-1] if points else (0.0, height)


def area(values: list[float], width: float, height: float, top: float | None = None) -> dict[str, str]:
    """The line over zero, and the ground under it."""
    path = line(values, width, height, top, 0.0)
    return {"line": path, "ground": f"{path}L{width} {height}L0 {height}z" if path else ""}


def _points(
    values: list[float], width: float, height: float, top: float | None, low: float | None
) -> list[tuple[float, float]]:
    if not values:
        return []
    lowest = min(values) if low is None else low
    highest = max(values) if top is None else top
    span = (highest - lowest) or 1.0
    step = width / max(len(values) - 1, 1)
    flat = highest == lowest and low is None
    return [(i * step, height / 2 if flat else height - (v - lowest) / span * height) for i, v in enumerate(values)]
