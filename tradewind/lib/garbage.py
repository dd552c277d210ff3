"""Python's garbage collector in a process that runs for weeks and makes many small, short-lived objects."""

import gc

YOUNG = 20_000
"""So many new objects before the youngest are looked through (Python's own: 700). Few of ours are in rings."""


def calm() -> None:
    """Leave what was loaded at the start alone for ever, and look through the rest less often. Call after the start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
