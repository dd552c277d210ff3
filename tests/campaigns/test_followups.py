"""Follow-ups: who did not read or answer gets another message, planned from how things stand then."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.campaigns.conftest import BINDINGS, NOON, Shop
from tests.campaigns.counting import adds_up
from tests.conftest import Time
from tradewind.campaigns import actions, feeder, planner, upkeep
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.followups import verbs
from tradewind.campaigns.followups.models import FollowUp, Season
from tradewind.campaigns.models import Campaign
from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages.models import Message, Outbox

pytestmark = pytest.mark.usefixtures("still_time")
NAMES = ("Unread", "Read", "Answered", "Wrote", "Stopped", "Failed")


def sent(shop: Shop) -> Campaign:
    """A campaign that is done: each of six people took it in another way."""
    for rank, name in enumerate(NAMES):
        shop.person(name, f"+49151{rank:08}")
    campaign = actions.launch(shop.planned(template=shop.marketing), member=shop.owner)
    while feeder.step():
        pass
    now = clock.now()
    Message.objects.update(state="delivered", rank=3, accepted_at=now, delivered_at=now)
    Outbox.objects.all().delete()
    mine = {row.contact.name: row.pk for row in Message.objects.select_related("contact")}
    Message.objects.filter(pk__in=[mine["Read"], mine["Answered"]]).update(read_at=now, state="read")
    Message.objects.filter(pk=mine["Answered"]).update(replied_at=now)
    Message.objects.filter(pk=mine["Failed"]).update(state="failed", delivered_at=None)
    Message.objects.create(
        workspace=campaign.workspace, number=shop.numbers[0], contact=shop.people["Wrote"], direction="in",
        kind="text", state="received", created_at=now + timedelta(minutes=1),
    )  # fmt: skip
    Contact.objects.filter(name="Stopped").update(marketing="opted_out")
    upkeep.look_after()
    return Campaign.objects.get(pk=campaign.pk)


def add(shop: Shop, campaign: Campaign, kind: str, **more: object) -> FollowUp:
    given = {"after_hours": 72, "template": shop.marketing, "bindings": BINDINGS, "keeps_season": False, **more}
    return verbs.add(campaign, member=shop.owner, kind=kind, **given)  # type: ignore[arg-type]


def made(follow_up: FollowUp) -> Campaign:
    verbs.step()
    follow_up.refresh_from_db()
    assert follow_up.state == "made" and follow_up.child is not None, follow_up.reason
    planner.work(follow_up.child.pk)
    return Campaign.objects.get(pk=follow_up.child.pk)


@pytest.mark.parametrize(
    ("kind", "names"), [("unread", {"Unread"}), ("unreplied", {"Unread", "Read"}), ("read_silent", {"Read"})]
)
def test_b9_goes_to_those_it_is_for_and_to_nobody_who_wrote_or_stopped(
    shop: Shop, still_time: Time, kind: str, names: set[str]
) -> None:
    campaign = sent(shop)
    assert campaign.state == "done"
    follow_up = add(shop, campaign, kind)
    still_time.move(71 * 3600)
    verbs.step()
    follow_up.refresh_from_db()
    assert follow_up.state == "waiting"
    still_time.move(3601)
    child = made(follow_up)
    assert (child.state, child.launched_by) == ("running", shop.owner)
    while feeder.step():
        pass
    assert {row.contact.name for row in Message.objects.filter(run_id=child.run_id)} == names
    assert adds_up(child)["audience"] == len(names) + (kind != "read_silent"), "who stopped is left out with the reason"
    verbs.step()
    assert Campaign.objects.count() == 2, "once, however often it is looked at"


def test_it_goes_under_the_rights_of_who_launched_the_first(shop: Shop, still_time: Time) -> None:
    campaign = sent(shop)
    follow_up = add(shop, campaign, "unread")
    type(shop.owner).objects.filter(pk=shop.owner.pk).update(role="analyst")
    still_time.move(73 * 3600)
    verbs.step()
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.reason, follow_up.child) == ("off", "launcher_gone", None)


def test_the_cancel_of_the_first_stops_it(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(template=shop.marketing), member=shop.owner)
    follow_up = add(shop, campaign, "unread")
    actions.cancel(campaign, member=shop.owner)
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.reason) == ("off", "cancelled")
    with pytest.raises(CampaignError):
        add(shop, campaign, "unread")


def test_a_member_takes_it_off(shop: Shop, still_time: Time) -> None:
    campaign = sent(shop)
    follow_up = add(shop, campaign, "unread")
    verbs.remove(follow_up, member=shop.owner)
    with pytest.raises(CampaignError):
        verbs.remove(follow_up, member=shop.owner)
    still_time.move(73 * 3600)
    verbs.step()
    assert Campaign.objects.count() == 1


def test_b14_in_the_high_season_it_comes_after_a_day(shop: Shop, still_time: Time) -> None:
    assert NOON.month == 3
    campaign = sent(shop)
    usual, season = add(shop, campaign, "unread"), add(shop, campaign, "read_silent", keeps_season=True)
    still_time.move(25 * 3600)
    verbs.step()
    usual.refresh_from_db()
    season.refresh_from_db()
    assert (usual.state, season.state) == ("waiting", "made")


def test_b14_the_season_is_the_business_own(shop: Shop, still_time: Time) -> None:
    Season.objects.create(workspace=shop.owner.workspace, months=[12], follow_up_hours=6)
    still_time.set(datetime(2026, 12, 1, 12, tzinfo=UTC))
    campaign = sent(shop)
    follow_up = add(shop, campaign, "unread", keeps_season=True)
    still_time.move(6 * 3600 + 1)
    verbs.step()
    follow_up.refresh_from_db()
    assert follow_up.state == "made"


def test_too_many_and_too_late_are_refused(shop: Shop) -> None:
    campaign = sent(shop)
    with pytest.raises(CampaignError):
        add(shop, campaign, "unread", after_hours=10_000)
    with pytest.raises(CampaignError):
        add(shop, campaign, "bored")
    for _ in range(verbs.MOST):
        add(shop, campaign, "unread")
    with pytest.raises(CampaignError):
        add(shop, campaign, "unread")
