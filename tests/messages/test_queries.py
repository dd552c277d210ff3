"""Why a message waits, in plain words; the lanes' reasons; what the fair order is."""

from datetime import timedelta

import orjson
import pytest

from tests.conftest import Time
from tests.messages.scene import Scene
from tests.messages.test_reconcile import ABOUT
from tradewind.lib import clock
from tradewind.messages import queries
from tradewind.messages.models import Lane, Message, Outbox, Run
from tradewind.messages.pacing import PRESETS, Pacing
from tradewind.messages.sender.facts import NEVER, facts_of, held_by
from tradewind.messages.sender.lane import HOLD_CAMPAIGNS, HOLD_NOTHING, HOLD_TEMPLATES, Facts
from tradewind.messages.sender.lane import Lane as Track
from tradewind.messages.sender.row import Claimed
from tradewind.numbers.actions import FOREVER
from tradewind.workspaces.models import Member

START = 1_790_000_000.0


@pytest.fixture
def desk(alice: Member, still_time: Time) -> Scene:
    return Scene.make(alice.workspace, ABOUT)


def reason(message: Message) -> tuple[str, object]:
    why = queries.why_waiting(Message.objects.get(pk=message.pk))
    assert why is not None
    return why.sentence, why.until


@pytest.mark.django_db
def test_every_way_of_waiting_has_its_sentence(desk: Scene, still_time: Time) -> None:
    run = desk.run(quiet_from="22:00", quiet_to="08:00")
    (message,) = desk.queue(run, desk.people(1))
    assert reason(message) == ("No sender is running for this number.", None)
    lane = Lane.objects.create(number=desk.numbers[0], workspace_id=desk.workspace.pk, holder="me")
    assert reason(message) == ("It is next in the queue.", None)
    lane.waiting_for, lane.waiting_until = "portfolio", clock.now() + timedelta(hours=2)
    lane.save()
    assert reason(message) == ("Waiting: the portfolio's limit of people in 24 hours.", lane.waiting_until)
    Outbox.objects.update(due_at=clock.now() + timedelta(minutes=2), tries=1)
    assert reason(message)[0] == "The last try was refused; it is tried again."
    still_time.move(11 * 3600)  # 23:00
    Outbox.objects.update(due_at=clock.now() + timedelta(hours=9))
    assert reason(message) == ("It is night where this person lives.", clock.now() + timedelta(hours=9))
    Run.objects.update(state="paused", state_reason="132015: Template paused")
    assert reason(message) == ("The campaign is paused: 132015: Template paused.", None)
    Outbox.objects.update(stage="inflight")
    assert reason(message)[0] == "It is on its way to Meta."
    Outbox.objects.all().delete()
    assert queries.why_waiting(message) is None


@pytest.mark.django_db
def test_progress_adds_up_per_run_and_number(desk: Scene) -> None:
    run = desk.run()
    desk.queue(run, desk.people(3))
    Lane.objects.create(number=desk.numbers[0], workspace_id=desk.workspace.pk, waiting_for="pacing_pulse")
    found = queries.progress(run)
    assert found["queued"] == 3 and found["accepted"] == 0
    assert found.by_number == {desk.numbers[0].pk: {"queued": 3}}
    assert [(number, words) for number, words, _ in found.waits] == [(desk.numbers[0].pk, "the pause after a pulse")]
    assert queries.truth(run) == {"queued": 3}


def facts(**changed: object) -> Facts:
    return Facts(1, 2, 3, "630", 80, None, **changed)  # type: ignore[arg-type]


def row(n: int, *, run: int | None = None, priority: int = 20, contact: int = 0) -> Claimed:
    return Claimed(n, 1, contact or n, run, 5, priority, START, "UTC", True, 0, None, None, "", "template", "marketing",
                   "+491512345678", None, claimed_at=START)  # fmt: skip


def test_a_pause_of_meta_for_campaigns_lets_replies_through_and_a_persons_pause_nothing() -> None:
    assert held_by("131048: Spam limit") == HOLD_CAMPAIGNS
    assert held_by("131064: Templates limited") == HOLD_TEMPLATES
    assert held_by("190: Access token expired") == HOLD_NOTHING
    assert held_by("holidays") == HOLD_NOTHING
    given = (1, 2, 3, "630", 80, None, FOREVER, "131048: Spam limit", None, "", None, "UTC", None)
    assert (facts_of(given, START).held, facts_of(given, START).stopped_by) == (HOLD_CAMPAIGNS, "")
    given = (1, 2, 3, "630", 80, None, FOREVER, "holidays", None, "", None, "UTC", None)
    assert (facts_of(given, START).stopped_by, facts_of(given, START).stopped_until) == ("number", NEVER)


def test_replies_go_before_utility_before_marketing() -> None:
    lane = Track(1, 1, facts(), {})
    for n, priority in ((1, 20), (2, 10), (3, 0), (4, 20)):
        lane.add(row(n, priority=priority), None)
    picked = [lane.pick(START) for _ in range(4)]
    assert [each.row.message_id for each in picked if each is not None] == [3, 2, 1, 4]


def test_a_careful_run_does_not_hold_up_a_fast_one_on_the_same_number() -> None:
    lane = Track(1, 1, facts(), {})
    careful, fast = Pacing.from_json(PRESETS["careful"]), Pacing()
    for n in (1, 2):
        lane.add(row(n, run=7), careful)
    for n in (3, 4):
        lane.add(row(n, run=8), fast)
    first = lane.pick(START)
    assert first is not None and first.row.message_id == 1
    lane.to_gate(first.row)
    assert lane.next_to_leave(START) == (first.row, START)
    lane.pass_gate(first.row)
    lane.leaves(first.row, START)
    others = [lane.pick(START + 0.5) for _ in range(3)]
    assert [each.row.message_id for each in others if each is not None] == [3, 4]
    assert lane.explain(START + 0.5)[0] == "pacing_delay"


def test_the_intents_of_a_paced_run_overlap_its_delays_and_it_keeps_its_rhythm() -> None:
    lane, ten_a_second = Track(1, 1, facts(), {}), Pacing(per_minute=600)
    for n in range(1, 9):
        lane.add(row(n, run=7), ten_a_second)
    first = lane.pick(START)
    ahead = [lane.pick(START) for _ in range(3)]
    assert first is not None and [each.row.message_id for each in ahead if each is not None] == [2, 3]
    for picked in (first, *ahead[:2]):
        assert picked is not None
        lane.to_gate(picked.row)
    left = []
    for now in (START, START + 0.1, START + 0.19, START + 0.25):  # the last one comes 50 ms late
        following = lane.next_to_leave(now)
        assert following is not None
        if following[1] <= now:
            lane.pass_gate(following[0])
            lane.leaves(following[0], now)
            left.append(now)
    assert left == [START, START + 0.1, START + 0.25]
    assert lane.pace.next_at(ten_a_second, START + 0.25) == pytest.approx(START + 0.3)


def test_a_reply_passes_a_paced_message_that_stands_at_the_gate() -> None:
    lane, slow = Track(1, 1, facts(), {}), Pacing(delay_from_seconds=0.2)
    for n in (1, 2):
        lane.add(row(n, run=7), slow)
        picked = lane.pick(START)
        assert picked is not None
        lane.to_gate(picked.row)
    assert lane.next_to_leave(START) is not None
    lane.pass_gate(lane.paced_gate[0])
    lane.leaves(row(1, run=7), START)
    lane.add(row(3, priority=0), None)
    reply = lane.pick(START)
    assert reply is not None
    lane.to_gate(reply.row)
    assert lane.next_to_leave(START) == (reply.row, START)


def test_what_a_paced_run_cannot_send_soon_goes_back() -> None:
    lane = Track(1, 1, facts(), {})
    careful = Pacing.from_json(PRESETS["careful"])
    for n in range(1, 31):
        lane.add(row(n, run=7), careful)
    surplus = [each.message_id for each in lane.surplus(7, 30.0)]
    assert len(surplus) == 28 and min(surplus) == 3
    assert lane.full_runs(30.0) == [7]


def test_a_claim_is_never_more_than_a_third_of_the_lease_can_send() -> None:
    assert Track(1, 1, facts(), {}).most(START, 30.0) == 80
    assert Track(1, 1, facts(), {}).most(START, 1.5) == 40
    stopped = Track(1, 1, facts(stopped_by="workspace"), {})
    assert stopped.most(START, 30.0) == 0 and stopped.pick(START) is None


def test_a_lane_handed_over_keeps_its_limits_to_the_message() -> None:
    lane = Track(1, 1, facts(), {})
    for n in range(1, 5):
        lane.add(row(n, contact=9), None)
        picked = lane.pick(START)
        assert picked is not None
        lane.to_gate(picked.row)
        assert lane.next_to_leave(START) == (picked.row, START)
        lane.pass_gate(picked.row)
        lane.leaves(picked.row, START)

    heir = Track(1, 2, facts(), orjson.loads(lane.state(START, for_hand_over=True)))
    assert heir.throughput.available(START) == 6, "ten may go at once, four have gone"
    assert heir.pairs == {9: START + 24.0}
