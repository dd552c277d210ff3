"""Campaigns that are tried first, followed up, or come again; what has not gone, changed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.campaign_shapes import Binding, Word
from tradewind.api.moments import Moment
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.campaigns import rest
from tradewind.campaigns.followups import verbs as followups
from tradewind.campaigns.followups.hours import LONGEST_HOURS
from tradewind.campaigns.followups.season import hours_of
from tradewind.campaigns.models import LETTERS, Campaign, FollowUp, Series, Trial
from tradewind.campaigns.series import verbs as series_verbs
from tradewind.campaigns.trials import verbs
from tradewind.templates.models import Template
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router()
READ, WRITE, LAUNCH = KeyAuth("campaigns:read"), KeyAuth("campaigns:write"), KeyAuth("campaigns:launch")


class TextIn(Schema):
    """Another text: B, C, … in the order given."""

    template: Word = Field(description="Id of an approved template of the same category")
    bindings: list[Binding] = Field([], max_length=100)


class TrialIn(Schema):
    """A few people first, then several texts on a sample, then the rest. A plan made before is void."""

    has_canary: bool = False
    canary_share: float = Field(0.02, ge=0.001, le=0.5, description="How many go first, from 0 to 1")
    canary_least: int = Field(50, ge=1, le=100_000)
    watch_minutes: int = Field(30, ge=1, le=4320)
    texts: list[TextIn] = Field([], max_length=4, description="Beside the campaign's own, which is A")
    sample_share: float | None = Field(0.2, ge=0.01, le=1)
    sample_people: int | None = Field(None, ge=2, le=1_000_000)
    measure: Literal["read", "reply", "click"] = "read"
    wait_minutes: int = Field(60, ge=1, le=4320)
    confidence: float = Field(0.98, ge=0.8, le=0.999)
    when_even: Literal["a", "ask"] = Field("a", description="No difference: send A to the rest, or wait for a person")
    spread_hours: int = Field(0, ge=0, le=72)
    answer_minutes: int | None = Field(
        None, ge=1, le=1440, description="Slow down while people wait longer than this for the team"
    )


class TrialOut(Schema):
    """How it is tried, and what came of it."""

    stage: str = Field(description="planned, canary, test, opening (the next part is made ready) or open")
    has_canary: bool
    canary_people: int
    canary: str = Field(description="Empty while it is watched; go, hold, stop or overruled")
    canary_seen: dict[str, Any]
    has_test: bool
    test_people: int
    verdict: str = Field(description="Empty before the look; winner, even or chosen")
    winner: str = Field(description="The letter of the text that goes to the rest")
    result: dict[str, Any] = Field(description="Counts of each text, intervals, differences")


class Choice(Schema):
    letter: Literal["A", "B", "C", "D", "E"]


class FollowUpIn(Schema):
    """Another message to those who did not read it or did not answer."""

    kind: Literal["unread", "unreplied", "read_silent"]
    after_hours: int = Field(72, ge=1, le=LONGEST_HOURS, description="After the campaign's end")
    keeps_season: bool = Field(True, description="Sooner in the high season")
    template: Word
    bindings: list[Binding] = Field([], max_length=100)


class FollowUpOut(Schema):
    id: str
    kind: str
    hours: int = Field(description="After the campaign's end, with the season")
    state: str = Field(description="waiting, made or off")
    reason: str
    campaign: str | None = Field(description="The campaign that it became")


class FollowUps(Schema):
    follow_ups: list[FollowUpOut]


class RestIn(Schema):
    """Pace and end of what has not gone; the campaign must be paused."""

    preset: Literal["careful", "balanced", "fast", "custom"]
    per_minute: int | None = Field(None, ge=1, le=60_000, description="With custom: from each number")
    ends_at: Moment | None = Field(None, description="What has not gone by then never goes")
    answer_minutes: int | None = Field(None, ge=1, le=1440)


class SeriesIn(Schema):
    """When it comes again, in the workspace's time zone."""

    kind: Literal["daily", "weekly", "monthly", "anniversary", "replenish"]
    time: Annotated[str, StringConstraints(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    weekday: int | None = Field(None, ge=0, le=6, description="weekly: 0 is Monday")
    day: int | None = Field(None, ge=1, le=31, description="monthly; 31 is the last day of a shorter month")
    field: Annotated[str, StringConstraints(max_length=60)] = Field(
        "", description="anniversary: own field with the date"
    )
    cycle_days: int | None = Field(None, ge=2, le=366, description="replenish: how long it usually lasts")
    on_day: int | None = Field(None, ge=2, le=366, description="replenish: the day of such a cycle")
    is_on: bool = Field(False, description="On, each occurrence is launched by itself: takes campaigns:launch")


class SeriesOut(Schema):
    kind: str
    rule: dict[str, Any]
    is_on: bool
    next_at: datetime | None
    note: str


def campaign_of(request: MemberRequest, id: str) -> Campaign:
    return find(Campaign.objects.visible_to(request.member).select_related("workspace", "template"), id)


def template_of(request: MemberRequest, id: str) -> Template:
    return find(Template.objects.visible_to(request.member).filter(removed_at=None), id)


def trial_of(campaign: Campaign) -> TrialOut:
    trial = Trial.objects.filter(campaign=campaign).first() or Trial(campaign=campaign)
    return TrialOut(
        stage=trial.stage,
        has_canary=trial.has_canary,
        canary_people=trial.canary_people,
        canary=trial.canary,
        canary_seen=trial.canary_seen,
        has_test=trial.has_test,
        test_people=trial.test_people,
        verdict=trial.verdict,
        winner="" if trial.winner is None else LETTERS[trial.winner],
        result=trial.result,
    )


@router.get(
    "/{id}/trial", auth=READ, response={200: TrialOut, **NOT_THERE}, summary="How it is tried first",
    operation_id="get_trial",
)  # fmt: skip
def get_trial(request: MemberRequest, id: str) -> TrialOut:
    return trial_of(campaign_of(request, id))


@router.put(
    "/{id}/trial", auth=WRITE, response={200: TrialOut, **CHANGES}, summary="Try it on a few, compare texts",
    operation_id="set_trial",
)  # fmt: skip
def set_trial(request: MemberRequest, id: str, said: TrialIn) -> TrialOut:
    campaign = campaign_of(request, id)
    texts = [
        verbs.Text(template_of(request, text.template), [each.model_dump() for each in text.bindings])
        for text in said.texts
    ]
    wishes = verbs.Wishes(**{field: getattr(said, field) for field in verbs.Wishes.__slots__})
    verbs.set_up(campaign, member=request.member, wishes=wishes, texts=texts, answer_minutes=said.answer_minutes)
    return trial_of(campaign)


@router.post(
    "/{id}/trial/choice", auth=LAUNCH, response={200: TrialOut, **CHANGES},
    summary="Choose the text that goes to the rest", operation_id="choose_text",
)  # fmt: skip
def choose_text(request: MemberRequest, id: str, said: Choice) -> TrialOut:
    campaign = campaign_of(request, id)
    verbs.choose(campaign, LETTERS.index(said.letter), member=request.member)
    return trial_of(campaign)


@router.get(
    "/{id}/follow-ups", auth=READ, response={200: FollowUps, **NOT_THERE}, summary="Its follow-ups",
    operation_id="list_follow_ups",
)  # fmt: skip
def list_follow_ups(request: MemberRequest, id: str) -> FollowUps:
    rows = campaign_of(request, id).follow_ups.select_related("campaign__workspace").order_by("pk")
    return FollowUps(follow_ups=[follow_up(row) for row in rows])


def follow_up(row: FollowUp) -> FollowUpOut:
    return FollowUpOut(
        id=public_id(row),
        kind=row.kind,
        hours=hours_of(row),
        state=row.state,
        reason=row.reason,
        campaign=public_id(Campaign(pk=row.child_id)) if row.child_id else None,
    )


@router.post(
    "/{id}/follow-ups", auth=LAUNCH, response={201: FollowUpOut, **CHANGES},
    summary="Follow it up: launched by itself later", operation_id="add_follow_up",
)  # fmt: skip
def add_follow_up(request: MemberRequest, id: str, said: FollowUpIn) -> Status[FollowUpOut]:
    found = followups.add(
        campaign_of(request, id),
        member=request.member,
        kind=said.kind,
        after_hours=said.after_hours,
        keeps_season=said.keeps_season,
        template=template_of(request, said.template),
        bindings=[each.model_dump() for each in said.bindings],
    )
    return Status(201, follow_up(found))


@router.delete(
    "/{id}/follow-ups/{followup}", auth=LAUNCH, response={204: None, **CHANGES}, summary="Take a follow-up off",
    operation_id="remove_follow_up",
)  # fmt: skip
def remove_follow_up(request: MemberRequest, id: str, followup: str) -> Status[None]:
    rows = FollowUp.objects.filter(campaign=campaign_of(request, id), workspace_id=request.member.workspace_id)
    followups.remove(find(rows.select_related("campaign"), followup), member=request.member)
    return Status(204, None)


@router.put(
    "/{id}/rest", auth=LAUNCH, response={204: None, **CHANGES}, summary="Change what has not gone",
    operation_id="change_rest",
)  # fmt: skip
def change_rest(request: MemberRequest, id: str, said: RestIn) -> Status[None]:
    pacing = {"per_minute": said.per_minute} if said.preset == "custom" and said.per_minute else {}
    rest.change(
        campaign_of(request, id),
        member=request.member,
        preset=said.preset,
        pacing=pacing,
        ends_at=said.ends_at,
        answer_minutes=said.answer_minutes,
    )
    return Status(204, None)


@router.get(
    "/{id}/series", auth=READ, response={200: SeriesOut, **NOT_THERE}, summary="When it comes again",
    operation_id="get_series",
)  # fmt: skip
def get_series(request: MemberRequest, id: str) -> SeriesOut:
    campaign = campaign_of(request, id)
    series = Series.objects.filter(pattern=campaign).first() or Series(pattern=campaign)
    return shown_series(series)


def shown_series(series: Series) -> SeriesOut:
    return SeriesOut(kind=series.kind, rule=series.rule, is_on=series.is_on, next_at=series.next_at, note=series.note)


@router.put(
    "/{id}/series", auth=LAUNCH, response={200: SeriesOut, **CHANGES}, summary="Let it come again",
    operation_id="set_series",
)  # fmt: skip
def set_series(request: MemberRequest, id: str, said: SeriesIn) -> SeriesOut:
    rule = {name: value for name, value in said.model_dump(exclude={"kind", "is_on"}).items() if value is not None}
    series = series_verbs.set_up(campaign_of(request, id), member=request.member, kind=said.kind, rule=rule)
    return shown_series(series_verbs.switch(series, member=request.member, is_on=said.is_on))


@router.delete(
    "/{id}/series", auth=WRITE, response={204: None, **CHANGES}, summary="Let it come no more",
    operation_id="delete_series",
)  # fmt: skip
def delete_series(request: MemberRequest, id: str) -> Status[None]:
    series = Series.objects.filter(pattern=campaign_of(request, id)).select_related("pattern", "workspace").first()
    if series is not None:
        series_verbs.delete(series, member=request.member)
    return Status(204, None)
