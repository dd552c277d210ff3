"""Many trees in one walk: the same counts as each by itself, exact and of a sample."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.segments import trees, worlds
from tests.segments.worlds import NOW
from tradewind.segments import queries, tree
from tradewind.segments.nodes import All, AnyOf
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def test_one_walk_counts_what_each_tree_counts_by_itself(alice: Member) -> None:
    made = worlds.furnish(alice, 7)
    pk = alice.workspace_id
    everybody = queries.page(All(()), workspace_id=pk, limit=1000, now=NOW)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(values=st.lists(trees.trees(made), min_size=1, max_size=5))
    def same(values: list[dict[str, object]]) -> None:
        nodes = [tree.read(value, workspace_id=pk) for value in values]
        alone = [queries.count(node, workspace_id=pk, now=NOW).people for node in nodes]
        assert queries.walk(nodes, pk, NOW)[0] == alone
        assert queries.walk(nodes, pk, NOW, contact_ids=everybody)[0] == alone

    same()


def test_the_same_condition_is_asked_once_and_nothing_is_nobody(alice: Member) -> None:
    worlds.furnish(alice, 3)
    node = tree.read({"any": [{"opted_in": True}, {"not": {"opted_in": True}}]}, workspace_id=alice.workspace_id)
    people, _ms = queries.walk([node, All(()), AnyOf(())], alice.workspace_id, NOW)
    assert people[0] == people[1] > 0 == people[2]


def test_a_count_of_another_moment_is_counted_anew(alice: Member) -> None:
    """What was counted a moment ago is good for live editing, and for nothing else."""
    worlds.furnish(alice, 3)
    pk = alice.workspace_id
    later, much_later = NOW + timedelta(seconds=5), NOW + timedelta(days=400)
    node = tree.read({"field": "created_at", "older_than_days": 380}, workspace_id=pk)
    (first,) = queries.counts([node], workspace_id=pk, now=NOW)
    assert [count for count, _at in queries.remembered(pk, later).values()] == [first]
    assert queries.remembered(pk, much_later) == {}
    (then,) = queries.counts([node], workspace_id=pk, now=much_later)
    assert then.people == queries.count(node, workspace_id=pk, now=much_later).people > first.people
    (again,) = queries.counts([node], workspace_id=pk, now=NOW)
    assert again.people == first.people
