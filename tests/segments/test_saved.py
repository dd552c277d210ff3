"""Saved segments: created, changed, frozen, used, deleted; through their verbs and through the API."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from tests.contacts.made import contact
from tests.people import JOINED
from tradewind.campaigns.models import Campaign
from tradewind.contacts.models import Contact, ContactTags, Tag
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.segments import actions, queries
from tradewind.segments.errors import SegmentError, TreeError
from tradewind.segments.models import FrozenMember, Segment
from tradewind.segments.saved import node_of
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def made_tag(of: Member, name: str) -> Tag:
    return Tag.objects.create(workspace=of.workspace, name=name, created_at=JOINED)


def put(tag: Tag, *people: Contact) -> None:
    for each in people:
        ContactTags.objects.update_or_create(contact=each, workspace=each.workspace, defaults={"tags": [tag.pk]})


def save(of: Member, name: str, tree: Any, **more: Any) -> Segment:
    return actions.create(workspace=of.workspace, member=of, name=name, tree=tree, **more)


def people(segment: Segment) -> list[int]:
    return [pk for pk, _ in queries.members(node_of(segment), workspace_id=segment.workspace_id)]


def test_a_segment_lives_until_it_is_frozen_and_again_when_it_is_thawed(alice: Member) -> None:
    tea, ann, ben = made_tag(alice, "Tea"), contact(alice.workspace), contact(alice.workspace)
    put(tea, ann)
    segment = save(alice, "Drinkers", {"tag": "tea"})
    assert people(segment) == [ann.pk]
    segment = actions.freeze(segment, member=alice)
    put(tea, ben)
    assert (people(segment), segment.people) == ([ann.pk], 1)
    with pytest.raises(SegmentError, match="frozen"):
        actions.change(segment, member=alice, tree={"opted_in": True})
    segment = actions.thaw(segment, member=alice)
    assert people(segment) == [ann.pk, ben.pk]
    assert not FrozenMember.objects.exists()


def test_a_renamed_tag_goes_on_and_a_deleted_one_is_told_by_name(alice: Member) -> None:
    tea, ann = made_tag(alice, "Tea"), contact(alice.workspace)
    put(tea, ann)
    segment = save(alice, "Drinkers", {"all": [{"tag": "Tea"}]})
    Tag.objects.filter(pk=tea.pk).update(name="Hot drinks")
    assert people(segment) == [ann.pk]
    Tag.objects.filter(pk=tea.pk).delete()
    with pytest.raises(TreeError, match="“Tea” is not there"):
        people(segment)
    with pytest.raises(TreeError, match="The segment “Drinkers” cannot be used: The tag “Tea” is not there"):
        save(alice, "Others", {"not": {"segment": "Drinkers"}})


def test_names_are_once_and_bad_trees_are_not_saved(alice: Member, charlie: Member) -> None:
    save(alice, "One", {"opted_in": True})
    save(charlie, "One", {"opted_in": True})
    with pytest.raises(SegmentError, match="already"):
        save(alice, " One ", {"opted_in": True})
    with pytest.raises(SegmentError, match="name"):
        save(alice, " \t ", {"opted_in": True})
    with pytest.raises(TreeError):
        save(alice, "Two", {"tag": "Nowhere"})
    assert Segment.objects.filter(workspace=alice.workspace).count() == 1


def test_a_segment_in_use_is_not_deleted(alice: Member) -> None:
    inner = save(alice, "Inner", {"opted_in": True})
    outer = save(alice, "Outer", {"not": {"any": [{"segment": "Inner"}]}})
    with pytest.raises(SegmentError, match="The segment “Outer” uses"):
        actions.delete(inner, member=alice)
    with pytest.raises(TreeError, match="would contain itself"):
        actions.change(inner, member=alice, tree={"segment": "Outer"})
    campaign = Campaign.objects.create(
        workspace=alice.workspace, name="Spring", audience={"kind": "segment", "segment": outer.pk}, created_at=JOINED
    )
    with pytest.raises(SegmentError, match="The campaign “Spring” uses"):
        actions.delete(outer, member=alice)
    campaign.audience = {"kind": "everybody", "without": {"segments": [outer.pk]}}
    campaign.save()
    with pytest.raises(SegmentError, match="The campaign “Spring” uses"):
        actions.delete(outer, member=alice)
    Campaign.objects.update(state="done")
    actions.delete(outer, member=alice)
    actions.delete(inner, member=alice)
    assert not Segment.objects.exists()


def test_a_sample_is_repeatable_and_branches_are_counted_by_themselves(alice: Member) -> None:
    tea = made_tag(alice, "Tea")
    drinkers = [contact(alice.workspace, country="DE") for _ in range(9)]
    put(tea, *drinkers[:6])
    Contact.objects.filter(pk=drinkers[0].pk).update(country="IT")
    node = node_of(save(alice, "S", {"all": [{"tag": "Tea"}, {"not": {"field": "country", "is": "DE"}}]}))
    counts = queries.counts_by_branch(node, workspace_id=alice.workspace_id)
    assert {path: (n.people, n.is_about) for path, n in counts.items()} == {
        "all": (1, False),
        "all[0].tag": (6, False),
        "all[1].not": (1, False),
        "all[1].not.field": (8, False),
    }
    everybody = node_of(save(alice, "E", {"all": []}))
    first = queries.sample(everybody, workspace_id=alice.workspace_id, n=4, seed=3)
    assert first == queries.sample(everybody, workspace_id=alice.workspace_id, n=4, seed=3)
    assert len(set(first)) == 4
    others = {tuple(queries.sample(everybody, workspace_id=alice.workspace_id, n=4, seed=n)) for n in range(20)}
    assert others != {tuple(first)}


def test_when_time_is_up_branches_are_told_about(alice: Member) -> None:
    for _ in range(8):
        contact(alice.workspace, country="DE")
    node = node_of(save(alice, "S", {"any": [{"field": "country", "is": "DE"}, {"opted_in": True}]}))
    counts = queries.counts_by_branch(node, workspace_id=alice.workspace_id, limit_ms=0)
    assert {path: (n.people, n.is_about) for path, n in counts.items()} == {
        "any": (8, True),
        "any[0].field": (8, True),
        "any[1].opted_in": (0, True),
    }


@pytest.fixture
def api(alice: Member) -> Any:
    _key, token = keys.create(by=alice, name="Programs", scopes=keys.SCOPE_RIGHTS)
    return caller(token)


def caller(token: str) -> Any:
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        sent = {"data": orjson.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(f"/api/v1/segments/{path}", **sent)
        return answer.status_code, orjson.loads(answer.content) if answer.content else None

    return call


def test_the_api_saves_counts_lists_and_deletes(alice: Member, api: Any) -> None:
    tea, ann = made_tag(alice, "Tea"), contact(alice.workspace, "Ann")
    put(tea, ann, contact(alice.workspace, "Ben"))
    status, made = api("post", "", {"name": "Drinkers", "tree": {"all": [{"tag": "tea"}]}})
    assert (status, made["sentence"], made["problem"]) == (201, "People who have the tag “Tea”.", "")
    assert made["tree"] == {"all": [{"tag": "Tea", "id": public_id(tea)}]}
    status, found = api("get", f"{made['id']}/count?branches=true")
    assert (status, found["people"], found["about"]) == (200, 2, False)
    assert found["branches"] == [
        {"path": "all", "people": 2, "about": False}, {"path": "all[0].tag", "people": 2, "about": False}
    ]  # fmt: skip
    status, page = api("get", f"{made['id']}/members?limit=1")
    assert page["members"] == [{"contact": public_id(ann), "name": "Ann"}]
    status, rest = api("get", f"{made['id']}/members?limit=1&after={page['next']}")
    assert ([each["name"] for each in rest["members"]], rest["next"]) == (["Ben"], "")
    assert api("patch", made["id"], {"name": "All", "frozen": True})[1]["people"] == 2
    assert [each["name"] for each in api("get", "")[1]["segments"]] == ["All"]
    assert api("delete", made["id"])[0] == 204
    assert api("get", made["id"])[0] == 404


def test_the_api_says_what_is_wrong_with_a_tree_and_where(alice: Member, api: Any) -> None:
    status, said = api("post", "count", {"tree": {"all": [{"opted_in": True}, {"tag": "Nowhere"}]}})
    assert status == 422
    assert said["errors"] == [{"field": "tree.all[1].tag", "message": "The tag “Nowhere” is not there."}]
    assert api("post", "count", {"tree": [1]})[0] == 422
    assert api("post", "", {"name": "x", "tree": {"field": "created_at", "gt": "9999-99-99"}})[0] == 422


def test_a_deleted_tag_does_not_break_the_list(alice: Member, api: Any) -> None:
    made_tag(alice, "Tea")
    _status, made = api("post", "", {"name": "Drinkers", "tree": {"tag": "Tea"}})
    Tag.objects.all().delete()
    assert api("get", "")[1]["segments"][0]["problem"] == "tag: The tag “Tea” is not there."
    assert api("get", f"{made['id']}/count")[0] == 422


def test_why_tells_the_fact_behind_each_condition(alice: Member, api: Any) -> None:
    ann = contact(alice.workspace, "Ann", country="DE")
    for days in (10, 20, 200):
        record("order.placed", workspace_id=alice.workspace_id, contact_id=ann.pk, data={"amount": 50},
               at=clock.now() - timedelta(days=days))  # fmt: skip
    tree = {"all": [
        {"event": "order.placed", "times": {"gte": 2}, "within_days": 90},
        {"not": {"field": "country", "is": "DE"}},
        {"score": "engagement", "gte": 80},
    ]}  # fmt: skip
    status, made = api("post", "", {"name": "Loyal", "tree": tree})
    status, found = api("get", f"{made['id']}/why/{public_id(ann)}")
    assert (status, found["fits"], found["path"]) == (200, False, "all")
    ordered, not_here, score = found["of"]
    assert (ordered["fits"], ordered["says"]) == (True, "who ordered at least 2 times in the last 90 days")
    assert ordered["fact"].startswith("2 times, last on ")
    assert (not_here["fits"], not_here["of"][0]["fits"]) == (False, True)
    assert not_here["of"][0]["fact"] == "It is Germany."
    assert (score["path"], score["fits"], score["fact"]) == ("all[2].score", False, "It is 0.")


def test_an_agent_reads_segments_and_may_not_save_them(alice: Member, bob: Member) -> None:
    _key, token = keys.create(by=bob, name="His", scopes=keys.SCOPE_RIGHTS)
    api = caller(token)
    assert api("post", "", {"name": "x", "tree": {"opted_in": True}})[0] == 403
    assert api("post", "count", {"tree": {"opted_in": True}})[1]["people"] == 0
