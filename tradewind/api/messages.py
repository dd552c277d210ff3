"""Single messages: send, look up, take back."""

from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from ninja import Header, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints, model_validator

from tradewind.api.access import KeyAuth
from tradewind.api.contents import content_of
from tradewind.api.moments import Moment
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.why import message as why
from tradewind.contacts import actions as people
from tradewind.contacts.models import Contact
from tradewind.messages import actions, queries
from tradewind.messages.models import Content, Message
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.whatsapp import payloads
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router()
SEND, READ = KeyAuth("messages:send"), KeyAuth("messages:read")
Word = Annotated[str, StringConstraints(max_length=40)]
# Meta's message types that are sent within the service window, each under its own key (cloud-api.md §3.1).
FREE_FORM = (
    "text", "image", "video", "document", "audio", "sticker", "location", "contacts", "interactive", "reaction",
)  # fmt: skip


class To(Schema):
    """Who gets it: a contact's id, or a phone number, which becomes a contact when it is none yet."""

    contact: Word = ""
    phone: Word = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> "To":
        if bool(self.contact) == bool(self.phone):
            raise ValueError("Give either a contact's id or a phone number.")
        return self


class TemplateIn(Schema):
    """An approved template with its values."""

    id: Word = Field(description="The template's id")
    variables: dict[Word, Annotated[str, StringConstraints(max_length=2000)]] = Field(
        {}, max_length=200, description='By key, such as {"body.1": "Jessica"}'
    )
    header_media: dict[str, Any] | None = Field(
        None, description='The header\'s file: {"link": "https://…"} or {"id": …}'
    )
    card_media: list[dict[str, Any]] = Field([], max_length=10, description="A carousel's files, card by card")


class Send(Schema):
    """One message: a template at any time, or free-form within 24 hours of the person's last message."""

    number: Word = Field(description="Id of the number that sends it")
    to: To
    template: TemplateIn | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=4096)] | None = Field(
        None, description="A plain text"
    )
    message: dict[str, Any] | None = Field(
        None, description='Meta\'s own message object: {"type": "image", "image": {"link": "https://…"}}'
    )
    client_message_id: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = Field(
        None, description="Your own id: the same again sends nothing twice. The header Idempotency-Key does the same"
    )
    reply_to: Word = Field("", description="Id of the message that this one quotes")
    expires_at: Moment | None = Field(None, description="Not sent after this time")

    @model_validator(mode="after")
    def _one_content(self) -> "Send":
        if sum(part is not None for part in (self.template, self.text, self.message)) != 1:
            raise ValueError("Give one of template, text and message.")
        return self


class Waiting(Schema):
    """What holds a message back."""

    because: str
    until: datetime | None


class MessageOut(Schema):
    """A message and how far it got. `unknown` means: perhaps sent; it is not sent twice."""

    id: str
    client_message_id: str | None
    direction: str = Field(description="in or out")
    number: str
    contact: str
    kind: str
    category: str
    state: str
    reason: str = Field(description="Why it was skipped, expired or cancelled")
    error_code: int | None = Field(description="Meta's code, when it failed")
    error: str
    text: str
    wamid: str | None
    created_at: datetime
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    waiting: Waiting | None = None


class MessageList(Schema):
    messages: list[MessageOut]
    next: str


class Asked(Page):
    """Messages of one contact or of one campaign."""

    contact: Word = Field("", description="Only messages with this contact")
    campaign: Word = Field("", description="Only messages of this campaign")
    client_message_id: str = Field("", max_length=120, description="Only the message with this id of yours")
    state: Annotated[str, StringConstraints(max_length=12)] = ""

    @model_validator(mode="after")
    def _of_somebody(self) -> "Asked":
        if not (self.contact or self.campaign or self.client_message_id):
            raise ValueError("Ask for the messages of one contact, of one campaign, or of one client_message_id.")
        return self


def rows(request: MemberRequest) -> Any:
    return Message.objects.filter(workspace_id=request.workspace.pk)


def shown(message: Message, waiting: Waiting | None = None) -> MessageOut:
    return MessageOut(
        id=public_id(message),
        client_message_id=message.client_message_id,
        direction=message.direction,
        number=public_id(Number(pk=message.number_id)),
        contact=public_id(Contact(pk=message.contact_id)),
        kind=message.kind,
        category=message.category,
        state=message.state,
        reason=message.reason,
        error_code=message.error_code,
        error=message.error_detail,
        text=message.text,
        wamid=message.wamid,
        created_at=message.created_at,
        accepted_at=message.accepted_at,
        sent_at=message.sent_at,
        delivered_at=message.delivered_at,
        read_at=message.read_at,
        failed_at=message.failed_at,
        waiting=waiting,
    )


@router.post(
    "/", auth=SEND, response={202: MessageOut, **CHANGES}, summary="Send a message", operation_id="send_message"
)
def send_message(
    request: MemberRequest,
    said: Send,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=120)] = None,
) -> Status[MessageOut]:
    if idempotency_key and said.client_message_id and idempotency_key != said.client_message_id:
        raise Conflict("client_message_id and Idempotency-Key differ. Give one of them, or the same twice.")
    number = find(Number.objects.visible_to(request.member).filter(removed_at=None), said.number)
    with transaction.atomic():
        content, category = content_and_category(request, said, number)
        message = actions.send(
            workspace=request.workspace,
            number=number,
            contact=contact_of(request, said.to),
            category=category,
            payload=None if content else free_form(said),
            content=content,
            variables=said.template.variables if said.template else None,
            client_message_id=said.client_message_id or idempotency_key or None,
            expires_at=said.expires_at,
            reply_to_wamid=quoted(request, said.reply_to),
        )
    return Status(202, shown(message))


def contact_of(request: MemberRequest, to: To) -> Contact:
    """The contact who gets it; a phone number that is new becomes one."""
    if to.contact:
        return find(Contact.objects.visible_to(request.member), to.contact)
    phone = people.phone_in(request.workspace, to.phone)
    there = people.by_phone(request.workspace, phone)
    if there is not None:
        return there
    try:
        return people.create(workspace=request.workspace, phone=phone, member=request.member)
    except people.ContactError as error:
        if error.contact is None:
            raise
        return error.contact


def content_and_category(request: MemberRequest, said: Send, number: Number) -> tuple[Content | None, str]:
    """A template's content with its category, or no content and "service"."""
    if said.template is None:
        return None, "service"
    template = find(Template.objects.visible_to(request.member).filter(removed_at=None), said.template.id)
    if template.status != "APPROVED":
        raise Conflict(f"Meta has not approved the template {template.name} ({template.language}).")
    if template.account_id != number.account_id:
        raise Conflict("This template belongs to another account than the number. Choose one of the number's account.")
    content = content_of(template, said.template.variables, said.template.header_media, said.template.card_media)
    return content, template.category.lower()


def free_form(said: Send) -> dict[str, Any]:
    """Meta's message object without what is ours to set: to whom, in answer to what, our mark."""
    if said.text is not None:
        return payloads.text(said.text)
    message = said.message or {}
    kind = message.get("type")
    if kind not in FREE_FORM:
        raise payloads.PayloadError("message.type", "The type must be one of: " + ", ".join(FREE_FORM) + ".")
    if not isinstance(message.get(kind), list if kind == "contacts" else dict):
        raise payloads.PayloadError(f"message.{kind}", "This part holds what is sent, and it is missing.")
    if set(message) - {"type", kind}:
        raise payloads.PayloadError("message", f"Besides type and {kind} nothing may stand here.")
    return {"type": kind, kind: message[kind]}


def quoted(request: MemberRequest, reply_to: str) -> str:
    if not reply_to:
        return ""
    wamid: str | None = find(rows(request), reply_to).wamid
    if wamid is None:
        raise Conflict("The message that this one quotes has not reached Meta yet.")
    return wamid


@router.get(
    "/", auth=READ, response={200: MessageList, **NOT_THERE}, summary="List messages", operation_id="list_messages"
)
def list_messages(request: MemberRequest, asked: Query[Asked]) -> MessageList:
    found = rows(request)
    if asked.contact:
        found = found.filter(contact=find(Contact.objects.visible_to(request.member), asked.contact))
    if asked.campaign:
        campaign = find(Campaign.objects.visible_to(request.member), asked.campaign)
        found = found.filter(run_id=campaign.run_id) if campaign.run_id else found.none()
    if asked.client_message_id:
        found = found.filter(client_message_id=asked.client_message_id)
    found = found.filter(state=asked.state) if asked.state else found
    some, following = cut(found, asked)
    return MessageList(messages=[shown(message) for message in some], next=following)


@router.get(
    "/{id}", auth=READ, response={200: MessageOut, **NOT_THERE}, summary="One message", operation_id="get_message"
)
def get_message(request: MemberRequest, id: str) -> MessageOut:
    message = find(rows(request), id)
    why = queries.why_waiting(message)
    return shown(message, Waiting(because=why.sentence, until=why.until) if why else None)


class MessageWhyStep(Schema):
    at: datetime | None
    text: str
    more: str


class MessageWhyOut(Schema):
    """Why a message was sent, was not, waits, failed or was perhaps sent."""

    sentence: str
    until: datetime | None
    steps: list[MessageWhyStep] = Field(description="How it came to this, in the order of time")


@router.get(
    "/{id}/why",
    auth=READ,
    response={200: MessageWhyOut, **NOT_THERE},
    summary="Why it was sent or not",
    operation_id="why",
)
def why_message(request: MemberRequest, id: str) -> MessageWhyOut:
    related = rows(request).filter(direction="out").select_related("contact", "number", "run__campaign", "author__user")
    answer = why.why(find(related, id))
    steps = [MessageWhyStep(at=step.at, text=step.text, more=step.more) for step in answer.steps]
    return MessageWhyOut(sentence=answer.sentence, until=answer.until, steps=steps)


@router.post(
    "/{id}/cancel",
    auth=SEND,
    response={200: MessageOut, **CHANGES},
    summary="Take a message back that has not left",
    operation_id="cancel_message",
)
def cancel_message(request: MemberRequest, id: str) -> MessageOut:
    message = find(rows(request).filter(direction="out"), id)
    if not actions.cancel(message, member=None):
        raise Conflict("It is too late: the message is on its way, or it is over.")
    message.refresh_from_db()
    return shown(message)
