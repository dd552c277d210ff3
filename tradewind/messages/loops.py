"""The long loops of this room, for the worker."""

from django.db import connection

from tradewind.lib import clock
from tradewind.lib.loops import Loop
from tradewind.messages import ledger, reconcile, recover, second_tries, tallies
from tradewind.messages.media import forgetting, uploading


def forget_old_places() -> bool:
    """Ledger rows that count no more."""
    with connection.cursor() as cursor:
        return ledger.forget_old(cursor, clock.now()) >= 5_000


LOOPS = [
    Loop("messages.recover", recover.step, idle_seconds=1.0),
    Loop("messages.reconcile", reconcile.step, idle_seconds=1.0),
    Loop("messages.second_tries", second_tries.step, idle_seconds=5.0),
    Loop("messages.tallies", tallies.step, idle_seconds=5.0),
    Loop("messages.media", uploading.step, idle_seconds=1.0),
    Loop("messages.unused_media", forgetting.step, idle_seconds=3600.0),
    Loop("messages.ledger", forget_old_places, idle_seconds=600.0),
]
