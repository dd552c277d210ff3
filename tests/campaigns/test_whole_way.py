"""A campaign from its audience to Meta: every person once, the sums of both sides alike, and the end as planned."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet

from tests.campaigns.counting import adds_up
from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.simulator.running import Running
from tradewind.campaigns import actions, feeder, planner, upkeep
from tradewind.campaigns.models import Campaign
from tradewind.cli.furnish import Person, add_people
from tradewind.contacts import actions as contacts
from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages import marks
from tradewind.messages.models import Attempt, Message
from tradewind.simulator.world import bench_world
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)

BINDINGS = [
    {"key": "body.1", "field": "first_name", "fallback": "friend"},
    {"key": "body.2", "field": "fields.order", "fallback": ""},
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Three numbers at a Meta that does not mind how fast our clock runs."""
    running = Running(world=bench_world(numbers=3), directory=tmp_path_factory.mktemp("world"))
    yield running
    running.stop()


@pytest.fixture
def scene(transactional_db: None, alice: Member, bench: Running) -> Scene:
    bench.admin("reset", {})
    return Scene.make(alice.workspace, bench.about, numbers=3)


@pytest.fixture
def run_clock(tmp_path: Path) -> Iterator[Callable[[float], None]]:
    """Lets the clock run so many times as fast."""
    path = tmp_path / "clock.json"

    def run(speed: float) -> None:
        clock.write(path, speed=speed)
        clock.use(f"file:{path}")

    yield run
    clock.forget()


def people(count: int, **fields: Any) -> Iterator[Person]:
    for rank in range(count):
        yield Person(**{"phone": f"+49151{rank + 20_000_000}", "name": f"P{rank}", "language": "en", "country": "DE",
                        "timezone": "Europe/Berlin", "fields": {"order": f"A{rank}"}, **fields})  # fmt: skip


def planned(scene: Scene, member: Member, *, category: str, numbers: int, **pace: Any) -> Campaign:
    shown = next(each for each in scene.about["templates"] if each["name"] == f"bench_{category.lower()}")
    template = Template.objects.create(
        workspace=scene.workspace, account=scene.numbers[0].account, meta_id=shown["name"], name=shown["name"],
        language="en_US", category=category, status="APPROVED", components=shown["components"], synced_at=clock.now(),
    )  # fmt: skip
    campaign = actions.create(workspace=scene.workspace, member=member, name="Whole")
    campaign = actions.change(
        campaign, member=member, template=template, audience={"kind": "everybody"}, bindings=BINDINGS,
        numbers=scene.numbers[:numbers], quiet_hours=False, **pace,
    )  # fmt: skip
    Campaign.objects.filter(pk=campaign.pk).update(state="planning", plan_started_at=clock.now())
    planner.work(campaign.pk)
    return Campaign.objects.get(pk=campaign.pk)


def send(campaign: Campaign, member: Member) -> Campaign:
    """Launch it with a sender at work, and do what the worker does until it is done."""

    def is_done() -> bool:
        feeder.step()
        upkeep.look_after()
        campaign.refresh_from_db()
        return campaign.state == "done"

    with sending() as sender:
        wait_for(lambda: sender.state and len(sender.state.lanes) == 3)
        campaign = actions.launch(campaign, member=member)
        wait_for(is_done, 60)
    return campaign


def messages_of(campaign: Campaign) -> QuerySet[Message]:
    assert campaign.run_id is not None
    return Message.objects.filter(run_id=campaign.run_id)


def test_p4_what_meta_took_is_what_we_know_of_and_nobody_twice(scene: Scene, bench: Running, alice: Member) -> None:
    add_people(scene.workspace, people(320))
    everybody = list(Contact.objects.order_by("pk"))
    for person in everybody[:7]:
        contacts.suppress(person, reason="asked for silence", member=alice)
    Contact.objects.filter(pk__in=[person.pk for person in everybody[7:20]]).update(marketing="opted_out")
    Contact.objects.filter(pk__in=[person.pk for person in everybody[20:29]]).update(marketing="unknown")
    Contact.objects.filter(pk__in=[person.pk for person in everybody[29:40]]).update(fields={})
    campaign = planned(scene, alice, category="MARKETING", numbers=3, preset="fast")
    assert campaign.plan is not None
    assert sum(campaign.plan["excluded"].values()) == 7 + 13 + 9 + 11 and campaign.plan["recipients"] == 280

    before = len(bench.lines())
    campaign = send(campaign, alice)
    log = bench.lines()[before:]
    messages = {message.pk: message for message in messages_of(campaign)}
    assert {message.state for message in messages.values()} == {"accepted"}
    assert len(log) == len(messages) == 280
    assert {line["wamid"] for line in log} == {message.wamid for message in messages.values()}
    assert len({line["to"] for line in log}) == 280, "each recipient once"
    assert {marks.message_of(marks.open_mark(line["callback_data"]) or b"") for line in log} == set(messages)
    assert {message.contact_id for message in messages.values()} == {person.pk for person in everybody[40:]}
    assert len({line["number"] for line in log}) == 3
    counts = adds_up(campaign)
    assert counts["unfed"] == 0 and counts["states"] == {"accepted": 280}


@pytest.mark.parametrize(
    ("pace", "count", "numbers", "speed"),
    [
        ({"preset": "careful"}, 75, 1, 60.0),
        ({"preset": "custom", "pacing": {"per_minute": 300}}, 450, 3, 8.0),
        ({"preset": "custom", "pacing": {"delay_from_seconds": 3.0, "per_hour": 40}}, 90, 1, 900.0),
    ],
    ids=["careful", "spread over the minute", "an hourly cap"],
)
def test_b10_a_campaign_ends_when_its_plan_says(
    scene: Scene, alice: Member, run_clock: Callable[[float], None],
    pace: dict[str, Any], count: int, numbers: int, speed: float,
) -> None:  # fmt: skip
    run_clock(speed)
    add_people(scene.workspace, people(count))
    campaign = send(planned(scene, alice, category="UTILITY", numbers=numbers, **pace), alice)
    last = messages_of(campaign).latest("accepted_at").accepted_at
    assert campaign.plan is not None and campaign.launched_at is not None and last is not None
    actual = (last - campaign.launched_at).total_seconds()
    assert actual == pytest.approx(campaign.plan["seconds"], rel=0.10)
    assert adds_up(campaign)["states"] == {"accepted": count}


def test_b7_of_deliverable_messages_997_in_a_thousand_go_under_five_per_cent_of_faults(
    scene: Scene, bench: Running, alice: Member, run_clock: Callable[[float], None]
) -> None:
    run_clock(60.0)  # the two minutes for which a webhook is waited for pass in two seconds
    add_people(scene.workspace, people(400))
    campaign = planned(scene, alice, category="UTILITY", numbers=3, preset="fast")
    before = len(bench.lines())
    bench.admin("faults", {"graph": {"131016": 0.02, "131000": 0.02, "2": 0.01}})
    campaign = send(campaign, alice)
    bench.admin("faults", {"clear": True})
    attempts = Attempt.objects.filter(outcome="refused").count()
    assert 8 <= attempts <= 45, "the faults did strike"
    states = adds_up(campaign)["states"]
    assert states.get("accepted", 0) >= 399, states
    log = bench.lines()[before:]
    assert len(log) == len({line["to"] for line in log}) == states["accepted"], "nobody twice"
