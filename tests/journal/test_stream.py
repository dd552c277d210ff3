"""The live stream: who may listen, what is said, and what it costs."""

import asyncio
from typing import Any

import orjson
import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests.people import browser, member
from tests.waiting import LONGEST_SECONDS
from tradewind.journal import hub, stream, visitors
from tradewind.journal.connections import address
from tradewind.journal.topics import BadTopic, topics_of
from tradewind.lib import publicid
from tradewind.workspaces.live import listener_of
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)
RUN = 7


@pytest.fixture
def topic(alice: Member) -> str:
    return f"run:{publicid.encode('run', RUN)}"


@pytest.fixture(autouse=True)
def _over():
    yield
    visitors.close()
    connection.close()


class Ear:
    """One stream, read by a test."""

    def __init__(self, client: Client | None, *topics: str, query: str = "", **headers: str) -> None:
        cookie = f"tradewind_session={client.cookies['tradewind_session'].value}" if client else ""
        asked = "&".join([*(f"topic={topic}" for topic in topics), query]).strip("&")
        given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        head = [(b"cookie", cookie.encode()), *given]
        asked_for = {"path": "/live", "query_string": asked.encode(), "headers": head}
        self.scope = {"type": "http", "method": "GET", **asked_for}
        self.said: list[str] = []
        self.status = 0
        self.has_ended = False
        self.hang_up = asyncio.Event()
        self.task = asyncio.create_task(stream.Stream(listener_of)(self.scope, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        await self.hang_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.said.append(message.get("body", b"").decode())
            self.has_ended = not message.get("more_body")

    async def until(self, text: str, seconds: float = LONGEST_SECONDS) -> None:
        async with asyncio.timeout(seconds):
            while text not in "".join(self.said):
                assert not self.task.done() or self.said, self.status
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        self.hang_up.set()
        await asyncio.wait_for(self.task, LONGEST_SECONDS)


async def notify(workspace: int, entry: int, *topics: str) -> None:
    payload = orjson.dumps({"w": workspace, "id": entry, "topics": topics}).decode()
    async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as talker:
        await talker.execute("SELECT pg_notify('live', %s)", [payload])


async def listening() -> None:
    """The hub has said LISTEN."""
    opening = psycopg.AsyncConnection.connect(address(), autocommit=True)
    async with asyncio.timeout(LONGEST_SECONDS), await opening as watcher:
        while True:
            cursor = await watcher.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'tradewind live'"
                " AND query ILIKE 'LISTEN%'"
            )
            if (await cursor.fetchone()) != (0,):
                return
            await asyncio.sleep(0.01)


async def test_a_change_is_told_by_topic_and_kind(alice: Member, as_alice: Client, topic: str) -> None:
    ear = Ear(as_alice, topic, "templates")
    await ear.until("retry: 1000")
    await listening()
    await notify(alice.workspace_id, 41, "run:8", "numbers")
    await notify(alice.workspace_id + 1, 42, f"run:{RUN}")
    await notify(alice.workspace_id, 43, f"run:{RUN}", "inbox")
    await ear.until(f"event: run\nid: 43\ndata: 43\n\nevent: {topic}\nid: 43\ndata: 43\n\n")
    assert "41" not in "".join(ear.said)
    assert "42" not in "".join(ear.said)
    await notify(alice.workspace_id, 44, "many")
    await ear.until("event: templates\nid: 44")
    await ear.close()


async def test_hanging_up_ends_stream_and_listening(as_alice: Client) -> None:
    ear = Ear(as_alice, "templates")
    await ear.until("retry")
    await ear.close()
    assert stream.hub_here().listeners == {}
    assert stream.hub_here().listening is None


@pytest.mark.parametrize(
    ("topics", "status"),
    [
        ([], 404),
        (["secrets"], 404),
        (["run"], 404),
        (["run:nonsense"], 404),
        (["templates:x"], 404),
        (["templates"] * 0, 404),
    ],
)
async def test_what_is_no_topic_is_404(as_alice: Client, topics: list[str], status: int) -> None:
    ear = Ear(as_alice, *topics)
    await asyncio.wait_for(ear.task, LONGEST_SECONDS)
    assert ear.status == status


async def test_strangers_get_no_stream(topic: str) -> None:
    ear = Ear(None, topic)
    await asyncio.wait_for(ear.task, LONGEST_SECONDS)
    assert ear.status == 401


async def test_who_may_not_see_the_page_may_not_listen(topic: str, as_analyst: Client) -> None:
    for asked, status in ((f"contact:{publicid.encode('contact', 1)}", 403), ("deadletters", 403)):
        ear = Ear(as_analyst, asked)
        await asyncio.wait_for(ear.task, LONGEST_SECONDS)
        assert ear.status == status


@pytest.fixture
def as_analyst(alice: Member) -> Client:
    return browser(member(alice.workspace, "Ann", "analyst"))


async def test_a_right_that_is_taken_ends_the_stream(
    alice: Member, as_alice: Client, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.2)
    ear = Ear(as_alice, topic)
    await ear.until(": still here")
    alice.removed_at = alice.joined_at
    await alice.asave()
    await asyncio.wait_for(ear.task, LONGEST_SECONDS)
    assert ear.has_ended


async def test_a_right_that_is_taken_ends_the_stream_at_once(
    alice: Member, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for no heartbeat: what concerns members is told to every stream of the workspace."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 3_600.0)
    ear = Ear(as_alice, "members")
    await ear.until("retry")
    await listening()
    await notify(alice.workspace_id, 3, "members")
    await ear.until("event: members")
    await Member.objects.filter(pk=alice.pk).aupdate(role="analyst")
    await notify(alice.workspace_id, 4, "members")
    await ear.until("event: over")
    await asyncio.wait_for(ear.task, LONGEST_SECONDS)
    assert ear.has_ended


async def test_a_stream_lives_for_a_while_only(as_alice: Client, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LIFE_SECONDS", 0.3)
    ear = Ear(as_alice, topic)
    await asyncio.wait_for(ear.task, LONGEST_SECONDS)
    assert (ear.status, ear.has_ended) == (200, True)


async def test_who_comes_back_hears_of_everything_asked(alice: Member, as_alice: Client, topic: str) -> None:
    ear = Ear(as_alice, topic, last_event_id="5")
    await ear.until("event: run\nid: 5")
    await listening()
    await notify(alice.workspace_id, 9, "inbox")
    await asyncio.sleep(0.2)
    back = Ear(as_alice, topic, query="last_event_id=5")
    await back.until("event: run\nid: 9")
    fresh = Ear(as_alice, topic, query="last_event_id=9")
    await fresh.until("retry")
    await asyncio.sleep(0.2)
    assert "event:" not in "".join(fresh.said)
    for each in (ear, back, fresh):
        await each.close()


async def test_a_lost_connection_is_made_anew_and_all_look_again(
    alice: Member, as_alice: Client, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "AGAIN_SECONDS", 0.05)
    ear = Ear(as_alice, topic)
    await ear.until("retry")
    await listening()
    async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as killer:
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tradewind live'"
        )
    await ear.until("event: run\nid: 0")
    await listening()
    await notify(alice.workspace_id, 50, f"run:{RUN}")
    await ear.until("id: 50")
    await ear.close()


async def test_many_streams_hold_one_connection(alice: Member, as_alice: Client, topic: str) -> None:
    ears = [Ear(as_alice, topic) for _ in range(50)]
    for ear in ears:
        await ear.until("retry")
    await listening()
    async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as watcher:
        cursor = await watcher.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tradewind live'"
        )
        assert await cursor.fetchone() == (1,)
    await notify(alice.workspace_id, 60, f"run:{RUN}")
    for ear in ears:
        await ear.until("id: 60")
        await ear.close()


def test_at_most_20_topics() -> None:
    with pytest.raises(BadTopic):
        topics_of([f"run:{publicid.encode('run', n)}" for n in range(21)])
