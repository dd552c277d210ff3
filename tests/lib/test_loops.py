"""The steps of long loops."""

import pytest
from structlog.testing import capture_logs

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


def test_of_several_that_break_none_is_kept_quiet() -> None:
    def act(item: int) -> None:
        raise ValueError(f"broken: {item}")

    with capture_logs() as told, pytest.raises(ValueError, match="broken: 1"):
        each_by_itself([1, 2, 3], act)
    assert [(line["item"], str(line["exc_info"])) for line in told] == [("2", "broken: 2"), ("3", "broken: 3")]


def test_whether_there_is_more() -> None:
    assert each_by_itself([0, 1, 0], bool) is True
    assert each_by_itself([0, 0], bool) is False
    assert each_by_itself([], bool) is False
