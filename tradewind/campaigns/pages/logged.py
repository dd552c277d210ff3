"""The live log as a table, and what came of each message in plain words."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns import log
from tradewind.campaigns.editing import versions
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.parts import row_of
from tradewind.contacts import words as contact_words
from tradewind.lib import publicid
from tradewind.messages.models import Message
from tradewind.whatsapp.errors import rule_for
from tradewind.workspaces.door import public_id

PAGE = 30
DEFAULT = "gone"
"""The feeder works a minute ahead: all messages would begin with a page of those that wait."""
FILTERS = {
    "gone": gettext_lazy("Gone"),
    "waiting": gettext_lazy("Waiting"),
    "sent": gettext_lazy("Sent"),
    "delivered": gettext_lazy("Delivered"),
    "read": gettext_lazy("Read"),
    "replied": gettext_lazy("Replied"),
    "clicked": gettext_lazy("Clicked"),
    "failed": gettext_lazy("Failed"),
    "left_out": gettext_lazy("Left out"),
    "unknown": gettext_lazy("Unknown"),
}
# Message.reason, as the sender (sql/intent.sql, dispatch.py) and its helpers write it: shorter than a person's page.
REASONS = {
    **contact_words.REASONS,
    "opted_out": gettext_lazy("Opted out before it left."),
    "no_opt_in": gettext_lazy("Took back the opt-in before it left."),
    "suppressed": gettext_lazy("Suppressed before it left."),
    "no_address": gettext_lazy("No number or id to reach them."),
    "unreachable": gettext_lazy("Not on WhatsApp, twice in a row."),
    "cap_72h": gettext_lazy("Had reached their cap for three days."),
    "cap_month": gettext_lazy("Had reached their cap for the month."),
    "window_closed": gettext_lazy("The service window had closed."),
    "number_removed": gettext_lazy("The number that should send it is not connected any more."),
    "expired": gettext_lazy("It was too late for it."),
    "run_closed": gettext_lazy("The campaign was cancelled."),
    "campaign cancelled": gettext_lazy("The campaign was cancelled."),
    "no_clear_answer": gettext_lazy("The line broke after the request. Not sent twice; it is settled by proof."),
    "sender_died": gettext_lazy("The line broke after the request. Not sent twice; it is settled by proof."),
    "held_for_a_person": gettext_lazy("Perhaps sent. No proof came in a day: a person decides."),
}


def log_page(campaign: Campaign, asked: Mapping[str, str], *, may_see_people: bool) -> dict[str, Any]:
    """The live log, filtered, by keyset; `log` is None for those who may not see people."""
    head = log_head(campaign, asked, may_see_people=may_see_people)
    if head["log"] is None:
        return head
    show, address = head["show"], head["address"]
    before = row_of("message", asked.get("before", ""))
    found = log.page(campaign, show=show, before=before, limit=PAGE)
    texts = versions.of(campaign)
    rows = [line(row) | {"text": texts.get(row.content_id or 0)} for row in found.rows]
    older = f"{address}?show={show}&before={publicid.encode('message', found.older)}" if found.older else ""
    return head | {"log": rows, "older": older, "is_first": before is None, "comes": False}


def log_head(campaign: Campaign, asked: Mapping[str, str], *, may_see_people: bool) -> dict[str, Any]:
    """The log without its rows, which come by themselves right after: the page need not wait for them."""
    show = shown_filter(asked)
    if not may_see_people:
        return {"campaign": campaign, "show": show, "log": None, "filters": []}
    return {
        "campaign": campaign,
        "show": show,
        "log": [],
        "filters": [{"key": key, "name": name, "current": key == show} for key, name in FILTERS.items()],
        "address": reverse("campaigns:log", args=[public_id(campaign)]),
        "is_first": True,
        "comes": True,
    }


def shown_filter(asked: Mapping[str, str], otherwise: str = DEFAULT) -> str:
    """The filter that an address asks for."""
    show = asked.get("show", otherwise)
    return show if show in log.FILTERS else otherwise


def line(row: Message) -> dict[str, Any]:
    """`at`: when it left, so that the order of the rows is that of the times."""
    return {"message": row, "at": row.accepted_at or row.failed_at, "came": came_of(row)}


def came_of(row: Message) -> str:
    """What came of a message, in plain words."""
    if row.state == "failed" and row.error_code is not None:
        return str(_(rule_for(row.error_code).happened))
    if row.state == "held":
        return _("Meta holds it for a quality check.")
    return str(REASONS.get(row.reason, row.reason.replace("_", " ")))
