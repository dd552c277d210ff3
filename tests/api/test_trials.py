"""Trials, follow-ups, series and the rest over the API."""

from tests.api.conftest import Program
from tests.belongings import Belongings
from tradewind.campaigns.models import Campaign, FollowUp, Series, Trial


def draft(hers: Belongings) -> str:
    campaign = Campaign.objects.get(pk=hers.rows["campaign"].pk)
    campaign.pk, campaign.run, campaign.plan, campaign.state = None, None, None, "draft"
    campaign.launched_at = campaign.planned_at = None
    campaign.save()
    campaign.senders.create(workspace=campaign.workspace, number=hers.rows["number"])
    hers.rows["draft"] = campaign
    from tradewind.workspaces.door import public_id

    return public_id(campaign)


BINDING = [{"key": "body.1", "field": "name", "fallback": "you"}]


def test_a_trial_is_set_read_and_refused_when_it_makes_no_sense(call: Program, hers: Belongings) -> None:
    id = draft(hers)
    body = {"has_canary": True, "canary_share": 0.01, "texts": [{"template": hers.id("template"), "bindings": BINDING}],
            "answer_minutes": 5}  # fmt: skip
    status, found = call("put", f"/campaigns/{id}/trial", body)
    assert (status, found["has_canary"], found["has_test"], found["stage"]) == (200, True, True, "planned")
    trial = Trial.objects.get(campaign=hers.rows["draft"])
    assert (trial.canary_share, trial.campaign.answer_minutes) == (0.01, 5)
    assert trial.campaign.variants.get().bindings == BINDING
    assert call("get", f"/campaigns/{id}/trial")[1]["test_people"] == 0
    assert call("put", f"/campaigns/{id}/trial", {"canary_share": 0.9})[0] == 422
    assert call("post", f"/campaigns/{id}/trial/choice", {"letter": "B"})[0] == 409


def test_a_follow_up_is_added_once_seen_and_taken_off(call: Program, hers: Belongings) -> None:
    FollowUp.objects.all().delete()
    id = hers.id("campaign")
    body = {"kind": "unread", "after_hours": 48, "template": hers.id("template"), "bindings": BINDING}
    status, made = call("post", f"/campaigns/{id}/follow-ups", body)
    assert (status, made["state"], made["hours"]) == (201, "waiting", 48)
    assert [each["id"] for each in call("get", f"/campaigns/{id}/follow-ups")[1]["follow_ups"]] == [made["id"]]
    call.last = None
    assert call.client.delete(
        f"/api/v1/campaigns/{id}/follow-ups/{made['id']}", headers={"Authorization": f"Bearer {call.token}"}
    ).status_code == 204  # fmt: skip
    assert FollowUp.objects.get().state == "off"


def test_a_series_is_set_and_switched(call: Program, hers: Belongings) -> None:
    Series.objects.all().delete()
    id = draft(hers)
    body = {"kind": "weekly", "time": "10:00", "weekday": 2, "is_on": True}
    status, found = call("put", f"/campaigns/{id}/series", body)
    assert (status, found["is_on"], found["rule"]) == (200, True, {"time": "10:00", "weekday": 2})
    assert found["next_at"] is not None
    assert call("put", f"/campaigns/{id}/series", {**body, "is_on": False})[1]["next_at"] is None
    assert call("put", f"/campaigns/{id}/series", {"kind": "weekly", "time": "10:00"})[0] == 409


def test_the_rest_of_a_campaign_is_changed_while_it_is_paused(call: Program, hers: Belongings) -> None:
    id = hers.id("campaign")
    headers = {"Authorization": f"Bearer {call.token}"}
    body = {"preset": "custom", "per_minute": 12, "ends_at": "2040-01-01T00:00:00Z"}
    answer = call.client.put(f"/api/v1/campaigns/{id}/rest", body, content_type="application/json", headers=headers)
    assert answer.status_code == 204
    campaign = Campaign.objects.select_related("run").get(pk=hers.rows["campaign"].pk)
    assert campaign.pacing == {"per_minute": 12} and campaign.run is not None
    assert campaign.run.pacing["per_minute"] == 12 and campaign.ends_at is not None
