"""A campaign in parts: canary, test of several texts, the rest; judged by the worker's own steps."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.campaigns.conftest import BINDINGS, Shop, template
from tests.campaigns.counting import adds_up, rows
from tests.conftest import Time
from tradewind.campaigns import actions, feeder, upkeep
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.models import Campaign, Recipient, Trial
from tradewind.campaigns.trials import draw, steps, verbs
from tradewind.campaigns.trials.delays import delays
from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages.models import Message, Outbox, Tally
from tradewind.templates.models import Template

pytestmark = pytest.mark.usefixtures("still_time")
OTHER = [{"type": "BODY", "text": "Dear {{1}}, news from {{2}}.", "example": {"body_text": [["Ada", "Kiel"]]}}]
OTHER_BINDINGS = [
    {"key": "body.1", "field": "first_name", "fallback": "friend"},
    {"key": "body.2", "field": "city", "fallback": "us"},
]


def people(shop: Shop, count: int, **fields: Any) -> None:
    for rank in range(count):
        shop.person(f"P{rank:03}", f"+49151{rank:08}", **fields)


def text_b(shop: Shop) -> Template:
    row = template(shop.numbers[0].account, "news_b", "UTILITY")
    row.components = OTHER
    row.save()
    return row


def planned(shop: Shop, *, texts: int = 0, **wishes: Any) -> Campaign:
    draft = shop.draft()
    others = [verbs.Text(text_b(shop), OTHER_BINDINGS)] if texts else []
    verbs.set_up(draft, member=shop.owner, wishes=verbs.Wishes(**wishes), texts=others)
    return shop.replanned(Campaign.objects.get(pk=draft.pk))


def send_all() -> None:
    """Feed what is open, and let Meta take it all."""
    while feeder.step():
        pass
    now = clock.now()
    for row in Outbox.objects.select_related("message"):
        Message.objects.filter(pk=row.pk).update(state="delivered", rank=3, accepted_at=now, delivered_at=now)
        count(row.run_id, row.number_id, accepted=1, sent=1, delivered=1)
    Outbox.objects.all().delete()


def count(run: Any, number: int, **counts: int) -> None:
    workspace = Message.objects.filter(run_id=run)[0].workspace_id
    for name, n in counts.items():
        Tally.objects.create(workspace_id=workspace, run_id=run, number_id=number, name=name, n=n)


def work() -> None:
    while steps.step():
        pass


def trial_of(campaign: Campaign) -> Trial:
    return Trial.objects.select_related("campaign").get(campaign_id=campaign.pk)


def test_the_draw_in_sql_is_the_draw_in_python_and_the_parts_are_exact(shop: Shop) -> None:
    people(shop, 300)
    campaign = planned(shop, texts=1, has_canary=True, canary_share=0.05, canary_least=10, sample_share=0.4)
    trial = trial_of(campaign)
    assert (trial.canary_people, trial.test_people) == (15, 120)
    found = Recipient.objects.filter(campaign=campaign)
    assert Counter(found.values_list("part", flat=True)) == {-2: 15, -1: 105, 0: 180}
    drawn = {row.pk: draw.draw(trial.key, row.contact_id or 0) for row in found}
    first = sorted(found, key=lambda row: drawn[row.pk][0])
    assert {row.part for row in first[:15]} == {-2} and {row.part for row in first[15:120]} == {-1}
    assert {row.variant for row in first[120:]} == {0}
    for row in first[:120]:
        assert row.variant == draw.text_of(drawn[row.pk][1], 2)
        assert row.variables == ({"body.1": Contact.objects.get(pk=row.contact_id).name, "body.2": "us"}
                                 if row.variant else {"body.1": Contact.objects.get(pk=row.contact_id).name,
                                                      "body.2": "A-17"})  # fmt: skip
    assert campaign.open_part == -2
    assert delays(campaign) == {-2: 0.0, -1: 1800.0, 0: 5400.0}


def test_who_lacks_a_value_of_any_text_is_left_out_of_all(shop: Shop) -> None:
    people(shop, 20)
    bindings = [OTHER_BINDINGS[0], {"key": "body.2", "field": "company", "fallback": ""}]
    Contact.objects.filter(name__lt="P005").update(company="Acme")
    draft = shop.draft()
    verbs.set_up(draft, member=shop.owner, wishes=verbs.Wishes(), texts=[verbs.Text(text_b(shop), bindings)])
    campaign = shop.replanned(Campaign.objects.get(pk=draft.pk))
    assert campaign.plan is not None
    assert campaign.plan["excluded"] == {"missing_variable": 15} and campaign.plan["recipients"] == 5


def test_without_a_trial_everybody_is_in_one_part_again(shop: Shop) -> None:
    people(shop, 30)
    campaign = planned(shop, texts=1, has_canary=True)
    assert campaign.open_part == -2
    verbs.set_up(campaign, member=shop.owner, wishes=verbs.Wishes())
    campaign = shop.replanned(Campaign.objects.get(pk=campaign.pk))
    assert campaign.open_part == 0
    actions.launch(campaign, member=shop.owner)
    send_all()
    assert Message.objects.count() == 30


def test_b8_the_winner_goes_to_the_rest_with_its_own_values(shop: Shop, still_time: Time) -> None:
    people(shop, 200, city="Kiel")
    campaign = actions.launch(planned(shop, texts=1, sample_share=0.5, measure="read"), member=shop.owner)
    send_all()
    work()
    sample = Message.objects.filter(run_id=campaign.run_id)
    assert sample.count() == 100
    b = campaign.variants.get().content_id
    texts = Counter(sample.values_list("content_id", flat=True))
    assert texts.keys() == {campaign.run and campaign.run.content_id, b}
    sample.filter(content_id=b).update(read_at=clock.now())
    still_time.move(59 * 60)
    work()
    assert (trial_of(campaign).stage, trial_of(campaign).verdict) == ("test", "")
    still_time.move(2 * 60)
    work()
    trial = trial_of(campaign)
    assert (trial.stage, trial.verdict, trial.winner) == ("open", "winner", 1)
    assert trial.result["differences"][0]["low"] > 0.5
    send_all()
    rest = sample.exclude(pk__in=[]).order_by("-pk")[:100]
    assert {row.content_id for row in rest} == {b}
    assert {row.variables["body.2"] for row in rest if row.variables} == {"Kiel"}
    assert sample.count() == 200 and adds_up(campaign)["unfed"] == 0


def test_b8_no_difference_sends_a_or_asks_and_a_person_may_choose(shop: Shop, still_time: Time) -> None:
    people(shop, 60)
    campaign = actions.launch(planned(shop, texts=1, sample_share=0.5, when_even="ask"), member=shop.owner)
    send_all()
    still_time.move(61 * 60)
    work()
    trial = trial_of(campaign)
    assert (trial.stage, trial.verdict, trial.winner) == ("test", "even", None)
    work()
    assert Message.objects.count() == 30
    verbs.choose(campaign, 1, member=shop.owner)
    with pytest.raises(AlreadySo):
        verbs.choose(campaign, 0, member=shop.owner)
    work()
    send_all()
    assert trial_of(campaign).verdict == "chosen" and trial_of(campaign).decided_by == shop.owner
    assert rows("SELECT variant, count(*) FROM recipient WHERE part = 0 GROUP BY 1") == [(1, 30)]
    assert Message.objects.count() == 60


def test_the_rest_goes_over_the_hours_that_were_asked_for(shop: Shop, still_time: Time) -> None:
    people(shop, 120)
    campaign = actions.launch(planned(shop, texts=1, sample_share=0.2, spread_hours=24), member=shop.owner)
    send_all()
    still_time.move(61 * 60)
    work()
    assert (trial_of(campaign).verdict, trial_of(campaign).winner) == ("even", 0)
    opened = clock.now()
    due = [row.due_at for row in Recipient.objects.filter(part=0)]
    assert all(opened <= at < opened + timedelta(hours=24) for at in due if at)
    early = sum(at < opened + timedelta(hours=12) for at in due if at)
    assert 30 < early < 66, "evenly over the day"
    assert campaign.state == "running"


def test_p27_whose_hour_has_passed_meanwhile_gets_it_at_that_hour_the_next_day(shop: Shop, still_time: Time) -> None:
    still_time.set(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))  # the night after, the clocks of Berlin go on
    people(shop, 50)
    draft = shop.draft(timing={"kind": "local", "time": "10:00", "late_hours": 1})
    verbs.set_up(draft, member=shop.owner, wishes=verbs.Wishes(has_canary=True, canary_least=10, watch_minutes=180))
    campaign = actions.launch(shop.replanned(Campaign.objects.get(pk=draft.pk)), member=shop.owner)
    still_time.set(datetime(2026, 3, 28, 9, 0, tzinfo=UTC))
    send_all()
    assert Message.objects.count() == 10
    still_time.move(181 * 60)
    work()
    found = Recipient.objects.filter(campaign=campaign, part=0).values_list("due_at", "expires_at").distinct()
    assert list(found) == [(datetime(2026, 3, 29, 8, 0, tzinfo=UTC), datetime(2026, 3, 29, 9, 0, tzinfo=UTC))]
    send_all()
    assert Message.objects.count() == 10
    still_time.set(datetime(2026, 3, 29, 8, 0, tzinfo=UTC))
    send_all()
    assert Message.objects.count() == 50


def test_a_zone_that_the_database_does_not_know_counts_as_utc(shop: Shop, still_time: Time) -> None:
    still_time.set(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))
    shop.owner.workspace.timezone = "Mars/Olympus"
    shop.owner.workspace.save()
    people(shop, 20, timezone="")
    draft = shop.draft(timing={"kind": "local", "time": "10:00", "late_hours": 1})
    verbs.set_up(draft, member=shop.owner, wishes=verbs.Wishes(has_canary=True, canary_least=10, watch_minutes=180))
    campaign = actions.launch(shop.replanned(Campaign.objects.get(pk=draft.pk)), member=shop.owner)
    still_time.set(datetime(2026, 3, 28, 10, 0, tzinfo=UTC))
    send_all()
    still_time.move(181 * 60)
    work()
    found = Recipient.objects.filter(campaign=campaign, part=0).values_list("due_at", flat=True).distinct()
    assert list(found) == [datetime(2026, 3, 29, 10, 0, tzinfo=UTC)]


def test_p15_a_sample_that_opens_late_gets_its_hour_the_next_day_and_so_do_late_ones(
    shop: Shop, still_time: Time
) -> None:
    still_time.set(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))
    people(shop, 100)
    draft = shop.draft(timing={"kind": "local", "time": "10:00", "late_hours": 1})
    wishes = verbs.Wishes(has_canary=True, canary_least=10, watch_minutes=180, sample_share=0.4)
    verbs.set_up(draft, member=shop.owner, wishes=wishes, texts=[verbs.Text(text_b(shop), OTHER_BINDINGS)])
    campaign = actions.launch(shop.replanned(Campaign.objects.get(pk=draft.pk)), member=shop.owner)
    late = Recipient.objects.filter(campaign=campaign, part=-2).order_by("-due_at", "-pk")[0]
    place = {"due_at": datetime(2026, 3, 28, 10, 30, tzinfo=UTC), "expires_at": datetime(2026, 3, 28, 11, tzinfo=UTC)}
    Recipient.objects.filter(pk=late.pk).update(**place)
    still_time.set(datetime(2026, 3, 28, 9, 0, tzinfo=UTC))
    send_all()
    assert Message.objects.count() == 9
    still_time.move(4 * 3600)
    assert steps.decide_canary(trial_of(campaign), {}, "go") is True
    work()
    assert trial_of(campaign).stage == "test"
    found = Recipient.objects.filter(campaign=campaign, part=-1)
    assert found.count() == 31 and found.get(pk=late.pk).due_at == datetime(2026, 3, 29, 9, 30, tzinfo=UTC)
    ends = set(found.exclude(pk=late.pk).values_list("expires_at", flat=True))
    assert ends == {datetime(2026, 3, 29, 9, 0, tzinfo=UTC)}
    send_all()
    assert Message.objects.count() == 9
    still_time.set(datetime(2026, 3, 29, 9, 31, tzinfo=UTC))
    send_all()
    assert Message.objects.count() == 40


def test_x4_a_good_canary_lets_the_rest_go_after_its_time(shop: Shop, still_time: Time) -> None:
    people(shop, 200)
    campaign = actions.launch(planned(shop, has_canary=True, canary_least=20), member=shop.owner)
    send_all()
    work()
    assert Message.objects.count() == 20
    still_time.move(31 * 60)
    work()
    trial = trial_of(campaign)
    assert (trial.canary, trial.stage) == ("go", "open")
    send_all()
    assert Message.objects.count() == 200
    adds_up(campaign)


def test_x4_a_bad_canary_stops_the_campaign_and_a_person_may_overrule_it(shop: Shop, still_time: Time) -> None:
    people(shop, 200)
    campaign = actions.launch(planned(shop, has_canary=True, canary_least=20), member=shop.owner)
    send_all()
    number = shop.numbers[0].pk
    count(campaign.run_id, number, opted_out=5)
    still_time.move(60)
    work()
    campaign.refresh_from_db()
    assert (campaign.state, campaign.state_reason) == ("paused", "canary stop")
    assert trial_of(campaign).canary_seen["verdict"]["why"] == "opted_out"
    still_time.move(86_400)
    work()
    assert Message.objects.count() == 20
    actions.resume(campaign, member=shop.owner)
    work()
    send_all()
    assert trial_of(campaign).canary == "overruled"
    assert Message.objects.count() == 200


def test_x4_the_quality_of_the_template_stops_it_at_once(shop: Shop, still_time: Time) -> None:
    people(shop, 100)
    campaign = actions.launch(planned(shop, has_canary=True, canary_least=30), member=shop.owner)
    send_all()
    Template.objects.filter(pk=shop.utility.pk).update(quality="RED")
    still_time.move(10)
    work()
    campaign.refresh_from_db()
    assert campaign.state_reason == "canary stop"
    assert trial_of(campaign).canary_seen["verdict"]["what"] == f"template:{shop.utility.pk}:RED"


def test_late_people_of_a_part_come_along_with_the_next_with_their_own_text(shop: Shop, still_time: Time) -> None:
    people(shop, 100)
    campaign = planned(shop, has_canary=True, canary_least=50)
    later = clock.now() + timedelta(hours=20)
    late = list(Recipient.objects.filter(campaign=campaign, part=-2).values_list("pk", flat=True)[:10])
    Recipient.objects.filter(pk__in=late).update(due_at=later)
    campaign = actions.launch(campaign, member=shop.owner)
    send_all()
    assert Message.objects.count() == 40
    still_time.move(49 * 3600.0 - 29 * 3600.0)
    send_all()
    assert Message.objects.count() == 50, "the canary goes on at their own time"
    Recipient.objects.filter(pk__in=late).update(due_at=later)
    still_time.move(31 * 60)
    work()
    send_all()
    assert Message.objects.count() == 100
    adds_up(campaign)


def test_late_people_do_not_hold_the_next_part_back(shop: Shop, still_time: Time) -> None:
    people(shop, 60)
    campaign = planned(shop, has_canary=True, canary_least=20)
    later = clock.now() + timedelta(hours=20)
    late = list(Recipient.objects.filter(campaign=campaign, part=-2).values_list("pk", flat=True)[:5])
    Recipient.objects.filter(pk__in=late).update(due_at=later)
    campaign = actions.launch(campaign, member=shop.owner)
    send_all()
    steps.decide_canary(trial_of(campaign), {}, "overruled")
    work()
    assert not Recipient.objects.filter(campaign=campaign, part__lt=0, pk__in=late).exists()
    send_all()
    assert Message.objects.count() == 55
    still_time.move(20 * 3600)
    send_all()
    assert Message.objects.count() == 60
    adds_up(campaign)


def test_what_makes_no_sense_is_refused(shop: Shop) -> None:
    draft = shop.draft()
    for wishes in (
        verbs.Wishes(canary_share=0.9), verbs.Wishes(sample_share=0.0), verbs.Wishes(sample_people=1),
        verbs.Wishes(measure="love"), verbs.Wishes(wait_minutes=0), verbs.Wishes(confidence=0.5),
        verbs.Wishes(spread_hours=100),
    ):  # fmt: skip
        with pytest.raises(CampaignError):
            verbs.set_up(draft, member=shop.owner, wishes=wishes)
    with pytest.raises(CampaignError, match="category"):
        verbs.set_up(draft, member=shop.owner, wishes=verbs.Wishes(), texts=[verbs.Text(shop.marketing, BINDINGS)])
    with pytest.raises(CampaignError, match="no test under way"):
        people(shop, 3)
        verbs.choose(actions.launch(shop.planned(), member=shop.owner), 0, member=shop.owner)


def test_the_plan_reckons_with_the_parts(shop: Shop) -> None:
    people(shop, 100)
    plain = planned(shop)
    tried = planned(shop, texts=1, has_canary=True, canary_least=10, spread_hours=4)
    assert plain.plan is not None and tried.plan is not None and tried.waves is not None
    began = min(wave[2] for wave in tried.waves)
    later: Counter[float] = Counter()
    for _number, _zone, due, count_, _until in tried.waves:
        later[due - began] += count_
    assert (later.pop(0.0), later.pop(1800.0)) == (10, 10)
    assert sorted(later) == [5400.0, 9000.0, 12600.0, 16200.0] and sum(later.values()) == 80
    assert all(abs(people_ - 20) <= 2 for people_ in later.values()), "evenly, number by number"
    assert tried.plan["seconds"] >= 16_200 > plain.plan["seconds"]


def test_a_test_on_everybody_is_judged_although_the_campaign_is_done(shop: Shop, still_time: Time) -> None:
    people(shop, 30)
    campaign = actions.launch(planned(shop, texts=1, sample_share=1.0), member=shop.owner)
    send_all()
    upkeep.look_after()
    campaign.refresh_from_db()
    assert campaign.state == "done"
    still_time.move(61 * 60)
    work()
    assert (trial_of(campaign).verdict, trial_of(campaign).stage) == ("even", "open")
