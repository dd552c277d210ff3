"""The narrow rows, kept by triggers: a tag is one bit, and who was erased is nobody's."""

from typing import Any

import pytest

from tests.contacts import made
from tests.people import JOINED
from tradewind.contacts.models import Contact, ContactTags, Standing, Tag
from tradewind.contacts.privacy import erasing
from tradewind.contacts.tags.assign import By, Change, change_many
from tradewind.journal.connections import hot_cursor
from tradewind.segments import queries
from tradewind.segments.models import ContactRow, TagPlace
from tradewind.segments.names import Names
from tradewind.segments.tree import read
from tradewind.workspaces import walls
from tradewind.workspaces.models import Member, Workspace

pytestmark = pytest.mark.django_db
EVERYBODY: dict[str, Any] = {"all": []}
NOT_OPTED: dict[str, Any] = {"not": {"opted_in": True}}


def tags_of(workspace: Workspace, n: int) -> list[Tag]:
    return [Tag.objects.create(workspace=workspace, name=f"T{each}", created_at=JOINED) for each in range(n)]


def put(contact: Contact, *tags: Tag, is_on: bool = True) -> None:
    with hot_cursor() as cursor:
        change_many(
            cursor, contact.workspace_id, [Change(contact.pk, tag.pk, is_on) for tag in tags], by=By(reason="a test")
        )


def row_of(contact: Contact) -> ContactRow:
    return ContactRow.objects.get(contact=contact)


def words(contact: Contact) -> tuple[int, ...]:
    row = row_of(contact)
    return row.tags0, row.tags1, row.tags2, row.tags3


def people(member: Member, tree: dict[str, Any]) -> int:
    return queries.count(read(tree, workspace_id=member.workspace_id), workspace_id=member.workspace_id).people


def test_each_tag_is_a_bit_and_the_highest_of_a_number_is_its_sign(alice: Member) -> None:
    tags = tags_of(alice.workspace, 70)
    contact, other = made.contact(alice.workspace), made.contact(alice.workspace)
    put(contact, tags[0], tags[63], tags[64])
    put(other, tags[1])
    assert words(contact) == (1 - 2**63, 1, 0, 0)
    assert [people(alice, {"tag": f"T{n}"}) for n in (0, 1, 63, 64, 69)] == [1, 1, 1, 1, 0]
    put(contact, tags[63], is_on=False)
    assert words(contact) == (1, 1, 0, 0)
    ContactTags.objects.filter(contact=contact).delete()
    assert words(contact) == (0, 0, 0, 0)


def test_the_257th_tag_has_no_bit_and_is_found_all_the_same(alice: Member, charlie: Member) -> None:
    tags_of(charlie.workspace, 1)
    tags = tags_of(alice.workspace, 257)
    assert not TagPlace.objects.filter(tag_id=tags[256].pk).exists()
    found = Names(alice.workspace_id).tag("T256")
    assert found is not None
    assert (found.places, found.unplaced) == ((), (tags[256].pk,))
    contact = made.contact(alice.workspace)
    put(contact, tags[255], tags[256])
    assert words(contact) == (0, 0, 0, -(2**63))
    assert people(alice, {"tag": "T256"}) == people(alice, {"tag": "T255"}) == 1
    assert people(alice, {"not": {"tag": "T256"}}) == 0


def test_the_place_of_a_tag_that_is_gone_is_nobody_elses(alice: Member) -> None:
    tags = tags_of(alice.workspace, 2)
    tags[1].delete()
    new = Tag.objects.create(workspace=alice.workspace, name="New", created_at=JOINED)
    assert TagPlace.objects.get(tag_id=new.pk).place == 2


def test_who_was_erased_is_in_no_segment_not_even_in_what_is_left_over(alice: Member) -> None:
    (tag,) = tags_of(alice.workspace, 1)
    gone, stays = made.contact(alice.workspace), made.contact(alice.workspace)
    with walls.inside(alice.workspace_id):  # as a page does it: the triggers write under the web role
        erasing.erase(gone, member=alice)
    put(gone, tag)  # something that was under way
    Standing.objects.create(contact=gone, workspace=alice.workspace, engagement=90, reckoned_at=JOINED)
    assert row_of(gone).workspace_id == -alice.workspace_id
    assert people(alice, EVERYBODY) == people(alice, NOT_OPTED) == people(alice, {"not": {"tag": "T0"}}) == 1
    assert people(alice, {"tag": "T0"}) == people(alice, {"score": "engagement", "gte": 80}) == 0
    found = queries.page(read(EVERYBODY, workspace_id=alice.workspace_id), workspace_id=alice.workspace_id)
    assert found == [stays.pk]
    assert queries.sampled(alice.workspace_id).out_of == 1


def test_inside_the_walls_of_another_workspace_nobodys_row_is_there(alice: Member, charlie: Member) -> None:
    gone = made.contact(alice.workspace)
    erasing.erase(gone, member=alice)
    with walls.inside(charlie.workspace_id):
        assert not ContactRow.objects.filter(contact=gone).exists()
