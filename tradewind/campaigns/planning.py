"""The flight plan: who gets it, who does not and why, from which number, until when. Nothing is sent by planning."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import forecasting, replies, values, windows
from tradewind.campaigns.audience import Audience, compile_audience
from tradewind.campaigns.drafts import fingerprint
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.rates import cost
from tradewind.campaigns.rates.markets import country_params, country_sql
from tradewind.campaigns.timing import rules as timing
from tradewind.campaigns.timing.due import due_of
from tradewind.campaigns.trials import delays
from tradewind.campaigns.trials.assigning import assign
from tradewind.campaigns.wording import MARGIN, parts_of
from tradewind.lib import clock
from tradewind.segments import queries

MATERIALISE = (Path(__file__).parent / "materialise.sql").read_text()
SLOTS = 1024
COUNTRY = f"CASE WHEN phone.value IS NULL THEN left(bsuid.value, 2) ELSE {country_sql('phone.value')} END"
"""Of the phone, or of the id that Meta gives people without one: it begins with their country."""
STRETCH = 20_000
"""So many people are looked at in one transaction: well under a second."""

# Everybody of the audience at one moment: who is left out on purpose, by the first word that fits, and the others ("").
# It only reads, so however long it takes it holds no news back.
GATHER = """
SELECT word, array_agg(contact_id ORDER BY contact_id) FROM (
  SELECT people.contact_id, {word} AS word FROM ({audience}) people
) gathered GROUP BY word
"""
THESE = "SELECT unnest(%(people)s::bigint[]) AS contact_id"
LEAVE_OUT = """
INSERT INTO recipient (workspace_id, campaign_id, contact_id, excluded, raw)
SELECT %(workspace)s, %(campaign)s, unnest(%(people)s::bigint[]), %(word)s, ''
ON CONFLICT (campaign_id, contact_id) WHERE contact_id IS NOT NULL DO NOTHING
"""
OLD_EDGES = """
SELECT contact_id FROM (
  SELECT contact_id, row_number() OVER (ORDER BY contact_id) AS rank FROM recipient
  WHERE campaign_id = %(campaign)s AND contact_id IS NOT NULL
) ranked WHERE rank %% %(stretch)s = 0 ORDER BY 1
"""
# One pass over everybody: who is left out, and when the others come due.
COUNT = """
SELECT excluded, number_id, CASE WHEN excluded = '' THEN zone END, due_at, least(expires_at, window_until), country,
       free_by, part, count(*)
FROM recipient WHERE campaign_id = %s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
# The worst cases, over everybody and not over a sample: the longest and the shortest values, somebody whose values run
# from right to left, somebody for whom a fallback stands in, and one from the middle.
EXTREMES = """
SELECT (max(ARRAY[length(variables::text)::bigint, id]))[2], (min(ARRAY[length(variables::text)::bigint, id]))[2],
       min(id) FILTER (WHERE variables::text ~ '[\\u0590-\\u08ff]'), min(id) FILTER (WHERE {is_filled_in}),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY id)
FROM recipient WHERE campaign_id = %(campaign)s AND excluded = '' AND variant = 0
"""
CASES = ("longest", "shortest", "right_to_left", "fallback", "anyone")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the plan needs to know of the campaign and its workspace, read once."""

    campaign: Campaign
    now: datetime
    starts_at: datetime

    @property
    def is_marketing(self) -> bool:
        return self.campaign.said is not None and self.campaign.said.category == "MARKETING"

    @property
    def quiet(self) -> tuple[time, time] | None:
        return forecasting.quiet_of(self.campaign)


def make_plan(campaign: Campaign) -> dict[str, Any]:
    """Materialise the recipients anew and return the plan; `campaign.waves` is set, not saved.

    Works in many short transactions: afterwards the campaign has either all its recipients, or it is planned again.
    Raises AudienceError when a tag or segment of the audience is gone.
    """
    now = clock.now()
    policy = Policy(campaign, now, max(campaign.starts_at or now, now))
    audience = compile_audience(
        campaign.audience, workspace_id=campaign.workspace_id, country=campaign.workspace.country
    )
    clear(campaign)
    insert_people(policy, audience)
    insert_unusable(campaign, audience)
    return describe(policy, audience)


def clear(campaign: Campaign) -> None:
    """Forget what was planned before."""
    for after, upto in stretches(OLD_EDGES, {"campaign": campaign.pk}, last=2**62):
        run("DELETE FROM recipient WHERE campaign_id = %s AND contact_id > %s AND contact_id <= %s",
            [campaign.pk, after, upto])  # fmt: skip
    with transaction.atomic():
        run("DELETE FROM recipient WHERE campaign_id = %s", [campaign.pk])
        run("UPDATE campaign_number SET fed = 0, fed_part = 0, fed_recipient = 0, fed_due_at = NULL, total = 0"
            " WHERE campaign_id = %s", [campaign.pk])  # fmt: skip


def insert_people(policy: Policy, audience: Audience) -> None:
    campaign = policy.campaign
    assert campaign.said is not None
    filled = values.values_in(
        parts_of(campaign.said).parts, campaign.bindings, zone=campaign.workspace.timezone, at=policy.starts_at
    )
    gathered = gather(audience)
    sql = MATERIALISE.format(
        audience=THESE,
        columns=filled.columns,
        variables=filled.variables,
        missing=filled.missing,
        over=filled.over,
        unfit=filled.unfit,
        country=COUNTRY,
    )
    due = due_of(
        campaign.workspace, timing.read(campaign.timing), starts_at=policy.starts_at, quiet=policy.quiet, now=policy.now
    )
    params = {**plan_params(policy), **due.params, **pool_params(campaign), **filled.params}
    looked_at, to_look_at = 0, sum(map(len, gathered.values()))
    for word, people in gathered.items():
        for start in range(0, len(people), STRETCH):
            some = people[start : start + STRETCH]
            with transaction.atomic():
                if word:
                    run(LEAVE_OUT, {**params, "people": some, "word": word})
                else:
                    run(sql, {**params, **due.of(some), "people": some, "after": some[0] - 1, "upto": some[-1]})
                looked_at += len(some)
                Campaign.objects.filter(pk=campaign.pk).update(looked_at=looked_at, to_look_at=to_look_at)
    assign(campaign)


def gather(audience: Audience) -> dict[str, list[int]]:
    """The people of the audience as it is now, in order, by the word of the exclusion that takes them; "" the rest."""
    cases, params = [], dict(audience.params)
    for n, each in enumerate(audience.without):
        params |= {**each.params, f"word{n}": each.word}
        is_in = f"EXISTS (SELECT FROM ({each.sql}) gone WHERE gone.contact_id = people.contact_id)"
        cases.append(f"WHEN {is_in} THEN %(word{n})s")
    word = f"CASE {' '.join(cases)} ELSE '' END" if cases else "''"
    with queries.asking() as cursor:
        cursor.execute(GATHER.format(word=word, audience=audience.sql), params)
        return dict(cursor.fetchall())


def stretches(sql: str, params: dict[str, Any], last: int | None = None) -> Iterator[tuple[int, int]]:
    """Neighbouring ranges (after, upto] of contact ids with at most STRETCH people each."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "stretch": STRETCH})
        edges = [edge for (edge,) in cursor.fetchall()]
    edges += [last] if last is not None else []
    return zip([0, *edges], edges, strict=False)


def plan_params(policy: Policy) -> dict[str, Any]:
    workspace = policy.campaign.workspace
    return {
        "workspace": workspace.pk,
        "campaign": policy.campaign.pk,
        "is_marketing": policy.is_marketing,
        "is_free": policy.campaign.free is not None,
        "now": policy.now,
        "margin": MARGIN,
        "workspace_zone": workspace.timezone,
        "starts_at": policy.starts_at,
        "cap_72h": workspace.cap_72h,
        "cap_month": workspace.cap_month,
        "month_ago": policy.starts_at - timedelta(days=31),
        "three_days_ago": policy.starts_at - timedelta(hours=72),
        **country_params(),
    }


def pool_params(campaign: Campaign) -> dict[str, Any]:
    """The pool of numbers, and 1,024 slots of which each has its share by how fast it may go in this campaign."""
    numbers = [sender.number for sender in campaign.senders.select_related("number").order_by("number_id")]
    speeds = [forecasting.per_second(number, campaign) for number in numbers]
    return {
        "numbers": [number.pk for number in numbers],
        "number_portfolios": [number.portfolio_id for number in numbers],
        "portfolios": sorted({number.portfolio_id for number in numbers}),
        "weights": speeds,
        "slots": shared_out([number.pk for number in numbers], speeds),
    }


def shared_out(numbers: list[int], speeds: list[float]) -> list[int]:
    """For each slot the number that has it; a number's slots lie beside each other."""
    total, ends, so_far = sum(speeds), [], 0.0
    for speed in speeds:
        so_far += speed
        ends.append(so_far * SLOTS / total)
    return [numbers[min(bisect(ends, slot + 0.5), len(numbers) - 1)] for slot in range(SLOTS)]


def insert_unusable(campaign: Campaign, audience: Audience) -> None:
    if audience.unusable:
        lines, reasons = zip(*audience.unusable, strict=True)
        run("INSERT INTO recipient (workspace_id, campaign_id, excluded, raw)"
            " SELECT %s, %s, reason, line FROM unnest(%s::text[], %s::text[]) AS given(line, reason)",
            [campaign.workspace_id, campaign.pk, list(lines), list(reasons)])  # fmt: skip


def describe(policy: Policy, audience: Audience) -> dict[str, Any]:
    """Count everybody, note how many each number has, and forecast the end."""
    campaign = policy.campaign
    assert campaign.said is not None
    excluded, campaign.waves, priced = counted(campaign)
    if campaign.free is not None and windows.leave_out_late(campaign, policy.starts_at):
        excluded, campaign.waves, priced = counted(campaign)
    by_number: dict[int, int] = {}
    for number, _zone, _due, people, *_ in campaign.waves:
        by_number[number] = by_number.get(number, 0) + people
    for sender in campaign.senders.all():
        sender.total = by_number.setdefault(sender.number_id, 0)
        sender.save(update_fields=["total"])
    recipients = sum(by_number.values())
    return {
        "audience": recipients + sum(excluded.values()),
        "doubles": audience.doubles,
        "excluded": excluded,
        "exclusions": {each.word: each.name for each in audience.without},
        "recipients": recipients,
        "by_number": {str(number): people for number, people in sorted(by_number.items())},
        "first_at": (forecasting.iso(campaign.waves[0][2]) if campaign.waves else policy.starts_at.isoformat()),
        "content": fingerprint(campaign),
        "cost": cost.of_plan(campaign, priced, policy.starts_at),
        "replies": replies.outlook(campaign.workspace_id, campaign.said.category.lower()),
        "worst": worst_cases(campaign) if recipients else [],
        **forecasting.forecast_of(campaign, policy.starts_at),
    }


def counted(campaign: Campaign) -> tuple[dict[str, int], list[list[Any]], Counter[tuple[int, str, str]]]:
    """People left out by reason; the waves in which the others come due, as in `Campaign.waves`; and how many of them
    there are by number, country and what makes them free."""
    excluded: Counter[str] = Counter()
    waves: Counter[tuple[Any, ...]] = Counter()
    priced: Counter[tuple[int, str, str]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [campaign.pk])
        rows = cursor.fetchall()
        parts = delays.Parts(campaign, [unix(due_at) for reason, _, _, due_at, *_ in rows if not reason])
        for reason, number, zone, due_at, until, country, free_by, part, people in rows:
            if reason:
                excluded[reason] += people
            else:
                for due, late, some in parts.waves(part, unix(due_at), unix(until), people):
                    waves[number, zone, due, late] += some
                priced[number, country, free_by] += people
    found = [[number, zone, due, people, until] for (number, zone, due, until), people in waves.items()]
    return dict(excluded), sorted(found, key=lambda wave: (wave[2], wave[0], wave[1], wave[4] or 0)), priced


def unix(at: datetime | None) -> float | None:
    return at.astimezone(UTC).timestamp() if at is not None else None


def worst_cases(campaign: Campaign) -> list[dict[str, Any]]:
    """[{"id": recipient, "why": one of CASES}]: whose message shows best what may go wrong; each person once."""
    params: dict[str, Any] = {"campaign": campaign.pk}
    stand_ins = []
    for rank, binding in enumerate(each for each in campaign.bindings if each["field"] and each["fallback"]):
        params |= {f"key_{rank}": binding["key"], f"fallback_{rank}": binding["fallback"]}
        stand_ins.append(f"variables ->> %(key_{rank})s = %(fallback_{rank})s")
    with connection.cursor() as cursor:
        cursor.execute(EXTREMES.format(is_filled_in=" OR ".join(stand_ins) or "false"), params)
        found = dict(zip(cursor.fetchone(), CASES, strict=True))  # of two reasons the later, plainer one stays
    return [{"id": pk, "why": why} for pk, why in sorted(found.items(), key=lambda each: CASES.index(each[1])) if pk]


def run(sql: str, params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
