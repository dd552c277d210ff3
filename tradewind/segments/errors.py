"""Refusals of this room: sentences for the user, in their language."""


class TreeError(ValueError):
    """A tree that cannot be read. `path` says which part of it: "all[2].any[0]", "" for the whole."""

    def __init__(self, sentence: str, path: str = "") -> None:
        super().__init__(sentence)
        self.path = path

    @property
    def placed(self) -> str:
        """The sentence with its place, for programs and logs."""
        return f"{self.path}: {self}" if self.path else str(self)


class SegmentError(ValueError):
    """The verb cannot be done now; the message says why and what to do."""
