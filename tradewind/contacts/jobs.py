"""Chores of the contacts room; each may run twice."""

from procrastinate.contrib.django import app

from tradewind.contacts import queries
from tradewind.contacts.cleaning import silence
from tradewind.contacts.doubles import finding
from tradewind.contacts.suggestions import weekly
from tradewind.workspaces.chores import ask_once
from tradewind.workspaces.models import Workspace


@app.periodic(cron="23 3 * * 1")
@app.task(name="contacts.suggest_tags", queue="chores", queueing_lock="contacts.suggest_tags")
def suggest_tags(timestamp: int) -> None:
    """Every Monday: which tags do last week's messages suggest?"""
    weekly.suggest_all()


@app.periodic(cron="17 2 * * *")
@app.task(name="contacts.find_doubles", queue="chores", queueing_lock="contacts.find_doubles")
def find_doubles(timestamp: int) -> None:
    """Every night: who may be one person?"""
    finding.find_all()


@app.periodic(cron="37 3 1 1,4,7,10 *")
@app.task(name="contacts.propose_cleanup", queue="chores", queueing_lock="contacts.propose_cleanup")
def propose_cleanup(timestamp: int) -> None:
    """At the beginning of each quarter: who has been silent for six months?"""
    silence.propose_all()


@app.task(name="contacts.propose_cleanup_of", queue="chores")
def propose_cleanup_of(workspace_id: int) -> None:
    """One workspace, because somebody wants to know now."""
    silence.propose(Workspace.objects.get(pk=workspace_id))


def ask_for_cleanup(workspace_id: int) -> None:
    """Have the silent people counted soon; asked twice while it waits, it is done once."""
    ask_once(propose_cleanup_of, workspace_id=workspace_id)


@app.task(name="contacts.count_tags_of", queue="chores")
def count_tags_of(workspace_id: int) -> None:
    """How many people have each tag, because somebody looks at the tags of many."""
    queries.count_tags(workspace_id)


def ask_for_tag_counts(workspace_id: int) -> None:
    """Have them counted soon; asked twice while it waits, it is done once."""
    ask_once(count_tags_of, workspace_id=workspace_id)
