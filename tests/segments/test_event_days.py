"""Events by day as bits: exact whatever the reader has read, and when entries become another person's."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.contacts import made
from tests.segments.worlds import NOW
from tradewind.contacts.models import Contact
from tradewind.journal.actions import Line, record_many
from tradewind.journal.connections import hot_cursor
from tradewind.segments import queries
from tradewind.segments.days import asked, kept
from tradewind.segments.nodes import Event
from tradewind.segments.tree import read
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
KIND = "order.placed"


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SETTLED", "true")  # a test is one transaction, which is never settled


def tell(contact: Contact, *at: datetime, kind: str = KIND) -> None:
    with hot_cursor() as cursor:
        record_many(cursor, [Line(contact.workspace_id, each, kind, contact.pk) for each in at])


def people(member: Member, times: object = None, **more: object) -> int:
    tree = {"event": KIND, **({} if times is None else {"times": times}), **more}
    node = read(tree, workspace_id=member.workspace_id)
    return queries.count(node, workspace_id=member.workspace_id, now=NOW).people


def days_ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=each) for each in days]


def by_times(member: Member, **more: object) -> list[int]:
    """How many people did it at least once, twice, three, four times."""
    return [people(member, {"gte": times}, **more) for times in (1, 2, 3, 4)]


def test_what_is_noted_and_what_is_not_yet_add_up(alice: Member) -> None:
    contact = made.contact(alice.workspace)
    tell(contact, *days_ago(5, 5))
    assert kept.step() is False
    assert by_times(alice) == [1, 1, 0, 0]
    tell(contact, *days_ago(40))  # late: it happened before what was read
    assert by_times(alice) == [1, 1, 1, 0]
    assert by_times(alice, within_days=30) == [1, 1, 0, 0]
    kept.step()
    tell(contact, *days_ago(5))
    assert by_times(alice) == [1, 1, 1, 1]
    kept.step()
    assert by_times(alice) == [1, 1, 1, 1]
    assert people(alice, 0, within_days=3) == 1
    assert people(alice, {"between": [2, 3]}, within_days=30) == 1


def test_an_end_of_the_time_within_a_day_is_exact(alice: Member) -> None:
    edge = NOW - timedelta(days=7)
    tell(made.contact(alice.workspace), edge)
    tell(made.contact(alice.workspace), edge - timedelta(microseconds=1))
    tell(made.contact(alice.workspace), edge + timedelta(days=2))
    kept.step()
    assert people(alice, within_days=7) == 2
    assert people(alice, older_than_days=7) == 1
    assert people(alice, within_days=0) == 0


def test_entries_that_become_another_persons_are_counted_as_theirs_and_back_again(alice: Member) -> None:
    goes, stays = made.contact(alice.workspace), made.contact(alice.workspace)
    tell(goes, *days_ago(1, 2, 2))
    tell(stays, *days_ago(2, 9))
    kept.step()
    tell(goes, *days_ago(9))  # not read yet
    assert by_times(alice) == [2, 2, 1, 1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tradewind.merging', 'on', true)")
        cursor.execute("SELECT tx, id FROM journal WHERE contact_id = %s AND kind = %s", [goes.pk, KIND])
        moved = [entry for _tx, entry in cursor.fetchall()]
        cursor.execute("UPDATE journal SET contact_id = %s WHERE id = ANY(%s)", [stays.pk, moved])
        assert by_times(alice) == [1, 1, 1, 1]
        assert people(alice, {"gte": 3}, within_days=5) == 1
        assert people(alice, {"is": 1}, within_days=2) == 0
        kept.step()
        cursor.execute("UPDATE journal SET contact_id = %s WHERE id = ANY(%s)", [goes.pk, moved])
    kept.step()
    assert by_times(alice) == [2, 2, 1, 1]
    assert by_times(alice, within_days=5) == [2, 1, 1, 0]


def test_the_hot_kinds_of_every_message_are_not_noted(alice: Member) -> None:
    contact = made.contact(alice.workspace)
    tell(contact, *days_ago(3), kind="message.delivered")
    kept.step()
    node = read({"event": "message.delivered"}, workspace_id=alice.workspace_id)
    assert queries.count(node, workspace_id=alice.workspace_id, now=NOW).people == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM event_day WHERE kind = 'message.delivered'")
        assert cursor.fetchone() == (0,)


def test_a_time_is_cut_into_whole_days_and_its_ends() -> None:
    day = NOW.replace(hour=0)
    leaf = Event(KIND, 1, None, within_days=3)
    time = asked.stretch_of(leaf, NOW)
    days = asked.whole_days(time)
    assert (time.begin, days.begin, days.end) == (NOW - timedelta(days=3), day - timedelta(days=2), None)
    assert asked.ends_of(time, days) == [asked.Stretch(time.begin, days.begin)]
    short = asked.Stretch(NOW, NOW + timedelta(hours=2))
    assert asked.whole_days(short).is_empty
    assert asked.ends_of(short, asked.whole_days(short)) == [short]
    at_midnight = asked.Stretch(day, None)
    assert asked.ends_of(at_midnight, asked.whole_days(at_midnight)) == []
