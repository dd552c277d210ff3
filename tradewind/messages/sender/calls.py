"""The call, and what its answer means: accepted, refused by the table of errors, not sent, or in doubt."""

import asyncio

from tradewind.lib import clock, logs
from tradewind.messages import figures
from tradewind.messages.sender import breaker, gate
from tradewind.messages.sender.consequences import Consequence, follow
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.media import Key, forget_at_meta, is_lost
from tradewind.messages.sender.outcomes import Back, Done, Doubt, End, Outcome, Unseat
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sender.state import State
from tradewind.numbers.access import Access
from tradewind.whatsapp.client import Accepted, Ambiguous, Answer, NotSent, Refused
from tradewind.whatsapp.errors import Action, Scope, Verdict
from tradewind.whatsapp.limits import PAIR_RATE

log = logs.get(__name__)

NOT_SENT_SECONDS, LONGEST_NOT_SENT_SECONDS = 2.0, 60.0
FILE_SECONDS, MOST_FILE_TRIES = 2.0, 3
HELD = "held_for_quality_assessment"
_TROUBLE_OF_THE_NUMBER = {
    Action.RETRY,
    Action.WAIT_THEN_RETRY,
    Action.SLOW_NUMBER,
    Action.PAUSE_NUMBER,
    Action.PAUSE_ACCOUNT,
}


def start(state: State, lane: Lane, row: Claimed) -> None:
    """Begin the call; its task is kept until it is over."""
    task = asyncio.create_task(_call(state, lane, row))
    state.call_tasks.add(task)
    task.add_done_callback(state.call_tasks.discard)


async def finish(state: State, seconds: float) -> None:
    """Wait for the calls under way, so long at most."""
    if not state.call_tasks:
        return
    _, left = await asyncio.wait(state.call_tasks, timeout=seconds)
    if left:
        log.warning("calls were still under way at the stop: they are in doubt now", count=len(left))


async def _call(state: State, lane: Lane, row: Claimed) -> None:
    try:
        lane.starts(row, clock.time())
        answer = await _send(state, lane, row)
        _take(state, lane, row, answer)
    finally:
        lane.came_back()
        state.calling -= 1
        if lane.at_gate:
            gate.open_gate(state, lane)
        state.ready.set()


async def _send(state: State, lane: Lane, row: Claimed) -> Answer:
    access = state.accesses.get(lane.facts.account_id)
    if not isinstance(access, Access):
        return NotSent(access or "The account has no access token.")
    try:
        return await state.wires.to(access, state.config).send(
            lane.facts.phone_number_id, access.token, row.body, app_secret=access.app_secret
        )
    except Exception as problem:
        # The client raises nothing for the outside world. A fault of ours after the first byte is no second send.
        log.exception("a call broke inside", message=row.message_id)
        return Ambiguous(f"The call broke ({type(problem).__name__}).")


def _take(state: State, lane: Lane, row: Claimed, answer: Answer) -> None:
    now = clock.time()
    figures.ANSWERS[type(answer).__name__].inc()
    match answer:
        case Accepted():
            held = "held" if answer.message_status == HELD else "accepted"
            outcome: Outcome = Done(row.message_id, row.attempt_id, answer.wamid[:255], held, answer.http, now)
            word, detail = breaker.GOOD, ""
        case Refused() if is_lost(answer) and (keys := state.contents.keys_of(row)):
            outcome = _without_file(state, row, keys, answer, now)
            word, detail = breaker.GOOD, ""
        case Refused():
            verdict = answer.verdict(category=row.category or None)
            outcome = _refused(lane, row, answer, verdict, now)
            word = breaker.ERROR if verdict.action in _TROUBLE_OF_THE_NUMBER else breaker.GOOD
            detail = f"{answer.code} {verdict.rule.name}"
            follow(state, lane, row, Consequence(verdict, answer))
        case NotSent():
            wait = min(LONGEST_NOT_SENT_SECONDS, NOT_SENT_SECONDS * (1 + lane.breaker.errors))
            outcome = Back(row.message_id, now + wait, now, row.attempt_id, "not_sent", detail=answer.reason[:500])
            word, detail = breaker.ERROR, answer.reason
        case Ambiguous():
            outcome = Doubt(row.message_id, row.attempt_id, answer.http, answer.reason, now)
            word, detail = breaker.AMBIGUOUS, answer.reason
    state.outcomes.put(outcome)
    if row.new_place_at is not None and isinstance(answer, NotSent | Refused):
        state.outcomes.put(Unseat(row.message_id, lane.facts.portfolio_id, row.contact_id, row.new_place_at))
    if lane.breaker.record(word, now, detail):
        figures.BREAKERS.inc()
        log.warning("a number's breaker opened", number_id=lane.number_id, reason=lane.breaker.reason)


def _without_file(state: State, row: Claimed, keys: list[Key], answer: Refused, now: float) -> Outcome:
    """Meta has forgotten a file: all of the message are uploaded anew and it goes once more, three times at most."""
    for key in keys:
        if meta_id := state.contents.ids.forget(key):
            chore = asyncio.create_task(forget_at_meta(state.claims, key, meta_id, clock.now()))
            state.chores.add(chore)
            chore.add_done_callback(state.chores.discard)
    detail = (answer.details or answer.message)[:500]
    if row.tries >= MOST_FILE_TRIES:
        return End(row.message_id, "failed", "media_lost", now, row.attempt_id, answer.http, answer.code, detail)
    return Back(row.message_id, now + FILE_SECONDS, now, row.attempt_id, "refused", 1, answer.http, answer.code, detail)


def _refused(lane: Lane, row: Claimed, answer: Refused, verdict: Verdict, now: float) -> Outcome:
    """Again later while the table allows it, else the end. Slows the lane where the answer says so."""
    if verdict.action == Action.SLOW_NUMBER:
        lane.throughput.slow_down(now)
    tries = row.tries + 1
    if verdict.action == Action.PAIR_BACKOFF:
        lane.pairs[row.contact_id] = PAIR_RATE.after_refusal(lane.pairs.get(row.contact_id, 0.0), now, tries)
    delay = verdict.delay_seconds(tries)
    detail = (answer.details or answer.message)[:500]
    if delay is None:
        return End(
            row.message_id, "failed", verdict.rule.name[:60], now, row.attempt_id, answer.http, answer.code, detail
        )
    if answer.regain_access_seconds and verdict.scope == Scope.ACCOUNT:
        delay = max(delay, answer.regain_access_seconds)
    return Back(row.message_id, now + delay, now, row.attempt_id, "refused", 1, answer.http, answer.code, detail)
