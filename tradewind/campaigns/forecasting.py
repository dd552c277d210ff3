"""What the plan says of time: when the last message leaves, and how many an hour from each number."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tradewind.campaigns.models import Campaign

DUE = """
SELECT number_id, due_at, count(*) FROM recipient
WHERE campaign_id = %s AND excluded = '' GROUP BY 1, 2 ORDER BY 1, 2
"""


def forecast_of(campaign: Campaign, starts_at: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [campaign.pk])
        rows = cursor.fetchall()
    rate = float(campaign.pacing.get("per_minute", 4800)) / 60
    ends = starts_at
    free: dict[int, datetime] = {}
    hours: dict[datetime, dict[str, int]] = {}
    for number, due, n in rows:
        begin = max(due, free.get(number, starts_at))
        free[number] = begin + timedelta(seconds=n / rate)
        ends = max(ends, free[number])
        hour = begin.replace(minute=0, second=0, microsecond=0)
        hours.setdefault(hour, {})[str(number)] = hours.get(hour, {}).get(str(number), 0) + n
    return {
        "ends_at": ends.isoformat(),
        "seconds": (ends - starts_at).total_seconds(),
        "hours": [{"hour": hour.isoformat(), "by_number": counts} for hour, counts in sorted(hours.items())],
    }
