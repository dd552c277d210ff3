"""From the journal to notifications."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import takewhile

import orjson
import psycopg
import pytest

from tests.waiting import LONGEST_SECONDS, wait_until_readable
from tradewind.journal import actions, relay
from tradewind.journal.connections import address
from tradewind.journal.relay import Relay

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LAST_WORD = "{}"


@pytest.fixture
def ear() -> Iterator["psycopg.Connection"]:
    with psycopg.connect(address(), autocommit=True) as listening:
        listening.execute(f"LISTEN {relay.CHANNEL}")
        yield listening


def relay_all() -> None:
    """A step, once all that was written can be read."""
    wait_until_readable()
    Relay().step()


def heard(ear: "psycopg.Connection") -> list[dict]:
    """All that was told so far: notifications come in the order of their commits, so a last word of ours ends them."""
    ear.execute("SELECT pg_notify(%s, %s)", [relay.CHANNEL, LAST_WORD])
    payloads = (notice.payload for notice in ear.notifies(timeout=LONGEST_SECONDS))
    return [orjson.loads(payload) for payload in takewhile(lambda payload: payload != LAST_WORD, payloads)]


def test_a_step_tells_each_workspace_once(ear: "psycopg.Connection") -> None:
    for n in range(50):
        actions.record("message.read", workspace_id=1, run_id=7, contact_id=n % 3 + 1, number_id=4)
    actions.record("template.changed", workspace_id=2)
    actions.record("campaign.planned", workspace_id=2, data={"campaign": 12})
    relay_all()
    told = {each["w"]: set(each["topics"]) for each in heard(ear)}
    assert told == {
        1: {"inbox", "run:7", "number:4", "contact:1", "contact:2", "contact:3"},
        2: {"templates", "campaigns", "campaign:12"},
    }
    relay_all()
    assert heard(ear) == []


def test_the_newest_entry_is_told(ear: "psycopg.Connection") -> None:
    actions.record("deadletter.died", workspace_id=1)
    relay_all()
    first = heard(ear)[0]
    actions.record("deadletter.died", workspace_id=1)
    relay_all()
    second = heard(ear)[0]
    assert second["id"] > first["id"] > 0
    assert set(second["topics"]) == {"deadletters", "health"}


def test_too_many_topics_are_told_as_many(ear: "psycopg.Connection") -> None:
    for n in range(relay.MOST_TOPICS + 1):
        actions.record("contact.changed", workspace_id=1, contact_id=n + 1)
    relay_all()
    (told,) = heard(ear)
    assert told["topics"] == ["many"]


def test_a_payload_always_fits() -> None:
    long = relay.payload_of(1, 2, ["message"], None, None, list(range(10**17, 10**17 + 290)), None)
    assert len(long) <= relay.LONGEST
    assert orjson.loads(long)["topics"] == ["many"]
