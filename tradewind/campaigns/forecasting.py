"""When the last message will have left, and how many an hour from each number: the forecaster's inputs and words.

The play itself is messages/pacing_forecast.py; here it gets the numbers, their portfolios' free places, what other
campaigns have put before ours, and the waves in which people come due.
"""

import math
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection

from tradewind.campaigns.models import Campaign
from tradewind.campaigns.wording import keeps_quiet
from tradewind.lib.zones import usable
from tradewind.messages import queries
from tradewind.messages.ledger import Use, frees
from tradewind.messages.pacing import PRESETS, Pacing
from tradewind.messages.pacing_forecast import Forecast, Group, Line, Places, forecast
from tradewind.numbers.models import Number, Portfolio

PER_SENDER = 1_000
"""What one sender process does a second on two cores (`tradewind bench send`): past that the machine is the limit."""
NOT_LATER = 1.0
"""People of one wave come due within less than this (materialise.sql)."""
LATER_SECONDS = 60.0
"""A limit that moves the end by less than this is not worth a word."""

# What its numbers sent lately counts against this campaign's pace too; no more than the largest cap of it matters.
LATELY = """
SELECT place.number_id, recent.started_at FROM unnest(%(numbers)s::bigint[]) AS place(number_id) CROSS JOIN LATERAL (
  SELECT attempt.started_at FROM attempt JOIN message ON message.id = attempt.message_id AND message.run_id IS NOT NULL
  WHERE attempt.number_id = place.number_id AND attempt.started_at > %(since)s
  ORDER BY attempt.started_at DESC LIMIT %(most)s
) recent ORDER BY recent.started_at
"""
MOST_LATELY = 2_000
# What other campaigns that are under way still have to send from these numbers: in the outbox, or not fed to it yet.
AHEAD = """
SELECT place.number_id, place.campaign_id, place.total - place.fed
       + (SELECT count(*) FROM outbox
          WHERE run_id = campaign.run_id AND number_id = place.number_id AND stage <> 'unknown')
FROM campaign_number place JOIN campaign ON campaign.id = place.campaign_id
WHERE campaign.workspace_id = %(workspace)s AND campaign.state = 'running' AND campaign.id <> %(campaign)s
  AND place.number_id = ANY(%(numbers)s)
"""


def pacing_of(campaign: Campaign) -> dict[str, Any]:
    """The pacing as the sender reads it: the preset's figures under the campaign's own."""
    return {**PRESETS.get(campaign.preset, {}), **campaign.pacing}


def per_second(number: Number, campaign: Campaign) -> float:
    """Roughly how fast a number goes in this campaign over a longer time: for sharing people and filling the outbox."""
    pacing = Pacing.from_json(pacing_of(campaign))
    limits = [float(max(1, number.throughput))]
    if delay := pacing.delay(0.5):
        limits.append(1 / delay)
    if pacing.per_minute:
        limits.append(pacing.per_minute / 60)
    if pacing.per_hour:
        limits.append(pacing.per_hour / 3600)
    return min(limits)


def forecast_of(campaign: Campaign, starts_at: datetime) -> dict[str, Any]:
    """What the plan says of time.

    `starts_at`, `ends_at` (ISO; ends_at None: never, as things stand), `late` (people who cannot be reached in their
    window), `tight` (who are reached only just before it ends), `seconds`, `hours` [{"hour": ISO, "by_number":
    {id: n}}], `held_by` {limit: what it does}, see `holds`. Needs `campaign.waves`.
    """
    numbers = [sender.number for sender in campaign.senders.select_related("number__portfolio").order_by("number_id")]
    # Who wrote in the last 24 hours takes no place in the portfolio's ledger.
    uses = uses_of(numbers) if campaign.free is None else {}
    played = play(campaign, starts_at, numbers, uses)
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": iso(played.ends_at) if played.ends_at is not None else None,
        "late": played.late,
        "tight": played.tight,
        "seconds": round(played.seconds, 1) if played.seconds is not None else None,
        "hours": [
            {"hour": iso(hour), "by_number": {str(number): n for number, n in sorted(counts.items())}}
            for hour, counts in sorted(played.hours.items())
        ],
        "held_by": holds(campaign, starts_at, numbers, uses, played),
    }


def play(campaign: Campaign, starts_at: datetime, numbers: list[Number], uses: dict[int, Use]) -> Forecast:
    """Let the forecaster play the campaign. `uses`: the portfolios that have a limit."""
    workspace = campaign.workspace
    own = usable(workspace.timezone)
    waits = waits_of(campaign, numbers)
    sent_at = sent_lately(Pacing.from_json(pacing_of(campaign)), numbers, starts_at)
    share = min(1.0, engine_per_second() / sum(per_second(number, campaign) for number in numbers))
    lines = [
        Line(
            number.pk,
            max(1, int(number.throughput * share)),
            number.portfolio_id,
            days_old=days_old(number, starts_at),
            opens_at=max(opens_at(number), starts_at.timestamp() + waits.get(number.pk, 0.0)),
            sent_at=tuple(sent_at.get(number.pk, ())),
        )
        for number in numbers
    ]
    return forecast(
        starts_at=starts_at.timestamp(),
        senders=lines,
        groups=groups_of(campaign, own),
        pacing=Pacing.from_json(pacing_of(campaign)),
        places={portfolio: places_of(use, starts_at) for portfolio, use in uses.items()},
        quiet=quiet_of(campaign),
    )


def late_of(campaign: Campaign, starts_at: datetime) -> dict[tuple[int, str, float], int]:
    """How many of which wave (number, zone, due) cannot leave in time; of a free message. Needs `campaign.waves`."""
    numbers = [sender.number for sender in campaign.senders.select_related("number__portfolio").order_by("number_id")]
    played = play(campaign, starts_at, numbers, {})
    found: dict[tuple[int, str, float], int] = {}
    for place, people in played.late_groups.items():
        number, zone, due, *_ = (campaign.waves or [])[place]
        found[number, zone, due] = found.get((number, zone, due), 0) + people
    return found


def groups_of(campaign: Campaign, own_zone: str) -> list[Group]:
    """The waves as the forecaster takes them."""
    return [
        Group(number, due, people, usable(zone, own_zone), (until[0] if until else None) or math.inf)
        for number, zone, due, people, *until in campaign.waves or ()
    ]


def engine_per_second() -> int:
    """What the installation can send, whatever Meta allows: with the senders that are alive, or with one."""
    return PER_SENDER * max(1, len(queries.senders()))


def quiet_of(campaign: Campaign) -> tuple[time, time] | None:
    """The quiet hours that this campaign keeps, in each recipient's time."""
    if not (campaign.quiet_hours and keeps_quiet(campaign.said)):
        return None
    return campaign.workspace.quiet_from, campaign.workspace.quiet_to


def days_old(number: Number, at: datetime) -> float | None:
    """How long its warm-up has been going on; None when it is no new number."""
    if number.warmup_from is None:
        return None
    began = datetime.combine(number.warmup_from, time(0), UTC)
    return max(0.0, (at - began) / timedelta(days=1))


def opens_at(number: Number) -> float:
    """When a pause of the number ends; one without end counts as none: somebody has to end it."""
    until = number.paused_until
    return until.timestamp() if until is not None and until.year < 9000 else 0.0


def sent_lately(pacing: Pacing, numbers: list[Number], starts_at: datetime) -> dict[int, list[float]]:
    """When each number sent messages of campaigns, as far back as the longest window of the pace looks."""
    caps = {1: pacing.per_minute, 60: pacing.per_hour, 1440: pacing.warmup_per_day}  # by the minutes of their windows
    longest = max((minutes for minutes, cap in caps.items() if cap), default=0)
    if not longest:
        return {}
    params: dict[str, Any] = {
        "numbers": [number.pk for number in numbers],
        "since": starts_at - timedelta(minutes=longest),
        "most": min(MOST_LATELY, max(caps.values())),
    }
    found: dict[int, list[float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LATELY, params)
        for number, at in cursor.fetchall():
            found.setdefault(number, []).append(at.timestamp())
    return found


def waits_of(campaign: Campaign, numbers: list[Number]) -> dict[int, float]:
    """Seconds for which each number is still busy with other campaigns that came first."""
    ids = [number.pk for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(AHEAD, {"workspace": campaign.workspace_id, "campaign": campaign.pk, "numbers": ids})
        rows = cursor.fetchall()
    others = Campaign.objects.in_bulk({other for _, other, _ in rows})
    by_id = {number.pk: number for number in numbers}
    waits: dict[int, float] = {}
    for number, other, people in rows:
        waits[number] = waits.get(number, 0.0) + people / per_second(by_id[number], others[other])
    return waits


def uses_of(numbers: list[Number]) -> dict[int, Use]:
    """How full the portfolios with a limit are."""
    portfolios: dict[int, Portfolio] = {number.portfolio_id: number.portfolio for number in numbers}
    return {pk: queries.ledger_use(each) for pk, each in portfolios.items() if each.people_limit is not None}


def places_of(use: Use, starts_at: datetime) -> Places:
    """A portfolio's free places for campaigns at the start, and when taken ones come back."""
    assert use.limit is not None
    free = use.limit - use.reserve - use.used
    back: list[tuple[float, int]] = []
    for minute, people in use.minutes:
        if free < 0 or frees(minute) <= starts_at:
            free += people
        else:
            back.append((frees(minute).timestamp(), people))
    return Places(max(0, free), back)


def holds(
    campaign: Campaign, starts_at: datetime, numbers: list[Number], uses: dict[int, Use], played: Forecast
) -> dict[str, Any]:
    """The limits that make it take longer, by name: portfolio, warmup, quiet_hours, pace; each with its measure."""
    found: dict[str, Any] = {}
    pacing = Pacing.from_json(pacing_of(campaign))
    recipients = sum(wave[3] for wave in campaign.waves or ())
    if uses and later(played, play(campaign, starts_at, numbers, {})):
        found["portfolio"] = {"free": sum(use.left(for_campaign=True) or 0 for use in uses.values())}
    if warming := [n.pk for n in numbers if pacing.is_warming(days_old(n, starts_at))]:
        found["warmup"] = {"numbers": warming, "a_day": pacing.warmup_per_day}
    is_personal = campaign.timing.get("kind") in ("local", "best_hour")
    night = sum(wave[3] for wave in campaign.waves or () if wave[2] > starts_at.timestamp() + NOT_LATER)
    if night and not is_personal:
        found["quiet_hours"] = {"people": night}
    if played.late:
        found["late"] = {"people": played.late}
    fastest = sum(max(1, number.throughput) for number in numbers)
    if not pacing.is_free and played.seconds and played.seconds > LATER_SECONDS + 2 * recipients / fastest:
        found["pace"] = {"seconds_at_full_speed": round(recipients / fastest, 1)}
    return found


def later(one: Forecast, other: Forecast) -> bool:
    if one.ends_at is None or other.ends_at is None:
        return one.ends_at is None and other.ends_at is not None
    return one.ends_at - other.ends_at > LATER_SECONDS


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def expected_end(campaign: Campaign, now: datetime, answered: int) -> datetime | None:
    """When a running campaign will be through, by how far behind its plan it is; None when nothing can be said."""
    plan = campaign.plan or {}
    if campaign.state != "running" or campaign.launched_at is None or plan.get("seconds") is None:
        return None
    began = max(campaign.launched_at, campaign.starts_at or campaign.launched_at)
    if now < began:
        return began + timedelta(seconds=plan["seconds"])
    reached, following = planned_for(plan, answered)
    behind = now - began - (reached if now - began < reached else max(following, reached))
    if reached <= now - began <= following:
        behind = timedelta(0)  # on time; at night nothing goes, and nothing is late
    return max(now, began + timedelta(seconds=plan["seconds"]) + behind)


def planned_for(plan: dict[str, Any], answered: int) -> tuple[timedelta, timedelta]:
    """When after its start the plan has so many gone, and when the next one goes; read from the forecast's hours."""
    starts_at = datetime.fromisoformat(plan["starts_at"])
    ends_at = starts_at + timedelta(seconds=plan["seconds"])
    gone, reached = 0, starts_at
    for row in plan["hours"]:
        count = sum(row["by_number"].values())
        hour = datetime.fromisoformat(row["hour"])
        first, last = max(hour, starts_at), min(hour + timedelta(hours=1), ends_at)
        if answered < gone + count:
            at = first + (last - first) * (max(0, answered - gone) / count)
            return min(at, reached if answered == gone else at) - starts_at, at - starts_at
        gone, reached = gone + count, last
    return reached - starts_at, ends_at - starts_at
