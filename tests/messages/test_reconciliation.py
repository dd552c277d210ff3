"""X9: our figures against Meta's own, through the simulator's analytics; a gap made on purpose opens a case."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.messages.scene import Scene
from tests.people import browser, member
from tests.simulator.running import Running
from tests.waiting import wait_until
from tradewind.lib import clock
from tradewind.messages.models import GapCase, Message, Reckoning
from tradewind.messages.reconciliation import asking, cases, pages
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

SENT = 10


@pytest.fixture
def at_meta(scene: Scene, simulator: Running, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Ten messages of the number have arrived, by Meta's books; tonight only today is looked at."""
    today = clock.now().date()
    monkeypatch.setattr(cases, "days", lambda: [today])
    simulator.admin("customers", {"shares": {"reads": 1}})
    before = told(scene)
    for rank in range(SENT):
        assert simulator.template(f"+4917012345{rank:02}", number=scene.numbers[0].phone_number_id).status_code == 200
    simulator.admin("clock", {"advance": 30})
    wait_until(lambda: told(scene)["delivered"] >= before["delivered"] + SENT, "Meta's books do not show them")
    for person in scene.people(told(scene)["delivered"]):
        ours(scene, person)
    return scene


def told(scene: Scene) -> dict[str, int]:
    """What the simulator's analytics say of the number today."""
    number, today = scene.numbers[0], clock.now().date()
    phone = number.phone.lstrip("+")
    return dict(asking.ask(number.account, today, [phone])[phone].figures)


def ours(scene: Scene, person: object) -> Message:
    """A message that arrived, by the statuses that we had."""
    now = clock.now()
    return Message.objects.create(
        workspace=scene.workspace, number=scene.numbers[0], contact=person, direction="out", kind="template",
        category="marketing", state="delivered", created_at=now, accepted_at=now, sent_at=now, delivered_at=now,
        pricing={"type": "regular", "category": "marketing"},
    )  # fmt: skip


def reconcile(scene: Scene) -> Reckoning:
    cases.count_all()
    cases.compare(scene.numbers[0].account)
    return Reckoning.objects.get(number=scene.numbers[0])


def test_figures_that_agree_open_nothing(at_meta: Scene) -> None:
    reckoning = reconcile(at_meta)
    assert reckoning.ours == reckoning.meta == told(at_meta)
    assert reckoning.ours["sent"] >= SENT and (reckoning.cost or 0) > 0
    assert not GapCase.objects.exists()


def test_a_gap_opens_a_case_and_closes_by_itself_when_news_come_late(at_meta: Scene) -> None:
    """The statuses of four messages never came: Meta took them, and we know of no more."""
    lost = list(Message.objects.order_by("pk")[:4])
    Message.objects.filter(pk__in=[m.pk for m in lost]).update(
        sent_at=None, delivered_at=None, state="accepted", pricing=None
    )
    reconcile(at_meta)
    found = {case.figure: (case.ours, case.metas) for case in GapCase.objects.select_related("reckoning")}
    everything = told(at_meta)
    assert found == {figure: (n - 4, n) for figure, n in everything.items()}
    shown = pages.case(GapCase.objects.get(figure="sent"), may_see_people=True)
    assert [message.pk for message in shown["silent"]] == [message.pk for message in lost]
    assert shown["causes"][0].startswith("Meta took 4 messages")
    now = clock.now()
    Message.objects.filter(sent_at=None).update(sent_at=now, delivered_at=now, pricing={"type": "regular"})
    reconcile(at_meta)
    assert not GapCase.objects.filter(closed_at=None).exists()
    assert set(GapCase.objects.values_list("closed_by", "word")) == {(None, "")}


def test_two_messages_are_no_gap(at_meta: Scene) -> None:
    Message.objects.filter(pk__in=Message.objects.order_by("pk")[:2]).update(sent_at=None, delivered_at=None)
    reconcile(at_meta)
    assert not GapCase.objects.exists()


def test_what_meta_refuses_stands_there_and_opens_nothing(at_meta: Scene, simulator: Running) -> None:
    number = at_meta.numbers[0]
    Message.objects.all().delete()
    number.phone = "+4915100000000"  # not one of the account's
    number.save()
    reckoning = reconcile(at_meta)
    assert "not of this account" in reckoning.problem and reckoning.meta is None
    assert not GapCase.objects.exists()


@pytest.fixture
def gap(at_meta: Scene) -> GapCase:
    Message.objects.all().delete()
    reconcile(at_meta)
    return GapCase.objects.get(figure="sent")


def test_a_case_is_shown_and_closed_with_a_word(gap: GapCase, alice: Member) -> None:
    owner = browser(alice)
    assert b"3 gaps" in owner.get("/system/reconciliation/").content
    assert b"look at them" in owner.get("/system/").content
    address = f"/system/reconciliation/{public_id(gap)}/"
    assert b"Something else sends from this number" in owner.get(address).content
    owner.post(f"{address}close/", {"word": " "})
    gap.refresh_from_db()
    assert gap.closed_at is None
    owner.post(f"{address}close/", {"word": "The shop's phone app <b>sent</b>"})
    gap.refresh_from_db()
    assert (gap.closed_by, gap.word) == (alice, "The shop's phone app <b>sent</b>")
    assert b"&lt;b&gt;sent" in owner.get(address).content
    assert AuditEntry.objects.filter(verb="gap.closed", object_id=gap.pk).exists()
    reconcile_again(gap)
    gap.refresh_from_db()
    assert gap.closed_by == alice  # what a member closed stays closed


def reconcile_again(gap: GapCase) -> None:
    cases.count_all()
    cases.compare(gap.reckoning.number.account)


def test_an_analyst_sees_figures_and_closes_nothing(gap: GapCase, alice: Member) -> None:
    analyst: Client = browser(member(alice.workspace, "Ann", "analyst"))
    address = f"/system/reconciliation/{public_id(gap)}/"
    assert analyst.get(address).status_code == 200
    assert analyst.post(f"{address}close/", {"word": "No"}).status_code == 403
    assert analyst.post("/system/reconciliation/check/").status_code == 403


def test_the_days_of_a_night_are_whole_and_past(still_time: object) -> None:
    assert [str(day) for day in cases.days()] == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert cases.days()[-1] == clock.now().date() - timedelta(days=1)
