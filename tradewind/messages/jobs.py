"""Chores of the messages room; each may run twice."""

from procrastinate.contrib.django import app

from tradewind.messages.reconciliation import cases
from tradewind.numbers.models import Account
from tradewind.workspaces.chores import ask_once


@app.periodic(cron=f"{cases.NIGHTLY.minute} {cases.NIGHTLY.hour} * * *")
@app.task(name="messages.reconcile", queue="chores", queueing_lock="messages.reconcile")
def reconcile(timestamp: int) -> None:
    """Every night: our side of all numbers, then each account's at Meta, one job an account."""
    cases.count_all()
    for account_id in Account.objects.exclude(status="deleted").values_list("pk", flat=True):
        compare_soon(account_id)


@app.task(name="messages.compare_account", queue="chores")
def compare_account(account_id: int) -> None:
    """One account's figures at Meta against ours."""
    cases.compare(Account.objects.select_related("app", "portfolio").get(pk=account_id))


def compare_soon(account_id: int) -> None:
    """Have an account compared, once however often it is asked for."""
    ask_once(compare_account, account_id=account_id)


def reconcile_soon() -> None:
    """Have everything looked at now."""
    ask_once(reconcile, timestamp=0)
