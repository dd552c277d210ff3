"""P3: the web process is killed −9 under load; every webhook that was answered 200 is stored."""

import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import orjson
import pytest
from django.db import connection

from tests import cluster
from tests.intake.world import SECRET, Desk, business
from tradewind.intake.models import WebhookInbox, WebhookWaiting
from tradewind.whatsapp.signature import sign
from tradewind.workspaces.models import Member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WEBHOOKS = 20_000
CONNECTIONS = 64
KILLS = 4


class Web:
    """A real web process on a socket that outlives it, as under the supervisor."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.listener.getsockname()[1]
        url = cluster.CLUSTER.url(database=connection.settings_dict["NAME"])
        self.env = {**os.environ, "DATABASE_URL": url}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        descriptor = self.listener.fileno()
        command = [sys.executable, "-m", "tradewind.cli.run", "web", str(descriptor)]
        self.process = subprocess.Popen(command, env=self.env, pass_fds=[descriptor], stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def web() -> Iterator[Web]:
    running = Web()
    running.start()
    try:
        yield running
    finally:
        running.kill()
        running.listener.close()


class Load:
    """Posts bodies over keep-alive connections and remembers which were answered 200."""

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk, self.port = desk, port
        self.serial = count()
        self.answered: set[bytes] = set()
        self.others: list[int] = []
        self.broken = 0

    async def run(self) -> None:
        await asyncio.gather(*(self.connection() for _ in range(CONNECTIONS)))

    async def connection(self) -> None:
        while len(self.answered) < WEBHOOKS:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            try:
                while len(self.answered) < WEBHOOKS:
                    await self.post(reader, writer)
            except (OSError, asyncio.IncompleteReadError):
                self.broken += 1
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def post(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = orjson.dumps(self.desk.status(f"wamid.{next(self.serial)}", "sent"))
        head = (
            f"POST {self.desk.path} HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature-256: {sign(body, SECRET)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        status = int(answer.split(b" ", 2)[1])
        length = next((int(line[15:]) for line in answer.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0)
        await reader.readexactly(length)
        if status == 200:
            self.answered.add(hashlib.sha256(body).digest())
        else:
            self.others.append(status)


async def fire_and_kill(running: Web, load: Load) -> None:
    firing = asyncio.create_task(load.run())
    for number in range(1, KILLS + 1):
        while len(load.answered) < number * WEBHOOKS // (KILLS + 1):
            await asyncio.sleep(0.005)
            assert not firing.done() or firing.result() is None
        await asyncio.to_thread(running.kill)
        running.start()
    await asyncio.wait_for(firing, 240)


def test_p3_every_webhook_answered_200_is_stored_though_web_is_killed(alice: Member) -> None:
    desk = business(alice.workspace)
    with web() as running:
        load = Load(desk, running.port)
        asyncio.run(fire_and_kill(running, load))
    stored = {bytes(digest) for digest in WebhookInbox.objects.values_list("digest", flat=True)}
    assert len(load.answered) >= WEBHOOKS
    assert load.answered - stored == set()
    assert load.broken > 0  # the kills were felt
    assert set(load.others) <= {503}
    assert WebhookWaiting.objects.count() == len(stored)
