"""Initials in every script, and lengths that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tradewind.ui import drawing


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Annika Vogel", "AV"),
        ("ليلى الحسن", "لح"),
        ("陈美玲", "陈"),
        ("สมชาย วงศ์สวัสดิ์", "สว"),
        ("Olivia", "O"),
        ("João  de  Sousa", "JS"),
        ("“Zoë” (private)", "ZP"),
        ("", "?"),
        ("👍", "?"),
        ("\u202e", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert drawing.initials(name) == letters


@given(some.text())
def test_any_name_has_initials_and_a_hue(name: str) -> None:
    assert 1 <= len(drawing.initials(name)) <= 4  # capital letters may be longer: ß becomes SS
    assert 1 <= drawing.hue(name) <= 8


@given(some.lists(some.integers(0, 10**9), max_size=8))
def test_a_bar_never_runs_over_and_shows_all_there_is(counts: list[int]) -> None:
    parts = drawing.placed([{"name": "", "count": count} for count in counts])
    assert [bool(part["w"]) for part in parts] == [count > 0 for count in counts]
    end = max((float(part["x"]) + float(part["w"] or 0) for part in parts), default=0)
    assert end <= 100.001


def test_a_bar_of_a_larger_whole_leaves_room() -> None:
    half, quarter = drawing.placed([{"count": 50}, {"count": 25}], 100)
    assert (half["x"], half["w"], quarter["x"], quarter["w"]) == ("0.000", "50.000", "50.000", "25.000")


def test_lines_run_from_edge_to_edge() -> None:
    assert drawing.line([0, 5, 10], 80, 24) == "M0.0 24.0L40.0 12.0L80.0 0.0"
    assert drawing.line([7, 7], 80, 24) == "M0.0 12.0L80.0 12.0"
    assert drawing.line([], 80, 24) == ""
    assert drawing.last_point([], 80, 24) == (0.0, 24)
    assert drawing.area([0, 10], 800, 84)["ground"] == "M0.0 84.0L800.0 0.0L800 84L0 84z"


def test_heat_shows_the_smallest_and_never_passes_the_most() -> None:
    assert [drawing.heat(part, 3100) for part in (0, 1, 1550, 3100)] == [0, 1, 6, 12]
    assert drawing.heat(5, 0) == 0
