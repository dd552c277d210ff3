"""The simulator's own cost: messages per second with three statuses each, and its CPU time per message.

    python bench/simulator.py --messages 10000

Figure to hold (issue 2): at least 1,000 messages/s at no more than 350 µs of the simulator's CPU for each, webhooks
included.
The client and the callback run in this process and are not counted.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop
from aiohttp import web

from tradewind.simulator.world import bench_world

COMPONENTS = [{"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "A1"}]}]
TEMPLATE = {"name": "bench_marketing", "language": {"code": "en_US"}, "components": COMPONENTS}
QUIET_SECONDS = 30.0


class Callback:
    """Counts statuses."""

    def __init__(self) -> None:
        self.statuses = self.bodies = 0

    async def hook(self, request: web.Request) -> web.Response:
        """One webhook."""
        body = await request.read()
        self.bodies += 1
        self.statuses += body.count(b'"status":')
        return web.Response()


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(messages: int, numbers: int, connections: int) -> dict[str, float]:
    """Send `messages`, wait for all statuses, and count."""
    callback = Callback()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/hook", callback.hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "world.json"
        path.write_bytes(orjson.dumps(bench_world(numbers=numbers).as_json()))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tradewind.simulator",
            "--world",
            str(path),
            "--callback",
            f"http://127.0.0.1:{port}/hook",
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        assert process.stdout is not None
        about = json.loads(await process.stdout.readline())
        try:
            return await _load(about, process.pid, callback, messages, connections)
        finally:
            process.terminate()
            await process.wait()
            await runner.cleanup()


async def _load(
    about: dict[str, Any], pid: int, callback: Callback, messages: int, connections: int
) -> dict[str, float]:
    before, started = cpu_seconds(pid), time.perf_counter()
    queue = iter(range(messages))
    headers = {"Authorization": f"Bearer {about['token']}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=connections)) as session:
        await asyncio.gather(*(_worker(session, about, queue) for _ in range(connections)))
        sent = time.perf_counter()
        while callback.statuses < messages * 3 and time.perf_counter() - sent < QUIET_SECONDS:
            await asyncio.sleep(0.02)
        finished = time.perf_counter()
    return {
        "messages": messages,
        "accepted_per_second": round(messages / (sent - started)),
        "messages_per_second": round(messages / (finished - started)),
        "cpu_us_per_message": round((cpu_seconds(pid) - before) / messages * 1e6),
        "statuses": callback.statuses,
        "bodies": callback.bodies,
    }


async def _worker(session: aiohttp.ClientSession, about: dict[str, Any], queue: Iterator[int]) -> None:
    numbers = about["numbers"]
    for rank in queue:
        body = orjson.dumps(
            {
                "messaging_product": "whatsapp",
                "to": f"+4915{rank:09}",
                "type": "template",
                "template": TEMPLATE,
                "biz_opaque_callback_data": f"1.{rank:032x}.abcdef",
            }
        )
        number = numbers[rank % len(numbers)]["phone_number_id"]
        async with session.post(f"{about['address']}/v26.0/{number}/messages", data=body) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--numbers", type=int, default=20)
    options.add_argument("--connections", type=int, default=32)
    asked = options.parse_args()
    print(json.dumps(uvloop.run(measure(asked.messages, asked.numbers, asked.connections))))
