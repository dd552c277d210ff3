"""The shape of a long loop: a name, one short step, and how long to rest when there is nothing to do."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loop:
    """`step` does one short batch in transactions of its own and says whether there may be more at once."""

    name: str
    step: Callable[[], bool]
    idle_seconds: float = 0.5
