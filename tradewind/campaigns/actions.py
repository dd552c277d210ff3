"""The verbs of a campaign: create, change, plan, launch, pause, resume, cancel, finish.

Each is one transaction that locks the campaign, checks its state, changes it and leaves a journal entry. A verb that
does not fit the state raises CampaignError with a sentence for the user.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import bindings as binding_rules
from tradewind.campaigns import feeder
from tradewind.campaigns.audience import AudienceError, compile_audience
from tradewind.campaigns.bindings import BindingError
from tradewind.campaigns.models import Campaign, CampaignNumber
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.messages import runs
from tradewind.messages.models import Content, Run
from tradewind.messages.pacing import PRESETS
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import Template as Parts
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace


class CampaignError(ValueError):
    """The verb cannot be done now; the message says why and what to do."""


def create(*, workspace: Workspace, member: Member | None, name: str) -> Campaign:
    """A new draft. Raises CampaignError when the name is empty."""
    if not name.strip():
        raise CampaignError("Give the campaign a name.")
    with transaction.atomic():
        campaign = Campaign.objects.create(
            workspace=workspace, name=name.strip()[:120], created_by=member, created_at=clock.now()
        )
        note(campaign, "campaign.created", member)
    return campaign


def change(
    campaign: Campaign,
    *,
    member: Member | None,
    template: Template,
    audience: dict[str, Any],
    bindings: list[dict[str, Any]],
    numbers: Sequence[Number],
    preset: str,
    pacing: dict[str, Any] | None = None,
    quiet_hours: bool = True,
    starts_at: datetime | None = None,
    name: str = "",
) -> Campaign:
    """Set what a draft says, to whom, from which numbers and how fast. A plan made before is void."""
    with transaction.atomic():
        campaign = locked(campaign, "draft", "planned", verb="changed")
        check_change(campaign, template, audience, bindings, numbers, preset)
        campaign.name = name.strip()[:120] or campaign.name
        campaign.template, campaign.audience, campaign.bindings = template, audience, bindings
        campaign.preset, campaign.pacing = preset, pacing or {}
        campaign.quiet_hours, campaign.starts_at = quiet_hours, starts_at
        campaign.state, campaign.plan, campaign.planned_at = "draft", None, None
        campaign.save()
        CampaignNumber.objects.filter(campaign=campaign).delete()
        CampaignNumber.objects.bulk_create(
            CampaignNumber(workspace_id=campaign.workspace_id, campaign=campaign, number=number) for number in numbers
        )
        note(campaign, "campaign.changed", member)
    return campaign


def check_change(
    campaign: Campaign,
    template: Template,
    audience: dict[str, Any],
    bindings: list[dict[str, Any]],
    numbers: Sequence[Number],
    preset: str,
) -> None:
    if preset not in PRESETS and preset != "custom":
        raise CampaignError("Choose how fast it may go.")
    if not numbers:
        raise CampaignError("Choose at least one number that sends it.")
    for thing in (template, *numbers):
        if thing.workspace_id != campaign.workspace_id:
            raise CampaignError("That belongs to another workspace.")
    check_template(template, numbers)
    try:
        parts = Parts(template.components, template.name, template.language, template.parameter_format)
        binding_rules.check(bindings, [variable.slot for variable in parts.variables])
        binding_rules.check_media(bindings, parts.header_kind)
        compile_audience(audience, workspace_id=campaign.workspace_id, country=campaign.workspace.country)
    except (BindingError, AudienceError) as error:
        raise CampaignError(str(error)) from error


def check_template(template: Template, numbers: Sequence[Number]) -> None:
    """Every sending number's account must have this very template, approved by Meta."""
    if template.status != "APPROVED":
        raise CampaignError(f"Meta has not approved the template {template.name} ({template.language}) yet.")
    approved = set(
        Template.objects.filter(
            workspace_id=template.workspace_id,
            name=template.name,
            language=template.language,
            status="APPROVED",
            components=template.components,
            removed_at=None,
        ).values_list("account_id", flat=True)
    )
    for number in numbers:
        if number.account_id not in approved:
            raise CampaignError(
                f"{number.name} belongs to an account in which this template is not approved."
                " Choose another number or create the template there."
            )


def plan(campaign: Campaign, *, member: Member | None) -> Campaign:
    """Ask for the flight plan; it is made in the background (jobs.make_plan)."""
    from tradewind.campaigns import jobs  # jobs import this module

    with transaction.atomic():
        campaign = locked(campaign, "draft", "planned", verb="planned")
        if campaign.template is None or not campaign.senders.exists():
            raise CampaignError("Choose a template, an audience and a number first.")
        campaign.state, campaign.state_reason = "planning", ""
        campaign.plan, campaign.plan_started_at = None, clock.now()
        campaign.save()
        note(campaign, "campaign.planning", member)
        jobs.make_plan.defer(campaign_id=campaign.pk)
    return campaign


def finish_plan(campaign: Campaign, result: dict[str, Any]) -> None:
    campaign.state, campaign.plan, campaign.planned_at = "planned", result, clock.now()
    campaign.save(update_fields=["state", "plan", "planned_at"])
    note(campaign, "campaign.planned", None, recipients=result["recipients"])


def fail_plan(campaign: Campaign, reason: str) -> None:
    """Planning broke: back to the draft, with the reason on screen."""
    with transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk, state="planning").update(state="draft", state_reason=reason[:200])
        note(campaign, "campaign.plan_failed", None)


def launch(campaign: Campaign, *, member: Member | None) -> Campaign:
    """Start sending what was planned. The first batch is in the outbox when this returns."""
    with transaction.atomic():
        campaign = locked(campaign, "planned", verb="launched")
        assert campaign.plan is not None and campaign.template is not None
        if not campaign.plan["recipients"]:
            raise CampaignError("Nobody would get it. Look at the reasons, then change the audience.")
        check_template(campaign.template, [sender.number for sender in campaign.senders.select_related("number")])
        campaign.run = open_run(campaign)
        campaign.state, campaign.launched_at, campaign.launched_by = "running", clock.now(), member
        campaign.save()
        note(campaign, "campaign.launched", member, recipients=campaign.plan["recipients"])
        feeder.feed_campaign(campaign.pk)
    return campaign


def open_run(campaign: Campaign) -> Run:
    template, workspace, now = campaign.template, campaign.workspace, clock.now()
    assert template is not None
    is_marketing = template.category == "MARKETING"
    keeps_quiet = campaign.quiet_hours and is_marketing
    content = Content.objects.create(
        workspace=workspace,
        template=template,
        created_at=now,
        payload={
            "name": template.name,
            "language": template.language,
            "parameter_format": template.parameter_format,
            "components": template.components,
            **({"header_media": {"link": link}} if (link := binding_rules.media_link(campaign.bindings)) else {}),
        },
    )
    return Run.objects.create(
        workspace=workspace,
        content=content,
        category=template.category.lower(),
        pacing=pacing_of(campaign),
        quiet_from=workspace.quiet_from if keeps_quiet else None,
        quiet_to=workspace.quiet_to if keeps_quiet else None,
        cap_72h=workspace.cap_72h if is_marketing else None,
        cap_month=workspace.cap_month if is_marketing else None,
        stop_failed_share=0.25,
        created_at=now,
    )


def pacing_of(campaign: Campaign) -> dict[str, Any]:
    """The pacing as the sender reads it: the preset's figures under the campaign's own."""
    return {**PRESETS.get(campaign.preset, {}), **campaign.pacing}


def pause(campaign: Campaign, *, member: Member | None, reason: str = "") -> Campaign:
    """Hold everything that has not left; takes hold with the next intent, well within a second."""
    with transaction.atomic():
        campaign = locked(campaign, "running", verb="paused")
        runs.pause(campaign.run, reason=reason or "paused by a member")
        set_state(campaign, "paused", reason)
        note(campaign, "campaign.paused", member)
    return campaign


def resume(campaign: Campaign, *, member: Member | None) -> Campaign:
    with transaction.atomic():
        campaign = locked(campaign, "running", "paused", verb="resumed")
        runs.resume(campaign.run)
        set_state(campaign, "running", "")
        note(campaign, "campaign.resumed", member)
    return campaign


def cancel(campaign: Campaign, *, member: Member | None) -> Campaign:
    """End it: what has left stays sent, what waits never goes."""
    with transaction.atomic():
        campaign = locked(campaign, "draft", "planned", "running", "paused", verb="cancelled")
        if campaign.run is not None:
            runs.close(campaign.run, reason="campaign cancelled")
        campaign.finished_at = clock.now()
        set_state(campaign, "cancelled", "")
        note(campaign, "campaign.cancelled", member)
    return campaign


def set_state(campaign: Campaign, state: str, reason: str) -> None:
    campaign.state, campaign.state_reason = state, reason[:200]
    campaign.save(update_fields=["state", "state_reason", "finished_at"])


def finish_done() -> bool:
    """Mark campaigns whose people are all through as done; a doubt (`unknown`) that lasts does not hold them open."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FINISHED, {"now": clock.now()})
        for (campaign_id,) in cursor.fetchall():
            note(Campaign.objects.get(pk=campaign_id), "campaign.finished", None)
    return False


FINISHED = """
UPDATE campaign SET state = 'done', finished_at = %(now)s
WHERE state = 'running'
  AND NOT EXISTS (SELECT FROM campaign_number WHERE campaign_id = campaign.id AND fed < total)
  AND NOT EXISTS (SELECT FROM outbox WHERE outbox.run_id = campaign.run_id AND stage <> 'unknown')
RETURNING id
"""


def locked(campaign: Campaign, *states: str, verb: str) -> Campaign:
    """The campaign's row, locked, in one of these states; else CampaignError."""
    row = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("workspace", "template", "run")
        .get(pk=campaign.pk)
    )
    if row.state not in states:
        raise CampaignError(f"The campaign is {row.state} and cannot be {verb} now.")
    return row


def note(campaign: Campaign, kind: str, member: Member | None, **data: Any) -> None:
    record(
        kind,
        workspace_id=campaign.workspace_id,
        run_id=campaign.run_id,
        member_id=member.pk if member else None,
        data={"campaign": campaign.pk, **data},
    )
    if member is not None:
        audit.note(member, kind, campaign, campaign.name)
