"""A disk that is really full for some seconds: no room for rows, for PostgreSQL's log of changes, or for our own files.

Chaos does this only to a small file system of the installation's own (`--data`): the machine needs its disk.
"""

import errno
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import psycopg

from tradewind.cli.output import Refusal
from tradewind.cli.simulated import Simulated
from tradewind.cli.stack import Stack, wait_until

SECONDS = 5.0
MOST_SECONDS = 60.0
"""PostgreSQL lives on segments of its log that it set aside: it may take a while until it wants room."""
SPARE_SEGMENTS = 8
LEAST = 50
"""So many messages are on their way before: their news meet the full disk."""
LOOK_SECONDS = 0.1
CUSTOMER = "4915100000001"
PAGE = "account_login"
PAGE_SECONDS = 8.0
"""Longer than a page waits for a database that is away."""
MOST_ROOM = 2 * 2**30
PIECE = 2**20


@dataclass(slots=True)
class Seen:
    """How it looked from outside: webhooks that were not taken, and the statuses of a page."""

    refused: int = 0
    pages: set[int] = field(default_factory=set)


def check_is_small(folder: Path | None) -> None:
    """Raises Refusal when filling the disk of this folder, which is made, would harm others."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    if folder is None or shutil.disk_usage(folder).total > MOST_ROOM:
        raise Refusal(
            "A full disk is tried on a small file system only: mount one of at most 2 GiB and name it with --data."
        )


def strike(stack: Stack, seconds: float = SECONDS) -> Seen:
    """Takes all room in the middle of a campaign, and again what is set free meanwhile; gives it back after so many
    seconds, once a page and a webhook have met it.

    In the first half PostgreSQL stands, and writes nothing; in the second it goes down for want of room.
    """
    from django.urls import reverse

    simulated, seen = Simulated(stack.simulator["address"]), Seen()
    wait_until(lambda: simulated.state()["accepted"] >= LEAST, "too little had left for Meta to tell about")
    page = stack.base_url + reverse(PAGE)
    before = refused_by(simulated)
    began = time.monotonic()
    with filler(stack.data / "filler") as file:
        while goes_on(seen, time.monotonic() - began, seconds):
            fill(file)
            if time.monotonic() > began + seconds / 2:
                begin_new_log(stack)
            seen.pages.add(status_of(page))
            seen.refused = refused_by(simulated) - before
            if not seen.refused:
                write_to(stack, simulated)
            time.sleep(LOOK_SECONDS)
    return seen


def write_to(stack: Stack, simulated: Simulated) -> None:
    """A customer writes, so that Meta has something to tell even when all else has been told."""
    number = stack.simulator["numbers"][0]["phone_number_id"]
    message = {"type": "text", "text": {"body": "Is anybody there?"}}
    simulated.tell("inbound", {"phone_number_id": number, "from": CUSTOMER, **message})


def goes_on(seen: Seen, passed: float, seconds: float) -> bool:
    is_met = 503 in seen.pages and seen.refused > 0
    return passed < seconds or (not is_met and passed < MOST_SECONDS)


def begin_new_log(stack: Stack) -> None:
    """Makes PostgreSQL want room for its log of changes, as it does by itself sooner or later: that takes it down."""
    assert stack.cluster is not None
    try:
        with psycopg.connect(stack.cluster.url(user="postgres"), autocommit=True, connect_timeout=1) as superuser:
            for _ in range(SPARE_SEGMENTS):
                superuser.execute("SELECT pg_logical_emit_message(true, 'chaos', '')")
                superuser.execute("SELECT pg_switch_wal()")
    except psycopg.Error:
        pass  # it is down, as it should be


@contextmanager
def filler(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("wb", buffering=0) as file:
            yield file
    finally:
        path.unlink(missing_ok=True)


def fill(file: BinaryIO) -> None:
    """Writes until not a byte more fits."""
    piece = bytes(PIECE)
    while piece:
        try:
            file.write(piece)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            piece = piece[: len(piece) // 2]


def refused_by(simulated: Simulated) -> int:
    """How many tries to deliver a webhook were not answered with 200."""
    return int(simulated.state()["webhooks"].get("failed_tries", 0))


def status_of(address: str) -> int:
    """0: no answer."""
    try:
        with urllib.request.urlopen(address, timeout=PAGE_SECONDS) as answer:  # noqa: S310 - http, ours
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
