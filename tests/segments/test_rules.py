"""Rules: the worker's loop keeps each tag on whoever fits and on nobody else, soon, in order, and for good."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.conftest import Time
from tests.contacts.made import contact
from tests.segments.oracle import World
from tests.waiting import wait_until_readable
from tradewind.contacts.models import Contact, ContactTags, Tag, TagChange
from tradewind.contacts.tags import tree as tag_tree
from tradewind.contacts.tags.assign import By, Change, KeptByRule, change_many
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.segments import actions as segment_actions
from tradewind.segments.errors import TreeError
from tradewind.segments.models import TagRule
from tradewind.segments.rules import actions, past
from tradewind.segments.rules.errors import RuleError
from tradewind.segments.rules.keeper import Keeper
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = {"event": "order.placed", "times": {"gte": 2}}
RECENT = {"event": "order.placed", "within_days": 14}


def work(keeper: Keeper) -> None:
    """The loop until it has nothing to do."""
    wait_until_readable()
    for _ in range(500):
        if not keeper.step():
            return
    raise AssertionError("the loop does not come to rest")


def rule(of: Member, tag: str, tree: Any, *, is_on: bool = True) -> TagRule:
    made = actions.create(workspace=of.workspace, member=of, tag=tag, tree=tree)
    return actions.switch_on(made, member=of) if is_on else made


def ordered(person: Contact, at: datetime | None = None, kind: str = "order.placed") -> None:
    record(kind, workspace_id=person.workspace_id, contact_id=person.pk, at=at, data={"amount": 5})


def having(tag: Tag | TagRule) -> list[int]:
    pk = tag.tag_id if isinstance(tag, TagRule) else tag.pk
    return sorted(ContactTags.objects.filter(tags__contains=[pk]).values_list("contact_id", flat=True))


def put(of: Member, tag: Tag, *people: Contact, is_on: bool = True) -> None:
    with transaction.atomic(), hot_cursor() as cursor:
        changes = [Change(each.pk, tag.pk, is_on) for each in people]
        change_many(cursor, of.workspace_id, changes, by=By(member_id=of.pk))


def test_a_rule_that_is_switched_on_takes_over_its_tag(still_time: Time, alice: Member) -> None:
    ann, ben, cleo = (contact(alice.workspace) for _ in range(3))
    ordered(ann)
    ordered(ann)
    kept, keeper = rule(alice, "Buyers", BUYERS, is_on=False), Keeper()
    put(alice, kept.tag, ben)
    work(keeper)
    assert having(kept) == [ben.pk], "a draft does nothing"
    actions.switch_on(kept, member=alice)
    work(keeper)
    assert having(kept) == [ann.pk]
    kept.refresh_from_db()
    assert (kept.people, kept.checked_at) == (1, clock.now())
    with pytest.raises(KeptByRule):
        put(alice, kept.tag, cleo)
    change = TagChange.objects.get(contact=ann, is_on=True)
    assert (change.rule_id, change.member_id) == (kept.pk, None)


def test_an_event_is_answered_at_once_and_time_by_itself(still_time: Time, alice: Member) -> None:
    ann, ben = contact(alice.workspace), contact(alice.workspace)
    kept, keeper = rule(alice, "Recent", RECENT), Keeper()
    work(keeper)
    ordered(ben)
    work(keeper)
    assert having(kept) == [ben.pk]
    still_time.move(14 * 86_400 - 60)
    ordered(ann)
    work(keeper)
    assert having(kept) == [ann.pk, ben.pk]
    still_time.move(300)
    work(keeper)
    assert having(kept) == [ann.pk], "right within five minutes"


def test_only_what_can_touch_a_tree_is_looked_at_again(still_time: Time, alice: Member) -> None:
    ann = contact(alice.workspace)
    tea, _ = tag_tree.make(workspace=alice.workspace, name="Tea", member=alice)
    kept, keeper = rule(alice, "Tea lovers", {"tag": "Tea"}), Keeper()
    work(keeper)
    (live,) = keeper.rules()[alice.workspace_id]
    assert live.watch.hears("contact.tagged", tea.pk) and not live.watch.hears("contact.tagged", tea.pk + 999)
    assert live.watch.hears("contact.changed", None) and not live.watch.hears("order.placed", None)
    put(alice, tea, ann)
    work(keeper)
    assert having(kept) == [ann.pk]
    put(alice, tea, ann, is_on=False)
    work(keeper)
    assert having(kept) == []


def test_rules_on_rule_made_tags_follow_each_other_and_rings_are_refused(still_time: Time, alice: Member) -> None:
    ann = contact(alice.workspace, country="DE")
    contact(alice.workspace, country="IT")
    # The one who looks is older than the one who makes.
    tag_tree.make(workspace=alice.workspace, name="Buyers", member=alice)
    german = rule(alice, "German buyers", {"all": [{"tag": "Buyers"}, {"field": "country", "is": "DE"}]})
    buyers = rule(alice, "Buyers", {"event": "order.placed"})
    keeper = Keeper()
    work(keeper)
    ordered(ann)
    work(keeper)
    assert having(buyers) == having(german) == [ann.pk]
    with pytest.raises(RuleError, match="circle"):
        actions.change(buyers, tree={"not": {"tag": "German buyers"}}, member=alice)
    tag_tree.make(workspace=alice.workspace, name="Self/Below", member=alice)
    with pytest.raises(RuleError, match="circle"):
        rule(alice, "Self/Below", {"tag": "Self"})
    work(keeper)
    assert having(german) == [ann.pk]


def test_a_ring_that_comes_about_later_stands_still_and_spares_the_others(still_time: Time, alice: Member) -> None:
    ann = contact(alice.workspace)
    segment = segment_actions.create(workspace=alice.workspace, member=alice, name="S", tree={"opted_in": True})
    odd, fine = rule(alice, "Odd", {"not": {"segment": "S"}}), rule(alice, "Fine", {"event": "order.placed"})
    keeper = Keeper()
    work(keeper)
    assert having(odd) == [ann.pk]
    segment_actions.change(segment, member=alice, tree={"tag": "Odd"})
    ordered(ann)
    work(keeper)
    assert (having(odd), having(fine)) == ([ann.pk], [ann.pk])


def test_switching_off_takes_the_tags_off_or_leaves_them(still_time: Time, alice: Member) -> None:
    ann, keeper = contact(alice.workspace), Keeper()
    ordered(ann)
    gone, stays = rule(alice, "Gone", {"event": "order.placed"}), rule(alice, "Stays", {"event": "order.placed"})
    work(keeper)
    actions.switch_off(gone, member=alice)
    actions.switch_off(stays, member=alice, keeps=True)
    work(keeper)
    assert (having(gone), having(stays)) == ([], [ann.pk])
    assert not Tag.objects.filter(rule_id__isnull=False).exists()
    put(alice, stays.tag, ann, is_on=False)
    actions.switch_on(gone, member=alice)
    work(keeper)
    assert having(gone) == [ann.pk], "switching on again brings all back"
    with pytest.raises(RuleError, match="off first"):
        actions.delete(gone, member=alice)
    actions.delete(stays, member=alice)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"rule.created", "rule.switched_on", "rule.switched_off", "rule.deleted"} <= verbs


def test_a_change_of_many_a_merge_of_meaning_and_a_bad_tree(still_time: Time, alice: Member) -> None:
    tea, _ = tag_tree.make(workspace=alice.workspace, name="Tea", member=alice)
    people = [contact(alice.workspace) for _ in range(3)]
    kept, keeper = rule(alice, "Drinks tea", {"tag": "Tea"}), Keeper()
    work(keeper)
    ContactTags.objects.bulk_create(
        [ContactTags(contact=each, workspace=alice.workspace, tags=[tea.pk]) for each in people],
        update_conflicts=True, unique_fields=["contact"], update_fields=["tags"],
    )  # fmt: skip
    record("tags.changed", workspace_id=alice.workspace_id, data={"tags": [tea.pk], "people": 3})
    work(keeper)
    assert having(kept) == [each.pk for each in people]
    green, _ = tag_tree.make(workspace=alice.workspace, name="Green", member=alice)
    put(alice, green, extra := contact(alice.workspace))
    work(keeper)
    tag_tree.rename(green, name="Tea/Green", member=alice)
    work(keeper)
    assert extra.pk in having(kept), "what is below counts as soon as it is moved there"
    with pytest.raises(TreeError):
        actions.change(kept, tree={"tag": "Nowhere"}, member=alice)
    TagRule.objects.filter(pk=kept.pk).update(tree={"tag": "Nowhere"})
    still_time.move(3_700)
    work(Keeper())
    assert len(having(kept)) == 4, "what cannot be read leaves its tag as it is"


def test_another_workspaces_people_are_none_of_a_rules_business(
    still_time: Time, alice: Member, charlie: Member
) -> None:
    his = contact(charlie.workspace)
    ordered(his)
    kept = rule(alice, "Not buyers", {"not": {"event": "order.placed", "times": {"gte": 5}}})
    hers = contact(alice.workspace)
    work(Keeper())
    assert having(kept) == [hers.pk]


def test_the_past_counts_what_had_happened_by_then(still_time: Time, alice: Member) -> None:
    ann, ben = contact(alice.workspace), contact(alice.workspace)
    now = clock.now()
    Contact.objects.update(created_at=now - timedelta(days=60))
    contact(alice.workspace)
    ordered(ann, now - timedelta(days=35))
    ordered(ben, now - timedelta(days=3))
    node = actions.read(alice.workspace_id, RECENT)
    found = {each.days: (each.people, each.still) for each in past.tried(node, workspace_id=alice.workspace_id)}
    assert found == {7: (0, 0), 30: (1, 0), 90: (0, 0)}
    path = [each.people for each in past.path_of(node, workspace_id=alice.workspace_id, days=30)]
    assert len(path) > 3 and (path[0], path[-1]) == (1, 1) and min(path) == 0
    mixed = actions.read(alice.workspace_id, {"all": [RECENT, {"field": "country", "is": "DE"}, {"opted_in": True}]})
    assert len(past.as_today(mixed)) == 1 and past.as_today(node) == []
    never = actions.read(alice.workspace_id, {"not": {"event": "order.placed"}})
    assert [each.people for each in past.tried(never, workspace_id=alice.workspace_id, days=(30,))] == [1]


TREES: dict[str, Any] = {
    "Rule/Twice": BUYERS,
    "Rule/Recent": RECENT,
    "Rule/Quiet": {"all": [{"not": {"event": "page.viewed", "within_days": 7}}, {"field": "country", "is": "DE"}]},
    "Rule/Big": {"event": "order.placed", "within_days": 30, "where": {"amount": {"gt": 80}}},
    "Rule/New": {"field": "created_at", "within_days": 10},
    "Rule/Hand": {"all": [{"tag": "Hand"}, {"not": {"tag": "Rule/Recent"}}]},
    "Rule/Either": {"any": [{"tag": "Rule/Twice"}, {"tag": "Rule/New"}]},
    "Rule/Birthday": {"field": "birthday", "anniversary_within_days": 5},
    "Rule/Agreed": {"opted_in": True},
}


def test_p_c3_a_simulated_month_ends_as_a_plain_computation_says(still_time: Time, alice: Member) -> None:
    """1,500 people, 30 days in steps of some hours, everything by chance; held against sets in plain Python."""
    chance, keeper = random.Random(11), Keeper()
    hand, _ = tag_tree.make(workspace=alice.workspace, name="Hand", member=alice)
    for path in TREES:
        tag_tree.make(workspace=alice.workspace, name=path, member=alice)
    rules = {path: rule(alice, path, tree) for path, tree in TREES.items()}
    people = newcomers(alice, chance, 1_400)
    for step in range(120):
        still_time.move(chance.randrange(5 * 3_600, 7 * 3_600))
        happen(alice, hand, people, chance)
        if step % 12 == 0:
            people += newcomers(alice, chance, 10)
        work(keeper)
        if step % 30 == 29:
            agree(alice, rules)
    still_time.move(240)
    work(keeper)
    agree(alice, rules)


def newcomers(of: Member, chance: random.Random, n: int) -> list[Contact]:
    made = Contact.objects.bulk_create(
        Contact(
            workspace=of.workspace, name=f"P{serial}", created_at=clock.now(), country=chance.choice(("DE", "IT")),
            fields={"birthday": f"1990-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"},
        )
        for serial in range(n)
    )  # fmt: skip
    with transaction.atomic():
        for each in made:
            record("contact.created", workspace_id=of.workspace_id, contact_id=each.pk)
    return made


def happen(of: Member, hand: Tag, people: list[Contact], chance: random.Random) -> None:
    now = clock.now()
    with transaction.atomic():
        for each in chance.sample(people, 40):
            at = now - timedelta(minutes=chance.choice((0, 5, 600, 20_000)))
            kind, amount = chance.choice(("order.placed", "page.viewed")), chance.randrange(100)
            record(kind, workspace_id=of.workspace_id, contact_id=each.pk, at=at, data={"amount": amount})
        for each in chance.sample(people, 5):
            marketing = chance.choice(("opted_in", "opted_out"))
            Contact.objects.filter(pk=each.pk).update(marketing=marketing, country=chance.choice(("DE", "IT")))
            record("contact.changed", workspace_id=of.workspace_id, contact_id=each.pk, data={"fields": ["country"]})
    put(of, hand, *chance.sample(people, 10), is_on=chance.random() < 0.7)


def agree(of: Member, rules: dict[str, TagRule]) -> None:
    """Every rule's tag stands exactly on those who fit, as the oracle sees it at this moment."""
    world = World.read(of.workspace_id, clock.now(), of.workspace.timezone)
    for path, each in rules.items():
        assert having(each) == sorted(world.fits(TREES[path])), path
