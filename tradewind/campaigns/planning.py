"""The flight plan: who gets it, who does not and why, from which number, until when. Nothing is sent by planning."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import bindings
from tradewind.campaigns.audience import Audience, compile_audience
from tradewind.campaigns.forecasting import forecast_of
from tradewind.campaigns.models import Campaign, CampaignNumber
from tradewind.lib import clock
from tradewind.lib.zones import next_allowed
from tradewind.messages.pacing import PRESETS
from tradewind.whatsapp.payloads import variables_of

MATERIALISE = (Path(__file__).parent / "materialise.sql").read_text()
SLOTS = 1024


@dataclass(frozen=True, slots=True)
class Policy:
    """What the plan needs to know of the campaign and its workspace, read once."""

    campaign: Campaign
    now: datetime
    starts_at: datetime

    @property
    def is_marketing(self) -> bool:
        return self.campaign.template is not None and self.campaign.template.category == "MARKETING"

    @property
    def keeps_quiet(self) -> bool:
        return self.campaign.quiet_hours and self.is_marketing


def make_plan(campaign: Campaign) -> dict[str, Any]:
    """Materialise the recipients anew and return the plan. Runs in one transaction, in the background."""
    now = clock.now()
    policy = Policy(campaign, now, max(campaign.starts_at or now, now))
    audience = compile_audience(
        campaign.audience, workspace_id=campaign.workspace_id, country=campaign.workspace.country
    )
    with transaction.atomic():
        clear(campaign)
        insert_people(policy, audience)
        insert_unusable(campaign, audience)
        count_senders(campaign)
        return describe(policy, audience)


def clear(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM recipient WHERE campaign_id = %s", [campaign.pk])
        cursor.execute(
            "UPDATE campaign_number SET fed = 0, fed_recipient = 0, fed_due_at = NULL, total = 0"
            " WHERE campaign_id = %s",
            [campaign.pk],
        )


def insert_people(policy: Policy, audience: Audience) -> None:
    campaign = policy.campaign
    assert campaign.template is not None
    keys = [variable.slot for variable in variables_of(campaign.template.components)]
    variables, missing, params = bindings.variables_sql(campaign.bindings, keys)
    sql = MATERIALISE.format(audience=audience.sql, variables=variables, missing=missing)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(sql, {**plan_params(policy), **pool_params(campaign), **params, **audience.params})


def plan_params(policy: Policy) -> dict[str, Any]:
    workspace = policy.campaign.workspace
    zones, due = due_by_zone(policy)
    return {
        "workspace": workspace.pk,
        "campaign": policy.campaign.pk,
        "is_marketing": policy.is_marketing,
        "workspace_zone": workspace.timezone,
        "starts_at": policy.starts_at,
        "cap_72h": workspace.cap_72h,
        "cap_month": workspace.cap_month,
        "month_ago": policy.now - timedelta(days=30),
        "three_days_ago": policy.now - timedelta(hours=72),
        "zones": zones,
        "zone_due_at": due,
    }


def due_by_zone(policy: Policy) -> tuple[list[str], list[datetime]]:
    """The first moment outside quiet hours for every zone that the workspace's contacts live in."""
    if not policy.keeps_quiet:
        return [], []
    workspace = policy.campaign.workspace
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT timezone FROM contact WHERE workspace_id = %s", [workspace.pk])
        zones = sorted({zone or workspace.timezone for (zone,) in cursor.fetchall()} | {workspace.timezone})
    return zones, [next_allowed(policy.starts_at, zone, workspace.quiet_from, workspace.quiet_to) for zone in zones]


def pool_params(campaign: Campaign) -> dict[str, Any]:
    """The pool of numbers, each with its share of 1,024 slots by how fast it may go in this campaign."""
    numbers = [sender.number for sender in campaign.senders.select_related("number").order_by("number_id")]
    per_minute = {**PRESETS.get(campaign.preset, {}), **campaign.pacing}.get("per_minute") or 60_000
    speeds = [min(number.throughput, per_minute / 60) for number in numbers]
    total = sum(speeds) or 1
    edges, so_far = [0], 0.0
    for speed in speeds:
        so_far += speed
        edges.append(round(so_far * SLOTS / total))
    return {
        "numbers": [number.pk for number in numbers],
        "number_portfolios": [number.portfolio_id for number in numbers],
        "portfolios": sorted({number.portfolio_id for number in numbers}),
        "slot_from": edges[:-1],
        "slot_to": [edge - 1 for edge in edges[1:]],
    }


def insert_unusable(campaign: Campaign, audience: Audience) -> None:
    if not audience.unusable:
        return
    lines, reasons = zip(*audience.unusable, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO recipient (workspace_id, campaign_id, excluded, raw)"
            " SELECT %s, %s, reason, line FROM unnest(%s::text[], %s::text[]) AS given(line, reason)",
            [campaign.workspace_id, campaign.pk, list(lines), list(reasons)],
        )


def count_senders(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaign_number SET total = counted.n FROM ("
            "  SELECT number_id, count(*) AS n FROM recipient WHERE campaign_id = %(c)s AND excluded = '' GROUP BY 1"
            ") counted WHERE campaign_number.campaign_id = %(c)s AND campaign_number.number_id = counted.number_id",
            {"c": campaign.pk},
        )


def describe(policy: Policy, audience: Audience) -> dict[str, Any]:
    campaign = policy.campaign
    excluded = excluded_counts(campaign)
    senders = CampaignNumber.objects.filter(campaign=campaign).order_by("number_id")
    recipients = sum(sender.total for sender in senders)
    return {
        "audience": recipients + sum(excluded.values()),
        "doubles": audience.doubles,
        "excluded": excluded,
        "recipients": recipients,
        "by_number": {str(sender.number_id): sender.total for sender in senders},
        "starts_at": policy.starts_at.isoformat(),
        **forecast_of(policy.campaign, policy.starts_at),
    }


def excluded_counts(campaign: Campaign) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT excluded, count(*) FROM recipient WHERE campaign_id = %s AND excluded <> '' GROUP BY 1",
            [campaign.pk],
        )
        return dict(cursor.fetchall())
