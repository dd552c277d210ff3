"""Standing over the database: from journal and messages to rows, news, and loops that keep them true."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.conftest import Time
from tests.contacts.made import contact
from tests.contacts.test_facts import told as facts_told
from tests.waiting import wait_until_readable
from tradewind.contacts import facts
from tradewind.contacts.imports import worker
from tradewind.contacts.models import Contact, Import, Standing, StandingSetting
from tradewind.contacts.standing import loops, reckon
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.journal.models import Cursor, Entry
from tradewind.lib import clock
from tradewind.messages.models import Message
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.workspaces.models import Member, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(still_time: Time) -> datetime:
    return clock.now()


@pytest.fixture
def number(alice: Member) -> Number:
    app = App.objects.create(workspace=alice.workspace, meta_id="1", webhook_path="p", created_at=clock.now())
    portfolio = Portfolio.objects.create(workspace=alice.workspace, meta_id="2", name="P")
    account = Account.objects.create(
        workspace=alice.workspace, app=app, portfolio=portfolio, waba_id="3", name="A", created_at=clock.now()
    )
    return Number.objects.create(
        workspace=alice.workspace, account=account, portfolio=portfolio, phone_number_id="4", phone="+494010",
        name="Shop", country="DE", created_at=clock.now(),
    )  # fmt: skip


def message(person: Contact, number: Number, at: datetime, text: str = "", **facts: Any) -> Message:
    is_in = bool(text)
    return Message.objects.create(
        workspace=person.workspace, number=number, contact=person, created_at=at, text=text, kind="text",
        direction="in" if is_in else "out", state="received" if is_in else "read" if facts.get("read_at") else "sent",
        accepted_at=None if is_in else at, **facts,
    )  # fmt: skip


def tell(of: Workspace, *events: dict[str, Any]) -> None:
    with transaction.atomic(), hot_cursor() as cursor:
        outcome = facts.record_events(cursor, of.pk, events)
    assert outcome.rejected == []


def order(person: Contact, amount: float, at: datetime, **more: Any) -> dict[str, Any]:
    from tradewind.workspaces.door import public_id

    return {"contact": public_id(person), "event": "order.placed", "at": at.isoformat(), "amount": amount,
            "currency": "EUR", **more}  # fmt: skip


def standing(of: Contact) -> Standing:
    with transaction.atomic(), hot_cursor() as cursor:
        reckon(cursor, of.workspace_id, [of.pk])
    return Standing.objects.get(contact=of)


def news(of: Contact) -> list[tuple[str, dict[str, Any]]]:
    rows = Entry.objects.filter(contact_id=of.pk, kind__startswith="standing.").order_by("tx", "id")
    return [(row.kind, row.data or {}) for row in rows]


def test_a_person_is_reckoned_from_messages_and_facts(alice: Member, number: Number, now: datetime) -> None:
    person = contact(alice.workspace, phone="+4915128407716")
    for day in range(2, 12):
        sent_at = now - timedelta(days=day)
        message(person, number, sent_at, read_at=sent_at + timedelta(minutes=5))
    message(person, number, now - timedelta(minutes=30), text="Habt ihr das auch in Blau?")
    tell(
        alice.workspace,
        order(person, 300, now - timedelta(days=20), order="A-1"),
        order(person, 120.5, now - timedelta(days=2), order="A-2"),
        {**order(person, 20, now - timedelta(days=1), order="A-2"), "event": "order.refunded"},
        {**order(person, 0, now - timedelta(hours=3)), "event": "link.clicked"},
    )
    row = standing(person)
    # 10 of 10 read: 40 + 30 for speed; one day written (6) and one click (4) of 30: 10
    assert (row.engagement, row.heat, row.grade, row.stage) == (80, 3, "C", "new")
    assert (row.orders, row.spent, row.last_order_at) == (2, {"EUR": 40_050}, now - timedelta(days=2))
    assert (row.recency, row.frequency, row.monetary, row.matrix) == (5, 2, 4, "high_rare")
    assert row.intent == pytest.approx(1.5 + 0.3 * 5.9 + 1.0, abs=0.6)
    assert (row.zone_group, row.climate) == ("europe_africa", "temperate")
    assert row.reasons["engagement"][0] == ["read", 40.0, {"read": 10, "of": 10}]
    assert now < (row.due_at or now) <= now + timedelta(hours=1)


def test_reckoning_twice_gives_the_same_row_and_tells_once(alice: Member, number: Number, now: datetime) -> None:
    person = contact(alice.workspace)
    for day in (40, 30, 1):
        tell(alice.workspace, order(person, 100 if day > 1 else 140, now - timedelta(days=day)))
    first, second = standing(person), standing(person)
    assert first.__dict__ | {"_state": None} == second.__dict__ | {"_state": None}
    assert news(person) == [("standing.record_broken", {"currency": "EUR", "amount": 140.0, "before": 100.0})]


def test_old_records_in_an_import_are_no_news(alice: Member, now: datetime) -> None:
    person = contact(alice.workspace)
    tell(alice.workspace, *(order(person, amount, now - timedelta(days=50 - amount / 10)) for amount in (10, 20, 90)))
    standing(person)
    assert news(person) == []


def test_moves_are_told_with_their_reasons(alice: Member, number: Number, now: datetime, still_time: Time) -> None:
    person = contact(alice.workspace)
    assert standing(person).engagement == 0
    for day in range(2, 12):
        sent_at = now - timedelta(days=day)
        message(person, number, sent_at, read_at=sent_at + timedelta(minutes=5))
    standing(person)
    for day in range(2, 8):
        message(person, number, now - timedelta(days=day), text="Do you have it?")
    standing(person)
    kinds = [(kind, data["figure"], data["from"], data["to"]) for kind, data in news(person)]
    assert kinds[0] == ("standing.changed", "engagement", 0, 70)
    assert kinds[1] == ("standing.changed", "engagement", 70, 100)  # +30, and past 80
    assert kinds[2][1] == "intent"
    assert news(person)[0][1]["why"][0] == ["read", 40.0, {"read": 10, "of": 10}]

    still_time.move(61 * 86_400)
    row = standing(person)
    assert (row.stage, row.heat) == ("at_risk", 0)
    told = [(data["figure"], data["from"], data["to"]) for _kind, data in news(person)[3:]]
    assert ("stage", "new", "at_risk") in told
    assert ("engagement", 100, row.engagement) in told


def test_other_workspaces_are_never_touched(alice: Member, charlie: Member, now: datetime) -> None:
    person = contact(alice.workspace)
    with transaction.atomic(), hot_cursor() as cursor:
        assert reckon(cursor, charlie.workspace_id, [person.pk, 999_999]) == {}
    assert not Standing.objects.exists()


def test_the_statements_are_as_many_for_fifty_people_as_for_one(alice: Member, now: datetime) -> None:
    people = [contact(alice.workspace).pk for _ in range(50)]

    def statements(ids: list[int]) -> int:
        count = 0

        class Counting:
            def __init__(self, cursor: Any) -> None:
                self.cursor = cursor

            def execute(self, *args: Any) -> None:
                nonlocal count
                count += 1
                self.cursor.execute(*args)

            def __getattr__(self, name: str) -> Any:
                return getattr(self.cursor, name)

        with CaptureQueriesContext(connection), transaction.atomic(), hot_cursor() as cursor:
            reckon(Counting(cursor), alice.workspace_id, ids)  # type: ignore[arg-type]
        return count

    assert statements(people[:1]) == statements(people) <= 9


def test_settings_of_the_workspace_count(alice: Member, now: datetime) -> None:
    person = contact(alice.workspace)
    tell(alice.workspace, *(order(person, 10, now - timedelta(days=day)) for day in (1, 2, 3)))
    assert standing(person).grade == "B"
    StandingSetting.objects.create(
        workspace=alice.workspace, settings={"grade": {"a_from": 1, "b_from": 0.5}}, changed_at=now
    )
    assert standing(person).grade == "A"
    assert news(person)[-1][1] == {
        "figure": "grade",
        "from": "B",
        "to": "A",
        "why": [["orders_a_month", 0, {"n": 3, "monthly": 1.0}]],
    }


def listen() -> bool:
    """One step of the listener, once all that was told can be read."""
    wait_until_readable()
    return loops.listen()


@pytest.mark.django_db(transaction=True)
def test_the_listener_reckons_who_an_event_is_about(alice: Member, still_time: Time) -> None:
    buyer, reader, other = (contact(alice.workspace) for _ in range(3))
    while listen():
        pass
    Standing.objects.all().delete()
    tell(alice.workspace, order(buyer, 50, clock.now()))
    record("message.read", workspace_id=alice.workspace_id, contact_id=reader.pk)
    record("message.sent", workspace_id=alice.workspace_id, contact_id=other.pk)
    record("standing.changed", workspace_id=alice.workspace_id, contact_id=other.pk, data={})
    assert listen() is False
    rows = {row.contact_id: row for row in Standing.objects.all()}
    assert rows.keys() == {buyer.pk}
    assert rows[buyer.pk].orders == 1
    assert Cursor.objects.get(name="standing").entry > 0


@pytest.mark.django_db(transaction=True)
def test_who_has_read_is_reckoned_a_while_later_some_hundreds_a_step(alice: Member, still_time: Time) -> None:
    people = [contact(alice.workspace) for _ in range(loops.AT_ONCE + 5)]
    while listen():
        pass
    Standing.objects.all().delete()
    for person in people:
        record("message.sent", workspace_id=alice.workspace_id, contact_id=person.pk)
        record("message.read", workspace_id=alice.workspace_id, contact_id=person.pk)
    wait_until_readable()
    reads = loops.Reads()
    reads.step()
    still_time.move(loops.READS_WAIT.total_seconds() - 1)
    record("message.read", workspace_id=alice.workspace_id, contact_id=contact(alice.workspace).pk)
    reads.step()
    assert not Standing.objects.exists(), "too early"
    wait_until_readable()
    still_time.move(1)
    counts = [(reads.step(), Standing.objects.count())[1] for _ in range(3)]
    assert counts == [loops.AT_ONCE, len(people), len(people)], "and the last reader's turn is the next"
    assert set(Standing.objects.values_list("stage", flat=True)) == {"new"}
    still_time.move(loops.READS_WAIT.total_seconds())
    reads.step()
    assert Standing.objects.count() == len(people) + 1
    still_time.move(-86_400)
    Standing.objects.all().delete()
    record("message.played", workspace_id=alice.workspace_id, contact_id=people[0].pk)
    wait_until_readable()
    reads.step()
    still_time.move(loops.READS_WAIT.total_seconds())
    reads.step()
    assert Standing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_flood_is_put_off_not_done_in_one_long_transaction(alice: Member, still_time: Time) -> None:
    people = [contact(alice.workspace) for _ in range(loops.AT_ONCE + 5)]
    assert listen() is False
    assert Standing.objects.filter(due_at=clock.now()).count() == len(people)
    assert not Standing.objects.exclude(stage="").exists()
    assert loops.decay() is False  # on time, so it rests between its steps
    assert Standing.objects.exclude(stage="").count() == loops.AT_ONCE
    still_time.move(3600)
    Standing.objects.update(due_at=clock.now() - timedelta(minutes=30))
    assert loops.decay() is True  # far behind, so it goes on at once


@pytest.mark.django_db(transaction=True)
def test_decay_follows_the_virtual_clock_to_the_end(alice: Member, still_time: Time) -> None:
    person = contact(alice.workspace)
    tell(alice.workspace, {**order(person, 1, clock.now()), "event": "page.viewed"})
    while listen():
        pass
    seen = []
    for _ in range(40):
        row = Standing.objects.get(contact=person)
        seen.append((row.heat, row.stage))
        if row.due_at is None:
            break
        assert row.due_at > clock.now()
        still_time.set(row.due_at)
        loops.decay()
    steps = [each for place, each in enumerate(seen) if place == 0 or seen[place - 1] != each]
    assert steps == [(3, "new"), (2, "new"), (1, "new"), (0, "new"), (0, "growing"), (0, "at_risk"), (0, "history")]
    assert row.due_at is None


@pytest.mark.django_db(transaction=True)
def test_who_has_no_row_gets_one_and_new_settings_ask_for_everybody(alice: Member, still_time: Time) -> None:
    people = [contact(alice.workspace) for _ in range(5)]
    begin = loops.Begin()
    assert begin.step() is False
    assert Standing.objects.count() == 5
    loops.decay()
    assert set(Standing.objects.values_list("stage", flat=True)) == {"new"}
    StandingSetting.objects.create(workspace=alice.workspace, settings={}, changed_at=clock.now(), redone_to=0)
    while begin.step():
        pass
    assert Standing.objects.filter(due_at=clock.now()).count() == len(people)
    assert StandingSetting.objects.get().redone_to is None


@pytest.mark.django_db(transaction=True)
def test_people_of_a_file_wait_while_somebody_writes_it(alice: Member, still_time: Time) -> None:
    contact(alice.workspace)
    of = Import.objects.create(
        workspace=alice.workspace, file_name="people.csv", state="running", created_at=clock.now()
    )
    begin = loops.Begin()
    with worker.alone(of.pk):
        assert begin.step() is False
        assert Standing.objects.count() == 0
    # Who wrote it has died: it is called running until somebody goes on with it, which may be never.
    assert begin.step() is False
    assert Standing.objects.count() == 1


def test_facts_alone_are_the_truth(alice: Member, now: datetime) -> None:
    """A row that is lost comes back as it was."""
    person = contact(alice.workspace)
    tell(alice.workspace, *(order(person, 10 * day, now - timedelta(days=day)) for day in (1, 20, 300)))
    first = standing(person)
    Standing.objects.all().delete()
    second = standing(person)
    assert (first.spent, first.reasons, first.monetary) == (second.spent, second.reasons, second.monetary)
    assert len(facts_told(alice.workspace)) == 3
    assert first.reckoned_at == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
