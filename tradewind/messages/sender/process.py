"""One sender: its tasks, how it starts and how it stops."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from tradewind.config import Config
from tradewind.journal.connections import address
from tradewind.lib import logs
from tradewind.lib.watchdog import Watchdog
from tradewind.messages.reconcile import Proof, prove_now
from tradewind.messages.sender import calls, consequences, gate, hand_over
from tradewind.messages.sender.claims import claim_forever
from tradewind.messages.sender.database import Database
from tradewind.messages.sender.dispatch import Dispatcher
from tradewind.messages.sender.keeper import Keeper
from tradewind.messages.sender.listener import listen_forever
from tradewind.messages.sender.outcomes import Outcomes
from tradewind.messages.sender.state import State, name_of_me
from tradewind.messages.sender.threads import in_thread

log = logs.get(__name__)

STOP_SECONDS = 20.0
"""How long calls under way may take to end after a stop (delivery.md)."""
ROUNDS, ROUND_SECONDS = 3, 10.0
"""Beat, claim and dispatch end by themselves when the sender stops."""
LATE_SECONDS = 0.3
"""Late answers are proven together: nothing waits for them."""


class Sender:
    """One sender process, or one of several inside a test."""

    def __init__(self, config: Config, url: str | None = None) -> None:
        self._config, self._url = config, url or address(name="tradewind sender")
        self.state: State | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, *, started: asyncio.Event | None = None) -> None:
        """Send until `stop`; then finish what is under way, write it down and give the lanes back."""
        self._loop = asyncio.get_running_loop()
        me = name_of_me()
        database = Database(self._url, connections=5)
        claims = Database(self._url, connections=2, is_durable=False)
        self.state = state = State(self._config, me, database, claims, Outcomes(database, me))
        dispatcher = Dispatcher(state)
        with Watchdog("sender") as dog:
            keeper = Keeper(state, dog)
            tasks = [
                _task("beat", keeper.run()),
                _task("claim", claim_forever(state)),
                _task("dispatch", dispatcher.run()),
                _task("late answers", _prove_late(state)),
                _task("listen", listen_forever(state, self._url)),
                *state.outcomes.tasks,
            ]
            log.info("sender started", me=me)
            if started is not None:
                started.set()
            await _until_stopped(state, tasks)
            await self._finish(state, dispatcher, keeper, tasks, dog)
        log.info("sender stopped", me=me)

    def stop_from_thread(self) -> None:
        """The same from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.stop)

    def stop(self) -> None:
        """Begin to stop; safe to call twice."""
        if self.state is not None:
            self.state.stopping.set()
            self.state.ready.set()
            self.state.work.set()

    async def _finish(
        self, state: State, dispatcher: Dispatcher, keeper: Keeper, tasks: list[asyncio.Task[None]], dog: Watchdog
    ) -> None:
        """Nothing new; what is under way comes to its end; lanes and connections are given back."""
        # First the loops come to the end of their round: no claim, intent or lane is taken after this.
        await _beating(dog, asyncio.wait(tasks[:ROUNDS], timeout=ROUND_SECONDS))
        await dispatcher.finish()
        for lane in state.lanes.values():
            gate.turn_back(state, lane)
        await _beating(dog, calls.finish(state, STOP_SECONDS))
        await _beating(dog, state.outcomes.written(STOP_SECONDS))
        await consequences.finish(state)
        tasks = [task for task in tasks if task not in state.outcomes.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await hand_over.give_back(state, list(state.lanes.values()))
            await state.outcomes.written(STOP_SECONDS)
            await keeper.say_goodbye()
        except Exception as problem:
            log.warning("the lanes could not be given back; their leases run out", error=str(problem))
        await state.outcomes.stop()
        await state.wires.close()
        await state.database.close()
        await state.claims.close()


async def _until_stopped(state: State, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the stop. A task that breaks takes the sender down: the supervisor starts it anew."""
    stopping = asyncio.create_task(state.stopping.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    state.stopping.set()
    for task in done:
        if task is not stopping and not task.cancelled() and (problem := task.exception()):
            log.error("a task of the sender broke", task=task.get_name(), exc_info=problem)
            raise problem


async def _beating(dog: Watchdog, work: Coroutine[Any, Any, Any]) -> None:
    """Wait for something that may take longer than the watchdog's patience."""
    task = asyncio.create_task(work)
    while not task.done():
        dog.beat()
        await asyncio.wait([task], timeout=1.0)


async def _prove_late(state: State) -> None:
    """Acceptances of messages that were settled before the answer came: proofs like any other, a few at once."""
    late = state.outcomes.late
    while True:
        done = [await late.get()]
        await asyncio.sleep(LATE_SECONDS)
        while not late.empty():
            done.append(late.get_nowait())
        await in_thread(prove_now, [Proof(each.attempt_id, each.wamid, each.ended_at, "answer") for each in done])


def _task(name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work, name=name)


def install_signals(sender: Sender) -> None:
    """SIGTERM and Ctrl-C stop it in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sender.stop)
