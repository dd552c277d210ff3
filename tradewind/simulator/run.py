"""Running a simulator: one process, one port, and a first line of JSON that says all that a client needs."""

import asyncio
import gc
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import uvicorn
import uvloop

from tradewind.simulator.app import Application
from tradewind.simulator.protocol import FaultyProtocol
from tradewind.simulator.server import Server
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world import World, demo_world


def run(
    port: int = 0,
    seed: int = 1,
    json: bool = True,
    *,
    world: World | Path | None = None,
    host: str = "127.0.0.1",
    callback: str = "",
    accept_log: Path | None = None,
    webhook_log: Path | None = None,
    say: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. Port 0 takes a free one.

    `world` is a World or a JSON file; without it the demo's world is made from `seed`. The first thing said (to
    stdout, or to `say`) is one line: JSON with everything a client needs, or with `json` off, the address. Raises
    OSError when the port is taken, ValueError for a world that cannot be read, RuntimeError when its wheel broke.
    """
    chosen = load_world(world, seed)
    if callback:
        for app in chosen.apps:
            app.callback_url = callback
    uvloop.run(_serve(chosen, host, port, json, accept_log, webhook_log, say or _say))


def load_world(world: World | Path | None, seed: int) -> World:
    """The world to start with; ValueError names the part of a file that does not fit."""
    if isinstance(world, World):
        return world
    if world is None:
        return demo_world(seed)
    try:
        return World.from_json(orjson.loads(world.read_bytes()))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{world}: not JSON: {error}") from None


def introduction(simulation: Simulation) -> dict[str, Any]:
    """The first line of output."""
    world = simulation.world
    app = world.apps[0]
    whole = world.as_json()
    return {
        "address": simulation.address,
        "token": world.tokens[0].value,
        "app_secret": app.app_secret,
        "app_id": app.app_id,
        "verify_token": app.verify_token,
        "seed": world.seed,
        **{
            part: whole[part]
            for part in ("numbers", "customers", "templates", "accounts", "portfolios", "apps", "tokens")
        },
    }


async def _serve(
    world: World,
    host: str,
    port: int,
    json: bool,
    accept_log: Path | None,
    webhook_log: Path | None,
    say: Callable[[str], None],
) -> None:
    listener = socket.create_server((host, port), backlog=2048, reuse_port=False)
    simulation = Simulation(world, accept_log=accept_log, webhook_log=webhook_log)
    simulation.remember_world()
    simulation.address = f"http://{host}:{listener.getsockname()[1]}"
    protocol = type("Protocol", (FaultyProtocol,), {"refuses": staticmethod(lambda: _refuses(simulation))})
    config = uvicorn.Config(
        Application(simulation),
        http=protocol,
        ws="none",
        lifespan="off",
        loop="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        date_header=True,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    server = Server(config, listener)
    simulation.go_away = server.go_away
    wheel = asyncio.ensure_future(simulation.wheel.run())
    wheel.add_done_callback(lambda task: _stop_on_failure(task, server))
    gc.collect()
    gc.freeze()  # the world is long-lived: the collector need not look at it again
    say(orjson.dumps(introduction(simulation)).decode() if json else f"simulator on {simulation.address}")
    try:
        await server.run_until_stopped()
        if wheel.done():
            raise RuntimeError("the simulator's event wheel broke") from wheel.exception()
    finally:
        wheel.cancel()
        await simulation.office.close()
        simulation.accept_log.close()
        simulation.office.log.close()


def _refuses(simulation: Simulation) -> bool:
    refuses = simulation.faults.refuses()
    if refuses:
        simulation.audit.faults["refuse"] += 1
    return refuses


def _stop_on_failure(task: "asyncio.Task[None]", server: Server) -> None:
    """A wheel that broke must not leave a simulator that looks alive."""
    if not task.cancelled():
        server.should_exit = True


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
