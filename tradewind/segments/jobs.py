"""Chores of the segments room; each may run twice."""

from procrastinate.contrib.django import app

from tradewind.segments.health import report, weekly
from tradewind.workspaces.chores import ask_once


@app.periodic(cron="41 4 * * 1")
@app.task(name="segments.tag_health", queue="chores", queueing_lock="segments.tag_health")
def tag_health(timestamp: int) -> None:
    """Every Monday: how are the tags?"""
    weekly.look_at_all()


@app.task(name="segments.tag_health_of", queue="chores")
def tag_health_of(workspace_id: int) -> None:
    """One workspace, because somebody wants to know now."""
    report.keep(workspace_id)


def ask_for_tag_health(workspace_id: int) -> None:
    """Have it looked at soon; asked twice while it waits, it is done once."""
    ask_once(tag_health_of, workspace_id=workspace_id)
