"""The interests of a dozen products counted in one reading are those that their trees find one by one."""

import random
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.contacts.made import contact
from tradewind.contacts.models import Contact
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.segments import queries
from tradewind.segments.nodes import Node
from tradewind.segments.recipes import catalogue, interests
from tradewind.segments.tree import read
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
# Products that compare as texts, as numbers, as days, as yes and no; two that are one when case does not count.
PRODUCTS = ["Tea", "tea", "Mug “Alster”", "1984", "12.5", "2026-03-02", "yes", "ＴＥＡ", "Zelt%_", "ساعة"]
TOLD = [*PRODUCTS, 1984, 12.5, True, ["Tea"], {"a": 1}, "", None, "Other", "TRUE"]


def lived(of: Member, people: list[Contact], chance: random.Random) -> None:
    for _entry in range(250):
        kind = chance.choice(["order.placed", "cart.updated", "page.viewed", "page.viewed", "order.paid"])
        data = {"product": chance.choice(TOLD)} if chance.random() < 0.95 else {}
        at = clock.now() - timedelta(
            days=chance.choice([1, 20, 59, 60, 61, 179, 180, 181]), seconds=chance.randint(-1, 1)
        )
        who = chance.choice([*people, None])
        record(kind, workspace_id=of.workspace_id, contact_id=who.pk if who else None, at=at, data=data)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_reading_finds_what_the_trees_find(alice: Member, charlie: Member, seed: int) -> None:
    chance = random.Random(seed)
    people = [contact(alice.workspace) for _ in range(12)]
    lived(alice, people, chance)
    lived(charlie, [contact(charlie.workspace)], chance)
    nodes: list[Node] = [read(catalogue.interest(each), workspace_id=alice.workspace_id) for each in PRODUCTS]
    now = clock.now()
    expected = [queries.count(node, workspace_id=alice.workspace_id, now=now).people for node in nodes]
    assert any(expected)
    found = interests.counts(nodes, workspace_id=alice.workspace_id, limit_ms=0, now=now)
    assert [each.people for each in found] == expected
    some = [each.pk for each in people[::2]]
    among = [len(queries.among(node, some, workspace_id=alice.workspace_id, now=now)) for node in nodes]
    assert interests.counted(nodes, alice.workspace_id, now, contact_ids=some)[0] == among
    about = interests.estimates(nodes, alice.workspace_id, now)
    assert [each.people for each in about] == expected, "everybody is drawn when they are few"


def test_the_card_of_interests_shows_those_counts(alice: Member, as_alice: Client) -> None:
    for _each in range(3):
        who = contact(alice.workspace)
        record(
            "order.placed",
            workspace_id=alice.workspace_id,
            contact_id=who.pk,
            at=timezone.now(),
            data={"product": "Tea"},
        )
    said = as_alice.get("/segments/recipes/interests/").content.decode()
    assert "Tea" in said
    assert "3 people" in said or ">3<" in said
