"""Chores of the numbers room; each may run twice."""

import structlog
from procrastinate.contrib.django import app

from tradewind.numbers import actions
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.workspaces.chores import ask_once

log = structlog.get_logger(__name__)


@app.task(name="numbers.sync_account", queue="chores")
def sync_account(account_id: int) -> None:
    """Ask Meta about one account. A refusal stands on the numbers page (`sync_error`); the next hour asks again."""
    try:
        actions.sync(Account.objects.select_related("app", "portfolio").get(pk=account_id))
    except NumberError as error:
        log.warning("account_not_synced", account=account_id, reason=str(error))


@app.periodic(cron="7 * * * *")
@app.task(name="numbers.sync_all", queue="chores", queueing_lock="numbers.sync_all")
def sync_all(timestamp: int) -> None:
    """Every hour: ask Meta about every account that still stands."""
    for account_id in Account.objects.exclude(status="deleted").values_list("pk", flat=True):
        ask_soon(account_id)


def ask_soon(account_id: int) -> None:
    """Have an account synchronised soon, once however often it is asked for."""
    ask_once(sync_account, account_id=account_id)


# Chores of rooms above that a new account sets off, by name: this room does not know them.
ON_NEW_ACCOUNT = ("templates.sync_account",)


def announce(account_id: int) -> None:
    """Have everything fetched that a new account brings."""
    for name in ON_NEW_ACCOUNT:
        app.configure_task(name, queue="chores").defer(account_id=account_id)
