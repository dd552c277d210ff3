"""Campaigns as programs send and get them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from tradewind.api.moments import Moment
from tradewind.api.paging import Page
from tradewind.campaigns import wording
from tradewind.campaigns.bindings import LONGEST_FALLBACK, LONGEST_FIELD
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.workspaces.door import public_id

Word = Annotated[str, StringConstraints(max_length=40)]


class AudienceIn(Schema):
    """Who gets it."""

    kind: Literal["everybody", "tag", "segment", "pasted"]
    tag: Annotated[str, StringConstraints(max_length=250)] = Field("", description="kind tag: the tag's name")
    segment: Annotated[str, StringConstraints(max_length=120)] = Field(
        "", description="kind segment: the segment's id or name"
    )
    phones: list[Word] = Field([], max_length=100_000, description="kind pasted: phone numbers of contacts")
    without_segments: list[Annotated[str, StringConstraints(max_length=120)]] = Field(
        [], max_length=20, description="Segments whose people are left out, by id or name"
    )
    without_tags: list[Annotated[str, StringConstraints(max_length=250)]] = Field(
        [], max_length=20, description="Tags whose people are left out"
    )
    live: bool = Field(
        False, description="Count the audience again at the launch; else it is who fitted when the plan was made"
    )


class Binding(Schema):
    """What goes into one variable of the message."""

    key: Annotated[str, StringConstraints(max_length=120)] = Field(
        description="One of the message's variables, such as body.1 or body.first_name; or header.media, card.0.media"
    )
    field: Annotated[str, StringConstraints(max_length=LONGEST_FIELD)] = Field(
        "", description="name, first_name, company, city, country, or fields.<your own>; empty for a fixed text"
    )
    fallback: Annotated[str, StringConstraints(max_length=LONGEST_FALLBACK)] = Field(
        "", description="Used where the field is empty; the text itself when there is no field"
    )


class FreeLink(Schema):
    """A button that opens an address."""

    text: Annotated[str, StringConstraints(max_length=20)] = Field(description="Words on the button")
    url: Annotated[str, StringConstraints(max_length=2000)] = Field(description="https://…, with {{variables}}")


class FreeIn(Schema):
    """A free message. It goes only to people who wrote to the sending number in the last 24 hours."""

    purpose: Literal["marketing", "service"] = Field(
        "marketing",
        description="marketing: only to people who opted in, with caps; service: about what they asked or ordered."
        " Who opted out gets neither",
    )
    text: Annotated[str, StringConstraints(max_length=4096)] = Field(
        "", description="With {{variables}}, each of which needs a binding; at most 1,024 beside a file or a button"
    )
    file: Literal["", "image", "video", "document"] = Field(
        "", description="What stands on top; the file itself is the binding header.media: https://… or media:<id>"
    )
    answers: list[Annotated[str, StringConstraints(max_length=20)]] = Field(
        [], max_length=3, description="Up to three answers to tap"
    )
    link: FreeLink | None = None
    catalog: Annotated[str, StringConstraints(max_length=100)] = Field(
        "", description="With product: the id of the catalogue that has it"
    )
    product: Annotated[str, StringConstraints(max_length=100)] = Field(
        "", description="One product by its number; with show_catalog the one whose picture is shown"
    )
    show_catalog: bool = Field(False, description="A button that opens your catalogue")

    def as_given(self) -> dict[str, Any]:
        """As wording.clean takes it. Raises CampaignError when more than one thing stands under the text."""
        chosen = {
            "answers": bool(self.answers),
            "link": self.link is not None,
            "catalog": self.show_catalog,
            "product": bool(self.product) and not self.show_catalog,
        }
        under = [name for name, is_there in chosen.items() if is_there]
        if len(under) > 1:
            raise CampaignError("Under a message stand answers, a link, the catalogue or a product: one of them.")
        return {**self.model_dump(exclude={"show_catalog"}), "under": under[0] if under else ""}


class TimingIn(Schema):
    """When each person gets it."""

    kind: Literal["now", "at", "local", "best_hour"] = Field(
        description="now: as it is launched; at: not before starts_at; local: at a time of day where each person is;"
        " best_hour: at the hour at which each person reads and answers"
    )
    date: Annotated[str, StringConstraints(max_length=10)] = Field(
        "", description="kind local: the day, such as 2026-11-24; left out, the day of the start where each person is"
    )
    time: Annotated[str, StringConstraints(max_length=8)] = Field("", description="kind local: such as 10:00")
    next_day: bool = Field(False, description="kind local: where that time has passed, the next day; else left out")
    no_holidays: bool = Field(False, description="Not on public holidays of each person's country")
    late_hours: int = Field(
        0, ge=0, le=72, description="Who is not reached so many hours after their time gets nothing; 0: however late"
        " (kinds local and best_hour: 4)"
    )  # fmt: skip


class NewCampaign(Schema):
    """A campaign, ready to be planned."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    template: Word = Field("", description="Id of an approved template; or else a free message")
    free: FreeIn | None = Field(None, description="A free message instead of a template")
    audience: AudienceIn
    numbers: list[Word] = Field(min_length=1, max_length=500, description="Ids of the numbers that send it")
    bindings: list[Binding] = Field([], max_length=100)
    preset: Literal["careful", "balanced", "fast"] = "balanced"
    quiet_hours: bool = True
    starts_at: Moment | None = Field(None, description="Not before this time; at once when left out")
    timing: TimingIn | None = Field(None, description="Left out: at starts_at, or at once")


class Words(Schema):
    """Other words for whoever has not got a paused campaign."""

    template: Word = Field("", description="Id of an approved template of the same category; or else a free message")
    free: FreeIn | None = None
    bindings: list[Binding] = Field([], max_length=100)


class CampaignOut(Schema):
    """A campaign and how it stands."""

    id: str
    name: str
    state: str = Field(description="draft, planning, planned, running, paused, done or cancelled")
    state_reason: str
    template: str | None
    free: dict[str, Any] | None = Field(description="The free message, where it says one; template is null then")
    numbers: list[str]
    preset: str
    quiet_hours: bool
    timing: dict[str, Any] = Field(description="As it was set; empty: at starts_at, or at once")
    created_at: datetime
    planned_at: datetime | None
    starts_at: datetime | None
    launched_at: datetime | None
    finished_at: datetime | None
    approval: str = Field(
        description="Of a launch that needs a second member: empty (none is asked for), waiting, approved, refused, or"
        " void because the plan has changed since"
    )


class CampaignList(Schema):
    campaigns: list[CampaignOut]
    next: str


class Decision(Schema):
    """A second member's word on a launch."""

    verdict: Literal["approve", "refuse"]
    word: Annotated[str, StringConstraints(max_length=300)] = Field("", description="Why; a refusal needs it")


class PlanOut(Schema):
    """The flight plan: who gets it, who does not and why, and until when."""

    state: str = Field(description="planning while it is being made; ask again in a second")
    state_reason: str
    plan: dict[str, Any] | None = Field(description="audience, recipients, excluded by reason, seconds, …")


class Asked(Page):
    state: Annotated[str, StringConstraints(max_length=12)] = Field("", description="Only campaigns in this state")


def shown(campaign: Campaign) -> CampaignOut:
    return CampaignOut(
        id=public_id(campaign),
        name=campaign.name,
        state=campaign.state,
        state_reason=campaign.state_reason,
        template=public_id(Template(pk=campaign.template_id)) if campaign.template_id else None,
        free=wording.fields_of(wording.free_of(campaign.free)) or None,
        numbers=[public_id(Number(pk=sender.number_id)) for sender in campaign.senders.all()],
        preset=campaign.preset,
        quiet_hours=campaign.quiet_hours,
        timing=campaign.timing,
        created_at=campaign.created_at,
        planned_at=campaign.planned_at,
        starts_at=campaign.starts_at,
        launched_at=campaign.launched_at,
        finished_at=campaign.finished_at,
        approval=approval_of(campaign),
    )


def approval_of(campaign: Campaign) -> str:
    verdicts = [approval.verdict or "waiting" for approval in campaign.approvals.all()]
    return verdicts[-1] if verdicts else ""
