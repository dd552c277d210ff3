"""Background work of campaigns. Every job may run twice: the second time it finds nothing to do."""

from django.db import connection
from procrastinate.contrib.django import app

from tradewind.campaigns import planner
from tradewind.workspaces.chores import ask_once


@app.task(queue="plans")
def make_plan(campaign_id: int) -> None:
    connection.close_if_unusable_or_obsolete()  # a worker's threads live long
    planner.work(campaign_id)


def ask_for_plan(campaign_id: int) -> None:
    """Put the job into the queue, unless it is there already."""
    ask_once(make_plan, campaign_id=campaign_id)
