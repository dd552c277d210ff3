"""The calendar of campaigns: the high season, public holidays, and what comes again by itself."""

from datetime import date, datetime
from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.campaigns.followups import season
from tradewind.campaigns.followups.hours import LONGEST_HOURS
from tradewind.campaigns.followups.models import Season
from tradewind.campaigns.models import Series
from tradewind.campaigns.series import people
from tradewind.campaigns.timing import days_off
from tradewind.lib.zones import usable
from tradewind.workspaces.door import public_id
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("campaigns:read"))
LAUNCH = KeyAuth("campaigns:launch")
Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
Month = Annotated[int, Field(ge=1, le=12)]


class SeasonIn(Schema):
    """In these months follow-ups come sooner; none of them: there is no season."""

    months: list[Month] = Field(max_length=12)
    follow_up_hours: int = Field(24, ge=1, le=LONGEST_HOURS, description="After a campaign's end")


class SeasonOut(Schema):
    months: list[int]
    follow_up_hours: int


class Holiday(Schema):
    day: date
    name: str = Field(description="In the country's own language")


class Holidays(Schema):
    country: str
    year: int
    holidays: list[Holiday]


class AskedHolidays(Schema):
    country: Country
    year: int = Field(ge=2000, le=2100)


class RecurringOut(Schema):
    """A campaign that comes again; `campaign` is its pattern."""

    id: str
    campaign: str
    name: str
    kind: str = Field(description="daily, weekly, monthly, anniversary or replenish")
    is_on: bool
    next_at: datetime | None
    note: str = Field(description="Why the last one did not come about; empty when it did")


class RecurringList(Schema):
    series: list[RecurringOut]
    next: str


class CycleOut(Schema):
    """How long what people buy lasts, learnt from their orders of a year; null while too few tell."""

    days: int | None
    on_day: int | None = Field(description="The day on which to ask, as day 28 of 35")
    people: int = Field(description="Who ordered three times or more")


@router.get("/season", response={200: SeasonOut, **NOT_THERE}, summary="The high season", operation_id="get_season")
def get_season(request: MemberRequest) -> SeasonOut:
    return shown_season(season.season_of(request.workspace))


@router.put(
    "/season", auth=LAUNCH, response={200: SeasonOut, **CHANGES}, summary="Choose the high season",
    operation_id="set_season",
)  # fmt: skip
def set_season(request: MemberRequest, said: SeasonIn) -> SeasonOut:
    row = season.change(
        request.workspace, member=request.member, months=said.months, follow_up_hours=said.follow_up_hours
    )
    return shown_season(row)


def shown_season(row: Season) -> SeasonOut:
    return SeasonOut(months=row.months, follow_up_hours=row.follow_up_hours)


@router.get(
    "/holidays", response={200: Holidays, **NOT_THERE}, summary="Public holidays of a country",
    operation_id="list_holidays",
)  # fmt: skip
def list_holidays(request: MemberRequest, asked: Query[AskedHolidays]) -> Holidays:
    found = [Holiday(day=day, name=name) for day, name in days_off.named(asked.country, asked.year)]
    return Holidays(country=asked.country.upper(), year=asked.year, holidays=found)


@router.get(
    "/series", response={200: RecurringList, **NOT_THERE}, summary="Campaigns that come again",
    operation_id="list_series",
)  # fmt: skip
def list_series(request: MemberRequest, page: Query[Page]) -> RecurringList:
    found, following = cut(Series.objects.visible_to(request.member).select_related("pattern"), page)
    return RecurringList(series=[recurring(row) for row in found], next=following)


def recurring(row: Series) -> RecurringOut:
    return RecurringOut(
        id=public_id(row),
        campaign=public_id(row.pattern),
        name=row.pattern.name,
        kind=row.kind,
        is_on=row.is_on,
        next_at=row.next_at,
        note=row.note,
    )


@router.get(
    "/series/cycle", response={200: CycleOut, **NOT_THERE}, summary="How long what people buy lasts",
    operation_id="get_cycle",
)  # fmt: skip
def get_cycle(request: MemberRequest) -> CycleOut:
    found = people.learnt(request.member.workspace_id, usable(request.workspace.timezone))
    if found is None:
        return CycleOut(days=None, on_day=None, people=0)
    return CycleOut(days=found.days, on_day=found.on_day, people=found.people)
