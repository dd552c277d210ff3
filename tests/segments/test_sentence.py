"""Trees read aloud."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import JOINED
from tests.segments import trees, worlds
from tests.segments.worlds import Made
from tradewind.contacts.models import Tag
from tradewind.segments import sentence
from tradewind.segments.tree import TreeError, read
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db

SAID = [
    ({"all": []}, "Everybody."),
    ({"any": []}, "Nobody."),
    ({"tag": "VIP"}, "People who have the tag “VIP”."),
    ({"not": {"tag": "VIP"}}, "Everybody but those who have the tag “VIP”."),
    ({"opted_in": False}, "People who did not agree to marketing."),
    ({"field": "country", "in": ["DE", "IT", "ES"]}, "People whose country is Germany, Italy or Spain."),
    ({"field": "language", "is_not": "de"}, "People whose language is not German."),
    ({"field": "size", "is_set": False}, "People whose “size” is not known."),
    ({"field": "points", "between": [5, 2500.5]}, "People whose “points” is from 5 to 2,500.5."),
    ({"field": "created_at", "gte": "2026-03-01"}, "People whose first contact is on March 1, 2026 or later."),
    ({"event": "order.placed", "times": 0, "within_days": 90}, "People who did not order in the last 90 days."),
    ({"event": "page.viewed", "times": {"gte": 2}}, "People who viewed a page at least 2 times."),
    (
        {"event": "shop.visited", "where": {"amount": {"gt": 3000}, "currency": "EUR"}},
        "People with the event “shop.visited” (amount is more than 3,000 and currency is “EUR”).",
    ),
    (
        {"all": [{"opted_in": True}, {"any": [{"tag": "VIP"}, {"score": "engagement", "gte": 80}]},
                 {"not": {"window_open": True}}, {"not": {"event": "order.paid"}}]},
        "People who agreed to marketing and (who have the tag “VIP” or whose engagement is 80 or more); without those"
        " with an open service window or who paid an order.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), SAID, ids=range(len(SAID)))
def test_how_trees_read_in_english(tree: dict[str, Any], said: str, alice: Member) -> None:
    Tag.objects.create(workspace=alice.workspace, name="VIP", created_at=JOINED)
    assert sentence.say(read(tree, workspace_id=alice.workspace_id), "en") == said


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data(), language=st.sampled_from(["en", "de", "it", "ar"]))
def test_every_tree_has_a_sentence(made: Made, data: st.DataObject, language: str) -> None:
    try:
        node = read(data.draw(trees.trees(made)), workspace_id=made.workspace.pk)
    except TreeError:
        return
    said = sentence.say(node, language)
    assert said
    assert "%(" not in said


@pytest.fixture
def made(alice: Member) -> Made:
    return worlds.furnish(alice, seed=5)


def test_names_keep_their_direction_in_a_right_to_left_sentence(alice: Member) -> None:
    Tag.objects.create(workspace=alice.workspace, name="VIP", created_at=JOINED)
    tree = {"all": [{"tag": "VIP"}, {"event": "order.placed", "where": {"product": "Stove Duo"}}]}
    node = read(tree, workspace_id=alice.workspace_id)
    said = sentence.say(node, "ar")
    assert all(f"\u2068{name}\u2069" in said for name in ("VIP", "product", "Stove Duo"))
    assert "\u2068" not in sentence.say(node, "en")
