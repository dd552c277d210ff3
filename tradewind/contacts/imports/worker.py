"""The worker's side of imports: one process of its own for each, so that neither console nor sending waits for it.

A loop looks for imports that want something done and that nobody works on. The work is done by a child process
(`python -m tradewind.contacts.imports ID`), which holds a lock of its connection: a crash sets it free, and the next
look starts another child.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from tradewind.contacts.facts.uploads import running as events
from tradewind.contacts.imports import running, sources, undoing
from tradewind.contacts.models import Import, ImportPiece, ImportReject
from tradewind.lib import clock, logs
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive

log = logs.get(__name__)

LOCK_SPACE = 7404  # first half of the advisory locks of imports; 7402 and 7403 are cursors and plans
WANTED = ("checking", "waiting", "running", "undoing")
PARENT = "TRADEWIND_IMPORT_PARENT"
FEW_BYTES = 256 * 1024  # so small a file is done at once, without a process of its own
FORGOTTEN_AFTER = timedelta(days=30)
LEFT_LYING = timedelta(days=7)
OVER = ("done", "cancelled", "undone")
NICENESS = 10
WRITING = """
SELECT EXISTS (
  SELECT FROM contact_import file JOIN pg_locks held ON held.objid::bigint = file.id %% 2147483648
  WHERE file.kind = 'people' AND file.state = 'running' AND held.locktype = 'advisory' AND held.classid = %s
    AND held.granted AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
MOST_CHILDREN = 1  # it uses two processors itself
_children: dict[int, "subprocess.Popen[bytes]"] = {}
_died: set[int] = set()


def step() -> bool:
    """Start what waits. True when a small import was done at once.

    A file that breaks holds no other up: those whose process died last time come after all others.
    """
    look_after_children()
    wanted = Import.objects.filter(state__in=WANTED).order_by("pk").only("pk", "size", "state", "options")
    return each_by_itself(sorted(wanted, key=lambda of: of.pk in _died), take_up)


def look_after_children() -> None:
    for import_id, child in list(_children.items()):
        if (code := child.poll()) is not None:
            del _children[import_id]
            (_died.add if code else _died.discard)(import_id)


def take_up(of: Import) -> bool:
    """Start one that waits; True when it was a small one, and is done."""
    alive()
    is_commands = of.options.get("via") == "cli" and of.state != "undoing"
    if is_commands or of.pk in _children or len(_children) >= MOST_CHILDREN:
        return False
    if of.size <= FEW_BYTES:
        return work(of.pk)
    if is_free(of.pk):
        _children[of.pk] = begin(of.pk)
    return False


def begin(import_id: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tradewind.contacts.imports", str(import_id)]
    return subprocess.Popen(command, env={**os.environ, PARENT: str(os.getpid())}, stdin=subprocess.DEVNULL)


def work(import_id: int, *, processes: int = 1) -> bool:
    """Do what is wanted of an import. False when somebody else is at it."""
    with alone(import_id) as is_mine:
        if not is_mine:
            return False
        of = Import.objects.select_related("workspace", "member__user").get(pk=import_id)
        if of.state == "undoing":
            undoing.run(of)
        elif of.state == "checking":
            run(of, processes=processes, only_checks=True)
        elif of.state in ("waiting", "running"):
            Import.objects.filter(pk=of.pk, state="waiting").update(state="running")
            of.refresh_from_db()
            run(of, processes=processes, only_checks=False)
        return True


def run(of: Import, *, processes: int, only_checks: bool) -> None:
    source = sources.PiecesSource(of.pk)
    if of.kind == "events":
        events.run(of, source, only_checks=only_checks)
    else:
        running.run(of, source, processes=processes, only_checks=only_checks)


def is_free(import_id: int) -> bool:
    with alone(import_id) as is_mine:
        return is_mine


@contextmanager
def alone(import_id: int) -> Iterator[bool]:
    """Whether this process is now the only one at the import. The lock is on a connection of its own."""
    import psycopg

    from tradewind.journal.connections import address

    with psycopg.connect(address(name="tradewind import"), autocommit=True) as holder:
        row = holder.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, import_id % 2**31]).fetchone()
        yield bool(row and row[0])


def is_writing_people() -> bool:
    """Whether somebody is writing a file of people just now. One whose process died may be called running for long."""
    with connection.cursor() as cursor:
        cursor.execute(WRITING, [LOCK_SPACE])
        return bool(cursor.fetchone()[0])


def forget_old() -> bool:
    """Files and refused rows are personal data: they go when nobody needs them any more."""
    now = clock.now()
    old = Import.objects.filter(finished_at__lt=now - FORGOTTEN_AFTER)
    ImportReject.objects.filter(of_import__in=old).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contact_import_stretch s SET before = '{}' FROM contact_import i"
            " WHERE i.id = s.of_import_id AND i.finished_at < %s AND s.before <> '{}'",
            [now - FORGOTTEN_AFTER],
        )
    for states, after in ((("uploading", "draft"), LEFT_LYING), (("paused", "asking"), FORGOTTEN_AFTER)):
        Import.objects.filter(state__in=states, created_at__lt=now - after).update(state="cancelled", finished_at=now)
    over = Import.objects.filter(state__in=OVER)
    failed = Import.objects.filter(state="failed", finished_at__lt=now - LEFT_LYING)
    for ended in (over, failed):  # of those that failed the file is kept for a while: somebody may look why
        ImportPiece.objects.filter(of_import__in=ended).delete()
    return False
