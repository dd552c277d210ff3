"""People's texts: compared, stored, shown, cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.lib import text

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("STOP", "stop"),
        ("Ärger", "arger"),
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("ısı", "isi"),
        ("Łódź", "lodz"),
        ("café", "cafe"),
        ("cafe\u0301", "cafe"),
        ("الْعَرَبِيَّةُ", "العربيه"),
        ("إلغاء", "الغاء"),
        ("أحمد", "احمد"),
        ("مـــرحبا", "مرحبا"),
        ("علی", "علي"),
        ("١٢٣ ۴۵۶ １２３", "123 456 123"),
        ("สวัสดีค่ะ", "สวัสดีค่ะ"),
        ("हिन्दी", "हिन्दी"),
        ("한국어", "한국어"),
        ("ガ", "ガ"),
        ("ﬁn", "fin"),
        ("", ""),
    ],
)
def test_what_compares_equal(written, folded):
    assert text.fold(written) == folded


@given(st.text())
def test_folding_twice_is_folding_once(written):
    once = text.fold(written)
    assert text.fold(once) == once


@given(st.text(st.characters(codec=None)))
def test_whatever_is_stored_fits_the_database(written):
    stored = text.storable(written)
    assert "\x00" not in stored
    assert stored.encode().decode() == stored
    assert len(stored) == len(written)


def test_a_name_cannot_turn_the_text_after_it():
    assert text.safe_to_show("a\u202egnp.exe\u2066b\u200f") == "agnp.exeb"


def test_controls_go_and_line_breaks_stay():
    assert text.safe_to_show("a\x00\x07b\r\nc\td\u2028e") == "a\ufffdb\nc\tde"
    assert text.safe_to_show(" a\nb \r\n\tc ", one_line=True) == "a b c"


def test_what_emoji_and_persian_need_stays():
    assert text.safe_to_show(FAMILY) == FAMILY
    assert text.safe_to_show("می\u200cخواهم") == "می\u200cخواهم"


def test_towers_of_marks_are_cut_down():
    zalgo = "Z" + "\u0300\u0316" * 40 + "a"
    shown = text.safe_to_show(zalgo)
    assert len(shown) == 2 + text.MARKS_PER_LETTER
    assert shown[-1] == "a"


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("", 0),
        ("abc", 3),
        ("e\u0301", 1),
        (FAMILY, 1),
        ("👍🏽", 1),
        ("🇩🇪🇮🇹", 2),
        ("🇩🇪🇮", 2),
        ("❤️", 1),
        ("\r\n", 1),
        ("\n\u0301", 2),
        ("नि", 1),
        ("\u1100\u1161\u11a8", 1),
        ("각", 1),
        ("🏴\U000e0067\U000e0062\U000e007f", 1),
    ],
)
def test_letters_as_people_count_them(written, letters):
    assert text.count(written) == letters


def test_cutting_keeps_letters_whole():
    assert text.clip("hello world", 5) == "hell…"
    assert text.clip("hello", 5) == "hello"
    assert text.clip(FAMILY * 3, 2) == FAMILY + "…"
    assert text.clip(FAMILY * 2, 2) == FAMILY * 2
    assert text.clip("abc", 1) == "…"
    assert text.clip("abc", 0) == ""


@given(st.text(), st.integers(0, 20))
def test_a_cut_text_is_never_longer_than_asked(written, length):
    cut = text.clip(written, length)
    assert text.count(cut) <= length
    assert cut == written or cut.endswith("…") or length == 0
    assert written.startswith(cut.removesuffix("…")) or unicodedata.normalize("NFC", written) != written
