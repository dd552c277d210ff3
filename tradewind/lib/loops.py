"""The shape of a long loop: a name, one short step, and how long to rest when there is nothing to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from tradewind.lib import logs

log = logs.get(__name__)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Loop:
    """`step` does one short batch in transactions of its own and says whether there may be more at once."""

    name: str
    step: Callable[[], bool]
    idle_seconds: float = 0.5


def each_by_itself(items: Iterable[Item], act: Callable[[Item], object]) -> bool:
    """Act on each; whether any of them says that there is more.

    What breaks with one holds none of the others up, of whatever business they are: it is raised when all had their
    turn, so that the loop tells of it and tries again. Where several break, the first is raised and the rest is logged.
    """
    has_more, broken = False, None
    for item in items:
        try:
            has_more = bool(act(item)) or has_more
        except Exception as problem:
            if broken is not None:
                log.error("another one is broken, too", item=str(item), exc_info=problem)
            broken = broken or problem
    if broken is not None:
        raise broken
    return has_more
