"""Tags put on and taken off: once, also when many do it at once, and with the reason why."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.contacts.made import contact
from tests.people import member, workspace
from tradewind.contacts import actions
from tradewind.contacts.models import Contact, ContactTags, Tag, TagChange, TagTerm
from tradewind.contacts.tags import assign, removal
from tradewind.contacts.tags.assign import FOR_GOOD, Archived, By, Change, KeptByRule, TagGone, change_many
from tradewind.journal.connections import hot_cursor
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.workspaces import walls
from tradewind.workspaces.models import Member, Workspace


def made(of: Workspace, name: str, **fields: Any) -> Tag:
    return Tag.objects.create(workspace=of, name=name, created_at=clock.now(), **fields)


def do(of: Workspace, *changes: Change, by: By | None = None) -> int:
    with transaction.atomic(), hot_cursor() as cursor:
        return change_many(cursor, of.pk, changes, by=by or By())


def on(person: Contact) -> list[int]:
    return list(ContactTags.objects.get(contact=person).tags)


def test_changes_are_made_once_and_told_once(alice: Member) -> None:
    here, person = alice.workspace, contact(alice.workspace)
    tea, coffee = made(here, "Tea"), made(here, "Coffee")
    changes = [Change(person.pk, tea.pk, True), Change(person.pk, coffee.pk, True)]
    by = By(member_id=alice.pk, reason="met at the fair")
    assert [do(here, *changes, by=by) for _ in range(2)] == [2, 0]
    assert sorted(on(person)) == sorted([tea.pk, coffee.pk])
    swap = [Change(person.pk, tea.pk, False), Change(person.pk, coffee.pk, True)]
    assert do(here, *swap) == 1
    assert on(person) == [coffee.pk]
    log = list(TagChange.objects.order_by("id").values_list("tag_id", "is_on", "member_id", "reason"))
    assert log == [
        (tea.pk, True, alice.pk, "met at the fair"),
        (coffee.pk, True, alice.pk, "met at the fair"),
        (tea.pk, False, None, ""),
    ]
    told = Entry.objects.filter(contact_id=person.pk).exclude(kind="contact.created").order_by("id")
    assert [(each.kind, each.data["name"], each.member_id) for each in told] == [
        ("contact.tagged", "Tea", alice.pk),
        ("contact.tagged", "Coffee", alice.pk),
        ("contact.untagged", "Tea", None),
    ]


def test_many_tags_of_a_person_keep_their_order(alice: Member) -> None:
    here, person = alice.workspace, contact(alice.workspace)
    tags = [made(here, f"tag {n}").pk for n in range(6)]
    ContactTags.objects.filter(contact=person).update(tags=[tags[3], tags[0], tags[4], tags[1]])
    do(here, Change(person.pk, tags[0], False), Change(person.pk, tags[4], False), Change(person.pk, tags[5], True))
    assert on(person) == [tags[3], tags[1], tags[5]]


def test_of_several_words_about_one_tag_the_last_holds(alice: Member) -> None:
    here, person, tea = alice.workspace, contact(alice.workspace), made(alice.workspace, "Tea")
    assert do(here, Change(person.pk, tea.pk, True), Change(person.pk, tea.pk, False)) == 0
    assert do(here, Change(person.pk, tea.pk, False), Change(person.pk, tea.pk, True)) == 1
    assert on(person) == [tea.pk]


def test_nobody_and_nothing_is_no_error(alice: Member) -> None:
    tea = made(alice.workspace, "Tea")
    assert do(alice.workspace) == 0
    assert do(alice.workspace, Change(2**40, tea.pk, True)) == 0
    assert not TagChange.objects.exists()


def test_a_person_without_a_tag_row_gets_one(alice: Member) -> None:
    person, tea = contact(alice.workspace), made(alice.workspace, "Tea")
    ContactTags.objects.filter(contact=person).delete()
    assert do(alice.workspace, Change(person.pk, tea.pk, True)) == 1
    assert on(person) == [tea.pk]


def test_other_workspaces_are_out_of_reach(alice: Member, charlie: Member) -> None:
    ours, theirs = contact(alice.workspace), contact(charlie.workspace)
    tea, cars = made(alice.workspace, "Tea"), made(charlie.workspace, "Cars")
    assert do(alice.workspace, Change(theirs.pk, tea.pk, True)) == 0
    with pytest.raises(TagGone):
        do(alice.workspace, Change(ours.pk, cars.pk, True))
    assert (on(ours), on(theirs)) == ([], [])


def test_within_the_walls_too(alice: Member, charlie: Member) -> None:
    person, theirs, tea = contact(alice.workspace), contact(charlie.workspace), made(alice.workspace, "Tea")
    until = clock.now() + timedelta(days=1)
    with walls.inside(alice.workspace_id):
        assert do(alice.workspace, Change(person.pk, tea.pk, True, until), Change(theirs.pk, tea.pk, True)) == 1
        assert do(alice.workspace, Change(person.pk, tea.pk, False)) == 1
    assert not TagTerm.objects.exists()


def test_the_end_comes_from_the_tag_unless_it_is_said(alice: Member, still_time: Any) -> None:
    here, (ann, ben, cem) = alice.workspace, [contact(alice.workspace) for _ in range(3)]
    hot = made(here, "Hot", lifetime_days=7)
    day = timedelta(days=1)
    soon = clock.now() + day
    do(here, Change(ann.pk, hot.pk, True), Change(ben.pk, hot.pk, True, soon), Change(cem.pk, hot.pk, True, FOR_GOOD))
    ends = dict(TagTerm.objects.values_list("contact_id", "until"))
    assert ends == {ann.pk: clock.now() + 7 * day, ben.pk: soon}
    assert [each.until for each in TagChange.objects.order_by("id")] == [ends[ann.pk], soon, None]


def test_an_end_that_is_said_anew_moves_and_is_logged(alice: Member, still_time: Any) -> None:
    here, ann = alice.workspace, contact(alice.workspace)
    hot = made(here, "Hot", lifetime_days=7)
    later = clock.now() + timedelta(days=30)
    do(here, Change(ann.pk, hot.pk, True))
    still_time.move(3600)
    assert do(here, Change(ann.pk, hot.pk, True)) == 0, "repeating moves nothing"
    assert [do(here, Change(ann.pk, hot.pk, True, later)) for _ in range(2)] == [1, 0]
    assert TagTerm.objects.get().until == later
    assert [do(here, Change(ann.pk, hot.pk, True, FOR_GOOD)) for _ in range(2)] == [1, 0]
    assert not TagTerm.objects.exists()
    assert [each.until for each in TagChange.objects.order_by("-id")[:2]] == [None, later]
    assert on(ann) == [hot.pk]


def test_a_tag_that_a_rule_keeps_is_the_rules_alone(alice: Member) -> None:
    here, ann = alice.workspace, contact(alice.workspace)
    kept, tea = made(here, "Stage/Asleep", rule_id=17, lifetime_days=3), made(here, "Tea")
    for by in (By(member_id=alice.pk), By(batch_id=4), By(rule_id=16), By(reason="its time was over")):
        for is_on in (True, False):
            with pytest.raises(KeptByRule, match="The rule of Stage/Asleep decides who has this tag"):
                do(here, Change(ann.pk, tea.pk, True), Change(ann.pk, kept.pk, is_on), by=by)
    assert on(ann) == []
    assert do(here, Change(ann.pk, kept.pk, True), by=By(rule_id=17)) == 1
    assert not TagTerm.objects.exists(), "a rule says itself when its tag ends"
    with pytest.raises(KeptByRule):
        actions.untag(ann, tag=kept, member=alice)


def test_an_archived_tag_comes_off_but_not_on(alice: Member) -> None:
    here, ann = alice.workspace, contact(alice.workspace)
    old = made(here, "Old")
    do(here, Change(ann.pk, old.pk, True))
    Tag.objects.update(archived_at=clock.now())
    with pytest.raises(Archived, match="The tag Old is archived"):
        do(here, Change(ann.pk, old.pk, True))
    assert do(here, Change(ann.pk, old.pk, False)) == 1


def test_very_many_changes_are_told_as_one(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assign, "TOLD_ONE_BY_ONE", 3)
    here, tags = alice.workspace, [made(alice.workspace, name) for name in ("Tea", "Coffee")]
    people = [contact(here) for _ in range(2)]
    do(here, *[Change(person.pk, tag.pk, True) for person in people for tag in tags], by=By(batch_id=9))
    told = Entry.objects.get(kind="tags.changed")
    log = sorted(TagChange.objects.filter(batch_id=9).values_list("pk", flat=True))
    assert told.data == {
        "batch": 9, "tags": sorted(tag.pk for tag in tags), "people": 2, "changes": [log[0], log[-1]],
    }  # fmt: skip
    assert len(log) == 4
    assert not Entry.objects.filter(kind="contact.tagged").exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_on_the_same_people_lose_nothing_and_log_once() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    here, people = owner.workspace, [contact(owner.workspace).pk for _ in range(20)]
    shared, own = made(here, "shared"), [made(here, f"own {n}") for n in range(6)]
    problems: list[Exception] = []

    def work(n: int) -> None:
        order = people if n % 2 else people[::-1]
        try:
            for each in order:  # in different orders, so that locks in the order given would be a deadlock
                do(here, Change(each, own[n].pk, True))
            do(here, *[Change(each, tag.pk, True) for each in order for tag in (shared, own[n])])
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    everything = sorted([shared.pk, *(tag.pk for tag in own)])
    assert all(sorted(row.tags) == everything for row in ContactTags.objects.all())
    assert TagChange.objects.count() == 20 * 7
    assert TagChange.objects.filter(tag_id=shared.pk).count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_tag_is_not_deleted_while_it_is_put_on() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    here, person, tea = owner.workspace, contact(owner.workspace), made(owner.workspace, "Tea")
    gone = threading.Event()

    def delete() -> None:
        try:
            removal.delete(Tag.objects.get(pk=tea.pk), member=None)
            gone.set()
        finally:
            connection.close()

    with transaction.atomic(), hot_cursor() as cursor:
        change_many(cursor, here.pk, [Change(person.pk, tea.pk, True)], by=By())
        thread = threading.Thread(target=delete)
        thread.start()
        assert not gone.wait(0.5), "the deletion waits for the one that puts it on"
    thread.join()
    assert on(person) == []
