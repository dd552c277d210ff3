"""Which process of a run takes which tests: a file goes to one as a whole, the journeys to one, long ones go first.

What is made once for a file (a stack, a cluster, a browser) is then made once in a run, and no process is left alone
with a long file at the end. The mark `xdist_group` would not do: xdist writes it into the tests' names, which pytest
has not allowed since 9.2, and then says nothing (pytest-xdist's issue 1386).
"""

from typing import Any

import pytest

# Folders whose files share what they run on.
TOGETHER = ("tests/journeys/",)
# What takes longest, the longest first.
LONG = (
    "tests/journeys/",
    "tests/messages/test_races.py",
    "tests/messages/test_promises_out.py",
    "tests/chaos/",
    "tests/cli/test_stack.py",
    "tests/ui/test_browser.py",
    "tests/lib/test_postgres.py",
)


def unit_of(nodeid: str) -> str:
    """What goes to one process together with this test."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def turn_of(nodeid: str) -> int:
    """The place of a test's file among the long ones; all others come after them."""
    return next((turn for turn, path in enumerate(LONG) if nodeid.startswith(path)), len(LONG))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's scheduler for units, with ours, in the order of the tests."""
    from xdist.scheduler import LoadScopeScheduling

    class Units(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    config.option.loadscopereorder = False  # it would begin with the most tests, which are the quickest
    return Units(config, log)
