"""Chores of the templates room; each may run twice."""

import structlog
from procrastinate.contrib.django import app

from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.templates import actions
from tradewind.workspaces.chores import ask_once

log = structlog.get_logger(__name__)


@app.task(name="templates.sync_account", queue="chores")
def sync_account(account_id: int) -> None:
    """Ask Meta for one account's templates. A refusal stands on the templates page; the next hour asks again."""
    try:
        actions.sync(Account.objects.select_related("app").get(pk=account_id))
    except NumberError as error:
        log.warning("templates_not_synced", account=account_id, reason=str(error))


@app.periodic(cron="17 * * * *")
@app.task(name="templates.sync_all", queue="chores", queueing_lock="templates.sync_all")
def sync_all(timestamp: int) -> None:
    """Every hour: ask Meta for the templates of every account that still stands."""
    for account_id in Account.objects.exclude(status="deleted").values_list("pk", flat=True):
        ask_soon(account_id)


def ask_soon(account_id: int) -> None:
    """Have an account's templates fetched soon, once however often it is asked for."""
    ask_once(sync_account, account_id=account_id)
