"""What a refusal means beyond its message: pauses of numbers, accounts and runs, opt-outs, suppressions. All rare.

The verbs of the rooms are called in a thread over Django's connection; the event loop goes on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tradewind.contacts import actions as contacts
from tradewind.contacts.models import Contact
from tradewind.lib import clock, logs
from tradewind.messages import runs
from tradewind.messages.models import Run
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sender.state import State
from tradewind.messages.sender.threads import in_thread
from tradewind.numbers import actions as numbers
from tradewind.numbers.models import Account, Number
from tradewind.whatsapp.client import Refused
from tradewind.whatsapp.errors import Action, Holds, Scope, Verdict

log = logs.get(__name__)
ONCE_SECONDS = 10.0
"""A hundred calls under way are refused alike: their pause is written once."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """A refusal with its verdict."""

    verdict: Verdict
    answer: Refused

    @property
    def reason(self) -> str:
        """Meta's code first (sender/facts.py reads it), then the words."""
        return f"{self.verdict.code}: {self.verdict.rule.name}"[:200]


def follow(state: State, lane: Lane, row: Claimed, consequence: Consequence) -> None:
    """Do what the verdict asks for, in a thread; the lane itself stops at once."""
    verb = _VERBS.get(consequence.verdict.action)
    if verb is None or not _is_first(state, consequence.verdict.action, lane, row):
        return
    if consequence.verdict.action in (Action.PAUSE_NUMBER, Action.PAUSE_ACCOUNT):
        _stop_at_once(state, lane, consequence.verdict)
    task = asyncio.create_task(in_thread(_do, verb, lane, row, consequence))
    state.chores.add(task)
    task.add_done_callback(state.chores.discard)


async def finish(state: State) -> None:
    """Wait for what is being done."""
    await asyncio.gather(*state.chores, return_exceptions=True)


def _is_first(state: State, action: Action, lane: Lane, row: Claimed) -> bool:
    key = {
        Action.PAUSE_NUMBER: ("number", lane.number_id),
        Action.PAUSE_ACCOUNT: ("account", lane.facts.account_id),
        Action.PAUSE_CAMPAIGN: ("run", row.run_id or 0),
        Action.STOP_CAMPAIGN: ("run", row.run_id or 0),
    }.get(action, ("contact", row.contact_id))
    now = clock.time()
    if now - state.done_at.get(key, -ONCE_SECONDS) < ONCE_SECONDS:
        return False
    state.done_at[key] = now
    return True


def _stop_at_once(state: State, lane: Lane, verdict: Verdict) -> None:
    """Without waiting for the next beat to read the pause."""
    if verdict.holds != Holds.EVERYTHING:
        return
    is_account = verdict.action == Action.PAUSE_ACCOUNT
    for other in state.lanes.values():
        if other is lane or (is_account and other.facts.account_id == lane.facts.account_id):
            other.facts.stopped_by = "account" if is_account else "number"


def _do(verb: "Verb", lane: Lane, row: Claimed, consequence: Consequence) -> None:
    try:
        verb(lane, row, consequence)
    except Exception:
        log.exception("a refusal's consequence could not be drawn", code=consequence.verdict.code)


def pause_number(lane: Lane, row: Claimed, consequence: Consequence) -> None:
    hold = consequence.verdict.hold_seconds
    until = clock.now() + timedelta(seconds=hold) if hold else None
    numbers.pause(Number.objects.get(pk=lane.number_id), member=None, until=until, reason=consequence.reason)


def pause_account(lane: Lane, row: Claimed, consequence: Consequence) -> None:
    hold = max(consequence.verdict.hold_seconds or 0.0, consequence.answer.regain_access_seconds or 0.0)
    until = clock.now() + timedelta(seconds=hold) if hold else None
    numbers.pause(Account.objects.get(pk=lane.facts.account_id), member=None, until=until, reason=consequence.reason)


def pause_run(lane: Lane, row: Claimed, consequence: Consequence) -> None:
    """Also for codes that end a campaign: it is held with its reason, and a person decides to cancel it."""
    if row.run_id is not None:
        runs.pause(Run.objects.get(pk=row.run_id), reason=consequence.reason, by_brake=True)


def opt_out(lane: Lane, row: Claimed, consequence: Consequence) -> None:
    contacts.opt_out(
        Contact.objects.get(pk=row.contact_id), source="meta", proof={"code": consequence.verdict.code}, at=clock.now(),
        number=Number.objects.get(pk=lane.number_id), member=None,
    )  # fmt: skip


def suppress(lane: Lane, row: Claimed, consequence: Consequence) -> None:
    if consequence.verdict.scope == Scope.RECIPIENT:
        contacts.suppress(
            Contact.objects.get(pk=row.contact_id), reason=consequence.verdict.rule.name[:60], member=None
        )


Verb = Callable[[Lane, Claimed, Consequence], None]
_VERBS: dict[Action, Verb] = {
    Action.PAUSE_NUMBER: pause_number,
    Action.PAUSE_ACCOUNT: pause_account,
    Action.PAUSE_CAMPAIGN: pause_run,
    Action.STOP_CAMPAIGN: pause_run,
    Action.OPT_OUT: opt_out,
    Action.SUPPRESS: suppress,
}
