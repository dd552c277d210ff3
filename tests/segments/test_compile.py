"""The SQL of a tree says the same as plain sets, whatever the tree.

A quarter of a thousand random trees in each run; TRADEWIND_TREES=2000 looks longer, after work on the compiler.
"""

import os
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.segments import trees, worlds
from tests.segments.oracle import World
from tests.segments.worlds import NOW, Made
from tradewind.segments import compile, tree
from tradewind.segments.days import kept
from tradewind.segments.nodes import Node
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
TREES = int(os.environ.get("TRADEWIND_TREES", "80"))  # in each of three worlds


@pytest.fixture(params=[1, 2, 3])
def made(request: pytest.FixtureRequest, alice: Member, charlie: Member, monkeypatch: pytest.MonkeyPatch) -> Made:
    worlds.furnish(charlie, seed=99)  # another workspace with the same names in it
    made = worlds.furnish(alice, seed=request.param)
    note_days(request.param - 1, monkeypatch)
    return made


def note_days(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing, a part, or most of the journal noted as bits by day; the rest is read where it stands."""
    monkeypatch.setattr(kept, "SETTLED", "true")  # a test is one transaction, which is never settled
    monkeypatch.setattr(kept, "READ_AT_ONCE", one("SELECT count(*) / 5 FROM journal", {}))
    for _ in range(2 * parts):
        assert kept.step()


def people(node: Node, workspace_id: int) -> list[int]:
    sql, params = compile.contacts_sql(node, workspace_id=workspace_id, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def one(sql: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])


@settings(
    max_examples=TREES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(data=st.data())
def test_any_tree_is_what_plain_sets_say(made: Made, data: st.DataObject) -> None:
    world = WORLDS.setdefault(made.workspace.pk, World.read(made.workspace.pk, NOW, made.workspace.timezone))
    value = data.draw(trees.trees(made))
    try:
        node = tree.read(value, workspace_id=made.workspace.pk)
    except tree.TreeError as error:
        assume("at most" not in str(error) and "No number of times" not in str(error))
        raise
    expected = world.fits(value)
    found = people(node, made.workspace.pk)
    assert sorted(found) == sorted(expected), value
    assert one(*compile.count_sql(node, workspace_id=made.workspace.pk, now=NOW)) == len(expected), value
    some = sorted(world.everybody)[::3]
    narrowed = {"workspace_id": made.workspace.pk, "now": NOW, "contact_ids": some}
    sql, params = compile.restricted(node, **narrowed)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert sorted(row[0] for row in cursor.fetchall()) == sorted(expected & set(some)), value
    assert one(*compile.restricted_count(node, **narrowed)) == len(expected & set(some)), value


WORLDS: dict[int, World] = {}
