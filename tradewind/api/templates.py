"""Meta's message templates, to be read."""

from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import NOT_THERE
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import Template as Parts
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("templates:read"))


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
