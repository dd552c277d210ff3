"""The verbs of series, and the worker's step that makes each occurrence, once."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tradewind.campaigns import actions
from tradewind.campaigns.errors import AudienceError, CampaignError
from tradewind.campaigns.followups.verbs import may_launch
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.series import calendar, people
from tradewind.campaigns.series.models import SERIES_KINDS, Occurrence, Series
from tradewind.campaigns.trials import verbs as trials
from tradewind.lib import clock, logs
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive
from tradewind.lib.zones import usable
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

log = logs.get(__name__)

LATE = timedelta(hours=12)
"""An occurrence that could not be made in time (the machine was off) is left out rather than sent at a wrong hour."""


def set_up(pattern: Campaign, *, member: Member | None, kind: str, rule: dict[str, Any]) -> Series:
    """Let a draft come again; it stays the pattern. Begins switched off. Raises CampaignError."""
    kept = clean(kind, rule, pattern.workspace)
    with transaction.atomic():
        row = actions.locked(pattern, "draft", "planned", verb="change")
        if row.free is not None:
            raise CampaignError(_("A free message goes to people who wrote just now; it cannot come again by itself."))
        if row.template is None:
            raise CampaignError(_("Choose a template, an audience and a number first."))
        if row.audience.get("kind") == "outcome":
            raise CampaignError(_("A follow-up follows one campaign; it cannot come again."))
        series, made = Series.objects.update_or_create(
            pattern=row,
            defaults={"workspace_id": row.workspace_id, "kind": kind, "rule": kept, "note": ""},
            create_defaults={
                "workspace_id": row.workspace_id, "kind": kind, "rule": kept, "created_at": clock.now(),
            },
        )  # fmt: skip
        if series.is_on:
            plan_next(series, clock.now())
        tell(series, "series.created" if made else "series.changed", member)
    return series


def clean(kind: str, rule: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """The rule as it is kept. Raises CampaignError for what never comes."""
    if kind not in SERIES_KINDS:
        raise CampaignError(_("Choose when it comes again."))
    try:
        kept: dict[str, Any] = {"time": time.fromisoformat(str(rule["time"])).strftime("%H:%M")}
        if kind == "weekly":
            kept["weekday"] = between(int(rule["weekday"]), 0, 6)
        if kind == "monthly":
            kept["day"] = between(int(rule["day"]), 1, 31)
        if kind == "anniversary":
            kept["field"] = str(rule["field"]).strip()
        if kind == "replenish":
            kept |= {"cycle_days": int(rule["cycle_days"]), "on_day": int(rule["on_day"])}
        if kind in ("anniversary", "replenish"):
            people.clean(only_of(kind, kept, date(2026, 1, 1), usable(workspace.timezone)))
    except (KeyError, TypeError, ValueError, AudienceError) as error:
        raise CampaignError(_("When it comes again is not complete: look at the time and the days.")) from error
    return kept


def between(value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise ValueError(value)
    return value


def only_of(kind: str, rule: dict[str, Any], day: date, zone: str) -> dict[str, Any]:
    """Whom an occurrence is for, beyond the pattern's audience; empty for the plain calendar."""
    if kind == "anniversary":
        return {"anniversary": {"field": rule["field"], "day": day.isoformat()}}
    if kind == "replenish":
        return {"replenish": {"day": day.isoformat(), "zone": zone, **{k: rule[k] for k in ("cycle_days", "on_day")}}}
    return {}


def switch(series: Series, *, member: Member | None, is_on: bool) -> Series:
    """On: each occurrence is planned and launched by itself, under this member's rights. Off: none any more."""
    with transaction.atomic():
        row = Series.objects.select_for_update(of=("self",)).select_related("workspace", "pattern").get(pk=series.pk)
        if row.is_on == is_on:
            return row
        row.is_on, row.switched_by, row.note = is_on, member, ""
        row.next_at = None
        if is_on:
            plan_next(row, clock.now())
        row.save()
        tell(row, "series.switched_on" if is_on else "series.switched_off", member)
    return row


def delete(series: Series, *, member: Member | None) -> None:
    """No occurrence comes any more; those that went stay."""
    with transaction.atomic():
        tell(series, "series.deleted", member)
        Series.objects.filter(pk=series.pk).delete()


def tell(series: Series, kind: str, member: Member | None) -> None:
    if member is not None:
        audit.note(member, kind, series.pattern, series.pattern.name)


def plan_next(series: Series, after: datetime) -> None:
    _day, series.next_at = calendar.next_after(series.kind, series.rule, usable(series.workspace.timezone), after)
    series.save(update_fields=["next_at"])


def step() -> bool:
    """Make the occurrences whose time has come; never asks to go on at once."""
    due = Series.objects.filter(is_on=True, next_at__lte=clock.now()).values_list("pk", flat=True)
    each_by_itself(list(due), make)
    return False


def make(series_id: int) -> Campaign | None:
    """One occurrence: a campaign from the pattern, planned and launched by itself; once for each local day.

    The day's row is the lock: whoever comes second finds it there.
    """
    alive()
    with transaction.atomic():
        rows = Series.objects.select_for_update(of=("self",), skip_locked=True)
        series = rows.select_related("workspace", "pattern__template").filter(pk=series_id, is_on=True).first()
        now = clock.now()
        if series is None or series.next_at is None or series.next_at > now:
            return None
        due_at = series.next_at
        day, _at = calendar.next_after(
            series.kind, series.rule, usable(series.workspace.timezone), due_at - timedelta(microseconds=1)
        )
        plan_next(series, now if now - due_at > LATE else due_at)
        occurrence, is_new = Occurrence.objects.get_or_create(
            series=series, day=day, defaults={"workspace_id": series.workspace_id, "at": due_at}
        )
        if not is_new or now - due_at > LATE:
            return None
        return occur(series, occurrence)


def occur(series: Series, occurrence: Occurrence) -> Campaign | None:
    launcher = series.switched_by
    if launcher is None or not may_launch(launcher):
        note(series, "no_right")
        return None
    try:
        with transaction.atomic():
            campaign = copy_of(series, occurrence.day, launcher)
    except CampaignError as error:
        note(series, str(error))
        return None
    occurrence.campaign = campaign
    occurrence.save(update_fields=["campaign"])
    note(series, "")
    return campaign


def note(series: Series, text: str) -> None:
    series.note = text[:200]
    series.save(update_fields=["note"])


def copy_of(series: Series, day: date, launcher: Member) -> Campaign:
    pattern = series.pattern
    if pattern.template is None:
        raise CampaignError(_("Choose a template, an audience and a number first."))
    name = f"{pattern.name[:95]} · {date_format(day, 'SHORT_DATE_FORMAT')}"
    only = only_of(series.kind, series.rule, day, usable(series.workspace.timezone))
    audience = {**pattern.audience, "live": False, **({"only": only} if only else {})}
    campaign = actions.made_like(
        pattern, member=launcher, name=name, template=pattern.template, audience=audience, bindings=pattern.bindings,
        timing=timing_of(pattern, day),
    )  # fmt: skip
    trials.copy(pattern, campaign, member=launcher)
    return actions.count_again(Campaign.objects.get(pk=campaign.pk), launcher)


def timing_of(pattern: Campaign, day: date) -> dict[str, Any]:
    """The pattern's timing on this day: the series says when, so a moment of its own means at once."""
    chosen = pattern.timing or {}
    if chosen.get("kind") == "local":
        return {**chosen, "date": day.isoformat()}
    return {**chosen, "kind": "now"} if chosen.get("kind") == "at" else chosen
