"""Pages of tags and of changes to many, asked for by those who may and those who may not."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.contacts.made import contact
from tests.people import browser, member
from tradewind.contacts import actions, jobs, queries
from tradewind.contacts.models import Batch, Contact, ContactTags, Tag
from tradewind.contacts.tags import stretches, tree
from tradewind.segments import actions as segments
from tradewind.segments.health import changes
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member


def made(by: Member, name: str, **facts: object) -> Tag:
    return tree.make(workspace=by.workspace, name=name, member=by, **facts)[0]  # type: ignore[arg-type]


def words(text: str) -> str:
    """The text of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_the_tree_shows_levels_people_and_who_sets_it(as_alice: Client, alice: Member) -> None:
    boots = made(alice, "Interest/Shoes/Boots", lifetime_days=30, owner=alice, description="wants boots")
    made(alice, "Interest 2")
    actions.tag(contact(alice.workspace), tag=boots, member=alice)
    Tag.objects.filter(name="Interest 2").update(rule_id=3)
    page = words(as_alice.get(reverse("contacts:tags")).content.decode())
    assert "4 tags" in page
    assert re.search(
        r"Interest 1 people for good Shoes 1 people for good Boots wants boots 1 people 30 days Alice", page
    )
    assert re.search(r"Interest 2 0 a rule for good", page)


def test_making_changing_and_archiving(as_alice: Client, alice: Member) -> None:
    form = {"name": "Interest/Tea", "colour": "series-4", "lifetime_days": "30", "owner": public_id(alice)}
    assert as_alice.post(reverse("contacts:new_tag"), form).status_code == 302
    answer = as_alice.post(reverse("contacts:new_tag"), {**form, "name": "interest / TEA"})
    assert answer.status_code == 422
    assert "There is a tag Interest/Tea already." in answer.content.decode()
    tag = Tag.objects.get(name="Interest/Tea")
    assert (tag.owner, tag.colour, tag.lifetime_days) == (alice, "series-4", 30)
    address = reverse("contacts:tag", args=[public_id(tag)])
    assert as_alice.get(address).status_code == 200
    as_alice.post(address, {**form, "name": "Drinks/Tea", "lifetime_days": "", "owner": ""})
    tag.refresh_from_db()
    assert (tag.name, tag.owner, tag.lifetime_days) == ("Drinks/Tea", None, None)
    as_alice.post(reverse("contacts:archive_tag", args=[public_id(tag)]), follow=True)
    assert "Drinks/Tea" not in as_alice.get(reverse("contacts:tags")).content.decode()
    assert "Drinks/Tea" in as_alice.get(reverse("contacts:tags") + "?archived=1").content.decode()
    as_alice.post(reverse("contacts:archive_tag", args=[public_id(tag)]), {"back": "1"})
    tag.refresh_from_db()
    assert tag.archived_at is None


def test_merging_and_deleting_by_hand(as_alice: Client, alice: Member) -> None:
    double, good, person = made(alice, "V.I.P."), made(alice, "VIP"), contact(alice.workspace)
    actions.tag(person, tag=double, member=alice)
    answer = as_alice.post(
        reverse("contacts:merge_tag", args=[public_id(double)]), {"into": public_id(good)}, follow=True
    )
    assert "Whoever had V.I.P. has VIP now." in answer.content.decode()
    answer = as_alice.post(reverse("contacts:delete_tag", args=[public_id(good)]), follow=True)
    assert "The tag is gone; 1 person had it." in answer.content.decode()
    assert ContactTags.objects.get(contact=person).tags == []


def test_a_list_filtered_by_a_tag_shows_who_has_one_below(as_bob: Client, alice: Member) -> None:
    boots = made(alice, "Interest/Shoes/Boots")
    actions.tag(contact(alice.workspace, "Has Boots"), tag=boots, member=alice)
    contact(alice.workspace, "Has Nothing")
    top = Tag.objects.get(name="Interest")
    page = as_bob.get(reverse("contacts:list"), {"tag": public_id(top)}).content.decode()
    assert "Has Boots" in page
    assert "Has Nothing" not in page


def test_who_set_a_tag_since_when_until_when_and_why(as_alice: Client, alice: Member) -> None:
    made(alice, "Hot", lifetime_days=7)
    person = contact(alice.workspace)
    as_alice.post(reverse("contacts:add_tag", args=[public_id(person)]), {"name": "hot", "reason": "asked twice"})
    page = words(as_alice.get(reverse("contacts:show", args=[public_id(person)])).content.decode())
    assert re.search(r"Hot .*since .* · Alice · asked twice · until", page)
    assert "Tag Hot put on" in page
    answer = as_alice.post(
        reverse("contacts:add_tag", args=[public_id(person)]), {"name": "hot", "until": "2001-01-01"}, follow=True
    )
    assert "The end lies in the past." in answer.content.decode()


def test_a_tag_that_a_rule_keeps_cannot_be_taken_off_here(as_alice: Client, alice: Member) -> None:
    tag, person = made(alice, "Asleep"), contact(alice.workspace)
    actions.tag(person, tag=tag, member=alice)
    Tag.objects.update(rule_id=3)
    page = as_alice.get(reverse("contacts:show", args=[public_id(person)])).content.decode()
    assert "A rule decides who has this tag." in page
    assert "Take Asleep off" not in page
    answer = as_alice.post(reverse("contacts:remove_tag", args=[public_id(person), public_id(tag)]), follow=True)
    assert "The rule of Asleep decides" in answer.content.decode()


def test_the_person_in_charge(as_bob: Client, bob: Member, charlie: Member) -> None:
    person = contact(bob.workspace)
    address = reverse("contacts:set_owner", args=[public_id(person)])
    as_bob.post(address, {"owner": public_id(bob)})
    person.refresh_from_db()
    assert person.owner == bob
    assert as_bob.post(address, {"owner": public_id(charlie)}).status_code == 404
    as_bob.post(address, {"owner": ""})
    person.refresh_from_db()
    assert person.owner is None


def test_ticked_people_get_a_tag_and_lose_it_again(as_alice: Client, alice: Member) -> None:
    tea, people = made(alice, "Interest/Tea"), [contact(alice.workspace, f"Person {n}") for n in range(4)]
    actions.tag(people[0], tag=tea, member=alice)
    query = "?" + "&".join(f"contact={public_id(each)}" for each in people[:3]) + "&verb=add"
    page = words(as_alice.get(reverse("contacts:new_batch") + query).content.decode())
    assert "3 people are chosen. Say what is to be done." in page
    form = {"tag": public_id(tea), "reason": "fair"}
    told = words(as_alice.post(reverse("contacts:preview_batch") + query, form).content.decode())
    assert told == "Adds Interest/Tea: 2 people. 1 has it so already."
    answer = as_alice.post(reverse("contacts:new_batch") + query, form)
    batch = Batch.objects.get()
    assert answer.headers["Location"] == reverse("contacts:batch", args=[public_id(batch)])
    while stretches.step():
        pass
    page = words(as_alice.get(answer.headers["Location"]).content.decode())
    assert "3 of 3 people looked at, 2 changes made." in page
    assert "Undo" in page
    as_alice.post(reverse("contacts:act_on_batch", args=[public_id(batch)]), {"verb": "undo"})
    while stretches.step():
        pass
    assert [ContactTags.objects.get(contact=each).tags for each in people] == [[tea.pk], [], [], []]
    page = words(as_alice.get(reverse("contacts:batch", args=[public_id(batch)]) + "?part=1").content.decode())
    assert "2 of 2 changes were taken back" in page
    assert "Adds Interest/Tea" in as_alice.get(reverse("contacts:batches")).content.decode()


def test_all_that_a_filter_shows(as_alice: Client, alice: Member) -> None:
    made(alice, "Tea")
    for n in range(3):
        contact(alice.workspace, f"Anna {n}")
    contact(alice.workspace, "Bert")
    query = "?all=1&q=anna&verb=field"
    told = words(
        as_alice.post(reverse("contacts:preview_batch") + query, {"field": "city", "value": "Ulm"}).content.decode()
    )
    assert told == "Sets city to Ulm: 3 people."
    as_alice.post(reverse("contacts:new_batch") + query, {"field": "city", "value": "Ulm"})
    while stretches.step():
        pass
    assert Contact.objects.filter(city="Ulm").count() == 3


def test_all_who_fit_a_tree_or_a_segment(as_alice: Client, alice: Member) -> None:
    tea, members = made(alice, "Tea"), [contact(alice.workspace, city=city) for city in ("Ulm", "Ulm", "Bonn")]
    from_ulm = {"field": "city", "is": "Ulm"}
    saved = segments.create(workspace=alice.workspace, member=alice, tree=from_ulm, name="In Ulm")
    page = as_alice.get(reverse("segments:show", args=[public_id(saved)])).content.decode()
    people = re.search(r'href="([^"]*segments/people/[^"]*)">Change these people', page)
    assert people is not None
    page = html.unescape(as_alice.get(html.unescape(people[1])).content.decode())
    found = re.search(r'href="([^"]*batches/new/[^"]*verb=add)"', page)
    assert found is not None and public_id(saved) in found[1]
    query = "?" + found[1].partition("?")[2]
    told = words(as_alice.post(reverse("contacts:preview_batch") + query, {"tag": public_id(tea)}).content.decode())
    assert told == "Adds Tea: 2 people."
    as_alice.post(reverse("contacts:new_batch") + query, {"tag": public_id(tea)})
    while stretches.step():
        pass
    assert [ContactTags.objects.get(contact=each).tags for each in members] == [[tea.pk], [tea.pk], []]


def test_the_tag_leads_to_the_act_that_put_it_on(as_alice: Client, as_bob: Client, alice: Member) -> None:
    tea, person = made(alice, "Tea"), contact(alice.workspace)
    query = f"?contact={public_id(person)}&verb=add"
    as_alice.post(reverse("contacts:new_batch") + query, {"tag": public_id(tea)})
    while stretches.step():
        pass
    address, page = reverse("contacts:batch", args=[public_id(Batch.objects.get())]), f"/contacts/{public_id(person)}/"
    assert f'href="{address}"><bdi>Alice, for many at once' in as_alice.get(page).content.decode()
    assert "Alice, for many at once" in as_bob.get(page).content.decode()
    assert address not in as_bob.get(page).content.decode(), "agents may not look at it"


@pytest.mark.parametrize(
    ("query", "form", "sentence"),
    [
        ("?tree=nonsense&verb=add", {"tag": "nonsense"}, "These conditions cannot be read."),
        ("?tree=%7B%22tag%22%3A%22Nowhere%22%7D&verb=owner", {}, "The tag “Nowhere” is not there."),
        ("?verb=add", {}, "Nobody is chosen yet."),
        ("?all=1&verb=add", {}, "Choose a tag that is there."),
        ("?all=1&verb=add", {"tag": "nonsense"}, "Choose a tag that is there."),
        ("?all=1&verb=owner", {"owner": "nonsense"}, "This member is not here any more."),
        ("?all=1&verb=field", {}, "The name of a field has 1 to 60 letters."),
        ("?all=1&verb=add", {"until": "nonsense"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_done_is_said_in_the_preview(
    as_alice: Client, alice: Member, query: str, form: dict[str, str], sentence: str
) -> None:
    contact(alice.workspace)
    told = words(as_alice.post(reverse("contacts:preview_batch") + query, form).content.decode())
    assert sentence in told
    assert as_alice.post(reverse("contacts:new_batch") + query, form).status_code == 422
    assert not Batch.objects.exists()


def test_agents_and_strangers_change_nobody_in_bulk(
    as_bob: Client, as_charlie: Client, as_alice: Client, alice: Member
) -> None:
    tea, person = made(alice, "Tea"), contact(alice.workspace)
    query = f"?contact={public_id(person)}&verb=add"
    assert as_bob.post(reverse("contacts:new_batch") + query, {"tag": public_id(tea)}).status_code == 403
    assert as_charlie.post(reverse("contacts:new_batch") + query, {"tag": public_id(tea)}).status_code == 422
    assert not Batch.objects.exists()
    as_alice.post(reverse("contacts:new_batch") + query, {"tag": public_id(tea)})
    address = reverse("contacts:act_on_batch", args=[public_id(Batch.objects.get())])
    assert as_charlie.post(address, {"verb": "cancel"}).status_code == 404
    assert "Choose Annika Vogel" in as_alice.get(reverse("contacts:list")).content.decode()
    assert "Choose Annika Vogel" not in as_bob.get(reverse("contacts:list")).content.decode()


def test_what_people_wrote_stays_text(alice: Member) -> None:
    manager = browser(member(alice.workspace, "Mia", "manager"))
    tag = made(alice, '"><img src=x>', description="<script>1</script>")
    for address in (reverse("contacts:tags"), reverse("contacts:tag", args=[public_id(tag)])):
        page = manager.get(address).content.decode()
        assert "<img src=x" not in page
        assert "<script>1" not in page


def test_the_tags_of_many_people_are_counted_in_the_background(
    as_alice: Client, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea, (ann, ben) = made(alice, "Tea"), (contact(alice.workspace), contact(alice.workspace))
    actions.tag(ann, tag=tea, member=alice)
    monkeypatch.setattr(queries, "FEW", 0)
    waiting: list[int] = []
    monkeypatch.setattr(jobs, "ask_once", lambda task, workspace_id: waiting.append(workspace_id))
    assert queries.people_by_tag(alice.workspace_id) == {tea.pk: 1}, "the first one waits"
    as_alice.post(reverse("contacts:add_tag", args=[public_id(ben)]), {"name": "Tea"})
    assert queries.people_by_tag(alice.workspace_id) == {tea.pk: 1}
    assert waiting == [alice.workspace_id]
    jobs.count_tags_of(alice.workspace_id)
    assert queries.people_by_tag(alice.workspace_id) == {tea.pk: 2}
    assert waiting == [alice.workspace_id]


def test_the_log_of_the_tags_says_why(as_alice: Client, alice: Member) -> None:
    tea, coffee, mugs = (made(alice, name) for name in ("Tea", "Coffee", "Mugs"))
    form = {"name": "Tea lovers", "description": "Who asked for tea", "reason": "as the shop calls them"}
    assert as_alice.post(reverse("contacts:tag", args=[public_id(tea)]), form).status_code == 302
    as_alice.post(reverse("contacts:archive_tag", args=[public_id(coffee)]), {"reason": "nobody used it"})
    into = {"into": public_id(tea), "reason": "the same people"}
    as_alice.post(reverse("contacts:merge_tag", args=[public_id(mugs)]), into)
    log = [(each.tag, each.why) for each in map(changes.line_of, changes.rows(alice)) if each.why]
    assert log == [
        ("Mugs → Tea lovers", "the same people"),
        ("Coffee", "nobody used it"),
        ("Tea lovers", "as the shop calls them"),
        ("Tea → Tea lovers", "as the shop calls them"),
    ]
