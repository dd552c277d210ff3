"""What the pages of campaigns show: figures made ready for templates, nothing decided here."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.campaigns import queries
from tradewind.campaigns.forms import ComposeForm, template_id, variable_fields
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.reasons import REASONS, Reason
from tradewind.contacts.models import Contact
from tradewind.lib import clock, publicid
from tradewind.messages.models import Lane, Message
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.whatsapp.errors import rule_for
from tradewind.whatsapp.payloads import Template as Parts
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

PAGE = 40
LOG_PAGE = 50


def index(member: Member, before: str) -> dict[str, Any]:
    """The newest campaigns, each with how far it is."""
    rows = Campaign.objects.visible_to(member).select_related("template", "launched_by__user").order_by("-id")
    if (key := row_of("campaign", before)) is not None:
        rows = rows.filter(pk__lt=key)
    found = list(rows[: PAGE + 1])
    older = f"?before={public_id(found[PAGE - 1])}" if len(found) > PAGE else ""
    lines = [{"campaign": row, "seen": queries.progress(row)} for row in found[:PAGE]]
    running = sum(line["campaign"].state == "running" for line in lines)
    return {"lines": lines, "older": older, "running": running, "live_topic": "campaigns"}


def row_of(kind: str, text: str) -> int | None:
    """The row behind a public id in an address; a spoilt one counts as none."""
    try:
        return publicid.decode(kind, text) if text else None
    except ValueError:
        return None


def compose(campaign: Campaign, form: ComposeForm, data: Any) -> dict[str, Any]:
    chosen = chosen_template(campaign, form, data)
    return {
        "campaign": campaign,
        "form": form,
        "steps": steps(campaign, "compose"),
        "variables": variable_fields(chosen, campaign, data),
        "header_link": header_link(campaign, data),
        "sample": sample(chosen),
    }


def chosen_template(campaign: Campaign, form: ComposeForm, data: Any) -> Template | None:
    if data is None:
        return campaign.template
    rows = form.fields["template"].queryset  # type: ignore[attr-defined]
    found: Template | None = rows.filter(pk=template_id(data.get("template", ""))).first()
    return found


def header_link(campaign: Campaign, data: Any) -> str:
    if data is not None:
        return str(data.get("header-link", ""))
    return next((binding["fallback"] for binding in campaign.bindings if binding["key"] == "header.media"), "")


def sample(template: Template | None) -> dict[str, Any] | None:
    """A template filled with its own examples, for the phone."""
    if template is None:
        return None
    parts = parts_of(template)
    return shown_message(template, parts, {variable.slot: variable.example for variable in parts.variables})


def parts_of(template: Template) -> Parts:
    return Parts(template.components, template.name, template.language, template.parameter_format)


def shown_message(template: Template, parts: Parts, values: Mapping[str, str]) -> dict[str, Any]:
    """What the c-phone component takes."""
    preview = parts.preview(values)
    icons = {"URL": "external-link", "PHONE_NUMBER": "phone", "COPY_CODE": "copy"}
    return {
        "header": preview.header,
        "header_kind": parts.header_kind,
        "body": preview.body,
        "footer": preview.footer,
        "buttons": [{"text": each.label, "icon": icons.get(each.kind.upper(), "reply")} for each in preview.buttons],
        "lang": template.language.replace("_", "-"),
    }


def steps(campaign: Campaign, here: str) -> list[dict[str, Any]]:
    """The way of a campaign: message and audience, flight plan, live."""
    args = [public_id(campaign)]
    names = [("compose", _("Message and audience")), ("plan", _("Flight plan")), ("live", _("Live"))]
    open_to = {
        "compose": campaign.run_id is None,
        "plan": campaign.plan is not None,
        "live": campaign.run_id is not None,
    }
    return [
        {"name": name, "url": reverse(f"campaigns:{page}", args=args), "current": page == here}
        for page, name in names
        if open_to[page] or page == here
    ]


def plan(campaign: Campaign, *, may_see_people: bool) -> dict[str, Any]:
    context = {"campaign": campaign, "steps": steps(campaign, "plan"), "live_topic": f"campaign:{public_id(campaign)}"}
    if campaign.plan is None or campaign.template is None:
        return context
    result = campaign.plan
    return context | {
        "plan": result,
        "starts_at": datetime.fromisoformat(result["starts_at"]),
        "ends_at": datetime.fromisoformat(result["ends_at"]),
        "takes": timedelta(seconds=result["seconds"]),
        "senders": len(result["by_number"]),
        "falls": falls(campaign, result, may_see_people),
        "hours": hours(campaign, result),
        "previews": previews(campaign) if may_see_people else [],
        "sample": sample(campaign.template),
    }


def falls(campaign: Campaign, result: dict[str, Any], may_see_people: bool) -> list[dict[str, Any]]:
    """The waterfall: the audience, what each reason takes away, who gets it. Places in percent of the audience."""
    whole = result["audience"] or 1
    lines, left = [line(_("Audience"), result["audience"], 0, 100, "whole")], 100.0
    for reason in REASONS:
        if n := result["excluded"].get(reason.word, 0):
            width = n / whole * 100
            left -= width
            href = reverse("campaigns:left_out", args=[public_id(campaign), reason.word]) if may_see_people else ""
            lines.append(
                line(reason.title, n, left, width, "warn" if reason.can_be_won else "out", href, reason.what_to_do)
            )
    lines.append(line(_("Get this message"), result["recipients"], 0, max(left, 0), "1"))
    return lines


def line(name: Any, count: int, x: float, w: float, shade: str, href: str = "", note: Any = "") -> dict[str, Any]:
    return {"name": name, "count": count, "x": f"{x:.2f}", "w": f"{w:.2f}", "shade": shade, "href": href, "note": note}


def hours(campaign: Campaign, result: dict[str, Any]) -> dict[str, Any]:
    """Number × hour for the grid. `result["hours"]`: [{"hour": iso, "by_number": {id: n}}], as the forecast made it."""
    table = result.get("hours", [])[:12]
    most = max((n for hour in table for n in hour["by_number"].values()), default=0)
    rows = []
    for number in Number.objects.filter(pk__in=[int(key) for key in result["by_number"]]).order_by("name"):
        counts = [hour["by_number"].get(str(number.pk), 0) for hour in table]
        cells = [{"value": n, "heat": round(12 * n / most) if most else 0} for n in counts]
        total = result["by_number"].get(str(number.pk), 0)
        rows.append({"name": number.name, "code": number.country, "total": total, "cells": cells})
    return {"heads": [datetime.fromisoformat(hour["hour"]) for hour in table], "rows": rows}


def previews(campaign: Campaign) -> list[dict[str, Any]]:
    """Real people as they will see it, the hardest cases first: the longest and the shortest values, then anyone."""
    assert campaign.template is not None
    parts = parts_of(campaign.template)
    found = Recipient.objects.filter(campaign=campaign, excluded="").order_by("pk")[:400]
    by_length = sorted(found, key=lambda row: sum(len(str(value)) for value in (row.variables or {}).values()))
    if not by_length:
        return []
    picks = {row.pk: row for row in (by_length[-1], by_length[0], by_length[len(by_length) // 2])}
    names = [_("Longest values"), _("Shortest values"), _("Anyone")]
    people = Contact.objects.in_bulk([row.contact_id for row in picks.values()])
    return [
        {
            "title": name,
            "person": people.get(row.contact_id),
            **shown_message(campaign.template, parts, row.variables or {}),
        }
        for name, row in zip(names, picks.values(), strict=False)
    ]


def left_out(campaign: Campaign, reason: Reason, after: str) -> dict[str, Any]:
    rows = queries.left_out(campaign, reason=reason.word, after=row_of("recipient", after) or 0, limit=PAGE + 1)
    people = Contact.objects.in_bulk([row.contact_id for row in rows if row.contact_id])
    older = f"?after={publicid.encode('recipient', rows[PAGE - 1].pk)}" if len(rows) > PAGE else ""
    count = (campaign.plan or {}).get("excluded", {}).get(reason.word, 0)
    return {
        "campaign": campaign,
        "reason": reason,
        "count": count,
        "lines": [{"raw": row.raw, "contact": people.get(row.contact_id)} for row in rows[:PAGE]],
        "older": older,
    }


def live(campaign: Campaign) -> dict[str, Any]:
    seen, now = queries.progress(campaign), clock.now()
    return {
        "campaign": campaign,
        "steps": steps(campaign, "live"),
        "live_topic": f"run:{publicid.encode('run', campaign.run_id)}" if campaign.run_id else "",
        "seen": seen,
        "parts": parts_of_bar(seen),
        "ends_at": queries.expected_end(campaign, now, seen),
        "senders": senders(campaign, seen, now),
        "failures": failures(campaign, seen),
        "waiting": waiting(campaign, now),
    }


def parts_of_bar(seen: queries.Progress) -> list[dict[str, Any]]:
    on_the_way = max(0, seen.accepted - seen.delivered - (seen.failed if seen.accepted > seen.delivered else 0))
    return [
        {"name": _("Read"), "count": seen.read, "shade": "1"},
        {"name": _("Delivered, not read yet"), "count": max(0, seen.delivered - seen.read), "shade": "2"},
        {"name": _("On the way"), "count": on_the_way, "shade": "3"},
        {"name": _("Failed"), "count": seen.failed + seen.unknown, "shade": "bad"},
        {"name": _("Left out"), "count": seen.left_out, "shade": "out"},
        {"name": _("Waiting"), "count": seen.waiting, "shade": "rest"},
    ]


def senders(campaign: Campaign, seen: queries.Progress, now: datetime) -> list[dict[str, Any]]:
    """Each sending number: how far it is, and what holds it."""
    rows = list(campaign.senders.select_related("number").order_by("number__name"))
    lanes = Lane.objects.in_bulk([row.number_id for row in rows])
    return [
        {
            "number": row.number,
            "total": row.total,
            "sent": sum(
                seen.by_number.get(row.number_id, {}).get(word, 0) for word in ("accepted", "failed", "skipped")
            ),
            **standing(campaign, row.number, lanes.get(row.number_id), row.fed >= row.total, now),
        }
        for row in rows
    ]


def standing(campaign: Campaign, number: Number, lane: Lane | None, is_fed: bool, now: datetime) -> dict[str, Any]:
    """One word of how a number stands in this campaign, with its tone and until when it is held."""
    if campaign.state != "running":
        return {"word": _("done") if campaign.state == "done" else _("held"), "tone": ""}
    if number.paused_until and number.paused_until > now:
        return {"word": number.pause_reason or _("paused"), "tone": "warn", "until": number.paused_until}
    if lane and lane.breaker_until and lane.breaker_until > now:
        return {"word": lane.breaker_reason or _("resting"), "tone": "warn", "until": lane.breaker_until}
    if lane and lane.waiting_for and lane.waiting_until and lane.waiting_until > now + timedelta(seconds=5):
        return {"word": held_by(lane.waiting_for), "tone": "warn", "until": lane.waiting_until}
    return {"word": _("last ones leave") if is_fed else _("sending"), "tone": "accent"}


def held_by(limit: str) -> str:
    words = {
        "throughput": _("Meta's speed limit"),
        "portfolio": _("portfolio limit"),
        "pacing": _("its own pace"),
        "pair": _("too many to one person"),
        "quiet_hours": _("quiet hours"),
        "warmup": _("warm-up"),
        "paused": _("paused"),
    }
    return words.get(limit, limit.replace("_", " "))


def failures(campaign: Campaign, seen: queries.Progress) -> list[dict[str, Any]]:
    """Why messages failed, most frequent first, in plain words."""
    lines = []
    for code, n in sorted(seen.failed_by_code.items(), key=lambda item: -item[1]):
        if n > 0:
            rule = rule_for(code)
            lines.append({"n": n, "code": code, "title": _(rule.happened), "text": f"{_(rule.means)} {_(rule.todo)}"})
    return lines


def waiting(campaign: Campaign, now: datetime) -> dict[str, Any] | None:
    """The one limit that holds the campaign back now, if every sending number waits for it."""
    if campaign.state != "running":
        return None
    lanes = list(Lane.objects.filter(number__campaignnumber__campaign=campaign))
    held = [
        lane
        for lane in lanes
        if lane.waiting_for and lane.waiting_until and lane.waiting_until > now + timedelta(minutes=1)
    ]
    if not lanes or len(held) < len(lanes):
        return None
    first = min(held, key=lambda lane: lane.waiting_until or now)
    return {"what": held_by(first.waiting_for), "until": first.waiting_until}


def log(campaign: Campaign, asked: Mapping[str, str], *, may_see_people: bool) -> dict[str, Any]:
    """The live log, filtered, by keyset."""
    show = asked.get("show", "all") if asked.get("show") in queries.LOG_FILTERS else "all"
    if not may_see_people:
        return {"campaign": campaign, "show": show, "log": None, "filters": []}
    before = row_of("message", asked.get("before", ""))
    rows = queries.log(campaign, show=show, before=before, limit=LOG_PAGE + 1)
    base = reverse("campaigns:log", args=[public_id(campaign)])
    older = (
        f"{base}?show={show}&before={publicid.encode('message', rows[LOG_PAGE - 1].pk)}" if len(rows) > LOG_PAGE else ""
    )
    return {
        "campaign": campaign,
        "show": show,
        "log": [log_line(row) for row in rows[:LOG_PAGE]],
        "filters": [{"key": key, "name": name, "current": key == show} for key, name in log_filters()],
        "older": older,
        "is_first": before is None,
    }


def log_filters() -> list[tuple[str, str]]:
    return [
        ("all", _("All")),
        ("waiting", _("Waiting")),
        ("sent", _("Sent")),
        ("delivered", _("Delivered")),
        ("read", _("Read")),
        ("failed", _("Failed")),
        ("left_out", _("Left out")),
        ("unknown", _("Unknown")),
    ]


def log_line(row: Message) -> dict[str, Any]:
    times = [row.failed_at, row.read_at, row.delivered_at, row.sent_at, row.accepted_at, row.created_at]
    return {"message": row, "at": next(at for at in times if at is not None), "came": came_of(row)}


def came_of(row: Message) -> str:
    """What came of a message, in plain words."""
    if row.state == "failed" and row.error_code is not None:
        return _(rule_for(row.error_code).happened)
    if row.state == "unknown":
        return _("The line broke after the request. Not sent twice; it is settled by proof.")
    if row.state == "held":
        return _("Meta holds it for a quality check.")
    return reason_words(row.reason)


def reason_words(reason: str) -> str:
    words = {
        "": "",
        "opted_out": _("Opted out before it left."),
        "suppressed": _("Suppressed before it left."),
        "no_address": _("No number or id to reach them."),
        "cap": _("Reached their cap."),
        "quiet_hours": _("Quiet hours, and then too late."),
        "window_closed": _("The service window had closed."),
    }
    return words.get(reason, reason.replace("_", " "))
