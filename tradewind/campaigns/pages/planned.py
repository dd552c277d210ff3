"""The flight plan: who gets it, who does not and why, when it leaves, what it costs, and what to look at first."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns import log, replies
from tradewind.campaigns.exclusions import reasons_of
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.pages import plan_checks
from tradewind.campaigns.pages.checks import checks
from tradewind.campaigns.pages.parts import (
    crumbs,
    gone_files,
    header_file,
    row_of,
    sample,
    shown_message,
    steps,
    with_card_pictures,
)
from tradewind.campaigns.rates.shown import amount, market_name
from tradewind.campaigns.reasons import REASONS, Reason
from tradewind.campaigns.timing import rules as timing
from tradewind.campaigns.timing import words as timing_words
from tradewind.contacts.models import Contact, Tag
from tradewind.contacts.privacy import masking
from tradewind.contacts.words import country_name, language_name
from tradewind.lib import clock, publicid
from tradewind.lib.zones import usable
from tradewind.numbers.models import Number
from tradewind.segments.models import Segment
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

PAGE = 40
AT_ONCE = timedelta(seconds=1)
"""Within one wave people follow each other by microseconds."""
MOST_COLUMNS = 12
MOST_ZONES = 6
MOST_COUNTRIES = 8
DAY_HOURS = 24
COLUMN_HOURS = (1, 2, 3, 6, 12, DAY_HOURS, 48, 96, 168)
TONES = ("bad", "warn", "info")
CASES: dict[str, str | Promise] = {
    "longest": gettext_lazy("Longest values"),
    "shortest": gettext_lazy("Shortest values"),
    "right_to_left": gettext_lazy("Right to left"),
    "fallback": gettext_lazy("A fallback stands in"),
    "anyone": gettext_lazy("Anyone"),
}
# What somebody can do about a reason, where a page is there for it.
TO_COMPOSE = (
    "no_window", "window_closes", "missing_variable", "offer_over", "unfit_variable", "time_passed", "public_holiday",
    "no_address",
)  # fmt: skip


def plan(campaign: Campaign, *, may_see_people: bool, see: int = 0) -> dict[str, Any]:
    """The page's context; without a plan only what the waiting page needs. `see`: which of the worst cases."""
    context = {
        "campaign": campaign,
        "crumbs": crumbs(),
        "steps": steps(campaign, "plan"),
        "live_topic": f"campaign:{public_id(campaign)}",
    }
    result = campaign.plan
    if result is None or campaign.said is None:
        return context
    first_at = datetime.fromisoformat(result["first_at"])
    takes = timedelta(seconds=result["seconds"]) if result["seconds"] is not None else None
    goes_now = campaign.run_id is None and starts_now(campaign, first_at)
    return context | {
        "plan": result,
        "starts_at": datetime.fromisoformat(result["starts_at"]),
        "first_at": first_at,
        "ends_at": end_of(result, takes if goes_now else None),
        "starts_now": goes_now,
        "takes": takes,
        "timing": timing.read(campaign.timing),
        "timing_words": timing_words.in_words(campaign),
        "senders": sum(1 for people in result["by_number"].values() if people),
        "falls": falls(campaign, result, may_see_people),
        "hours": hours(result),
        "zones": zones(campaign),
        "cost": cost(result.get("cost")),
        "checks": found_checks(campaign, result) if campaign.state == "planned" else [],
        **(preview(campaign, result, see) if may_see_people else {}),
        "sample": sample(campaign.said),
    }


def found_checks(campaign: Campaign, result: dict[str, Any]) -> list[Any]:
    if not result["recipients"]:
        return []
    found = [*checks(campaign, result), *plan_checks.of_plan(campaign, result)]
    return sorted(found, key=lambda check: TONES.index(check.tone))


def starts_now(campaign: Campaign, first_at: datetime) -> bool:
    """Whether the first message leaves at the moment of the launch: no later start is set, and it is day somewhere."""
    planned_at = campaign.planned_at
    return (
        planned_at is not None
        and first_at <= planned_at + AT_ONCE
        and not (campaign.starts_at and campaign.starts_at > planned_at)
    )


def end_of(result: dict[str, Any], takes: timedelta | None) -> datetime | None:
    """When the last one leaves. A plan of a while ago that goes at once (`takes`) begins to count now."""
    if not result["ends_at"]:
        return None
    end = datetime.fromisoformat(result["ends_at"])
    return end if takes is None else max(end, clock.now() + takes)


def falls(campaign: Campaign, result: dict[str, Any], may_see_people: bool) -> list[dict[str, Any]]:
    """The waterfall: the audience, what each reason takes away, who gets it. Places in percent of the audience."""
    whole = result["audience"] or 1
    lines, left = [line(audience_name(campaign), result["audience"], 0, 100, "whole")], 100.0
    for reason in (*reasons_of(result), *REASONS):
        if n := result["excluded"].get(reason.word, 0):
            width = n / whole * 100
            left -= width
            href = reverse("campaigns:left_out", args=[public_id(campaign), reason.word]) if may_see_people else ""
            shade = "warn" if reason.can_be_won else "out"
            act = ""
            if campaign.state == "planned" and reason.word in TO_COMPOSE:
                act = reverse("campaigns:compose", args=[public_id(campaign)])
            lines.append(line(reason.title, n, max(left, 0), width, shade, href, reason.what_to_do, act))
    share = result["recipients"] / whole * 100
    lines.append(line(_("Get this message"), result["recipients"], 0, share, "1"))
    return lines


def audience_name(campaign: Campaign) -> str:
    """Whom it was meant for, by name. The audience itself may be a megabyte of pasted numbers: it is not read."""
    found = Campaign.objects.filter(pk=campaign.pk).values_list("audience__kind", "audience__segment", "audience__tag")
    kind, segment, tag = found[0]
    rows: Any = {"segment": Segment, "tag": Tag}.get(kind)
    row = rows.objects.filter(workspace_id=campaign.workspace_id, pk=segment or tag).first() if rows else None
    if row is not None:
        return (_("Segment: %(name)s") if kind == "segment" else _("Tag: %(name)s")) % {"name": row.name}
    return {"everybody": _("Everybody"), "pasted": _("Pasted numbers")}.get(kind) or _("Audience")


def line(
    name: Any, count: int, x: float, w: float, shade: str, href: str = "", note: Any = "", act: str = ""
) -> dict[str, Any]:
    return {
        "name": name,
        "count": count,
        "x": round(x, 2),
        "w": round(w, 2),
        "shade": shade,
        "href": href,
        "note": note,
        "act": act,
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
        note = _("warms up") if number.pk in result["held_by"].get("warmup", {}).get("numbers", ()) else ""
        rows.append({"name": number.name, "code": number.country, "total": sum(counts), "cells": cells, "note": note})
    if rows and result.get("replies"):
        rows.append(replies_row(result, heads, width))
    return {"labels": [label(head, heads, width) for head in heads], "rows": rows, "hours_each": width}


def replies_row(result: dict[str, Any], heads: list[datetime], width: int) -> dict[str, Any]:
    """Answers to expect within the columns that are shown; more of them come later."""
    expected = replies.by_hour(result["hours"], result["replies"]).items()
    each = timedelta(hours=width)
    counts = [round(sum(n for at, n in expected if head <= at < head + each)) for head in heads]
    cells = [{"value": n, "heat": 0} for n in counts]
    return {"name": _("Replies to expect"), "plain": True, "total": round(sum(n for _, n in expected)), "cells": cells}


def zones(campaign: Campaign) -> list[dict[str, Any]]:
    """Where they are, the largest first: the zone, how many, and the clock there when the first of them comes due."""
    waves = Campaign.objects.values_list("waves", flat=True).get(pk=campaign.pk) or []
    people: Counter[str] = Counter()
    first: dict[str, float] = {}
    for wave in waves:
        people[wave[1]] += wave[3]
        first[wave[1]] = min(first.get(wave[1], wave[2]), wave[2])
    shown: list[dict[str, Any]] = [
        {"zone": zone, "people": n, "at": clock_there(first[zone], zone)} for zone, n in people.most_common(MOST_ZONES)
    ]
    if rest := sum(people.values()) - sum(each["people"] for each in shown):
        shown.append({"zone": "", "people": rest, "at": ""})
    return shown if len(people) > 1 else []


def clock_there(at: float, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(usable(zone))):%H:%M}"


def cost(result: dict[str, Any] | None) -> dict[str, Any] | None:
    """The cost as the page shows it, in units of the currency; None while it is not known."""
    if not result or result["card"] is None:
        return None
    lines = [
        {"code": line["country"], "name": market_name(line["country"]), "people": line["people"],
         "price": amount(line["micros"]), "sum": amount(line["sum"])}
        for line in result["lines"]
    ]  # fmt: skip
    rest = result["lines"][MOST_COUNTRIES:]
    return {
        **result,
        "lines": lines[:MOST_COUNTRIES],
        "rest": {"people": sum(line["people"] for line in rest), "sum": amount(sum(line["sum"] for line in rest))}
        if rest
        else None,
        "people": sum(line["people"] for line in result["lines"]),
        "all": amount(result["sum"]),
        "expected": amount(result["expected"]),
        "percent": 100 * result["share"],
        "since": datetime.fromisoformat(result["valid_from"]).date(),
    }


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


def preview(campaign: Campaign, result: dict[str, Any], see: int) -> dict[str, Any]:
    """One real person's message, of the hardest cases of the whole audience; which, and how many there are."""
    assert campaign.said is not None
    wanted = [each for each in result.get("worst", []) if isinstance(each, dict)]
    rows = Recipient.objects.filter(campaign=campaign, excluded="").in_bulk([each["id"] for each in wanted])
    cases = [each for each in wanted if each["id"] in rows]
    if not cases:
        return {}
    see %= len(cases)
    row = rows[cases[see]["id"]]
    shown = with_card_pictures(shown_message(campaign.said, row.variables or {}), campaign)
    return {
        "preview": {
            "title": CASES[cases[see]["why"]],
            "gone": gone_files(campaign),
            **header_file(campaign, shown["header_kind"]),
            "person": Contact.objects.filter(pk=row.contact_id or 0).first(),
            "at": clock_there(row.due_at.timestamp(), row.zone) if row.due_at else "",
            **shown,
        },
        "see": {"nth": see + 1, "of": len(cases), "next": (see + 1) % len(cases), "before": (see - 1) % len(cases)},
    }


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
        "lines": [left_out_line(row, people.get(row.contact_id or 0), viewer) for row in rows[:PAGE]],
        "older": f"?after={publicid.encode('recipient', rows[PAGE - 1].pk)}" if len(rows) > PAGE else "",
    }


def left_out_line(row: Recipient, person: Contact | None, viewer: Member) -> dict[str, Any]:
    """Somebody who is left out; `raw` is what was pasted for whom nobody was found."""
    return {
        "row": row,
        "raw": raw_of(row, viewer),
        "contact": person,
        "spoken": language_name(person.language) if person and person.language else "",
        "country": country_name(person.country) if person and person.country else "",
    }
