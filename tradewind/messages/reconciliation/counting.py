"""Our side: what statuses told us of each number's messages on a day."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from tradewind.lib import clock
from tradewind.messages.reconciliation.models import Reckoning
from tradewind.numbers.models import Number

# Meta's own times. A message whose `sent` was lost is sent all the same when it was delivered; one read was delivered.
# One pass over the day's messages for all numbers of all workspaces: no index holds these times (see Message.trouble).
COUNT = """
SELECT number_id,
       count(*) FILTER (WHERE sent >= %(begin)s AND sent < %(end)s),
       count(*) FILTER (WHERE delivered >= %(begin)s AND delivered < %(end)s),
       count(*) FILTER (WHERE delivered >= %(begin)s AND delivered < %(end)s AND pricing->>'type' = 'regular')
FROM (
  SELECT number_id, pricing, least(sent_at, delivered_at, read_at) AS sent, least(delivered_at, read_at) AS delivered
  FROM message WHERE direction = 'out' AND accepted_at IS NOT NULL
) AS told
WHERE (sent >= %(begin)s AND sent < %(end)s) OR (delivered >= %(begin)s AND delivered < %(end)s)
GROUP BY number_id
"""


def span_of(day: date) -> tuple[datetime, datetime]:
    """The beginning and the end of a UTC day."""
    begin = datetime.combine(day, time(), UTC)
    return begin, begin + timedelta(days=1)


def count(day: date) -> None:
    """Writes down what we have of this day for every number that stands; counting again takes the newer figures."""
    begin, end = span_of(day)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"begin": begin, "end": end})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    now = clock.now()
    rows = [
        Reckoning(workspace_id=workspace, number_id=pk, day=day, ours=figures(found.get(pk)), counted_at=now)
        for pk, workspace in numbers_of(end, set(found))
    ]
    Reckoning.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["number", "day"], update_fields=["ours", "counted_at"]
    )


def numbers_of(end: datetime, busy: set[int]) -> list[tuple[int, int]]:
    """The numbers that were here that day, with their workspaces; removed ones only when they had messages."""
    rows = Number.objects.filter(created_at__lt=end).values_list("pk", "workspace_id", "removed_at")
    return [(pk, workspace) for pk, workspace, removed_at in rows if removed_at is None or pk in busy]


def figures(row: tuple[int, ...] | None) -> dict[str, int]:
    sent, delivered, priced = row or (0, 0, 0)
    return {"sent": sent, "delivered": delivered, "priced": priced}
