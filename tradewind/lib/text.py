"""Text that people wrote: comparable, storable, safe to show, and short without cutting a letter in two."""

import re
import unicodedata
from functools import lru_cache

# Marks that change no letter for a person who searches: accents, Hebrew points, Arabic vowel signs and tatweel.
# Vowel signs and tone marks of Thai, Devanagari and their kin are no accents: they stay.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")  # fmt: skip  # noqa: E501
# Letters that Unicode does not take apart, but that people type for one another.
_LIKE = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ٱ": "ا",
    }
)
# Marks that turn the direction of the text after them, so that a name can disguise itself: UAX 9.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\ufeff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")

MARKS_PER_LETTER = 4  # no language needs more; zalgo has dozens
REPLACEMENT = "\ufffd"


def fold(text: str) -> str:
    """The text for comparing and searching: no case, no accents, one form of each Arabic letter and of each digit."""
    if text.isascii():
        return text.lower()
    # Twice, because some letters show their case only when taken apart (𝐀), others come apart only in lower case.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _ACCENTS.sub("", apart).translate(_LIKE)
    return unicodedata.normalize("NFC", "".join(_plain_digit(letter) for letter in bare))


def storable(text: str) -> str:
    """The text with what PostgreSQL cannot hold (NUL, lone surrogates) replaced by U+FFFD."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def safe_to_show(text: str, *, one_line: bool = False) -> str:
    """The text without controls, direction overrides and towers of marks; line breaks stay unless `one_line`."""
    cleaned = _CONTROLS.sub("", _TURNS.sub("", storable(text).replace("\r\n", "\n")))
    cleaned = _without_towers(cleaned)
    return _BLANKS.sub(" ", cleaned).strip() if one_line else cleaned


def clip(text: str, length: int, *, ending: str = "…") -> str:
    """At most `length` letters as people count them (grapheme clusters), the ending included when it was cut."""
    if len(text) <= length:
        return text
    cuts = _boundaries(text, length + 1)
    if len(cuts) <= length:
        return text
    return text[: cuts[max(length - len(ending), 0) - 1]].rstrip() + ending if length > len(ending) else ending[:length]


def count(text: str) -> int:
    """How many letters (grapheme clusters) a person sees."""
    return len(_boundaries(text, len(text)))


def _plain_digit(letter: str) -> str:
    if letter.isascii() or not letter.isdecimal():
        return letter
    return str(unicodedata.decimal(letter))


def _without_towers(text: str) -> str:
    kept: list[str] = []
    tower = 0
    for letter in text:
        tower = tower + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if tower <= MARKS_PER_LETTER:
            kept.append(letter)
    return "".join(kept)


def _boundaries(text: str, most: int) -> list[int]:
    """Where the first `most` clusters end: the rules of UAX 29 that concern people's texts."""
    ends: list[int] = []
    flags = 0
    for position in range(1, len(text)):
        before, after = text[position - 1], text[position]
        flags = flags + 1 if _is_flag_half(before) else 0
        if not _belong_together(before, after, flags):
            ends.append(position)
            if len(ends) == most:
                return ends
    return [*ends, len(text)] if text else ends


def _belong_together(before: str, after: str, flags: int) -> bool:
    if before == "\r":
        return after == "\n"
    if _extends(after) or before == "\u200d":
        return before not in "\n\r"
    if _is_flag_half(after):
        return flags % 2 == 1
    return _is_hangul_pair(before, after)


@lru_cache(maxsize=8192)
def _extends(letter: str) -> bool:
    """Marks, joiners, variation selectors, skin tones and tag letters hang on what is before them."""
    return (
        unicodedata.category(letter) in ("Mn", "Me", "Mc")
        or letter in "\u200d\u200c"
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
        or "\U000e0020" <= letter <= "\U000e007f"
    )


def _is_flag_half(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_hangul_pair(before: str, after: str) -> bool:
    """Korean syllables that are written as separate jamo."""
    vowel = "\u1160" <= after <= "\u11a7"
    final = "\u11a8" <= after <= "\u11ff"
    leads = "\u1100" <= before <= "\u115f"
    open_syllable = "\u1160" <= before <= "\u11a7" or (
        "\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0
    )
    closed_syllable = "\u11a8" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    if leads:
        return "\u1100" <= after <= "\u115f" or vowel or "\uac00" <= after <= "\ud7a3"
    return (open_syllable and (vowel or final)) or (closed_syllable and final)
