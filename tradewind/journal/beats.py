"""Signs of life of long loops, for the health page: who, where, when last, and what each says of itself."""

import os
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection

from tradewind.lib import clock

GONE_AFTER = timedelta(days=7)

WRITE = """
INSERT INTO beat (name, process, at, started_at, detail)
SELECT name, %s, %s, %s, detail::jsonb FROM unnest(%s::text[], %s::text[]) AS given (name, detail)
ON CONFLICT (name, process) DO UPDATE SET at = excluded.at, detail = excluded.detail
"""


@lru_cache(maxsize=1)
def process_name() -> str:
    """This process's name among all of the installation, at most 120 letters."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def beat(told: Mapping[str, Mapping[str, Any]], *, started_at: datetime) -> None:
    """Say that these loops (name → what each says of itself) live. One short statement over Django's connection."""
    details = [orjson.dumps(detail, default=str).decode() for detail in told.values()]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [process_name(), clock.now(), started_at, [name[:60] for name in told], details])


def forget() -> None:
    """A process that ends in good order takes its beats with it, and those of processes that are long gone."""
    with connection.cursor() as cursor:
        before = clock.now() - GONE_AFTER
        cursor.execute("DELETE FROM beat WHERE process = %s OR at < %s", [process_name(), before])
