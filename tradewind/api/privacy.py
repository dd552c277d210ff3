"""A person's data to take along, and the asking to forget them."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.problems import NOT_THERE
from tradewind.contacts.models import Contact, Erasure
from tradewind.contacts.privacy import erasing, export, passport
from tradewind.workspaces import audit
from tradewind.workspaces.door import find
from tradewind.workspaces.request import MemberRequest

router = Router()
EXPORT, ERASE = KeyAuth("contacts:export"), KeyAuth("contacts:erase")


class ErasureOut(Schema):
    """How far an erasure is. Nothing is sent to the person from the first moment on."""

    step: str = Field(description="queue, heard, rows, bodies, traces or done")
    waits_for: str = Field(description="sending, webhooks or imports while it is held up; else empty")
    asked_at: datetime
    done_at: datetime | None


@router.get(
    "/{id}/export",
    auth=EXPORT,
    response={200: dict[str, Any], **NOT_THERE},
    summary="Everything that is kept of a person",
    operation_id="export_contact",
)
def export_contact(request: MemberRequest, id: str) -> dict[str, Any]:
    contact = find(Contact.objects.visible_to(request.member), id)
    audit.note(request.member, "contact.exported", contact)
    return export.collect(contact)


@router.get(
    "/{id}/consent",
    auth=EXPORT,
    response={200: dict[str, Any], **NOT_THERE},
    summary="The consent passport: every proof, and what it did over all numbers",
    operation_id="get_consent_passport",
)
def consent_passport(request: MemberRequest, id: str) -> dict[str, Any]:
    contact = find(Contact.objects.visible_to(request.member), id)
    audit.note(request.member, "contact.consent_printed", contact)
    return passport.document(contact)


@router.post(
    "/{id}/erase",
    auth=ERASE,
    response={202: ErasureOut, **NOT_THERE},
    summary="Forget a person for good; safe to repeat, and says how far it is",
    operation_id="erase_contact",
)
def erase_contact(request: MemberRequest, id: str) -> Status[Erasure]:
    contact = find(Contact.objects.visible_to(request.member), id)
    return Status(202, erasing.erase(contact, member=request.member))
