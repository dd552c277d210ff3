"""The journal's months, and the signs of life."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from tradewind.journal import actions, beats, partitions
from tradewind.journal.models import Beat, Entry

pytestmark = pytest.mark.django_db


def test_months_are_made_ahead_and_once(still_time) -> None:
    made = partitions.make_months()
    assert set(made) <= {"journal_2026_03", "journal_2026_04", "journal_2026_05"}
    assert partitions.make_months() == []
    actions.record("x.y", workspace_id=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM journal WHERE kind = 'x.y'")
        assert cursor.fetchone() == ("journal_2026_03",)


def test_a_month_that_nobody_made_is_no_trouble() -> None:
    actions.record("x.y", workspace_id=1, at=datetime(2031, 1, 1, tzinfo=UTC))
    assert Entry.objects.get(kind="x.y").at.year == 2031


def test_the_journal_is_append_only() -> None:
    actions.record("x.y", workspace_id=1)
    for statement in ("UPDATE journal SET kind = 'z'", "DELETE FROM journal"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_beats_are_one_row_a_loop_and_go_with_their_process(still_time) -> None:
    began = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    beats.beat({"intake.projector": {"steps": 1}, "journal.relay": {"steps": 2}}, started_at=began)
    still_time.move(2)
    beats.beat({"intake.projector": {"steps": 5}, "journal.relay": {"steps": 6}}, started_at=began)
    row = Beat.objects.get(name="intake.projector")
    assert (row.detail, row.started_at, row.at.second) == ({"steps": 5}, began, 2)
    Beat.objects.create(name="sender", process="elsewhere:1", at=row.at, started_at=began)
    beats.forget()
    assert list(Beat.objects.values_list("name", flat=True)) == ["sender"]
