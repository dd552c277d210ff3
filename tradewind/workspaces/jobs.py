"""Chores of the workspaces room; each may run twice."""

from procrastinate.contrib.django import app

from tradewind.workspaces.sessions import SessionStore


@app.periodic(cron="29 3 * * *")
@app.task(name="workspaces.clear_sessions", queue="chores", queueing_lock="workspaces.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Every night: sessions that are over leave the database."""
    SessionStore.clear_expired()
