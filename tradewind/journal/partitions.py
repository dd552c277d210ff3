"""The journal's months. The rest partition takes what no month was made for, so an insert never fails."""

from datetime import date

from django.db import connection, transaction

from tradewind.lib import clock

MONTHS_AHEAD = 2


def make_months() -> list[str]:
    """Make the partitions of this month and the next ones where they are missing; returns the new names.

    A month whose rows already stand in the rest partition is left there: PostgreSQL would refuse it, and reading is
    the same.
    """
    first = clock.now().date().replace(day=1)
    return [name for month in range(MONTHS_AHEAD + 1) if (name := make_month(month_after(first, month)))]


def month_after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def make_month(first: date) -> str | None:
    name = f"journal_{first:%Y_%m}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journal months'))")
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0] or rest_has_rows_of(cursor, first):
            return None
        cursor.execute(f"CREATE TABLE {name} PARTITION OF journal FOR VALUES FROM (%s) TO (%s)", month_bounds(first))
        cursor.execute(f"REVOKE ALL ON {name} FROM tradewind_web")
    return name


def month_bounds(first: date) -> list[str]:
    return [f"{first:%Y-%m-%d} 00:00+00", f"{month_after(first, 1):%Y-%m-%d} 00:00+00"]


def rest_has_rows_of(cursor: object, first: date) -> bool:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT EXISTS (SELECT FROM journal_rest WHERE at >= %s::timestamptz AND at < %s::timestamptz)",
        month_bounds(first),
    )
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]
