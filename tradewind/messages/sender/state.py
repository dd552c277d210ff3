"""What the tasks of a sender share. One event loop, so no locks."""

import asyncio
import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import timedelta

from tradewind.config import Config
from tradewind.lib import clock
from tradewind.messages.pacing import Pacing
from tradewind.messages.sender.contents import Contents
from tradewind.messages.sender.database import Database
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.outcomes import Outcomes
from tradewind.messages.sender.wires import Wires
from tradewind.numbers.access import Access


def name_of_me() -> str:
    """A name that no other sender has or will have (at most 40 characters).

    It ends with the mark of its supervisor, who sets free what it held when it has died (cli/obituary.py).
    """
    mark = os.environ.get("TRADEWIND_PROCESS_MARK") or secrets.token_hex(4)
    return f"{socket.gethostname()[:16]}:{os.getpid()}:{mark}"


@dataclass(slots=True)
class State:
    """The sender's memory: everything in it can be lost at any moment."""

    config: Config
    me: str
    database: Database  # intents and outcomes: durable
    claims: Database  # claims: a crash may undo them
    outcomes: Outcomes
    contents: Contents = field(default_factory=Contents)
    lanes: dict[int, Lane] = field(default_factory=dict)
    runs: dict[int, Pacing] = field(default_factory=dict)
    accesses: dict[int, Access | str] = field(default_factory=dict)  # by account; a sentence where there is none
    busy: set[int] = field(default_factory=set)  # numbers that had something waiting at their last claim
    work: asyncio.Event = field(default_factory=asyncio.Event)  # something to claim
    ready: asyncio.Event = field(default_factory=asyncio.Event)  # something to pick
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    halted_by: str = ""  # clock, safe_mode: no claims, no intents
    calling: int = 0
    worked_at: float = 0.0
    wires: Wires = field(default_factory=Wires)
    call_tasks: set[asyncio.Task[None]] = field(default_factory=set)
    chores: set[asyncio.Task[None]] = field(default_factory=set)  # consequences of refusals, under way
    done_at: dict[tuple[str, int], float] = field(default_factory=dict)  # when a consequence was last drawn
    place: str = ""  # the identity of cluster and database

    @property
    def in_flight(self) -> int:
        return sum(lane.in_flight for lane in self.lanes.values())

    @property
    def may_send(self) -> bool:
        return not self.halted_by and not self.stopping.is_set()


def technical(seconds: float) -> timedelta:
    """A duration of machinery (leases): real seconds, however fast a virtual clock runs."""
    return timedelta(seconds=seconds * max(1.0, clock.speed()))
