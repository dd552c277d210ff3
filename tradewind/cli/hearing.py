"""Lines of output on their way to where it may be full for a while: to lose some is better than to stop over them."""

from collections.abc import Callable

Hear = Callable[[str, str], None]


class Patient:
    """Passes lines on. What cannot be written is counted, and told as soon as something can be written again."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._lost = 0

    def __call__(self, name: str, line: str) -> None:
        try:
            if self._lost:
                self._hear("tradewind", f"{self._lost} lines of output could not be written here")
                self._lost = 0
            self._hear(name, line)
        except OSError:
            self._lost += 1
