"""Meta's message templates: read, submit, change, delete."""

import base64
import binascii
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.numbers.models import Account
from tradewind.templates.authoring import reading, samples, verbs, writing
from tradewind.templates.authoring.samples import SampleError
from tradewind.templates.authoring.verbs import TemplateError
from tradewind.templates.models import Sample, Template
from tradewind.whatsapp.payloads import Template as Parts
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("templates:read"))
WRITE = KeyAuth("templates:write")


class TemplateOut(Schema):
    """A template of one account, as Meta last told of it."""

    id: str
    name: str
    language: str
    category: str = Field(description="MARKETING, UTILITY or AUTHENTICATION")
    status: str = Field(description="Meta's word: APPROVED, PENDING, REJECTED, PAUSED, …")
    quality: str
    account: str = Field(description="Meta's id of the WhatsApp Business Account")
    components: list[dict[str, Any]] = Field(description="As Meta has them")
    variables: list[str] = Field(description="The keys that a message or campaign fills, such as body.1")


class TemplateList(Schema):
    templates: list[TemplateOut]
    next: str


class SampleIn(Schema):
    """The file on top that Meta's reviewers see."""

    name: Annotated[str, StringConstraints(max_length=200)]
    base64: Annotated[str, StringConstraints(max_length=8_000_000)] = Field(description="At most 6 MB of content")


class TemplateContent(Schema):
    """What a template says, as Meta defines it. Variables are either all numbered or all named."""

    category: Literal["MARKETING", "UTILITY"]
    components: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=5,
        description="HEADER, LIMITED_TIME_OFFER, BODY, FOOTER, BUTTONS, CAROUSEL, with an example for each variable",
    )
    sample: SampleIn | None = Field(None, description="For a header of IMAGE, VIDEO or DOCUMENT")
    card_samples: list[SampleIn] = Field([], max_length=10, description="One for each card of a carousel")


class NewTemplate(TemplateContent):
    """A template for one or several accounts."""

    accounts: list[Annotated[str, StringConstraints(max_length=40)]] = Field(
        min_length=1, max_length=50, description="Meta's ids of the WhatsApp Business Accounts"
    )
    name: Annotated[str, StringConstraints(max_length=512)]
    language: Annotated[str, StringConstraints(max_length=16)]


class SubmittedOut(Schema):
    """What came of it in one account."""

    account: str
    template: TemplateOut | None
    problem: str


class Submission(Schema):
    submitted: list[SubmittedOut]


class Asked(Page):
    status: str = Field("", max_length=24, description="Only templates of this status, such as APPROVED")
    name: str = Field("", max_length=512, description="Only templates of exactly this name")


def shown(template: Template) -> TemplateOut:
    return TemplateOut(
        id=public_id(template),
        name=template.name,
        language=template.language,
        category=template.category,
        status=template.status,
        quality=template.quality,
        account=template.account.waba_id,
        components=template.components,
        variables=keys_of(template),
    )


def keys_of(template: Template) -> list[str]:
    parts = Parts(template.components, template.name, template.language, template.parameter_format)
    return [variable.slot for variable in parts.variables]


@router.get("/", response={200: TemplateList, **NOT_THERE}, summary="List templates", operation_id="list_templates")
def list_templates(request: MemberRequest, asked: Query[Asked]) -> TemplateList:
    rows = Template.objects.visible_to(request.member).filter(removed_at=None).select_related("account")
    rows = rows.filter(status=asked.status) if asked.status else rows
    rows = rows.filter(name=asked.name) if asked.name else rows
    found, following = cut(rows, asked)
    return TemplateList(templates=[shown(template) for template in found], next=following)


@router.get("/{id}", response={200: TemplateOut, **NOT_THERE}, summary="One template", operation_id="get_template")
def get_template(request: MemberRequest, id: str) -> TemplateOut:
    return shown(find(Template.objects.visible_to(request.member).select_related("account"), id))


@router.post(
    "/",
    auth=WRITE,
    response={201: Submission, **CHANGES},
    summary="Submit a template to one or several accounts",
    operation_id="create_template",
)
def create_template(request: MemberRequest, said: NewTemplate) -> Status[Submission]:
    accounts = list(Account.objects.visible_to(request.member).filter(waba_id__in=said.accounts).select_related("app"))
    made = reading.from_components(said.components, name=said.name, language=said.language, category=said.category)
    try:
        done = verbs.submit(
            made,
            accounts=accounts,
            member=request.member,
            sample=sample_of(request, said, made.header),
            card_samples=card_samples_of(request, said, made),
        )
    except (TemplateError, SampleError) as problem:
        raise Conflict(str(problem)) from problem
    if all(each.template is None for each in done):
        raise Conflict(done[0].problem)
    return Status(201, Submission(submitted=[outcome(each) for each in done]))


def sample_of(request: MemberRequest, said: TemplateContent, header: str) -> Sample | None:
    if said.sample is None or header not in writing.FILES:
        return None
    return kept(request, said.sample, header)


def card_samples_of(request: MemberRequest, said: TemplateContent, made: writing.Writing) -> list[Sample]:
    """The samples of the cards, as many as there are."""
    return [kept(request, each, made.card_header) for each in said.card_samples[: len(made.cards)]]


def kept(request: MemberRequest, sample: SampleIn, wanted: str) -> Sample:
    try:
        content = base64.b64decode(sample.base64, validate=True)
    except (binascii.Error, ValueError):
        raise Conflict("The sample is not written in base64.") from None
    return samples.keep(workspace=request.workspace, name=sample.name, content=content, wanted=wanted)


def samples_of(template: Template) -> list[Sample]:
    """Those on the cards that it was made with, in their order."""
    rows = Sample.objects.in_bulk(template.card_samples)
    return [rows[row] for row in template.card_samples if row in rows]


@router.put(
    "/{id}", auth=WRITE, response={200: TemplateOut, **CHANGES}, summary="Submit another content for a template",
    operation_id="change_template",
)  # fmt: skip
def change_template(request: MemberRequest, id: str, said: TemplateContent) -> TemplateOut:
    """Meta looks at it anew; an approved one takes a change a day, and ten in 30 days. Samples are kept if left out."""
    rows = Template.objects.visible_to(request.member).filter(removed_at=None).select_related("account__app", "sample")
    row = find(rows, id)
    made = reading.from_components(said.components, category=said.category)
    try:
        on_cards = card_samples_of(request, said, made) or samples_of(row)
        verbs.edit(
            row, made, member=request.member, sample=sample_of(request, said, made.header), card_samples=on_cards
        )
    except (TemplateError, SampleError) as problem:
        raise Conflict(str(problem)) from problem
    return shown(find(rows, id))


def outcome(done: verbs.Submitted) -> SubmittedOut:
    return SubmittedOut(
        account=done.account.waba_id,
        template=shown(done.template) if done.template is not None else None,
        problem=done.problem,
    )


@router.delete(
    "/{id}", auth=WRITE, response={204: None, **CHANGES}, summary="Delete a template", operation_id="delete_template"
)
def delete_template(request: MemberRequest, id: str) -> Status[None]:
    rows = Template.objects.visible_to(request.member).filter(removed_at=None).select_related("account__app")
    try:
        verbs.delete(find(rows, id), member=request.member)
    except TemplateError as problem:
        raise Conflict(str(problem)) from problem
    return Status(204, None)
