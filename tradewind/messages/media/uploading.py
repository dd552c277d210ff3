"""The worker's loop that brings files to Meta: once for each number, and again before Meta forgets them.

A wish is taken by setting its next try a while ahead, so that no transaction waits for Meta; several go at once.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from tradewind.journal.actions import record
from tradewind.lib import clock, logs
from tradewind.lib.crypto import SealError
from tradewind.lib.watchdog import alive
from tradewind.messages import runs
from tradewind.messages.media import actions, needed
from tradewind.messages.media.models import MediaUpload
from tradewind.messages.models import Content, Outbox, Run
from tradewind.numbers.access import Access, NumberError, access_of
from tradewind.numbers.meta import sentence_of
from tradewind.whatsapp.client import Graph, GraphError, GraphUnavailable
from tradewind.whatsapp.client.management import once
from tradewind.whatsapp.client.outcome import Timeouts
from tradewind.whatsapp.files import UPLOAD_DAYS

log = logs.get(__name__)

AT_ONCE = 4
LIFE = timedelta(days=UPLOAD_DAYS)
RENEWED_BEFORE = timedelta(days=3)
LEASE = timedelta(minutes=6)
"""Longer than an upload may take: nobody else takes the same wish meanwhile."""
PATIENCE = Timeouts(connect=5.0, read=60.0, total=300.0)
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(hours=1)
REASON = "media: "
"""How Run.state_reason begins when a file was refused (campaigns/brakes.py says it in words)."""

# What is wanted, and what Meta will forget soon although a run still needs it.
TAKE = """
UPDATE media_upload SET next_try_at = %(lease)s
WHERE id IN (
  SELECT upload.id FROM media_upload upload
  WHERE upload.next_try_at <= %(now)s
    AND (upload.meta_id = '' OR upload.expires_at <= %(soon)s AND upload.file_id::text IN ({needed}))
  ORDER BY upload.next_try_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """One upload with all that it takes, so that its thread needs no database."""

    row: MediaUpload
    access: Access
    content: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it did not work. `is_final`: Meta does not take this file, however often it is tried."""

    sentence: str
    is_final: bool = False


def step() -> bool:
    """Upload a few of the files that are wanted; True when there may be more."""
    rows = take()
    wishes = [wish for row in rows if (wish := wish_of(row)) is not None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way = [(wish, pool.submit(upload, wish)) for wish in wishes]
        stay_awake([future for _wish, future in under_way])
    for wish, future in under_way:
        settle(wish.row, future.result())
    return len(rows) == AT_ONCE


def take() -> list[MediaUpload]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE.format(needed=needed.files_sql()),
            {"now": now, "lease": now + LEASE, "soon": now + RENEWED_BEFORE, "most": AT_ONCE},
        )
        ids = [row for (row,) in cursor.fetchall()]
    related = MediaUpload.objects.select_related("file", "number__account__app")
    return list(related.filter(pk__in=ids).order_by("pk"))


def wish_of(row: MediaUpload) -> Wish | None:
    try:
        return Wish(row, access_of(row.number.account), actions.read(row.file))
    except (NumberError, SealError) as problem:
        settle(row, Refusal(str(problem)))
        return None


def stay_awake(futures: Sequence["Future[str | Refusal]"]) -> None:
    """Wait for all of them, and tell the watchdog that this is meant."""
    waiting = set(futures)
    while waiting:
        alive()
        _done, waiting = wait(waiting, timeout=1.0)


def upload(wish: Wish) -> "str | Refusal":
    """Meta's id of the file, or why there is none. Runs in a thread of its own, without the database."""
    row, access = wish.row, wish.access

    async def send(graph: Graph) -> str:
        return await graph.upload_media(row.number.phone_number_id, wish.content, row.file.mime, row.file.name)

    try:
        return once(
            send, access.token, app_secret=access.app_secret, base_url=access.base, version=access.version,
            timeouts=PATIENCE,
        )  # fmt: skip
    except GraphError as problem:
        return Refusal(sentence_of(problem), is_final=problem.refused.code in FINAL_CODES)
    except GraphUnavailable as problem:
        return Refusal(problem.reason)


FINAL_CODES = frozenset({100, 131009, 131051, 131053})
"""Meta's codes that say the file itself is wrong."""


def settle(row: MediaUpload, outcome: "str | Refusal") -> None:
    """Write down what came of it; a file that Meta does not take holds the runs that need it."""
    now = clock.now()
    if isinstance(outcome, str):
        MediaUpload.objects.filter(pk=row.pk).update(
            meta_id=outcome[:64], uploaded_at=now, expires_at=now + LIFE, tries=0, problem="",
            next_try_at=now + LIFE - RENEWED_BEFORE,
        )  # fmt: skip
        with transaction.atomic():
            record("media.uploaded", workspace_id=row.workspace_id, number_id=row.number_id, data={"file": row.file_id})
            wake()
        return
    rest = LONGEST_REST if outcome.is_final else min(LONGEST_REST, FIRST_REST * 4 ** min(row.tries, 6))
    MediaUpload.objects.filter(pk=row.pk).update(
        problem=outcome.sentence[:300], tries=min(row.tries + 1, 1000), next_try_at=now + rest
    )
    log.warning("a file was not uploaded", number=row.number_id, file=row.file_id, reason=outcome.sentence)
    if outcome.is_final and not row.meta_id:
        hold_runs(row, outcome.sentence)


def hold_runs(row: MediaUpload, sentence: str) -> None:
    """Also those of which only one text has the file: its messages wait in the outbox."""
    carrying = Content.objects.filter(
        Q(payload__header_media__file=row.file_id) | Q(payload__card_media__contains=[{"file": row.file_id}]),
        workspace_id=row.workspace_id,
    ).values("pk")
    waiting = Outbox.objects.filter(
        workspace_id=row.workspace_id, number_id=row.number_id, run_id__isnull=False, content_id__in=carrying
    )
    own = Q(content_id__in=carrying) | Q(pk__in=waiting.values("run_id"))
    for run in Run.objects.filter(own, workspace_id=row.workspace_id, state="open"):
        runs.pause(run, reason=f"{REASON}{sentence}", by_brake=True)


def wake() -> None:
    """What waited for the file goes at once."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY outbox")
