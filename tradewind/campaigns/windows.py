"""Whose service window closes before their turn: left out of a free message's plan, instead of failing at the end.

The forecaster plays the campaign in the order in which the feeder feeds it, the window that closes first before the
others; those of a wave who come too late are the last of it.
"""

from datetime import datetime

from django.db import connection, transaction

from tradewind.campaigns import forecasting
from tradewind.campaigns.models import Campaign

# The last people of one wave. Due times are told apart by ten microseconds (materialise.sql); a float is as exact.
LEAVE_OUT = """
UPDATE recipient SET excluded = 'window_closes', number_id = NULL, variables = NULL, due_at = NULL, expires_at = NULL,
  window_until = NULL, country = '', free_by = ''
WHERE id IN (
  SELECT id FROM recipient
  WHERE campaign_id = %(campaign)s AND number_id = %(number)s AND excluded = '' AND zone = %(zone)s
    AND due_at BETWEEN to_timestamp(%(due)s) - interval '3 microseconds'
                   AND to_timestamp(%(due)s) + interval '3 microseconds'
  ORDER BY due_at DESC, id DESC LIMIT %(people)s
)
"""


def leave_out_late(campaign: Campaign, starts_at: datetime) -> int:
    """Leave out who cannot be reached in time at this pace; returns how many. Needs `campaign.waves`."""
    late = forecasting.late_of(campaign, starts_at)
    with transaction.atomic(), connection.cursor() as cursor:
        for (number, zone, due), people in late.items():
            cursor.execute(
                LEAVE_OUT,
                {"campaign": campaign.pk, "number": number, "zone": zone, "due": due, "people": people},
            )
    return sum(late.values())
