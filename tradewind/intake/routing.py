"""Whose an event is: by phone number id, else by account (WABA). What nobody here has is never guessed.

The number or account must belong to the app whose secret signed the body: nobody speaks for another tenant's number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from tradewind.intake.items import Item

NUMBERS = """
SELECT number.phone_number_id, account.id, number.workspace_id, number.portfolio_id, number.id
FROM number JOIN account ON account.id = number.account_id
WHERE number.phone_number_id = ANY(%b::text[]) AND account.app_id = %s
"""
ACCOUNTS = """
SELECT waba_id, id, workspace_id, portfolio_id FROM account WHERE waba_id = ANY(%b::text[]) AND app_id = %s
"""
# Every few seconds only: a number's row must not be written for each batch of its webhooks.
TOUCH = """
UPDATE number SET last_webhook_at = %(now)s
WHERE id = ANY(%(numbers)b::bigint[]) AND (last_webhook_at IS NULL OR last_webhook_at < %(now)s - interval '5 seconds')
"""
TOUCH_APP = """
UPDATE app SET last_webhook_at = %(now)s
WHERE id = %(app)s AND (last_webhook_at IS NULL OR last_webhook_at < %(now)s - interval '5 seconds')
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an event is dealt with; `number_id` is 0 for events of an account as a whole."""

    account_id: int
    workspace_id: int
    portfolio_id: int
    number_id: int = 0


@dataclass(frozen=True, slots=True)
class Desks:
    """What an app's events can be addressed to, as far as this batch needs it."""

    by_number: dict[str, Desk]
    by_account: dict[str, Desk]

    def of(self, item: Item) -> Desk | None:
        number = item.event.phone_number_id
        return self.by_number.get(number) if number else self.by_account.get(item.event.waba_id)


def find(cursor: "psycopg.Cursor[Any]", app_id: int, items: Iterable[Item]) -> Desks:
    """Two short look-ups a batch, so a number that has just been connected counts at once."""
    numbers, accounts = set(), set()
    for item in items:
        if item.event.phone_number_id:
            numbers.add(item.event.phone_number_id)
        else:
            accounts.add(item.event.waba_id)
    return Desks(look_up(cursor, NUMBERS, numbers, app_id), look_up(cursor, ACCOUNTS, accounts, app_id))


def look_up(cursor: "psycopg.Cursor[Any]", sql: str, names: set[str], app_id: int) -> dict[str, Desk]:
    if not names:
        return {}
    cursor.execute(sql, [sorted(names), app_id])
    return {name: Desk(*place) for name, *place in cursor.fetchall()}


def address_of(item: Item) -> str:
    """Meta's id of the number or account that an event names, at most 60 letters."""
    return (item.event.phone_number_id or item.event.waba_id)[:60]
