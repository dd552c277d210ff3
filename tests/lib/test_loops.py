"""The steps of long loops."""

import pytest

from tradewind.lib.loops import each_by_itself


def test_what_breaks_with_one_holds_none_up_and_is_told() -> None:
    had_turn: list[int] = []

    def act(item: int) -> None:
        had_turn.append(item)
        if item == 2:
            raise ValueError(f"broken: {item}")

    with pytest.raises(ValueError, match="broken: 2"):
        each_by_itself([1, 2, 3], act)
    assert had_turn == [1, 2, 3]


def test_whether_there_is_more() -> None:
    assert each_by_itself([0, 1, 0], bool) is True
    assert each_by_itself([0, 0], bool) is False
    assert each_by_itself([], bool) is False
