"""The files that stand on messages: handed in once, brought to Meta once for each number, used by name."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.messages.media import actions, removing, uses
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile, MediaUpload
from tradewind.messages.media.refs import ref_of
from tradewind.workspaces.door import allowed, find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("messages:read"))
SEND, REMOVE = KeyAuth("messages:send"), KeyAuth("campaigns:write")
MOST_BASE64 = 7 * 1024 * 1024
"""A body has at most 8 MB; larger files are handed in on the page."""


class MediaOut(Schema):
    """A file as it is sent. The same content is the same file."""

    id: str
    ref: str = Field(description="What a campaign's binding of header.media or card.0.media says in `fallback`")
    name: str
    kind: str = Field(description="image, video, document or audio")
    mime: str
    size: int = Field(description="Bytes, as it is sent")
    came_as: int = Field(description="Bytes, as it was handed in")
    width: int
    height: int
    seconds: float
    is_checked: bool = Field(description="False: without ffprobe only type and size of a film are known")
    created_at: datetime


class MediaList(Schema):
    media: list[MediaOut]
    next: str


class AtMeta(Schema):
    """How far the file is at Meta for one number."""

    number: str
    is_there: bool
    expires_at: datetime | None
    problem: str


class MediaUse(Schema):
    kind: str = Field(description="campaign or template")
    id: str
    name: str
    needs_it: bool = Field(description="It may still send the file, which therefore cannot be removed")


class MediaWithNumbers(MediaOut):
    numbers: list[AtMeta]
    used_by: list[MediaUse] = Field(description="Empty for keys that may not read campaigns and templates")
    why_it_stays: str = Field(description="Why it cannot be removed now; empty when it can, and for the same keys")


class MediaIn(Schema):
    """A file; pictures are brought to 1280 × 720 and under 500 KB unless `as_it_is`."""

    name: Annotated[str, StringConstraints(max_length=200)]
    base64: Annotated[str, StringConstraints(max_length=MOST_BASE64)]
    wanted: Literal["", "image", "video", "document", "audio"] = Field(
        "", description="Refuse it when it is of another kind"
    )
    as_it_is: bool = False


class AskedMedia(Page):
    kind: Annotated[str, StringConstraints(max_length=12)] = ""


def media_facts(file: MediaFile) -> dict[str, object]:
    names = ("name", "kind", "mime", "size", "came_as", "width", "height", "seconds", "is_checked", "created_at")
    return {"id": public_id(file), "ref": ref_of(file), **{name: getattr(file, name) for name in names}}


@router.get("/", response={200: MediaList, **NOT_THERE}, summary="List files", operation_id="list_media")
def list_media(request: MemberRequest, asked: Query[AskedMedia]) -> MediaList:
    rows = MediaFile.objects.visible_to(request.member)
    found, following = cut(rows.filter(kind=asked.kind) if asked.kind else rows, asked)
    return MediaList(media=[MediaOut.model_validate(media_facts(file)) for file in found], next=following)


@router.get(
    "/{id}", response={200: MediaWithNumbers, **NOT_THERE}, summary="One file: how far it is at Meta, and what uses it",
    operation_id="get_media",
)  # fmt: skip
def get_media(request: MemberRequest, id: str) -> MediaWithNumbers:
    file = find(MediaFile.objects.visible_to(request.member), id)
    rows = MediaUpload.objects.filter(file=file).select_related("number").order_by("number__name", "pk")
    numbers = [
        AtMeta(number=public_id(row.number), is_there=bool(row.meta_id), expires_at=row.expires_at, problem=row.problem)
        for row in rows
    ]
    about = {**media_facts(file), "numbers": numbers, **uses_seen(request, file)}
    return MediaWithNumbers.model_validate(about)


def uses_seen(request: MemberRequest, file: MediaFile) -> dict[str, object]:
    """What uses it and why it stays, which names campaigns and templates."""
    if not (allowed(request, "campaigns.view") and allowed(request, "templates.view")):
        return {"used_by": [], "why_it_stays": ""}
    used = [
        MediaUse(kind=each.kind, id=public_id(each.row), name=each.name, needs_it=each.needs_it)
        for each in uses.of(file.workspace_id).get(file.pk, [])
    ]
    return {"used_by": used, "why_it_stays": uses.why_not_remove(file)}


@router.post("/", auth=SEND, response={201: MediaOut, **CHANGES}, summary="Hand a file in", operation_id="create_media")
def create_media(request: MemberRequest, said: MediaIn) -> Status[MediaOut]:
    try:
        content = base64.b64decode(said.base64, validate=True)
    except (binascii.Error, ValueError):
        raise Conflict("The file is not written in base64.") from None
    try:
        kept = actions.keep(
            workspace=request.workspace, member=request.member, name=said.name, content=content, wanted=said.wanted,
            as_it_is=said.as_it_is,
        )  # fmt: skip
    except MediaError as problem:
        raise Conflict(str(problem)) from problem
    return Status(201, MediaOut.model_validate(media_facts(kept)))


@router.delete(
    "/{id}", auth=REMOVE, response={204: None, **CHANGES}, summary="Remove a file that nothing needs any more",
    operation_id="delete_media",
)  # fmt: skip
def delete_media(request: MemberRequest, id: str) -> Status[None]:
    file = find(MediaFile.objects.visible_to(request.member), id)
    try:
        removing.remove(file, member=request.member)
    except MediaError as problem:
        raise Conflict(str(problem)) from problem
    return Status(204, None)
