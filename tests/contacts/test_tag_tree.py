"""The tree of tags: paths, moving with all that is below, who may, and what stands in the way of going."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.contacts.made import contact
from tests.people import member, workspace
from tradewind.contacts import actions
from tradewind.contacts.errors import TagError
from tradewind.contacts.models import Batch, Contact, ContactTags, Tag, TagChange
from tradewind.contacts.tags import paths, removal, tree, uses
from tradewind.contacts.tags.removal import TagUsed
from tradewind.journal.models import Entry
from tradewind.workspaces.models import AuditEntry, Member


def made(by: Member, name: str, **facts: Any) -> Tag:
    return tree.make(workspace=by.workspace, name=name, member=by, **facts)[0]


def names(of: Member) -> list[str]:
    return list(Tag.objects.filter(workspace=of.workspace).order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  VIP   guests ", "VIP guests"),
        ("Interest / Shoes/  Running ", "Interest/Shoes/Running"),
        ("Cafe\u0301", "Café"),
        ("\u202eevil\u202c", "evil"),
        ("V\u200bI\u00adP", "VIP"),
        ("line\nbreak\ttab", "line break tab"),
        ("a" + "\u0301" * 40, "á" + "\u0301" * 4),
        ("مهتم/أحذية", "مهتم/أحذية"),
        ("میخواهم\u200cها", "میخواهم\u200cها"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("'; DROP TABLE tag; --", "'; DROP TABLE tag; --"),
        ("<b>%s</b>", "<b>%s</b>"),
    ],
)
def test_a_path_is_cleaned(written: str, kept: str) -> None:
    assert paths.clean(written) == kept


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "needs a name"),
        (" / ", "needs a name"),
        ("\u200b\u202e", "needs a name"),
        ("Interest//Shoes", "nothing before or behind"),
        ("/Shoes", "nothing before or behind"),
        ("Shoes/", "nothing before or behind"),
        ("a/b/c/d", "3 levels at most"),
        ("x" * 81, "80 letters at most"),
        ("é" * 80 + "/" + "é" * 80 + "/" + "e\u0336\u0337" * 60, "250 letters at most"),
    ],
)
def test_what_is_no_path_is_refused_in_words(written: str, sentence: str) -> None:
    with pytest.raises(TagError, match=sentence):
        paths.clean(written)


def test_what_is_above_is_made_too_and_gives_its_colour(alice: Member) -> None:
    shoes = made(alice, "Interest/Shoes/Running", colour="series-3", owner=alice, lifetime_days=30)
    assert names(alice) == ["Interest", "Interest/Shoes", "Interest/Shoes/Running"]
    assert (shoes.parent.name, shoes.label, shoes.dimension) == ("Interest/Shoes", "Running", "Interest")
    assert (shoes.colour, shoes.owner, shoes.lifetime_days) == ("series-3", alice, 30)
    assert made(alice, "Interest/Tea").colour == Tag.objects.get(name="Interest").colour
    assert AuditEntry.objects.filter(verb="tag.created").count() == 4


def test_case_and_spaces_make_no_second_tag(alice: Member, charlie: Member) -> None:
    first = made(alice, "Interest/Straße Öl")
    assert made(alice, "INTEREST / straße  öl") == first
    assert tree.find(alice.workspace_id, "interest/STRASSE öl") is None, "ß and ss are two letters to PostgreSQL"
    assert made(alice, "interest/Tea").name == "Interest/Tea", "the part above keeps its own writing"
    assert made(charlie, "Interest/Straße Öl") != first


def test_a_tag_takes_what_is_below_along(alice: Member, charlie: Member) -> None:
    for name in ("Interest/Shoes/Running", "Interest/Shoes/Boots", "Interest/Shoes 2", "Hobby"):
        made(alice, name)
    made(charlie, "Interest/Shoes/Running")
    shoes = Tag.objects.get(workspace=alice.workspace, name="Interest/Shoes")
    tree.rename(shoes, name="Wants/Footwear", member=alice)
    assert names(alice) == [
        "Hobby", "Interest", "Interest/Shoes 2", "Wants", "Wants/Footwear", "Wants/Footwear/Boots",
        "Wants/Footwear/Running",
    ]  # fmt: skip
    shoes.refresh_from_db()
    assert shoes.parent is not None and shoes.parent.name == "Wants"
    assert "Interest/Shoes/Running" in names(charlie)
    assert Entry.objects.get(kind="tag.renamed").data["from"] == "Interest/Shoes"
    tree.rename(shoes, name="FOOTWEAR", member=alice)
    assert "FOOTWEAR/Boots" in names(alice)
    tree.rename(shoes, name="Footwear", member=alice)
    assert "Footwear/Boots" in names(alice), "case alone may change"


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("Interest/Shoes/Below", "below itself"),
        ("interest/shoes/Below", "below itself"),
        ("interest/TEA", "merge"),
        ("A/Interest/Shoes", "too deep"),
        ("", "needs a name"),
    ],
)
def test_where_a_tag_cannot_go(alice: Member, to: str, sentence: str) -> None:
    made(alice, "Interest/Shoes/Boots")
    made(alice, "Interest/Tea")
    before = names(alice)
    with pytest.raises(TagError, match=sentence):
        tree.rename(Tag.objects.get(name="Interest/Shoes"), name=to, member=alice)
    assert names(alice) == before


def test_facts_of_a_tag(alice: Member) -> None:
    tag = made(alice, "VIP")
    facts = {"colour": "series-5", "description": "\u202ebuys\noften", "owner": alice, "lifetime_days": 90}
    assert [tree.change(tag, member=alice, **facts) for _ in range(2)] == [True, False]
    tag.refresh_from_db()
    assert (tag.colour, tag.description, tag.owner, tag.lifetime_days) == ("series-5", "buys often", alice, 90)
    for wrong in ({"colour": "pink"}, {"lifetime_days": 0}, {"lifetime_days": 99999}):
        with pytest.raises(TagError):
            tree.change(tag, member=alice, **wrong)


def test_archive_and_back(alice: Member) -> None:
    leaf = made(alice, "Interest/Shoes/Boots")
    made(alice, "Interest/Tea")
    assert tree.archive(Tag.objects.get(name="Interest/Shoes"), member=alice) == 2
    assert tree.restore(leaf, member=alice) == 2
    assert not Tag.objects.exclude(archived_at=None).exists()


@pytest.fixture
def used() -> Iterator[list[uses.Use]]:
    """What somebody above says of every tag."""
    said: list[uses.Use] = []

    def finder(workspace_id: int, tags: list[int]) -> list[uses.Use]:
        return said

    uses.register(finder)
    yield said
    uses._finders.remove(finder)


def test_a_tag_that_counts_stays(alice: Member, used: list[uses.Use]) -> None:
    tag, parent = made(alice, "Interest/Tea"), Tag.objects.get(name="Interest")
    with pytest.raises(TagError, match="There are tags below Interest"):
        removal.delete(parent, member=alice)
    used += [uses.Use("segment", f"S{n}") for n in range(5)]
    with pytest.raises(TagUsed, match="is used by segment “S0”, segment “S1”, segment “S2” and 2 more"):
        removal.delete(tag, member=alice)
    used.clear()
    Tag.objects.filter(pk=tag.pk).update(rule_id=3)
    tag.refresh_from_db()
    for verb in (lambda: removal.delete(tag, member=alice), lambda: removal.merge(tag, into=parent, member=alice)):
        with pytest.raises(TagError, match="The rule of Interest/Tea decides"):
            verb()


def test_deleting_takes_it_off_everybody_here_only(alice: Member, charlie: Member) -> None:
    mine, tag = [contact(alice.workspace) for _ in range(3)], made(alice, "VIP")
    for person in mine[:2]:
        actions.tag(person, tag=tag, member=alice)
    theirs = contact(charlie.workspace)
    ContactTags.objects.filter(contact=theirs).update(tags=[tag.pk])
    pk = tag.pk
    assert removal.delete(tag, member=alice) is None
    assert names(alice) == []
    assert ContactTags.objects.get(contact=theirs).tags == [pk]
    assert ContactTags.objects.get(contact=mine[0]).tags == []
    assert TagChange.objects.filter(is_on=False, reason="the tag was deleted").count() == 2


def test_merging_gives_everybody_the_other_one(alice: Member) -> None:
    people, double, good = [contact(alice.workspace) for _ in range(3)], made(alice, "V.I.P."), made(alice, "VIP")
    actions.tag(people[0], tag=double, member=alice)
    actions.tag(people[1], tag=double, member=alice)
    actions.tag(people[1], tag=good, member=alice)
    assert removal.merge(double, into=good, member=alice) is None
    assert [ContactTags.objects.get(contact=each).tags for each in people] == [[good.pk], [good.pk], []]
    assert names(alice) == ["VIP"]
    with pytest.raises(TagError):
        removal.merge(good, into=good, member=alice)


def test_with_many_people_a_batch_does_it(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    from tradewind.contacts.tags import stretches

    monkeypatch.setattr(removal, "AT_ONCE", 1)
    people, tag = [contact(alice.workspace) for _ in range(3)], made(alice, "VIP")
    for person in people:
        actions.tag(person, tag=tag, member=alice)
    batch = removal.delete(tag, member=alice)
    assert batch is not None
    tag.refresh_from_db()
    assert tag.archived_at is not None, "nobody gets it any more"
    while stretches.step():
        pass
    assert names(alice) == []
    assert not ContactTags.objects.filter(tags__contains=[tag.pk]).exists()
    assert Batch.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_one_tag_comes_of_many_who_make_it_at_once() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    problems: list[Exception] = []

    def work(n: int) -> None:
        try:
            made(owner, f"Interest/{('TEA', 'Tea', 'tea')[n % 3]}/leaf {n}")
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(names(owner)) == 2 + 8


def test_only_who_manages_tags_makes_them(as_bob: Client, as_alice: Client, alice: Member) -> None:
    person = contact(alice.workspace)
    address = reverse("contacts:add_tag", args=[public(person)])
    answer = as_bob.post(address, {"name": "New"}, follow=True)
    assert "There is no tag New." in answer.content.decode()
    as_bob.post(reverse("contacts:tags"), {"name": "New"})
    assert names(alice) == []
    as_alice.post(address, {"name": "New"})
    as_bob.post(address, {"name": "new"})
    assert names(alice) == ["New"]
    answer = as_bob.post(reverse("contacts:delete_tag", args=[public(Tag.objects.get())]))
    assert answer.status_code == 403


def public(row: Contact | Tag) -> str:
    from tradewind.workspaces.door import public_id

    return public_id(row)
