"""The worker's side of a plan: one at a time for each campaign, whatever crashes.

The plan is made in many short transactions under a lock of the connection, which a crash sets free; `rescue` asks
again for plans that nobody is making. Who cancels meanwhile wins: the end looks whether it is still wanted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from tradewind.campaigns import actions, kept, planning, words
from tradewind.campaigns.approvals import verbs
from tradewind.campaigns.errors import AudienceError, CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock, logs
from tradewind.workspaces.models import Member

log = logs.get(__name__)

LOCK_SPACE = 7403
"""First half of the advisory locks of plans; the journal's cursors have 7402."""
OVERDUE = timedelta(seconds=20)


def work(campaign_id: int) -> None:
    """Make the plan that is asked for. Does nothing when nobody wants it any more, or when it is being made."""
    with alone(campaign_id) as is_mine:
        campaign = Campaign.objects.select_related("workspace", "template").get(pk=campaign_id)
        if not is_mine or campaign.state != "planning":
            return
        try:
            result = planning.make_plan(campaign)
        except AudienceError:
            fail(campaign, "audience_gone")
        except (OperationalError, InterfaceError):
            raise  # the database is away: the plan stays wanted, and `rescue` asks again
        except Exception:
            fail(campaign, words.PLAN_BROKE)
            raise
        else:
            finish(campaign, result)


def finish(campaign: Campaign, result: dict[str, Any]) -> bool:
    """Keep the plan, if it is still the one that is wanted."""
    with transaction.atomic():
        row = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if not is_wanted(row, campaign):
            log.info("a plan that is not wanted any more", campaign=row.pk, state=row.state)
            return False
        row.plan, row.waves, row.planned_at = result, campaign.waves, clock.now()
        kept.keep(row, by=row.state_by)
        is_launched, member = row.state_reason == words.LAUNCHING, row.state_by
        actions.set_state(row, "planned", by=None)
        actions.note(row, "campaign.planned", None, recipients=result["recipients"])
        if is_launched:
            leave(row, member)
    return True


def leave(campaign: Campaign, member: Member | None) -> None:
    """The launch that waited for a live audience to be counted. What stands in its way is shown on the plan.

    Where a second member has to agree (a follow-up, a campaign that comes again), their word is asked for.
    """
    try:
        if member is None:
            actions.start(campaign, member=None)
        else:
            verbs.done_or_asked(actions.start, campaign, member)
    except CampaignError as error:
        log.info("a launch that became impossible", campaign=campaign.pk)
        actions.set_state(Campaign.objects.get(pk=campaign.pk), "planned", str(error), by=None)


def fail(campaign: Campaign, reason: str) -> None:
    """Back to the draft, with a word for the reason (words.WHY_NO_PLAN)."""
    with transaction.atomic():
        row = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if is_wanted(row, campaign):
            actions.set_state(row, "draft", reason, by=None)
            actions.note(row, "campaign.plan_failed", None)


def is_wanted(row: Campaign, planned: Campaign) -> bool:
    return row.state == "planning" and row.plan_started_at == planned.plan_started_at


def rescue() -> bool:
    """Ask again for plans that were asked for and that nobody makes: their worker died."""
    from tradewind.campaigns import jobs  # jobs import this module

    overdue = Campaign.objects.filter(state="planning", plan_started_at__lt=clock.now() - OVERDUE)
    for campaign_id in list(overdue.values_list("pk", flat=True)):
        with alone(campaign_id) as is_free:
            pass  # set free at once: the job will want it
        if is_free:
            jobs.ask_for_plan(campaign_id)
    return False


@contextmanager
def alone(campaign_id: int) -> Iterator[bool]:
    """Whether this connection is now the only one that plans the campaign; held until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, campaign_id])
        (is_mine,) = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, campaign_id])
