"""Background work of campaigns. Every job may run twice: the second time it finds nothing to do."""

import structlog
from django.db import transaction
from procrastinate.contrib.django import app

from tradewind.campaigns import actions, planning
from tradewind.campaigns.models import Campaign

log = structlog.get_logger()


@app.task(queue="plans")
def make_plan(campaign_id: int) -> None:
    campaign = Campaign.objects.select_related("workspace", "template").get(pk=campaign_id)
    try:
        with transaction.atomic():
            campaign = actions.locked(campaign, "planning", verb="planned")
            actions.finish_plan(campaign, planning.make_plan(campaign))
    except actions.CampaignError:
        log.info("plan no longer asked for", campaign=campaign_id)
    except Exception as error:
        actions.fail_plan(campaign, f"The plan could not be made: {error}")
        raise
