"""Assignments that end by themselves."""

from datetime import timedelta
from typing import Any

from tests.contacts.made import contact
from tests.contacts.test_tag_assign import do, made, on
from tradewind.contacts.models import Tag, TagChange, TagTerm
from tradewind.contacts.tags import terms
from tradewind.contacts.tags.assign import By, Change
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.workspaces.models import Member


def test_what_is_due_comes_off_and_says_why(alice: Member, charlie: Member, still_time: Any) -> None:
    ann, ben, theirs = contact(alice.workspace), contact(alice.workspace), contact(charlie.workspace)
    hot, sale = made(alice.workspace, "Hot", lifetime_days=1), made(charlie.workspace, "Sale")
    do(alice.workspace, Change(ann.pk, hot.pk, True), Change(ben.pk, hot.pk, True, clock.now() + timedelta(days=9)))
    do(charlie.workspace, Change(theirs.pk, sale.pk, True, clock.now() + timedelta(hours=1)))
    assert terms.step() is False
    assert on(ann) == [hot.pk]
    still_time.move(86_400)
    assert [terms.step() for _ in range(3)] == [False, False, False]
    assert (on(ann), on(ben), on(theirs)) == ([], [hot.pk], [])
    ended = TagChange.objects.get(contact=ann, is_on=False)
    assert (ended.reason, ended.member_id, ended.at) == ("its time was over", None, clock.now())
    assert Entry.objects.filter(kind="contact.untagged").count() == 2
    assert TagTerm.objects.get().contact == ben


def test_a_rule_that_took_the_tag_over_decides_alone(alice: Member, still_time: Any) -> None:
    ann, ben = contact(alice.workspace), contact(alice.workspace)
    hot, tea = made(alice.workspace, "Hot", lifetime_days=1), made(alice.workspace, "Tea", lifetime_days=1)
    do(alice.workspace, *[Change(person.pk, tag.pk, True) for person in (ann, ben) for tag in (hot, tea)])
    Tag.objects.filter(pk=hot.pk).update(rule_id=4)
    do(alice.workspace, Change(ben.pk, hot.pk, False), by=By(rule_id=4))
    still_time.move(90_000)
    terms.step()
    assert (on(ann), on(ben)) == ([hot.pk], [])
    assert not TagTerm.objects.exists()


def test_more_than_one_step_takes(alice: Member, still_time: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(terms, "AT_ONCE", 2)
    people, hot = [contact(alice.workspace) for _ in range(5)], made(alice.workspace, "Hot", lifetime_days=1)
    do(alice.workspace, *[Change(person.pk, hot.pk, True) for person in people])
    still_time.move(86_400)
    assert [terms.step() for _ in range(3)] == [True, True, False]
    assert all(on(person) == [] for person in people)
