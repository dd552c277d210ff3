"""What programs do: contacts with consent, messages once and only once, campaigns; and how errors are told."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Program
from tests.belongings import Belongings, everything
from tradewind.campaigns.models import Campaign
from tradewind.contacts.models import Consent, Contact
from tradewind.lib import clock
from tradewind.messages.models import Content, Message, Outbox, ServiceWindow
from tradewind.workspaces.models import AuditEntry, Member


def template_message(hers: Belongings, **more: Any) -> dict[str, Any]:
    return {
        "number": hers.id("number"),
        "to": {"contact": hers.id("contact")},
        "template": {"id": hers.id("template"), "variables": {"body.1": "Dora"}},
        **more,
    }


class TestContacts:
    def test_a_contact_is_added_read_and_changed(self, call: Program) -> None:
        status, made = call(
            "post", "/contacts/", {"phone": "0151 20012345", "name": "Emil", "tags": ["vip"], "fields": {"order": 7}}
        )
        assert status == 201
        assert (made["phone"], made["country"], made["marketing"]) == ("+4915120012345", "DE", "unknown")
        assert (made["tags"], made["fields"]) == (["vip"], {"order": 7})
        status, changed = call(
            "patch", f"/contacts/{made['id']}", {"city": "Kiel", "untag": ["vip"], "fields": {"order": None}}
        )
        assert (status, changed["city"], changed["name"], changed["tags"], changed["fields"]) == (
            200,
            "Kiel",
            "Emil",
            [],
            {},
        )
        assert call("get", f"/contacts/{made['id']}") == (200, changed)

    def test_the_same_phone_twice_names_the_contact_that_has_it(self, call: Program, hers: Belongings) -> None:
        phone = Contact.objects.get().identities.get().value
        status, said = call("post", "/contacts/", {"phone": phone})
        assert (status, said["code"]) == (409, "conflict")
        assert hers.id("contact") in said["detail"]

    def test_contacts_are_found_by_phone_and_tag_and_come_in_pages(self, call: Program, hers: Belongings) -> None:
        new = [call("post", "/contacts/", {"phone": f"+49151200200{n:02}"})[1]["id"] for n in range(5)]
        _status, first = call("get", "/contacts/?limit=4")
        _status, second = call("get", f"/contacts/?limit=4&after={first['next']}")
        listed = [person["id"] for person in first["contacts"] + second["contacts"]]
        assert listed == [*reversed(new), hers.id("contact")]
        assert second["next"] == ""
        assert [p["id"] for p in call("get", "/contacts/?phone=015120020003")[1]["contacts"]] == [new[3]]
        assert [p["id"] for p in call("get", "/contacts/?tag=tea")[1]["contacts"]] == [hers.id("contact")]
        assert call("get", "/contacts/?tag=none")[1]["contacts"] == []

    def test_consent_is_recorded_with_its_proof(self, call: Program, hers: Belongings) -> None:
        proof = {"source": "shop_checkout", "wording": "Yes, write to me", "proof": {"order": "A-1"}}
        status, said = call("post", f"/contacts/{hers.id('contact')}/opt-out", proof)
        assert (status, said["changed"], said["contact"]["marketing"]) == (200, True, "opted_out")
        kept = Consent.objects.filter(state="opted_out").get()
        assert (kept.source, kept.wording, kept.proof, kept.member) == (
            "shop_checkout",
            "Yes, write to me",
            {"order": "A-1"},
            hers.member,
        )
        assert call("post", f"/contacts/{hers.id('contact')}/opt-out", proof)[1]["changed"] is False
        assert call("post", f"/contacts/{hers.id('contact')}/opt-in", proof)[1]["contact"]["marketing"] == "opted_in"

    @pytest.mark.parametrize(("number", "status"), [(10**30, 400), (-1.5e300, 400), (2**63 - 1, 200), (1e15, 200)])
    def test_hostile_numbers_past_64_bits_are_refused(
        self, call: Program, hers: Belongings, number: float, status: int
    ) -> None:
        proof = {"source": "shop_checkout", "proof": {"orders": number}}
        assert call("post", f"/contacts/{hers.id('contact')}/opt-out", proof)[0] == status
        assert call("get", f"/contacts/{hers.id('contact')}/consent")[0] == 200

    def test_consent_needs_a_source(self, call: Program, hers: Belongings) -> None:
        status, said = call("post", f"/contacts/{hers.id('contact')}/opt-in", {})
        assert (status, said["errors"][0]["field"]) == (422, "body.source")

    @pytest.mark.parametrize(
        ("at", "status"),
        [
            ("2026-01-05T09:00:00+01:00", 200),
            ("2026-01-05T09:00:00-23:11", 200),
            ("2026-01-05T09:00:00", 422),
            ("0001-01-01T00:00:00+14:00", 422),
            ("9999-12-31T23:59:59-14:00", 422),
            ("soon", 422),
        ],
    )
    def test_times_have_a_zone_and_a_year_that_can_be_meant(
        self, call: Program, hers: Belongings, at: str, status: int
    ) -> None:
        proof = {"source": "paper", "at": at}
        assert call("post", f"/contacts/{hers.id('contact')}/opt-in", proof)[0] == status


class TestMessages:
    def test_a_template_is_queued(self, call: Program, hers: Belongings) -> None:
        status, said = call("post", "/messages/", template_message(hers))
        assert status == 202
        assert (said["state"], said["kind"], said["category"], said["contact"]) == (
            "queued",
            "template",
            "marketing",
            hers.id("contact"),
        )
        assert Outbox.objects.get().is_marketing
        status, again = call("get", f"/messages/{said['id']}")
        assert (status, again["id"]) == (200, said["id"])
        assert again["waiting"]["because"]

    @pytest.mark.parametrize("by", ["body", "header"])
    def test_the_same_id_sends_once_and_answers_the_same(self, call: Program, hers: Belongings, by: str) -> None:
        body = template_message(hers, **({"client_message_id": "order-17"} if by == "body" else {}))
        headers = {"Idempotency-Key": "order-17"} if by == "header" else {}
        answers = [call("post", "/messages/", body, **headers) for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0][0] == 202
        assert Message.objects.filter(client_message_id="order-17").count() == Outbox.objects.count() == 1
        assert Content.objects.filter(run=None).count() == 1

    def test_the_same_id_for_something_else_is_refused(self, call: Program, hers: Belongings) -> None:
        call("post", "/messages/", template_message(hers, client_message_id="order-17"))
        other = template_message(hers, client_message_id="order-17")
        other["template"]["variables"]["body.1"] = "Emil"
        status, said = call("post", "/messages/", other)
        assert (status, said["code"]) == (409, "conflict")
        assert Outbox.objects.count() == 1
        both = call("post", "/messages/", template_message(hers, client_message_id="a"), **{"Idempotency-Key": "b"})
        assert both[0] == 409

    def test_free_form_needs_an_open_window(self, call: Program, hers: Belongings) -> None:
        body = {"number": hers.id("number"), "to": {"contact": hers.id("contact")}, "text": "Hello"}
        status, said = call("post", "/messages/", body)
        assert (status, said["code"]) == (409, "conflict")
        assert "24 hours" in said["detail"]
        open_window(hers)
        status, said = call("post", "/messages/", body)
        assert (status, said["text"], said["category"]) == (202, "Hello", "service")

    def test_metas_own_objects_go_as_they_are(self, call: Program, hers: Belongings) -> None:
        open_window(hers)
        body = {"number": hers.id("number"), "to": {"contact": hers.id("contact")}}
        picture = {"type": "image", "image": {"link": "https://example.com/a.png", "caption": "A"}}
        status, said = call("post", "/messages/", {**body, "message": picture})
        assert (status, said["kind"], said["text"]) == (202, "image", "A")
        assert Message.objects.get(kind="image").payload == picture
        for wrong in (
            {"type": "template", "template": {}},
            {"type": "image"},
            {"type": "image", "image": "x"},
            {"type": "image", "image": {}, "to": "+4915112345"},
            {"image": {}},
            {},
        ):
            status, said = call("post", "/messages/", {**body, "message": wrong})
            assert (status, said["code"]) == (422, "invalid"), wrong
            assert said["errors"][0]["field"].startswith("message")

    def test_a_new_phone_becomes_a_contact_once(self, call: Program, hers: Belongings) -> None:
        hers.template.category = "UTILITY"
        hers.template.save()
        body = {**template_message(hers), "to": {"phone": "+4915120099999"}}
        first, second = call("post", "/messages/", body), call("post", "/messages/", body)
        assert (first[0], second[0]) == (202, 202)
        assert first[1]["contact"] == second[1]["contact"] != hers.id("contact")
        assert Contact.objects.count() == 2

    def test_no_marketing_without_consent(self, call: Program, hers: Belongings) -> None:
        status, said = call("post", "/messages/", {**template_message(hers), "to": {"phone": "+4915120099999"}})
        assert (status, "agreed" in said["detail"]) == (409, True)
        assert not Outbox.objects.exists()
        assert Contact.objects.count() == 1  # refused as a whole

    def test_a_missing_variable_is_named(self, call: Program, hers: Belongings) -> None:
        status, said = call("post", "/messages/", template_message(hers, template={"id": hers.id("template")}))
        assert (status, said["errors"][0]["field"]) == (422, "body.1")

    def test_what_has_not_left_can_be_taken_back(self, call: Program, hers: Belongings) -> None:
        _status, sent = call("post", "/messages/", template_message(hers))
        status, said = call("post", f"/messages/{sent['id']}/cancel")
        assert (status, said["state"]) == (200, "cancelled")
        status, said = call("post", f"/messages/{sent['id']}/cancel")
        assert (status, said["code"]) == (409, "conflict")

    def test_lists_are_of_somebody(self, call: Program, hers: Belongings) -> None:
        assert call("get", "/messages/")[0] == 422
        for query in (f"contact={hers.id('contact')}", f"campaign={hers.id('campaign')}&state=failed"):
            assert [m["id"] for m in call("get", f"/messages/?{query}")[1]["messages"]] == [hers.id("message")], query
        assert call("get", f"/messages/?contact={hers.id('contact')}&state=read")[1]["messages"] == []


class TestCampaigns:
    def wanted(self, hers: Belongings, **more: Any) -> dict[str, Any]:
        return {
            "name": "Autumn",
            "template": hers.id("template"),
            "audience": {"kind": "tag", "tag": "tea"},
            "numbers": [hers.id("number")],
            "bindings": [{"key": "body.1", "field": "name", "fallback": "there"}],
            **more,
        }

    def test_from_set_up_to_plan(self, call: Program, hers: Belongings) -> None:
        status, made = call("post", "/campaigns/", self.wanted(hers))
        assert (status, made["state"], made["template"], made["numbers"]) == (
            201,
            "draft",
            hers.id("template"),
            [hers.id("number")],
        )
        status, said = call("post", f"/campaigns/{made['id']}/plan")
        assert (status, said["state"]) == (202, "planning")
        assert call("get", f"/campaigns/{made['id']}/plan")[1]["plan"] is None

    def test_verbs_that_do_not_fit_the_state_say_so(self, call: Program, hers: Belongings) -> None:
        _status, made = call("post", "/campaigns/", self.wanted(hers))
        for verb in ("launch", "pause", "resume"):
            status, said = call("post", f"/campaigns/{made['id']}/{verb}")
            assert (status, said["code"]) == (409, "conflict"), verb
            assert len(said["detail"]) > 10

    def test_a_campaign_is_resumed_paused_and_cancelled(self, call: Program, hers: Belongings) -> None:
        path = f"/campaigns/{hers.id('campaign')}"
        assert [call("post", f"{path}/{verb}")[1]["state"] for verb in ("resume", "pause", "cancel")] == [
            "running",
            "paused",
            "cancelled",
        ]
        noted = AuditEntry.objects.filter(verb__startswith="campaign.", api_key=hers.key.pk, member=hers.member)
        assert set(noted.values_list("verb", flat=True)) >= {
            "campaign.resumed",
            "campaign.paused",
            "campaign.cancelled",
        }

    def test_report_and_log(self, call: Program, hers: Belongings) -> None:
        status, report = call("get", f"/campaigns/{hers.id('campaign')}/report")
        assert (status, report["audience"], report["recipients"], report["accepted"]) == (200, 1, 1, 1)
        status, log = call("get", f"/campaigns/{hers.id('campaign')}/log?show=failed")
        assert (status, [line["error_code"] for line in log["messages"]], log["next"]) == (200, [131026], "")

    def test_the_log_names_people_only_to_keys_that_may_read_contacts(
        self, hers: Belongings, with_scopes: Callable[..., Program]
    ) -> None:
        path = f"/campaigns/{hers.id('campaign')}/log"
        _status, named = with_scopes("campaigns:read", "contacts:read")("get", path)
        _status, nameless = with_scopes("campaigns:read")("get", path)
        assert {line["name"] for line in named["messages"]} == {hers.contact.name} != {""}
        assert {line["name"] for line in nameless["messages"]} == {""}

    def test_what_belongs_to_somebody_else_cannot_be_used(
        self, call: Program, hers: Belongings, charlie: Member
    ) -> None:
        his = everything(charlie)
        for wrong in ({"template": his.id("template")}, {"numbers": [his.id("number")]}, {"numbers": ["nonsense"]}):
            status, said = call("post", "/campaigns/", self.wanted(hers, **wrong))
            assert (status, said["code"]) == (404, "not_found"), wrong
        status, said = call("post", "/campaigns/", self.wanted(hers, audience={"kind": "tag", "tag": "his"}))
        assert status == 409
        body = template_message(hers)
        for wrong in (
            {"number": his.id("number")},
            {"to": {"contact": his.id("contact")}},
            {"template": {"id": his.id("template")}},
        ):
            assert call("post", "/messages/", {**body, **wrong})[0] == 404, wrong
        for query in (f"contact={his.id('contact')}", f"campaign={his.id('campaign')}"):
            assert call("get", f"/messages/?{query}")[0] == 404
        assert call("get", f"/contacts/?after={his.id('contact')}")[0] == 200  # a place in the order, not a thing
        assert call("get", "/contacts/?after=nonsense")[0] == 404


class TestErrors:
    @pytest.mark.parametrize(
        "body", ["{", "[]", '"x"', "null", '{"name": "\\u0000"}', "\xff", '{"name": "\\ud800"}', "1" * 400]
    )
    def test_an_unreadable_body_is_told(self, call: Program, body: str) -> None:
        answer = call.client.post(
            "/api/v1/contacts/",
            body.encode("latin-1"),
            "application/json",
            headers={"Authorization": f"Bearer {call.token}"},
        )
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "unreadable"

    def test_wrong_fields_are_named(self, call: Program) -> None:
        status, said = call("post", "/contacts/", {"phone": 7, "country": "Germany", "tags": "x"})
        assert status == 422
        assert {error["field"] for error in said["errors"]} == {"body.phone", "body.country", "body.tags"}

    def test_a_phone_that_is_none_is_explained(self, call: Program) -> None:
        status, said = call("post", "/contacts/", {"phone": "12"})
        assert status == 422
        status, said = call("post", "/contacts/", {"phone": "+49 123"})
        assert (status, said["code"]) == (422, "invalid")
        assert len(said["detail"]) > 10

    def test_errors_are_english_whatever_the_member_speaks(self, call: Program, hers: Belongings) -> None:
        hers.member.user.locale = "de"
        hers.member.user.save()
        status, said = call(
            "post", "/messages/", {"number": hers.id("number"), "to": {"contact": hers.id("contact")}, "text": "x"}
        )
        assert (status, "24 hours" in said["detail"]) == (409, True)

    def test_unknown_paths_and_methods(self, call: Program) -> None:
        for path in ("/api/v1/nothing", "/api/", "/api/v2/contacts/"):
            answer = call.client.get(path)
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path
        assert call.client.delete("/api/v1/contacts/").status_code == 405

    def test_a_fault_of_ours_tells_nothing(self, call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        from tradewind.api import numbers

        def broken(number: object) -> None:
            raise RuntimeError("the secret is canary-4711")

        monkeypatch.setattr(numbers, "shown", broken)
        status, said = call("get", "/numbers/")
        assert (status, said["code"]) == (500, "broken")
        assert "canary" not in call.last.content.decode()


def open_window(hers: Belongings) -> None:
    now = clock.now()
    ServiceWindow.objects.create(
        workspace=hers.member.workspace,
        number=hers.number,
        contact=hers.contact,
        last_inbound_at=now,
        closes_at=now.replace(year=now.year + 1, day=1),
    )


class TestFreeMessages:
    """Campaigns without a template, and other words for what has not gone."""

    def test_a_free_campaign_is_set_up_planned_for_who_wrote_and_shown(self, call: Program, hers: Belongings) -> None:
        said = {
            "name": "Today", "audience": {"kind": "everybody"}, "numbers": [hers.id("number")],
            "free": {"text": "Hi {{first_name}}", "answers": ["Yes", "No"]},
            "bindings": [{"key": "body.first_name", "field": "first_name", "fallback": "you"}],
        }  # fmt: skip
        status, made = call("post", "/campaigns/", said)
        assert (status, made["template"]) == (201, None)
        assert made["free"]["answers"] == ["Yes", "No"] and made["free"]["purpose"] == "marketing"
        for wrong in (
            {**said, "template": hers.id("template")},
            {**said, "free": None},
            {**said, "free": {"text": "Hi", "show_catalog": True, "answers": ["Yes"]}},
            {**said, "free": {"text": ""}, "bindings": []},
        ):
            assert call("post", "/campaigns/", wrong)[0] == 409
        assert call("post", "/campaigns/", {**said, "free": {"text": "Hi", "answers": ["a", "b", "c", "d"]}})[0] == 422

    def test_long_names_and_addresses_are_taken_as_on_the_page(self, call: Program, hers: Belongings) -> None:
        name = "first_name_of_whoever_wrote_to_the_shop_today"
        said = {
            "name": "Today", "audience": {"kind": "everybody"}, "numbers": [hers.id("number")],
            "free": {"text": f"Hi {{{{{name}}}}}", "file": "image"},
            "bindings": [
                {"key": f"body.{name}", "field": "first_name", "fallback": "you"},
                {"key": "header.media", "fallback": f"https://example.org/{'a' * 1500}.jpg"},
            ],
        }  # fmt: skip
        status, made = call("post", "/campaigns/", said)
        assert status == 201, made

    def test_other_words_only_while_it_is_paused(self, call: Program, hers: Belongings) -> None:
        words = {"template": hers.id("template"), "bindings": [{"key": "body.1", "fallback": "you"}]}
        status, changed = call("put", f"/campaigns/{hers.id('campaign')}/text", words)
        assert (status, changed["state"], changed["template"]) == (200, "paused", hers.id("template"))
        Campaign.objects.update(state="running")
        status, refused = call("put", f"/campaigns/{hers.id('campaign')}/text", words)
        assert status == 409 and "Pause it first" in refused["detail"]
