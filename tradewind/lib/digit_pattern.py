"""Patterns over digits that know how far they look.

`DigitPattern(r"1(?:5\\d|7)\\d{3}")` answers like `re.fullmatch`, and says how many digits at the end of a text make no
difference to the answer for texts of that length: so that an answer can be remembered for all of them.
"""

import re
from functools import lru_cache
from typing import Any

DIGITS = frozenset("0123456789")
END = 0  # the accepting state
States = frozenset[int]


class DigitPattern:
    """A pattern without assertions, groups by name or back references; for others `free` is always 0."""

    def __init__(self, pattern: str) -> None:
        self.matches = re.compile(pattern).fullmatch
        self._pattern = pattern
        self._walk: _Walk | None = None
        self._outcomes: dict[tuple[States, int], int] = {}

    def __call__(self, text: str) -> bool:
        return self.matches(text) is not None

    def free(self, digits: str) -> int:
        """How many of the last digits may be any digits without changing whether the pattern takes the whole."""
        if self._walk is None:
            self._walk = _Walk(self._pattern)
        if self._walk.is_unknown:
            return 0
        states = self._walk.start
        for place, digit in enumerate(digits):
            if self._outcome(states, len(digits) - place) != BOTH:
                return len(digits) - place
            states = self._walk.step(states, digit)
        return 0

    def _outcome(self, states: States, left: int) -> int:
        """Whether texts of `left` more digits are all taken (YES), all refused (NO), or neither (BOTH)."""
        assert self._walk is not None
        if not states:
            return NO
        if left == 0:
            return YES if END in states else NO
        key = (states, left)
        if key not in self._outcomes:
            found = 0
            for following in {self._walk.step(states, digit) for digit in DIGITS}:
                found |= self._outcome(following, left - 1)
                if found == BOTH:
                    break
            self._outcomes[key] = found
        return self._outcomes[key]


YES, NO = 1, 2
BOTH = YES | NO


class _Walk:
    """The pattern as a machine: sets of states, and where a digit leads from there."""

    def __init__(self, pattern: str) -> None:
        # Each state: the states that are reached for nothing, and those that are reached by one of some digits.
        self.free_moves: list[list[int]] = [[]]
        self.moves: list[list[tuple[frozenset[str], int]]] = [[]]
        self.is_unknown = False
        self.start: States = frozenset()
        try:
            first = self._sequence(list(_parsed(pattern)), END)
        except _Unknown:
            self.is_unknown = True
            return
        self.start = self._closed({first})
        self.step = lru_cache(maxsize=None)(self._step)

    def _step(self, states: States, digit: str) -> States:
        reached = {target for state in states for digits, target in self.moves[state] if digit in digits}
        return self._closed(reached)

    def _closed(self, states: set[int]) -> States:
        waiting, found = list(states), set(states)
        while waiting:
            for target in self.free_moves[waiting.pop()]:
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    def _state(self, *free: int) -> int:
        self.free_moves.append(list(free))
        self.moves.append([])
        return len(self.moves) - 1

    def _sequence(self, parts: list[Any], after: int) -> int:
        """Built from the end: the state from which these parts lead to `after`."""
        for op, value in reversed(parts):
            after = self._part(str(op), value, after)
        return after

    def _part(self, op: str, value: Any, after: int) -> int:
        if op in ("LITERAL", "IN", "ANY"):
            state = self._state()
            self.moves[state].append((_digits_of(op, value), after))
            return state
        if op == "SUBPATTERN":
            return self._sequence(list(value[-1]), after)
        if op == "BRANCH":
            return self._state(*(self._sequence(list(way), after) for way in value[1]))
        if op == "MAX_REPEAT":
            least, most, part = value
            return self._repeat(least, most, part, after)
        raise _Unknown

    def _repeat(self, least: int, most: Any, part: Any, after: int) -> int:
        if most > 99:
            raise _Unknown
        state = after
        for _ in range(int(most) - least):
            state = self._state(after, self._sequence(list(part), state))
        for _ in range(least):
            state = self._sequence(list(part), state)
        return state


class _Unknown(Exception):
    """Something in a pattern that this module does not read."""


def _parsed(pattern: str) -> Any:
    return re._parser.parse(pattern)  # type: ignore[attr-defined]  # the standard library's own parser


def _digits_of(op: str, value: Any) -> frozenset[str]:
    if op == "ANY":
        return DIGITS
    if op == "LITERAL":
        return frozenset(chr(value))
    found: set[str] = set()
    for kind, inner in value:
        if str(kind) == "LITERAL":
            found.add(chr(inner))
        elif str(kind) == "RANGE":
            found |= {chr(code) for code in range(inner[0], inner[1] + 1)}
        elif str(kind) == "CATEGORY" and str(inner) == "CATEGORY_DIGIT":
            found |= DIGITS
        else:
            raise _Unknown
    return frozenset(found)
