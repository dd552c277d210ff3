"""A tree tried on the past finds whom it found then: tags by their log, consent by its proofs, windows by messages."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Time
from tests.contacts.made import contact
from tradewind.contacts import actions
from tradewind.contacts.models import Contact, Tag
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.segments import queries, tree
from tradewind.segments.nodes import Node
from tradewind.segments.rules import past
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db

TREES: list[dict[str, Any]] = [
    {"tag": "Interest"},
    {"tag": "Interest/Tea"},
    {"not": {"tag": "Interest"}},
    {"opted_in": True},
    {"opted_in": False},
    {"all": [{"opted_in": True}, {"any": [{"tag": "VIP"}, {"not": {"tag": "Interest/Mugs"}}]}]},
]


def found(node: Node, of: Member, now: datetime) -> list[int]:
    return queries.page(node, workspace_id=of.workspace_id, limit=1000, now=now)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_past_is_what_was_found_then(still_time: Time, alice: Member, seed: int) -> None:
    chance = random.Random(seed)
    tags = [
        actions.make_tag(workspace=alice.workspace, name=name, member=None)
        for name in ("Interest/Tea", "Interest/Mugs", "VIP")
    ]
    people = [contact(alice.workspace) for _ in range(9)]
    nodes = [tree.read(each, workspace_id=alice.workspace_id) for each in TREES]
    history: list[tuple[datetime, list[list[int]]]] = []
    for _day in range(12):
        for person in people:
            turn(person, tags, chance)
        if chance.random() < 0.3:
            people.append(contact(alice.workspace))
        history.append((clock.now(), [found(node, alice, clock.now()) for node in nodes]))
        still_time.move(86_400)
    for at, then in history:
        assert [found(past.as_of(node, at), alice, at) for node in nodes] == then, at
    days = tuple(round((clock.now() - at) / timedelta(days=1)) for at, _then in history)
    for place, node in enumerate(nodes):
        now = {*found(node, alice, clock.now())}
        tried = past.tried(node, workspace_id=alice.workspace_id, days=days)
        expected = [(len(then[place]), len(now & {*then[place]})) for _at, then in history]
        assert [(each.people, each.still) for each in tried] == expected, TREES[place]


def turn(person: Contact, tags: list[Tag], chance: random.Random) -> None:
    """Now and then a tag comes, goes, or has its end moved; now and then somebody says something about marketing."""
    tag, way = chance.choice(tags), chance.random()
    if way < 0.25:
        until = clock.now() + timedelta(days=chance.choice((50, 60))) if chance.random() < 0.5 else None
        actions.tag(person, tag=tag, member=None, until=until)
    elif way < 0.4:
        actions.untag(person, tag=tag, member=None)
    elif way < 0.6:
        verb = actions.opt_in if chance.random() < 0.6 else actions.opt_out
        verb(person, source="console")


def test_who_lost_the_tag_since_had_it_then(still_time: Time, alice: Member) -> None:
    tea = actions.make_tag(workspace=alice.workspace, name="Tea", member=None)
    ann, ben = contact(alice.workspace), contact(alice.workspace)
    for person in (ann, ben):
        actions.tag(person, tag=tea, member=None)
    then = clock.now() + timedelta(days=1)
    still_time.move(2 * 86_400)
    actions.untag(ben, tag=tea, member=None)
    node = tree.read({"tag": "Tea"}, workspace_id=alice.workspace_id)
    assert found(past.as_of(node, then), alice, then) == [ann.pk, ben.pk]
    assert past.as_today(node) == []


def test_a_window_was_open_for_a_day_after_a_message(still_time: Time, alice: Member) -> None:
    ann, ben = contact(alice.workspace), contact(alice.workspace)
    wrote = clock.now()
    record("message.received", workspace_id=alice.workspace_id, contact_id=ann.pk, at=wrote)
    still_time.move(30 * 86_400)
    for is_open, inside, outside in ((True, [ann.pk], []), (False, [ben.pk], [ann.pk, ben.pk])):
        node = tree.read({"window_open": is_open}, workspace_id=alice.workspace_id)
        for hours, expected in ((23, inside), (25, outside)):
            at = wrote + timedelta(hours=hours)
            assert found(past.as_of(node, at), alice, at) == expected
