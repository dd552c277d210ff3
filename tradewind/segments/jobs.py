"""Chores of the segments room; each may run twice."""

from procrastinate.contrib.django import app

from tradewind.segments.health import weekly


@app.periodic(cron="41 4 * * 1")
@app.task(name="segments.tag_health", queue="chores", queueing_lock="segments.tag_health")
def tag_health(timestamp: int) -> None:
    """Every Monday: how are the tags?"""
    weekly.look_at_all()
