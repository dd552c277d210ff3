"""Chores of the contacts room; each may run twice."""

from procrastinate.contrib.django import app

from tradewind.contacts.suggestions import weekly


@app.periodic(cron="23 3 * * 1")
@app.task(name="contacts.suggest_tags", queue="chores", queueing_lock="contacts.suggest_tags")
def suggest_tags(timestamp: int) -> None:
    """Every Monday: which tags do last week's messages suggest?"""
    weekly.suggest_all()
