"""Pages of rules and recipes: what a member sees and may do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.contacts.made import contact
from tests.segments.test_rules import having, ordered, rule, work
from tradewind.contacts import queries as contact_queries
from tradewind.contacts.models import Contact, ContactTags, Tag
from tradewind.contacts.tags import reasons, uses
from tradewind.contacts.tags import tree as tag_tree
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.segments.models import TagRule
from tradewind.segments.recipes import actions as recipes
from tradewind.segments.recipes.catalogue import BY_CODE, RECIPES, Recipe
from tradewind.segments.rules.keeper import Keeper
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)

FORM = {
    "kind0": "group", "up0": "", "mode0": "all", "kind1": "event", "up1": "0", "event1": "order.placed",
    "often1": "gte", "times1": "2", "within1": "90",
}  # fmt: skip


def test_a_rule_is_put_together_tried_switched_on_and_off(as_alice: Client, alice: Member) -> None:
    ann = contact(alice.workspace)
    Contact.objects.update(created_at=clock.now() - timedelta(days=99))
    for days in (1, 40, 41):
        ordered(ann, clock.now() - timedelta(days=days))
    answer = as_alice.post("/segments/rules/new/", {**FORM, "tag": "Stage/Loyal", "op": "save"})
    made = TagRule.objects.get()
    assert answer.headers["Location"] == f"/segments/rules/{public_id(made)}/"
    page = as_alice.get(f"/segments/rules/{public_id(made)}/").content.decode()
    assert "1 get the tag, 0 lose it" in page and "ordered" in page
    tree = '{"all": [{"event": "order.placed", "times": {"gte": 2}, "within_days": 90}]}'
    tried = as_alice.post("/segments/rules/past/", {"tree": tree}).content.decode()
    assert "7 days ago" in tried and "1 of them still fit" in tried
    as_alice.post(f"/segments/rules/{public_id(made)}/on/")
    work(Keeper())
    assert having(made) == [ann.pk]
    assert "1 rule" in as_alice.get("/segments/rules/").content.decode()
    as_alice.post(f"/segments/rules/{public_id(made)}/off/", {"keeps": "1"})
    work(Keeper())
    assert having(made) == [ann.pk]
    as_alice.post(f"/segments/rules/{public_id(made)}/delete/")
    assert not TagRule.objects.exists()


def test_an_unfinished_rule_is_not_saved(as_alice: Client, alice: Member) -> None:
    empty = {"kind0": "group", "up0": "", "mode0": "all"}
    assert as_alice.post("/segments/rules/new/", {**empty, "tag": "X", "op": "save"}).status_code == 422
    no_tag = as_alice.post("/segments/rules/new/", {**FORM, "tag": " ", "op": "save"})
    assert no_tag.status_code == 422 and "needs a name" in no_tag.content.decode()
    part = as_alice.post("/segments/rules/new/", {**FORM, "op": "add:0:tag"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode() and 'name="kind2"' in part.content.decode()


def test_an_agent_looks_and_does_not_touch(as_bob: Client, alice: Member) -> None:
    kept = rule(alice, "Buyers", {"event": "order.placed"})
    address = f"/segments/rules/{public_id(kept)}/"
    assert as_bob.get(address).status_code == 200
    assert as_bob.get("/segments/recipes/").status_code == 200
    for act in ("off/", "delete/"):
        assert as_bob.post(address + act).status_code == 403
    assert as_bob.post("/segments/recipes/heat/on/").status_code == 403
    assert as_bob.post("/segments/tag-health/mend/", {"code": "rare", "tag": ""}).status_code == 403
    kept.refresh_from_db()
    assert kept.state == "on"


def test_a_person_and_a_tag_know_the_rule(alice: Member) -> None:
    ann = contact(alice.workspace)
    ordered(ann)
    kept = rule(alice, "Buyers", {"event": "order.placed"})
    rule(alice, "Others", {"not": {"tag": "Buyers"}})
    work(Keeper())
    (found,) = reasons.of_contact(ann, [kept.tag])
    assert "by rule" in found.by and "ordered" in found.by
    assert [use.name for use in uses.of(alice.workspace_id, [kept.tag])] == ["Others"]


def test_a_recipe_is_switched_on_once_and_leaves_hand_made_tags_alone(as_alice: Client, alice: Member) -> None:
    ann = contact(alice.workspace, country="DE", language="de")
    ordered(ann)
    by_hand, _ = tag_tree.make(workspace=alice.workspace, name="Purchase/3 Cart filled", member=alice)
    page = as_alice.get("/segments/recipes/").content.decode()
    assert all(str(recipe.name) in page for recipe in RECIPES) and "by hand" in page
    as_alice.post("/segments/recipes/purchase/on/")
    as_alice.post("/segments/recipes/purchase/on/")
    work(Keeper())
    assert TagRule.objects.filter(state="on").count() == len(BY_CODE["purchase"].parts(alice.workspace_id)) - 1
    assert having(Tag.objects.get(name="Purchase/4 Bought")) == [ann.pk]
    by_hand.refresh_from_db()
    assert by_hand.rule_id is None
    assert as_alice.post("/segments/recipes/nothing/on/").status_code == 404


def test_all_recipes_are_counted_in_one_walk(as_alice: Client, alice: Member) -> None:
    """However many tags they have: the page asks for rules and tags once, and walks over everybody once."""
    ordered(contact(alice.workspace, country="DE", language="de"))
    as_alice.get("/segments/recipes/")
    with CaptureQueriesContext(connection) as asked:
        as_alice.get("/segments/recipes/")
    said = [each["sql"] for each in asked.captured_queries]
    assert sum("FROM contact_row n WHERE" in sql for sql in said) <= 1
    assert sum('FROM "tag_rule"' in sql for sql in said) == 1
    assert len(said) < 60


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.code)
def test_every_recipe_can_be_read_and_kept(recipe: Recipe, alice: Member) -> None:
    ann = contact(alice.workspace, country="DE", language="de")
    for _ in range(2):
        record("page.viewed", workspace_id=alice.workspace_id, contact_id=ann.pk, data={"product": "Tea / green"})
    switched, left_alone = recipes.switch_on(recipe, member=alice)
    assert switched > 0 and left_alone == []
    work(Keeper())
    assert not TagRule.objects.filter(checked_at=None).exists(), "each has been looked at"
    if recipe.code in ("place", "language", "interests"):
        assert ContactTags.objects.get(contact=ann).tags != []
    assert recipes.switch_on(recipe, member=alice) == (0, [])


def test_with_many_people_each_recipe_comes_when_it_is_counted(
    as_alice: Client, as_bob: Client, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact(alice.workspace, country="DE")
    monkeypatch.setattr(contact_queries, "FEW", 0)
    page = as_alice.get("/segments/recipes/").content.decode()
    assert all(f'hx-get="/segments/recipes/{recipe.code}/"' in page for recipe in RECIPES)
    assert "People now" not in page
    assert page.count('hx-trigger="intersect once"') == len(RECIPES), "the page scrolls within itself"
    card = as_bob.get("/segments/recipes/place/").content.decode()
    assert "Germany" in card and "Switch on" not in card
    assert as_alice.get("/segments/recipes/nonsense/").status_code == 404
