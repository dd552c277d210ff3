"""The portfolio's ledger (X2): people in any 24 hours never pass the limit, and it says when it frees (P13)."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Time
from tests.messages.scene import Scene
from tests.messages.test_reconcile import ABOUT
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.messages import ledger, marks, queries
from tradewind.messages.models import Attempt, Lane, LedgerMinute, LedgerSeat, Outbox, Run
from tradewind.messages.sql import load
from tradewind.numbers.models import Portfolio
from tradewind.workspaces.models import Member

LIMIT = 4


def intend(scene: Scene, run: Run, people: list[Any], now: datetime, *, for_campaign: bool = True) -> dict[int, str]:
    """What the sender's intent says about a message to each of these people, at that time: contact → verdict."""
    messages = scene.queue(run, people)
    Outbox.objects.filter(stage="waiting").update(
        stage="claimed", holder="me", **({} if for_campaign else {"run_id": None})
    )
    Lane.objects.update_or_create(
        number=scene.numbers[0], workspace_id=scene.workspace.pk,
        defaults={"holder": "me", "lease_until": now + timedelta(days=30)},
    )  # fmt: skip
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(
            ledger.LOCK, ledger.lock_params([scene.numbers[0].portfolio_id], [person.pk for person in people])
        )
        cursor.execute(load("intent"), {
            "me": "me", "now": now, "lease_until": now + timedelta(seconds=30), "ledger_from": ledger.since(now),
            "three_days_ago": now - timedelta(hours=72), "month_ago": now - timedelta(days=31), "template_codes": [1],
            "campaign_codes": [131048], "is_locked": True, "ids": [message.pk for message in messages],
            "attempts": [UUID(bytes=marks.new_attempt(message.pk)) for message in messages],
            "local_times": [time(12)] * len(messages), "contents": [message.content_id for message in messages],
        })  # fmt: skip
        verdicts = {row[0]: row[1] for row in cursor.fetchall()}
    Outbox.objects.all().delete()
    return {message.contact_id: verdicts[message.pk] for message in messages}


@pytest.fixture
def desk(alice: Member) -> Scene:
    return Scene.make(alice.workspace, ABOUT, people_limit=LIMIT)


# Each step: how many minutes later, and which people are written to.
steps = st.lists(
    st.tuples(st.integers(1, 700), st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True)),
    min_size=1,
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_p13_people_in_any_24_hours_never_pass_the_limit(desk: Scene, steps: list[tuple[int, list[int]]]) -> None:
    with transaction.atomic():
        people = desk.people(8)
        now = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
        reached: list[tuple[datetime, int]] = []
        refused_at: list[datetime] = []
        for minutes, chosen in steps:
            now += timedelta(minutes=minutes)
            verdicts = intend(desk, desk.run(), [people[each] for each in chosen], now)
            for contact, verdict in verdicts.items():
                if verdict == "go":
                    reached.append((now, contact))
                else:
                    assert verdict == "portfolio"
                    refused_at.append(now)
            window = {contact for at, contact in reached if at > now - timedelta(hours=24)}
            assert len(window) <= LIMIT
            assert sum(
                LedgerMinute.objects.filter(minute__gte=ledger.since(now)).values_list("seats", flat=True)
            ) == len({contact for at, contact in reached if at >= ledger.since(now)})
        for at in refused_at:
            # Refused only when the limit really was used up, but for the spare minutes.
            before = {contact for when, contact in reached if at - timedelta(hours=24, minutes=2) <= when <= at}
            assert len(before) == LIMIT
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_service_keeps_its_reserve_and_campaigns_leave_it(desk: Scene) -> None:
    Portfolio.objects.update(people_limit=6, service_reserve=2)
    people = desk.people(10)
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert sorted(intend(desk, desk.run(), people[:6], now).values()) == ["go"] * 4 + ["portfolio"] * 2
    service = intend(desk, desk.run(category="utility"), people[6:9], now, for_campaign=False)
    assert sorted(service.values()) == ["go", "go", "portfolio"]


@pytest.mark.django_db
def test_somebody_reached_already_and_somebody_in_a_window_need_no_place(desk: Scene, still_time: Time) -> None:
    people = desk.people(6)
    now = clock.now()
    assert set(intend(desk, desk.run(), people[:4], now).values()) == {"go"}
    assert set(intend(desk, desk.run(), people[:4], now + timedelta(hours=1)).values()) == {"go"}
    assert set(intend(desk, desk.run(), people[4:5], now).values()) == {"portfolio"}
    desk.open_window(people[4])
    assert set(intend(desk, desk.run(), people[4:5], now).values()) == {"go"}
    assert LedgerSeat.objects.count() == 4


@pytest.mark.django_db
def test_it_says_when_places_come_free(desk: Scene, still_time: Time) -> None:
    people = desk.people(5)
    now = clock.now()
    intend(desk, desk.run(), people[:1], now)
    intend(desk, desk.run(), people[1:4], now + timedelta(hours=3))
    still_time.move(4 * 3600)
    use = queries.ledger_use(Portfolio.objects.get())
    assert (use.used, use.left(for_campaign=True)) == (4, 0)
    first = use.frees_at(for_campaign=True)
    second = use.frees_at(2, for_campaign=True)
    assert first == now + timedelta(hours=24, minutes=2)
    assert second == now + timedelta(hours=27, minutes=2)
    # Exactly then, and not a moment before.
    still_time.set(first - timedelta(seconds=1))
    assert set(intend(desk, desk.run(), people[4:], clock.now()).values()) == {"portfolio"}
    still_time.set(first)
    assert set(intend(desk, desk.run(), people[4:], clock.now()).values()) == {"go"}


@pytest.mark.django_db
def test_without_the_lock_nothing_that_is_counted_leaves(desk: Scene) -> None:
    (message,) = desk.queue(desk.run(), desk.people(1))
    now = clock.now()
    Outbox.objects.update(stage="claimed", holder="me")
    Lane.objects.create(
        number=desk.numbers[0], workspace_id=desk.workspace.pk, holder="me", lease_until=now + timedelta(hours=1)
    )
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(load("intent"), {
            "me": "me", "now": now, "lease_until": now, "ledger_from": ledger.since(now), "three_days_ago": now,
            "month_ago": now, "template_codes": [1], "campaign_codes": [1], "is_locked": False, "ids": [message.pk],
            "attempts": [UUID(bytes=marks.new_attempt(message.pk))], "local_times": [time(12)],
            "contents": [message.content_id],
        })  # fmt: skip
        assert [row[1] for row in cursor.fetchall()] == ["needs_lock"]
    assert Outbox.objects.get().stage == "claimed"


@pytest.mark.django_db
def test_a_limit_that_appears_counts_the_day_before(desk: Scene, still_time: Time) -> None:
    Portfolio.objects.update(people_limit=None)
    run = desk.run()
    now = clock.now()
    for hours, message in zip((30, 20, 2, 1), desk.queue(run, desk.people(4)), strict=True):
        at = now - timedelta(hours=hours)
        Attempt.objects.create(
            id=UUID(bytes=marks.new_attempt(message.pk)), workspace_id=desk.workspace.pk, message_id=message.pk,
            number_id=message.number_id, started_at=at, ended_at=at, outcome="accepted",
        )  # fmt: skip
    Outbox.objects.all().delete()
    portfolio = Portfolio.objects.get()
    for _ in range(2):  # twice is once
        with transaction.atomic(), hot_cursor() as cursor:
            assert ledger.rebuild(cursor, portfolio.pk, now) == 3
    Portfolio.objects.update(people_limit=4)
    assert sorted(intend(desk, desk.run(), desk.people(2), now).values()) == ["go", "portfolio"]
