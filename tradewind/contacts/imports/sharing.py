"""Work shared out to several processes of this machine: the one that asks does a part of it itself."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from django.db import connections

T = TypeVar("T")


class PartFailed(Exception):
    """Another process could not do its part; the message says why."""


def shared(work: Callable[[int, int], T], processes: int) -> list[T]:
    """What `work(part, processes)` returns for each part. With one process nothing is started.

    Others are forked: they have everything that is in memory, and database connections of their own.
    """
    if processes == 1:
        return [work(0, 1)]
    connections.close_all()
    context = multiprocessing.get_context("fork")
    helpers = []
    for part in range(1, processes):
        ours, theirs = context.Pipe(duplex=False)
        helper = context.Process(target=_do, args=(work, part, processes, theirs), daemon=True)
        helper.start()
        theirs.close()
        helpers.append((helper, ours))
    try:
        found = [work(0, processes)]
        found += [_answer(ours) for _helper, ours in helpers]
    finally:
        for helper, ours in helpers:
            ours.close()
            if helper.is_alive():
                helper.join(timeout=1)
            if helper.is_alive():
                helper.terminate()
            helper.join()
    return found


def _do(work: Callable[[int, int], Any], part: int, processes: int, answer: Connection) -> None:
    try:
        answer.send(("done", work(part, processes)))
    except BaseException as error:
        answer.send(("failed", f"{type(error).__name__}: {error}"))
    finally:
        connections.close_all()
        answer.close()


def _answer(ours: Connection) -> Any:
    try:
        how, what = ours.recv()
    except EOFError:
        raise PartFailed("a process of this import was ended") from None
    if how == "failed":
        raise PartFailed(what)
    return what
