"""A campaign while it runs, and after: figures, what holds it, each number, the line, why messages failed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.campaigns import brakes, crew, departures, queries
from tradewind.campaigns.editing import versions
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages import spent
from tradewind.campaigns.pages.parts import crumbs, steps
from tradewind.campaigns.trials import pages as trials
from tradewind.campaigns.words import grouped
from tradewind.lib import clock, publicid
from tradewind.messages.models import Lane
from tradewind.messages.queries import words_for
from tradewind.numbers.models import Number
from tradewind.whatsapp.errors import rule_for
from tradewind.workspaces.door import public_id

# A wait shorter than this is the ordinary pace and not worth a word.
SHORT = timedelta(seconds=5)
LONG = timedelta(minutes=1)
LATE = timedelta(minutes=1)
MARKS = 5
UNREACHABLE = 131026
ENOUGH = 100
"""Fewer outcomes than this raise no alarm."""
LEAST_DELIVERED, MOST_INVALID = 0.90, 0.05

# When the next people come due who have not left: first in the outbox, then of those who are still to be fed.
NEXT_DUE = """
SELECT least(
  (SELECT min(due_at) FROM outbox WHERE run_id = %(run)s AND stage <> 'unknown'),
  (SELECT min(following.due_at) FROM campaign_number place CROSS JOIN LATERAL (
     SELECT due_at FROM recipient
     WHERE campaign_id = %(campaign)s AND number_id = place.number_id AND excluded = '' AND part <= %(open_part)s
       AND (part, due_at, id)
         > (place.fed_part, coalesce(place.fed_due_at, '-infinity'::timestamptz), place.fed_recipient)
     ORDER BY part, due_at, id LIMIT 1
   ) following WHERE place.campaign_id = %(campaign)s AND place.fed < place.total))
"""


def live(campaign: Campaign) -> dict[str, Any]:
    """The page's context; the part that fetches itself uses the same."""
    seen, now = queries.progress(campaign), clock.now()
    lanes = Lane.objects.in_bulk(list(seen.by_number))
    again, again_at = queries.second_tries(campaign) if seen.failed else (0, None)
    return {
        "campaign": campaign,
        "crumbs": crumbs(),
        "steps": steps(campaign, "live"),
        "live_topic": f"run:{publicid.encode('run', campaign.run_id or 0)} campaign:{public_id(campaign)}",
        "seen": seen,
        "parts": parts_of_bar(seen),
        "senders": senders(campaign, seen, lanes, now),
        "failures": failures(seen),
        "again": again,
        "again_at": again_at,
        "again_is_more": again == queries.MOST_SECOND_TRIES,
        "hold": hold(campaign, seen, lanes, now),
        "line": line(campaign, now),
        "alerts": alerts(seen),
        "log_address": reverse("campaigns:live", args=[public_id(campaign)]),
        "trial_panel": trials.panel(campaign),
        "crew": crew_of(campaign, now),
        "texts": versions.told(campaign) if campaign.state == "paused" else [],
        "spells": crew.spells_of(campaign)[::-1],
        "cost": spent.so_far(campaign, seen),
        **ending(campaign, seen, now),
    }


def ending(campaign: Campaign, seen: queries.Progress, now: datetime) -> dict[str, Any]:
    """When it ends, and how that compares with the plan."""
    ends_at = queries.expected_end(campaign, now, seen)
    plan = campaign.plan or {}
    if ends_at is None or campaign.launched_at is None:
        return {"ends_at": None}
    began = max(campaign.launched_at, campaign.starts_at or campaign.launched_at)
    late = ends_at - began - timedelta(seconds=plan["seconds"])
    return {"ends_at": ends_at, "late": late if late > LATE else None, "early": -late if -late > LATE else None}


def crew_of(campaign: Campaign, now: datetime) -> dict[str, Any] | None:
    """How the team keeps up, where the campaign minds it."""
    if campaign.answer_minutes is None or campaign.state not in ("running", "paused"):
        return None
    queue = crew.queue_of(campaign.workspace_id, now)
    return {
        "people": queue.people,
        "longest": queue.oldest,
        "target": crew.target_of(campaign),
        "is_slow": crew.is_slow(campaign),
    }


def alerts(seen: queries.Progress) -> list[dict[str, str]]:
    """What a person should look at while it still goes on (B6)."""
    found = []
    known = seen.delivered + seen.failed
    invalid = seen.failed_by_code.get(UNREACHABLE, 0) + seen.skipped_by_reason.get("unreachable", 0)
    if known >= ENOUGH and seen.delivered < LEAST_DELIVERED * known:
        title = _("Only %(share)s %% of those with an outcome were delivered; 92 to 97 %% is healthy.")
        text = _("Look at the reasons below. Pausing costs nothing, and what has not gone waits.")
        found.append(
            {"icon": "heart-pulse", "title": title % {"share": round(100 * seen.delivered / known)}, "text": text}
        )
    if known >= ENOUGH and invalid > MOST_INVALID * (known + seen.skipped_by_reason.get("unreachable", 0)):
        title = _("%(count)s numbers are not on WhatsApp: more than 5 in 100.") % {"count": grouped(invalid)}
        text = _("The list may be old or bought. Meta takes many of them as a sign of spam: clean these contacts.")
        found.append({"icon": "user-x", "title": title, "text": text})
    return found


def parts_of_bar(seen: queries.Figures) -> list[dict[str, Any]]:
    """Everybody once: the parts add up to the recipients."""
    parts = [
        (_("Read"), seen.read, "1"),
        (_("Delivered, not read yet"), max(0, seen.delivered - seen.read), "2"),
        (_("On the way"), seen.on_the_way, "3"),
        (_("Failed"), seen.failed, "bad"),
        (_("Unknown"), seen.unknown, "warn"),
        (_("Left out"), seen.left_out, "out"),
        (_("Waiting"), max(0, seen.waiting), "rest"),
    ]
    always = (_("Read"), _("Waiting"))
    return [{"name": name, "count": n, "shade": shade} for name, n, shade in parts if n or name in always]


def senders(campaign: Campaign, seen: queries.Progress, lanes: dict[int, Lane], now: datetime) -> list[dict[str, Any]]:
    """Each sending number: how far it is, and what holds it."""
    numbers = Number.objects.filter(pk__in=[pk for pk, each in seen.by_number.items() if each.recipients])
    return [
        {
            "number": number,
            "of": seen.by_number[number.pk].recipients,
            "answered": seen.by_number[number.pk].answered,
            "gone": seen.by_number[number.pk].gone,
            **standing(campaign, number, lanes.get(number.pk), seen.by_number[number.pk], now),
        }
        for number in numbers.order_by("name", "pk")
    ]


def standing(
    campaign: Campaign, number: Number, lane: Lane | None, figures: queries.Figures, now: datetime
) -> dict[str, Any]:
    """One word of how a number stands in this campaign, with its tone and until when it is held."""
    if campaign.state in ("done", "cancelled") or not figures.waiting:
        return {"word": _("cancelled") if campaign.state == "cancelled" else _("done"), "tone": ""}
    if campaign.state != "running":
        return {"word": _("paused"), "tone": ""}
    if number.paused_until and number.paused_until > now:
        until = number.paused_until if number.paused_until.year < 9000 else None
        return {"word": _("paused"), "tone": "warn", "until": until, "why": brakes.words_for(number.pause_reason)}
    if lane and lane.breaker_until and lane.breaker_until > now:
        return {"word": words_for("breaker"), "tone": "warn", "until": lane.breaker_until}
    if lane and is_held(lane, now, SHORT):
        return {"word": words_for(lane.waiting_for), "tone": "warn", "until": lane.waiting_until}
    return {"word": _("sending"), "tone": "accent"}


def is_held(lane: Lane, now: datetime, least: timedelta) -> bool:
    return bool(lane.waiting_for and lane.waiting_until and lane.waiting_until > now + least)


def hold(campaign: Campaign, seen: queries.Progress, lanes: dict[int, Lane], now: datetime) -> dict[str, Any] | None:
    """What keeps the whole campaign from going on now: {icon, title, text, until}; None when it goes."""
    if campaign.state == "paused":
        return paused(campaign)
    if campaign.state != "running" or not seen.waiting:
        return None
    if campaign.workspace.sending_stopped_at:
        return told("octagon-pause", _("All sending is stopped."), _("Nothing leaves until somebody lets it go on."))
    if campaign.starts_at and campaign.starts_at > now:
        return told("timer", _("It has not begun."), _("Nothing leaves before its time."), campaign.starts_at)
    busy = [lanes.get(pk) for pk, each in seen.by_number.items() if each.waiting]
    waiting = [lane for lane in busy if lane and is_held(lane, now, LONG)]
    if busy and len(waiting) == len(busy):
        first = min(waiting, key=lambda lane: lane.waiting_until or now)
        title = _("Waiting: %(what)s.") % {"what": words_for(first.waiting_for)}
        return told("hourglass", title, _("Sending goes on by itself."), first.waiting_until)
    if (due := next_due(campaign)) is not None and due > now + LONG:
        return told("moon", _("Waiting for the recipients' morning."), _("Sending goes on by itself."), due)
    return None


def paused(campaign: Campaign) -> dict[str, Any]:
    """A member paused it, or a brake did, with its reason."""
    goes_on = _("Nothing leaves until somebody resumes it.")
    if campaign.state_by is not None:
        by = {"title": _("Paused by %(who)s.") % {"who": campaign.state_by}}
    else:
        by = {"title": _("It paused itself.")}
    return {"icon": "pause", "text": f"{brakes.words_for(campaign.state_reason)} {goes_on}".strip(), **by}


def told(icon: str, title: str, text: str, until: datetime | None = None) -> dict[str, Any]:
    return {"icon": icon, "title": title, "text": text, "until": until}


def next_due(campaign: Campaign) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_DUE, {"campaign": campaign.pk, "run": campaign.run_id, "open_part": campaign.open_part})
        (due_at,) = cursor.fetchone()
    found: datetime | None = due_at
    return found


def line(campaign: Campaign, now: datetime) -> dict[str, Any] | None:
    """What c-area takes: how many left in each stretch, and moments under it."""
    drawn = departures.line_of(campaign, now)
    if drawn is None:
        return None
    idle = drawn.idle if campaign.state in ("running", "paused") else 0
    share = 100 * idle / (len(drawn.values) - 1)
    return {
        "values": drawn.values,
        "stretch": drawn.stretch,
        "most": max(drawn.values),
        "marks": [drawn.at(place / (MARKS - 1)) for place in range(MARKS)],
        "is_long": drawn.stretch * len(drawn.values) > timedelta(days=1),
        "is_short": drawn.stretch < timedelta(minutes=1),
        "hold_at": round(100 - share, 2) if idle > 1 else "",
        "hold_span": round(share, 2),
        "slow": slow_stretches(campaign, drawn, now),
    }


def slow_stretches(campaign: Campaign, drawn: departures.Line, now: datetime) -> list[dict[str, float]]:
    """Where on the line it went slowly because of the team: {x, w} in percent of its width."""
    span = (drawn.at(1) - drawn.first).total_seconds()
    found = []
    for spell in crew.spells_of(campaign):
        began, ended = (
            100 * min(1.0, max(0.0, (at - drawn.first).total_seconds() / span))
            for at in (spell.began_at, spell.ended_at or campaign.finished_at or now)
        )
        if ended > began:
            found.append({"x": round(began, 2), "w": round(ended - began, 2)})
    return found


def failures(seen: queries.Progress) -> list[dict[str, Any]]:
    """Why messages failed, most frequent first, in plain words."""
    lines = []
    for code, n in sorted(seen.failed_by_code.items(), key=lambda item: (-item[1], item[0])):
        if n > 0:
            rule = rule_for(code)
            lines.append({"n": n, "code": code, "title": _(rule.happened), "text": f"{_(rule.means)} {_(rule.todo)}"})
    return lines
