"""People: read, add, change, and their consent with its proof."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Prefetch
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints, create_model

from tradewind.api.access import KeyAuth
from tradewind.api.moments import Moment
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.contacts import actions
from tradewind.contacts.models import Contact, ContactTags, Identity, Tag
from tradewind.contacts.privacy import masking
from tradewind.contacts.tags import tree
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.models import Member
from tradewind.workspaces.request import MemberRequest

router = Router()
READ, WRITE = KeyAuth("contacts:read"), KeyAuth("contacts:write")

Short = Annotated[str, StringConstraints(max_length=120)]
FieldValue = str | int | float | bool | None


# What is known of a person, a text for each column that a contact has; "" = nothing.
texts: dict[str, Any] = dict.fromkeys(actions.COLUMNS, (str, ...))
Known = create_model("Known", __base__=Schema, **texts)


class ContactOut(Known):
    """A person, and how their consent to marketing stands."""

    id: str
    phone: str | None = Field(description="E.164; null for people whom Meta tells of without a phone number")
    fields: dict[str, Any]
    tags: list[str]
    marketing: str = Field(description="unknown, opted_in or opted_out")
    marketing_at: datetime | None
    suppressed: bool = Field(description="Nothing at all is sent to this person")
    created_at: datetime
    last_inbound_at: datetime | None


class ContactList(Schema):
    contacts: list[ContactOut]
    next: str


class Asked(Page):
    phone: str = Field("", max_length=40, description="Only the contact with this phone number")
    tag: str = Field("", max_length=250, description="Only contacts with this tag")


class Facts(Schema):
    """What may be known of a person; what is left out stays as it is."""

    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    language: Annotated[str, StringConstraints(max_length=12)] | None = None
    country: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2})?$")] | None = None
    city: Annotated[str, StringConstraints(max_length=80)] | None = None
    timezone: Annotated[str, StringConstraints(max_length=64)] | None = Field(None, description="Such as Europe/Berlin")
    company: Short | None = None
    fields: dict[str, FieldValue] = Field({}, description="Your own fields; null takes one away")
    tags: list[Annotated[str, StringConstraints(min_length=1, max_length=250)]] = Field(
        [], max_length=50, description="Tags to put on, by path (Interest/Shoes); new ones need the scope tags:write"
    )

    def columns(self) -> dict[str, Any]:
        said = self.model_dump(include=set(actions.COLUMNS), exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None}


class NewContact(Facts):
    phone: Annotated[str, StringConstraints(min_length=3, max_length=40)] = Field(
        description="E.164, or as people of the workspace's country write it"
    )


class Change(Facts):
    untag: list[Annotated[str, StringConstraints(max_length=250)]] = Field(
        [], max_length=50, description="Tags to take off"
    )


class Proof(Schema):
    """How the person said so. Kept for good."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(
        description="Where: such as shop_checkout, paper, phone"
    )
    at: Moment | None = Field(None, description="When they said so; now when left out")
    wording: Annotated[str, StringConstraints(max_length=4000)] = Field("", description="The words they agreed to")
    proof: dict[str, FieldValue] = Field({}, max_length=50, description="Anything that proves it, such as order or IP")


class ConsentOut(Schema):
    changed: bool = Field(description="False when it stood so already, or a younger word of the person decides")
    contact: ContactOut


def rows(request: MemberRequest) -> Any:
    phones = Identity.objects.filter(kind="phone", is_current=True).order_by("-seen_at")
    everybody = Contact.objects.visible_to(request.member)
    return everybody.select_related("tag_row").prefetch_related(Prefetch("identities", phones, to_attr="phones"))


def names_of_tags(request: MemberRequest) -> dict[int, str]:
    return dict(Tag.objects.filter(workspace_id=request.workspace.pk).values_list("pk", "name"))


def shown(contact: Any, tags: dict[int, str], viewer: Member) -> ContactOut:
    row = getattr(contact, "tag_row", None)
    return ContactOut(
        id=public_id(contact),
        phone=masking.shown(contact.phones[0].value, viewer) if contact.phones else None,
        **{column: getattr(contact, column) for column in actions.COLUMNS},
        fields=contact.fields,
        tags=sorted(tags[tag] for tag in (row.tags if row else []) if tag in tags),
        marketing=contact.marketing,
        marketing_at=contact.marketing_at,
        suppressed=contact.suppressed_at is not None,
        created_at=contact.created_at,
        last_inbound_at=contact.last_inbound_at,
    )


def again(request: MemberRequest, contact: Contact) -> ContactOut:
    """The contact as it stands now."""
    return shown(rows(request).get(pk=contact.pk), names_of_tags(request), request.member)


@router.get(
    "/", auth=READ, response={200: ContactList, **NOT_THERE}, summary="List contacts", operation_id="list_contacts"
)
def list_contacts(request: MemberRequest, asked: Query[Asked]) -> ContactList:
    found = rows(request)
    if asked.phone:
        there = actions.by_phone(request.workspace, actions.phone_in(request.workspace, asked.phone))
        found = found.filter(pk=there.pk if there else None)
    if asked.tag:
        tag = tree.find(request.workspace.pk, asked.tag)
        tagged = ContactTags.objects.filter(workspace=request.workspace, tags__contains=[tag.pk if tag else 0])
        found = found.filter(pk__in=tagged.values("contact_id"))
    some, following = cut(found, asked)
    names = names_of_tags(request)
    return ContactList(contacts=[shown(contact, names, request.member) for contact in some], next=following)


@router.get(
    "/{id}", auth=READ, response={200: ContactOut, **NOT_THERE}, summary="One contact", operation_id="get_contact"
)
def get_contact(request: MemberRequest, id: str) -> ContactOut:
    return shown(find(rows(request), id), names_of_tags(request), request.member)


@router.post(
    "/", auth=WRITE, response={201: ContactOut, **CHANGES}, summary="Add a contact", operation_id="create_contact"
)
def create_contact(request: MemberRequest, said: NewContact) -> Status[ContactOut]:
    try:
        contact = actions.create(workspace=request.workspace, phone=said.phone, member=request.member, **said.columns())
    except actions.ContactError as error:
        if error.contact is None:
            raise
        raise Conflict(f"{error} Its id is {public_id(error.contact)}.") from None
    decorate(request, contact, said)
    return Status(201, again(request, contact))


@router.patch(
    "/{id}",
    auth=WRITE,
    response={200: ContactOut, **CHANGES},
    summary="Change a contact",
    operation_id="change_contact",
)
def change_contact(request: MemberRequest, id: str, said: Change) -> ContactOut:
    contact = find(Contact.objects.visible_to(request.member), id)
    if said.columns():
        actions.change(contact, member=request.member, **said.columns())
    decorate(request, contact, said)
    for tag in filter(None, (tree.find(request.workspace.pk, name) for name in said.untag)):
        actions.untag(contact, tag=tag, member=request.member)
    return again(request, contact)


def decorate(request: MemberRequest, contact: Contact, said: Facts) -> None:
    if said.fields:
        actions.set_fields(contact, fields=said.fields, member=request.member)
    may_make = "tags.manage" in request.rights
    for tag in tree.named_all(request.workspace, said.tags, request.member, may_make=may_make):
        actions.tag(contact, tag=tag, member=request.member)


@router.post(
    "/{id}/opt-in",
    auth=WRITE,
    response={200: ConsentOut, **NOT_THERE},
    summary="Record an opt-in to marketing",
    operation_id="opt_in",
)
def opt_in(request: MemberRequest, id: str, said: Proof) -> ConsentOut:
    return record(request, id, said, actions.opt_in)


@router.post(
    "/{id}/opt-out",
    auth=WRITE,
    response={200: ConsentOut, **NOT_THERE},
    summary="Record an opt-out; holds at once, also for what is queued",
    operation_id="opt_out",
)
def opt_out(request: MemberRequest, id: str, said: Proof) -> ConsentOut:
    return record(request, id, said, actions.opt_out)


def record(request: MemberRequest, id: str, said: Proof, verb: Any) -> ConsentOut:
    contact = find(Contact.objects.visible_to(request.member), id)
    has_changed = verb(contact, **said.model_dump(), member=request.member)
    return ConsentOut(changed=has_changed, contact=again(request, contact))
