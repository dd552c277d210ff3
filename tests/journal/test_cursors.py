"""Reading the journal: nothing skipped, nothing by two at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import psycopg
import pytest
from django.db import connection, transaction

from tests.waiting import wait_until_readable
from tradewind.journal import actions, cursors
from tradewind.journal.actions import Line
from tradewind.journal.connections import address, hot_cursor
from tradewind.journal.models import Cursor

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def other() -> Iterator["psycopg.Connection"]:
    with psycopg.connect(address()) as connected:
        yield connected


def read(name: str = "test", limit: int = 100, *, advance: bool = True, waits: bool = True) -> list[str]:
    if waits:
        wait_until_readable()
    with transaction.atomic(), hot_cursor() as cursor:
        found = cursors.read(cursor, name, limit=limit)
        if advance:
            cursors.advance(cursor, name, found)
    return [entry.kind for entry in found]


def write(*kinds: str) -> None:
    for kind in kinds:
        actions.record(kind, workspace_id=1, at=NOON, data={"n": 1})


def test_it_goes_on_where_it_stopped() -> None:
    write("a.a", "b.b", "c.c")
    assert read(limit=2) == ["a.a", "b.b"]
    write("d.d")
    assert read() == ["c.c", "d.d"]
    assert read() == []
    assert read("another") == ["a.a", "b.b", "c.c", "d.d"]
    assert Cursor.objects.count() == 2


def test_what_is_not_advanced_is_read_again() -> None:
    write("a.a")
    assert read(advance=False) == ["a.a"]
    assert read() == ["a.a"]


def test_a_late_commit_is_never_skipped(other: "psycopg.Connection") -> None:
    with psycopg.Cursor(other) as cursor:
        actions.record_many(cursor, [Line(1, NOON, "slow.writer")])
    write("quick.writer")
    assert read(waits=False) == []  # the quick one is younger than a transaction that may still write
    other.commit()
    assert read() == ["slow.writer", "quick.writer"]


def test_two_readers_of_one_name_never_read_the_same() -> None:
    write("a.a")
    found: list[list[str]] = []

    def read_meanwhile() -> None:
        found.append(read(waits=False))
        connection.close()

    wait_until_readable()
    with transaction.atomic(), hot_cursor() as cursor:
        assert len(cursors.read(cursor, "test", limit=10)) == 1
        thread = Thread(target=read_meanwhile)
        thread.start()
        thread.join()
    assert found == [[]]


def test_an_entry_keeps_what_it_was_given() -> None:
    line = Line(1, NOON, "message.failed", 2, 3, 4, 5, 6, {"code": 131026})
    with transaction.atomic(), hot_cursor() as cursor:
        actions.record_many(cursor, [line, Line(1, NOON, "message.read")])
    wait_until_readable()
    with transaction.atomic(), hot_cursor() as cursor:
        first, second = cursors.read(cursor, "test", limit=10)
    assert first[2:] == tuple(line)
    assert second.data is None
    assert first.tx == second.tx
