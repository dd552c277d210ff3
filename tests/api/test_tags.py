"""Programs manage tags and change many contacts at once."""

from tests.api.conftest import Program
from tests.belongings import Belongings
from tradewind.contacts.models import Contact, Tag
from tradewind.contacts.tags import stretches


class TestTags:
    def test_a_tag_is_made_moved_merged_and_deleted(self, call: Program, hers: Belongings) -> None:
        status, made = call("post", "/tags/", {"name": "Interest/Shoes", "colour": "series-2", "lifetime_days": 30})
        assert (status, made["name"], made["lifetime_days"], made["kept_by_rule"]) == (201, "Interest/Shoes", 30, False)
        status, said = call("post", "/tags/", {"name": "interest/SHOES"})
        assert (status, made["id"] in said["detail"]) == (409, True)
        status, changed = call("patch", f"/tags/{made['id']}", {"name": "Wants/Shoes", "lifetime_days": None})
        assert (status, changed["name"], changed["lifetime_days"], changed["colour"]) == (
            200, "Wants/Shoes", None, "series-2",
        )  # fmt: skip
        assert call("patch", f"/tags/{made['id']}", {"archived": True})[1]["archived"] is True
        assert call("patch", f"/tags/{made['id']}", {"archived": False})[1]["archived"] is False
        status, said = call("post", f"/tags/{hers.id('tag')}/merge", {"into": made["id"]})
        assert (status, "segment “Tea drinkers”" in said["detail"]) == (409, True)
        hers.segment.delete()
        assert call("post", f"/tags/{hers.id('tag')}/merge", {"into": made["id"]}) == (200, {"batch": None})
        assert call("get", f"/tags/{hers.id('tag')}")[0] == 404
        assert call("get", f"/contacts/{hers.id('contact')}")[1]["tags"] == ["Wants/Shoes"]
        assert call("delete", f"/tags/{made['id']}") == (200, {"batch": None})
        names = [tag["name"] for tag in call("get", "/tags/")[1]["tags"]]
        assert names == ["Wants", "Interest"]

    def test_bad_names_are_refused_in_words(self, call: Program) -> None:
        for name, sentence in (("a/b/c/d", "3 levels"), ("/", "needs a name"), ("a//b", "nothing before or behind")):
            status, said = call("post", "/tags/", {"name": name})
            assert status == 422
            assert sentence in said["detail"]

    def test_a_tag_that_a_campaign_goes_to_stays(self, call: Program, hers: Belongings) -> None:
        tag = Tag.objects.get(name="tea")
        campaign = hers.campaign
        campaign.audience = {"kind": "tag", "tag": tag.pk}  # type: ignore[attr-defined]
        campaign.save()
        status, said = call("delete", f"/tags/{hers.id('tag')}")
        assert (status, "campaign “Spring”" in said["detail"]) == (409, True)


class TestBatches:
    def test_many_are_changed_and_changed_back(self, call: Program, hers: Belongings) -> None:
        Tag.objects.create(workspace=hers.member.workspace, name="VIP", created_at=hers.member.joined_at)
        asked = {"verb": "add", "tags": ["vip"], "filter": {"country": "DE"}, "reason": "by program"}
        assert call("post", "/batches/preview", asked) == (200, {"people": 1, "changing": 1, "alike": 0})
        status, batch = call("post", "/batches/", asked)
        assert (status, batch["state"]) == (202, "waiting")
        while stretches.step():
            pass
        done = call("get", f"/batches/{batch['id']}")[1]
        assert (done["state"], done["changed"], done["can_undo"]) == ("done", 1, True)
        assert call("get", f"/contacts/{hers.id('contact')}")[1]["tags"] == ["VIP", "tea"]
        assert call("post", f"/batches/{batch['id']}/undo")[1]["state"] == "undoing"
        while stretches.step():
            pass
        assert call("get", f"/contacts/{hers.id('contact')}")[1]["tags"] == ["tea"]
        assert call("post", f"/batches/{batch['id']}/undo")[0] == 422

    def test_a_field_of_named_people(self, call: Program, hers: Belongings) -> None:
        asked = {"verb": "field", "field": "points", "value": 7, "contacts": [hers.id("contact")]}
        assert call("post", "/batches/", asked)[0] == 202
        while stretches.step():
            pass
        assert Contact.objects.get().fields == {"points": 7}

    def test_all_who_fit_a_tree(self, call: Program, hers: Belongings) -> None:
        asked = {"verb": "add", "tags": ["tea"], "tree": {"not": {"tag": "tea"}}}
        people = Contact.objects.filter(workspace=hers.member.workspace).count()
        found = call("post", "/batches/preview", asked)[1]
        assert found == {"people": people - 1, "changing": people - 1, "alike": 0}
        assert call("post", "/batches/", asked)[0] == 202
        while stretches.step():
            pass
        assert call("post", "/batches/preview", asked)[1]["people"] == 0
        assert call("post", "/batches/", {**asked, "tree": {"tag": "nowhere"}})[0] == 422

    def test_who_is_meant_must_be_said_once(self, call: Program, hers: Belongings) -> None:
        for who in ({}, {"contacts": [hers.id("contact")], "filter": {}}):
            status, said = call("post", "/batches/", {"verb": "add", "tags": ["tea"], **who})
            assert (status, "Name the people" in said["detail"]) == (422, True)
