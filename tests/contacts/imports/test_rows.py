"""Rows are read in blocks, the plain ones quickly: whatever the blocks, the same rows with the same numbers."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tradewind.contacts.imports import rows
from tradewind.contacts.imports.rows import Row
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import BytesSource

SHAPE = Shape(kind="text", encoding="utf-8", delimiter=",", has_head=False)
PIECES = st.sampled_from(["a", "ä", '"', '""', ",", "\n", "\r\n", "\r", " ", '"x\ny"', "1,2\n", "\u2028", "\x1f"])


def carefully(body: str) -> list[Row]:
    """Line by line, as one block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "LETTERS_IN_BLOCK", 10**9)
        patch.setattr(rows, "plain_rows", lambda some, delimiter: None)
        return list(rows.read(BytesSource(body.encode()), SHAPE))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from([1, 7, 10**6]))
@example('a,"b\n' + "c,d\n" * 80, 1)
@example('x"y"z;"\nnext,"\n', 1)
def test_blocks_change_nothing(body: str, letters: int) -> None:
    expected = carefully(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "LETTERS_IN_BLOCK", letters)
        source = BytesSource(body.encode())
        assert list(rows.read(source, SHAPE)) == expected
        shared: list[Row] = []
        for part in range(3):
            shared += [row for block in rows.read_blocks(source, SHAPE, part=part, parts=3) for row in block]
        assert sorted(shared) == expected


@pytest.mark.parametrize("letters", [1, 30])
def test_a_head_is_passed_over_by_every_part(letters: int) -> None:
    shape = Shape(kind="text", encoding="utf-8", delimiter=",", has_head=True)
    body = "\nphone,name\n" + "".join(f"{number},x\n" for number in range(50))
    found: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "LETTERS_IN_BLOCK", letters)
        for part in range(2):
            found += [
                row for each in rows.read_blocks(BytesSource(body.encode()), shape, part=part, parts=2) for row in each
            ]
    assert sorted(found) == [(number + 3, [str(number), "x"]) for number in range(50)]
