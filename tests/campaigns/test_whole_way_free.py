"""Free messages to a real sender and the simulator: only inside the window that Meta sees, and never late; other words
for what has not gone, in the middle of the way."""

from datetime import timedelta
from typing import Any

import pytest

from tests.campaigns.counting import adds_up
from tests.campaigns.test_whole_way import bench, messages_of, people, planned, scene, send
from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.simulator.running import Running
from tradewind.campaigns import actions, feeder, planner, upkeep
from tradewind.campaigns.editing import verbs as editing
from tradewind.campaigns.models import Campaign
from tradewind.cli.furnish import add_people
from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages import recover
from tradewind.messages.models import Message, ServiceWindow
from tradewind.workspaces.models import Member

__all__ = ["bench", "scene"]
pytestmark = pytest.mark.django_db(transaction=True)

FREE: dict[str, Any] = {"text": "Hi {{first_name}}", "under": "answers", "answers": ["Yes", "No"]}
BOUND = [{"key": "body.first_name", "field": "first_name", "fallback": "friend"}]


def planned_free(scene: Scene, member: Member, purpose: str = "marketing", **more: Any) -> Campaign:
    campaign = actions.create(workspace=scene.workspace, member=member, name="Free")
    given: dict[str, Any] = {"numbers": scene.numbers[:1], "preset": "fast", "quiet_hours": False, **more}
    campaign = actions.change(
        campaign,
        member=member,
        free={**FREE, "purpose": purpose},
        audience={"kind": "everybody"},
        bindings=BOUND,
        **given,
    )
    Campaign.objects.filter(pk=campaign.pk).update(state="planning", plan_started_at=clock.now())
    planner.work(campaign.pk)
    return Campaign.objects.get(pk=campaign.pk)


def test_b1_a_free_campaign_reaches_who_wrote_and_meta_takes_every_one(
    scene: Scene, bench: Running, alice: Member
) -> None:
    add_people(scene.workspace, people(30, marketing="opted_in"))
    everybody = list(Contact.objects.order_by("pk"))
    for person in everybody[:20]:
        scene.hear(bench, person)
        scene.open_window(person)
    for person in everybody[20:24]:
        scene.open_window(person)  # we believe that the window is open, and Meta does not
    campaign = planned_free(scene, alice)
    assert campaign.plan is not None and campaign.plan["excluded"] == {"no_window": 6}
    before = len(bench.lines())
    campaign = send(campaign, alice)
    states = adds_up(campaign)["states"]
    assert states == {"accepted": 20, "failed": 4}
    assert set(messages_of(campaign).filter(state="failed").values_list("error_code", flat=True)) == {131047}
    log = bench.lines()[before:]
    assert len(log) == 20 == len({line["to"] for line in log})


def test_p15_a_window_that_closes_before_the_turn_is_seen_at_the_last_moment(
    scene: Scene, bench: Running, alice: Member
) -> None:
    add_people(scene.workspace, people(20, marketing="opted_in"))
    for person in Contact.objects.all():
        scene.hear(bench, person)
        scene.open_window(person)
    campaign = planned_free(scene, alice, "service")
    late = list(Contact.objects.order_by("pk")[:8])
    ServiceWindow.objects.filter(contact__in=late).update(closes_at=clock.now() - timedelta(seconds=1))
    stopped = list(Contact.objects.order_by("pk")[8:10])
    Contact.objects.filter(pk__in=[person.pk for person in stopped]).update(marketing="opted_out")
    before = len(bench.lines())
    campaign = send(campaign, alice)
    assert adds_up(campaign)["states"] == {"accepted": 10, "skipped": 10}
    why = dict(messages_of(campaign).filter(state="skipped").values_list("contact_id", "reason"))
    assert why == {person.pk: "window_closed" for person in late} | {person.pk: "opted_out" for person in stopped}
    assert len(bench.lines()) - before == 10, "what is late is never called"


def test_b13_other_words_in_the_middle_of_the_way_and_nobody_gets_both(
    scene: Scene, bench: Running, alice: Member
) -> None:
    add_people(scene.workspace, people(300))
    campaign = planned(scene, alice, category="UTILITY", numbers=1, preset="custom", pacing={"per_minute": 6_000})
    before = len(bench.lines())

    def step() -> None:
        feeder.step()
        upkeep.look_after()
        recover.step()  # what a sender parked while the campaign went on again waits on

    with sending() as sender:
        wait_for(lambda: sender.state and sender.state.lanes)
        campaign = actions.launch(campaign, member=alice)

        def some_have_gone() -> bool:
            step()
            return len(bench.lines()) - before >= 60

        wait_for(some_have_gone, 60)
        campaign = actions.pause(campaign, member=alice)
        bindings = [{"key": "body.1", "field": "", "fallback": "NEW"}, campaign.bindings[1]]
        revision = editing.change(campaign, member=alice, template=campaign.template, bindings=bindings)
        actions.resume(campaign, member=alice)

        def is_done() -> bool:
            step()
            campaign.refresh_from_db()
            return campaign.state == "done"

        wait_for(is_done, 60)
    log = bench.lines()[before:]
    assert len(log) == 300 == len({line["to"] for line in log}), "each once"
    assert adds_up(campaign)["states"] == {"accepted": 300}
    new = Message.objects.filter(run_id=campaign.run_id, content_id=revision.content_id)
    assert 0 < new.count() <= revision.people < 300
    assert all((row.variables or {})["body.1"] == "NEW" for row in new)
    old = Message.objects.filter(run_id=campaign.run_id).exclude(content_id=revision.content_id)
    assert all((row.variables or {})["body.1"] != "NEW" for row in old)
