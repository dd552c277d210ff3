"""What a step costs in a test: the processor's seconds of this thread, which a crowded machine does not stretch."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def costs_less_than(seconds: float) -> Iterator[None]:
    """Fails when the block took as much of the processor; waiting for others costs nothing."""
    began = time.thread_time()
    yield
    spent = time.thread_time() - began
    assert spent < seconds, f"it took {spent:.2f} s of the processor"
