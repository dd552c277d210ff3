"""How far a campaign is, and its log."""

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page
from tradewind.api.problems import NOT_THERE
from tradewind.campaigns import log, queries
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.messages.models import Message
from tradewind.workspaces.door import allowed, find, public_id, row_of
from tradewind.workspaces.request import MemberRequest

router = Router()
READ = KeyAuth("campaigns:read")


class Report(Schema):
    """How far it is. Cumulative: delivered counts what was read, too."""

    state: str
    audience: int
    recipients: int
    waiting: int
    accepted: int
    sent: int
    delivered: int
    read: int
    replied: int
    clicked: int
    failed: int
    unknown: int = Field(description="Perhaps sent: not sent twice, proof is looked for")
    left_out: int = Field(description="Skipped, expired or cancelled after the plan")
    opted_out: int
    failed_by_code: dict[str, int]
    left_out_by_reason: dict[str, int]
    expected_end: datetime | None


class LogLine(Schema):
    """One message of the campaign."""

    message: str
    contact: str
    name: str = Field(description="Empty for keys that may not read contacts")
    number: str
    state: str
    reason: str
    error_code: int | None
    error: str
    accepted_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None
    clicked_at: datetime | None


class Log(Schema):
    """A page may be short, even empty, and yet go on: then `next` is not empty."""

    messages: list[LogLine]
    next: str


class AskedLog(Page):
    show: Literal[
        "all", "waiting", "sent", "delivered", "read", "replied", "clicked", "failed", "left_out", "unknown"
    ] = "all"


def rows(request: MemberRequest) -> Any:
    return Campaign.objects.visible_to(request.member).prefetch_related("senders")


@router.get(
    "/{id}/report", auth=READ, response={200: Report, **NOT_THERE}, summary="How far it is", operation_id="get_report"
)
def get_report(request: MemberRequest, id: str) -> Report:
    campaign = find(rows(request), id)
    seen = queries.progress(campaign)
    return Report(
        state=campaign.state,
        **{name: getattr(seen, name) for name in COUNTS},
        failed_by_code={str(code): n for code, n in seen.failed_by_code.items()},
        left_out_by_reason=seen.skipped_by_reason,
        expected_end=queries.expected_end(campaign, clock.now(), seen),
    )


COUNTS = (
    "audience", "recipients", "waiting", "accepted", "sent", "delivered", "read", "replied", "clicked", "failed",
    "unknown", "left_out", "opted_out",
)  # fmt: skip


@router.get(
    "/{id}/log", auth=READ, response={200: Log, **NOT_THERE}, summary="Message by message", operation_id="get_log"
)
def get_log(request: MemberRequest, id: str, asked: Query[AskedLog]) -> Log:
    campaign = find(rows(request), id)
    before = row_of("message", asked.after) if asked.after else None
    found = log.page(campaign, show=asked.show, before=before, limit=asked.limit)
    following = public_id(Message(pk=found.older)) if found.older is not None else ""
    may_see_names = allowed(request, "contacts.view")
    return Log(messages=[line(message, may_see_names) for message in found.rows], next=following)


def line(message: Any, may_see_names: bool) -> LogLine:
    return LogLine(
        message=public_id(message),
        contact=public_id(message.contact),
        name=message.contact.name if may_see_names else "",
        number=public_id(message.number),
        state=message.state,
        reason=message.reason,
        error_code=message.error_code,
        error=message.error_detail,
        accepted_at=message.accepted_at,
        delivered_at=message.delivered_at,
        read_at=message.read_at,
        replied_at=message.replied_at,
        clicked_at=message.clicked_at,
    )
