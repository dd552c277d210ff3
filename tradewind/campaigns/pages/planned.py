"""The flight plan: who gets it, who does not and why, when it leaves, and what to look at before the launch."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tradewind.campaigns import log
from tradewind.campaigns.exclusions import reasons_of
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.pages.checks import checks
from tradewind.campaigns.pages.parts import crumbs, header_image, row_of, sample, shown_message, steps
from tradewind.campaigns.reasons import REASONS, Reason
from tradewind.contacts.models import Contact
from tradewind.contacts.privacy import masking
from tradewind.lib import publicid
from tradewind.numbers.models import Number
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

PAGE = 40
MOST_COLUMNS = 12
DAY_HOURS = 24
COLUMN_HOURS = (1, 2, 3, 6, 12, DAY_HOURS, 48, 96, 168)


def plan(campaign: Campaign, *, may_see_people: bool) -> dict[str, Any]:
    """The page's context; without a plan only what the waiting page needs."""
    context = {
        "campaign": campaign,
        "crumbs": crumbs(),
        "steps": steps(campaign, "plan"),
        "live_topic": f"campaign:{public_id(campaign)}",
    }
    result = campaign.plan
    if result is None or campaign.template is None:
        return context
    first_at = datetime.fromisoformat(result["first_at"])
    return context | {
        "plan": result,
        "starts_at": datetime.fromisoformat(result["starts_at"]),
        "first_at": first_at,
        "ends_at": datetime.fromisoformat(result["ends_at"]) if result["ends_at"] else None,
        "starts_now": campaign.run_id is None and starts_now(campaign, first_at),
        "takes": timedelta(seconds=result["seconds"]) if result["seconds"] is not None else None,
        "senders": sum(1 for people in result["by_number"].values() if people),
        "falls": falls(campaign, result, may_see_people),
        "hours": hours(result),
        "checks": checks(campaign, result) if campaign.state == "planned" else [],
        "previews": previews(campaign, result) if may_see_people else [],
        "sample": sample(campaign.template),
    }


def starts_now(campaign: Campaign, first_at: datetime) -> bool:
    """Whether the first message leaves at the moment of the launch: no later start is set, and it is day somewhere."""
    planned_at = campaign.planned_at
    return (
        planned_at is not None
        and first_at <= planned_at
        and not (campaign.starts_at and campaign.starts_at > planned_at)
    )


def falls(campaign: Campaign, result: dict[str, Any], may_see_people: bool) -> list[dict[str, Any]]:
    """The waterfall: the audience, what each reason takes away, who gets it. Places in percent of the audience."""
    whole = result["audience"] or 1
    lines, left = [line(_("Audience"), result["audience"], 0, 100, "whole")], 100.0
    for reason in (*reasons_of(result), *REASONS):
        if n := result["excluded"].get(reason.word, 0):
            width = n / whole * 100
            left -= width
            href = reverse("campaigns:left_out", args=[public_id(campaign), reason.word]) if may_see_people else ""
            shade = "warn" if reason.can_be_won else "out"
            lines.append(line(reason.title, n, max(left, 0), width, shade, href, reason.what_to_do))
    share = result["recipients"] / whole * 100
    lines.append(line(_("Get this message"), result["recipients"], 0, share, "1"))
    return lines


def line(name: Any, count: int, x: float, w: float, shade: str, href: str = "", note: Any = "") -> dict[str, Any]:
    return {
        "name": name,
        "count": count,
        "x": round(x, 2),
        "w": round(w, 2),
        "shade": shade,
        "href": href,
        "note": note,
    }


def hours(result: dict[str, Any]) -> dict[str, Any]:
    """Number × hour for the grid; long campaigns get columns of several hours, so that all of them is seen."""
    table = [(datetime.fromisoformat(row["hour"]), row["by_number"]) for row in result["hours"]]
    heads, columns, width = columns_of(table)
    most = max((n for column in columns for n in column.values()), default=0)
    rows = []
    for number in Number.objects.filter(pk__in=[int(key) for key in result["by_number"]]).order_by("name", "pk"):
        counts = [column.get(str(number.pk), 0) for column in columns]
        cells = [{"value": n, "heat": round(12 * n / most) if most else 0} for n in counts]
        rows.append({"name": number.name, "code": number.country, "total": sum(counts), "cells": cells})
    return {"labels": [label(head, heads, width) for head in heads], "rows": rows, "hours_each": width}


def label(head: datetime, heads: list[datetime], width: int) -> str:
    """The head of a column in the reader's time: the hour, with the day where there are several."""
    here = timezone.localtime(head)
    if width >= DAY_HOURS:
        return date_format(here, "j M")
    is_one_day = heads[-1] - heads[0] < timedelta(hours=DAY_HOURS)
    return date_format(here, "H:i" if is_one_day else "D H:i")


def columns_of(
    table: list[tuple[datetime, dict[str, int]]],
) -> tuple[list[datetime], list[dict[str, int]], int]:
    """The beginnings of the columns, their counts by number, and how many hours each is wide. Empty ones stay out."""
    if not table:
        return [], [], 1
    first = table[0][0]
    width = next((each for each in COLUMN_HOURS if len(slots(table, first, each)) <= MOST_COLUMNS), COLUMN_HOURS[-1])
    found = slots(table, first, width)
    return [first + timedelta(hours=slot * width) for slot in found], list(found.values()), width


def slots(table: list[tuple[datetime, dict[str, int]]], first: datetime, width: int) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for hour, counts in table:
        column = found.setdefault(int((hour - first) / timedelta(hours=width)), {})
        for number, n in counts.items():
            column[number] = column.get(number, 0) + n
    return dict(sorted(found.items()))


def previews(campaign: Campaign, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Real people as they will see it, the hardest cases of the whole audience first."""
    assert campaign.template is not None
    names = [_("Longest values"), _("Shortest values"), _("Anyone")]
    rows = Recipient.objects.filter(campaign=campaign, excluded="").in_bulk(result.get("worst", []))
    people = Contact.objects.in_bulk([row.contact_id for row in rows.values() if row.contact_id])
    image = header_image(campaign)
    return [
        {
            "title": name,
            "image": image,
            "person": people.get(rows[pk].contact_id or 0),
            **shown_message(campaign.template, rows[pk].variables or {}),
        }
        for name, pk in zip(names, result.get("worst", []), strict=False)
        if pk in rows
    ]


def raw_of(row: Recipient, viewer: Member) -> str:
    """The pasted line, which may be a number that somebody mistyped."""
    return row.raw if masking.sees_whole(viewer) else masking.masked_digits(row.raw)


def left_out(campaign: Campaign, reason: Reason, after: str, viewer: Member) -> dict[str, Any]:
    """The people behind one reason, by keyset."""
    rows = log.left_out(campaign, reason=reason.word, after=row_of("recipient", after) or 0, limit=PAGE + 1)
    people = Contact.objects.in_bulk([row.contact_id for row in rows if row.contact_id])
    return {
        "campaign": campaign,
        "crumbs": crumbs(campaign),
        "reason": reason,
        "count": (campaign.plan or {}).get("excluded", {}).get(reason.word, 0),
        "lines": [
            {"raw": raw_of(row, viewer), "contact": people.get(row.contact_id or 0), "row": row} for row in rows[:PAGE]
        ],
        "older": f"?after={publicid.encode('recipient', rows[PAGE - 1].pk)}" if len(rows) > PAGE else "",
    }
