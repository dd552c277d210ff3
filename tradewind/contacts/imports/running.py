"""An import from the file to the contacts: read all of it, then write it bucket by bucket.

Nothing is written before the whole file was read, so more than 10 % of refused rows stop it in time. Each bucket is one
transaction with its mark (`contact_import_stretch`): whoever goes on after a crash reads the file again, parts it into
the same buckets, and does those that have no mark.
"""

from collections import Counter
from dataclasses import dataclass, field

import orjson
import psycopg
from django.db import connection, transaction
from django.db.utils import IntegrityError, OperationalError

from tradewind.contacts import queries
from tradewind.contacts.errors import ContactError
from tradewind.contacts.imports import ending, merging, planning, rejects, rows
from tradewind.contacts.imports.cleaning import Cleaner, Plan
from tradewind.contacts.imports.lines import Person, person_of
from tradewind.contacts.imports.merging import ContactGone, Job, Outcome
from tradewind.contacts.imports.problems import Reject
from tradewind.contacts.imports.sharing import shared
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import Source
from tradewind.contacts.imports.spool import Bucket, Spool, bucket
from tradewind.contacts.models import Import, ImportStretch
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock, logs

log = logs.get(__name__)

MOST_REJECTED = 0.10
# So many rows in, with so many of them refused, the wrong column is meant: the rest is not worth reading.
HOPELESS_AFTER, HOPELESS = 5_000, 0.5
NOTE_EVERY = 20  # blocks of rows between two notes of how far it is
SHOWN = 6
TRIES = 5
# Somebody else wrote the same people at the same moment.
AGAIN = (IntegrityError, OperationalError, psycopg.IntegrityError, psycopg.errors.DeadlockDetected, ContactGone)


MARK = """
INSERT INTO contact_import_stretch (workspace_id, of_import_id, place, created, changed, before, done_at)
VALUES (%s, %s, %s, %b, %b, %s, %s)
"""


@dataclass(slots=True)
class Read:
    """What a process found in its share of the rows."""

    rows: int = 0
    rejected: int = 0
    is_hopeless: bool = False  # it was given up long before the end of the file
    reasons: Counter[str] = field(default_factory=Counter)
    new_tags: dict[int, str] = field(default_factory=dict)  # number below 0 → path
    first: list[Person] = field(default_factory=list)
    first_rejects: list[Reject] = field(default_factory=list)


def run(of: Import, source: Source, *, processes: int = 1, only_checks: bool = False) -> None:
    """Read the file and, unless it is only to be checked, write it. Ends with another state of the import.

    To be called by one process at a time for an import (`worker.alone`). A pause is heeded between two buckets.
    """
    try:
        plan = planning.plan_of(of)
        shape = Shape(**of.shape)
        parts = processes if shape.kind == "text" and of.buckets > 1 else 1
        spools = [Spool(of.buckets) for _ in range(parts)]
        try:
            found = read_all(of, plan, shape, source, spools)
            if only_checks:
                note_preview(of, plan, look(of, plan, spools, found), found)
            elif goes_on(of, found):
                write_all(of, plan, spools, found)
                finish(of)
        finally:
            for spool in spools:
                spool.close()
    except ContactError as error:
        ending.fail(of, str(error))


def read_all(of: Import, plan: Plan, shape: Shape, source: Source, spools: list[Spool]) -> Read:
    """All rows cleaned and spooled; what was refused is written down."""

    def work(part: int, parts: int) -> Read:
        found = read_share(of, plan, shape, source, spools[part], part, parts)
        spools[part].flush()
        return found

    total = Read()
    for found in shared(work, len(spools)):
        total.rows += found.rows
        total.rejected += found.rejected
        total.is_hopeless |= found.is_hopeless
        total.reasons += found.reasons
        total.new_tags |= found.new_tags
        total.first = sorted([*total.first, *found.first], key=lambda each: each.row)[:SHOWN]
        total.first_rejects = sorted([*total.first_rejects, *found.first_rejects])[:SHOWN]
    return total


def read_share(of: Import, plan: Plan, shape: Shape, source: Source, spool: Spool, part: int, parts: int) -> Read:
    found, refused = Read(), list[Reject]()
    clean = Cleaner(plan, part=part, parts=parts)
    for turn, block in enumerate(rows.read_blocks(source, shape, part=part, parts=parts), start=1):
        cleaned = clean(block)
        found.rows += len(block)
        spool.add(cleaned.phones, cleaned.lines)
        if len(found.first) < SHOWN:
            found.first += map(person_of, cleaned.lines[: SHOWN - len(found.first)])
        refused += cleaned.refused
        if len(refused) >= rejects.BLOCK:
            keep_rejects(of, found, refused)
        if found.rows >= HOPELESS_AFTER and found.rejected + len(refused) > found.rows * HOPELESS and gives_up(of):
            found.is_hopeless = True
            break
        if part == 0 and turn % NOTE_EVERY == 0:
            Import.objects.filter(pk=of.pk).update(rows_checked=found.rows * parts)
    keep_rejects(of, found, refused)
    found.new_tags = clean.tags.numbers
    return found


def gives_up(of: Import) -> bool:
    """A check reads on, so that its counts are whole; and so does whoever said to go on anyway."""
    return of.state == "running" and not of.options.get("anyway")


def keep_rejects(of: Import, found: Read, refused: list[Reject]) -> None:
    found.reasons.update(each.reason for each in refused)
    found.first_rejects = [*found.first_rejects, *refused][:SHOWN]
    rejects.keep(of.workspace_id, of.pk, refused, before=found.rejected)
    found.rejected += len(refused)
    refused.clear()


def look(of: Import, plan: Plan, spools: list[Spool], found: Read) -> Outcome:
    """What would come of it, without writing."""
    # Tags that are still to be made: nobody has them, whatever number stands for them.
    wanted = [*found.new_tags.values(), *of.options.get("tags", [])]
    job = planning.job_of(of, plan, {path.lower(): 0 for path in wanted}, found.new_tags)

    def work(part: int, parts: int) -> Outcome:
        sums = Outcome()
        for place in range(part, of.buckets, parts):
            with transaction.atomic(), hot_cursor() as cursor:
                one = merging.merge(cursor, job, bucket(spools, place), only_looks=True)
            sums.new += one.new
            sums.updated += one.updated
            sums.same += one.same
            sums.doubles += one.doubles
            sums.rejects += one.rejects
        return sums

    total = Outcome()
    for one in shared(work, len(spools)):
        total.new += one.new
        total.updated += one.updated
        total.same += one.same
        total.doubles += one.doubles
        total.rejects += one.rejects
    return total


def note_preview(of: Import, plan: Plan, outcome: Outcome, found: Read) -> None:
    reasons = found.reasons + Counter(each.reason for each in outcome.rejects)
    refused = sorted([*found.first_rejects, *outcome.rejects])[:SHOWN]
    preview = {
        "rows": found.rows,
        "new": outcome.new,
        "updated": outcome.updated,
        "same": outcome.same,
        "doubles": outcome.doubles,
        "rejected": found.rejected + len(outcome.rejects),
        "reasons": dict(reasons),
        "new_tags": sorted({path.lower(): path for path in found.new_tags.values()}.values()),
        "people": [planning.shown(person, plan, found.new_tags) for person in found.first],
        "rejects": [planning.shown_reject(each, plan) for each in refused],
    }
    ending.checked(of, preview)


def goes_on(of: Import, found: Read) -> bool:
    """Note what was read; False when a person must decide, or has decided otherwise meanwhile."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=of.pk)
        late = row.reasons.get("opted_out", 0)
        row.rows_total = row.rows_checked = found.rows
        row.reasons = {**found.reasons, **({"opted_out": late} if late else {})}
        row.counts = {**row.counts, "rejected": found.rejected + late}
        row.rows_done = (
            found.rejected + sum(row.counts.get(name, 0) for name in ("new", "updated", "same", "doubles")) + late
        )
        if row.state == "running" and (found.is_hopeless or asks(row)):
            row.state = "asking"
        row.save(update_fields=["rows_total", "rows_checked", "reasons", "counts", "rows_done", "state"])
        of.refresh_from_db()
    return row.state == "running"


def asks(row: Import) -> bool:
    """Over 10 % of the rows refused, and nobody has said to go on anyway."""
    total = row.rows_total or 0
    return bool(total and row.counts.get("rejected", 0) > total * MOST_REJECTED and not row.options.get("anyway"))


def write_all(of: Import, plan: Plan, spools: list[Spool], found: Read) -> None:
    made = planning.make_tags(of, found.new_tags.values())
    job = planning.job_of(of, plan, made, found.new_tags)
    planning.make_fields(of, plan)
    done = set(ImportStretch.objects.filter(of_import=of).values_list("place", flat=True))

    def work(part: int, parts: int) -> None:
        for place in range(part, of.buckets, parts):
            if place not in done and not write(job, bucket(spools, place), place):
                return

    shared(work, len(spools))


def write(job: Job, people: Bucket, place: int) -> bool:
    """One bucket in one transaction; tried again when somebody else wrote the same person at the same moment."""
    for turn in range(TRIES):
        try:
            with transaction.atomic(), hot_cursor() as cursor:
                # A crash of the server may lose the newest buckets with their marks: they are done again.
                cursor.execute("SET LOCAL synchronous_commit = off")
                return mark(job, merging.merge(cursor, job, people), place)
        except AGAIN as error:
            if turn == TRIES - 1 or connection.connection is None or connection.connection.closed:
                raise
            log.info("a bucket is done again", of_import=job.import_id, place=place, error=str(error)[:80])
    return False


def mark(job: Job, outcome: Outcome, place: int) -> bool:
    """The bucket's mark and the sums, last: the import's row is held for a moment only. True when to go on."""
    with hot_cursor() as cursor:
        before = orjson.dumps(outcome.before).decode()
        who = [job.workspace_id, job.import_id, place, outcome.created, outcome.changed, before, clock.now()]
        cursor.execute(MARK, who)
    rejects.keep(job.workspace_id, job.import_id, outcome.rejects)
    row = Import.objects.select_for_update().get(pk=job.import_id)
    said = {
        "new": outcome.new,
        "updated": outcome.updated,
        "same": outcome.same,
        "doubles": outcome.doubles,
        "rejected": len(outcome.rejects),
    }
    row.counts = {**row.counts, **{name: row.counts.get(name, 0) + count for name, count in said.items()}}
    for each in outcome.rejects:
        row.reasons[each.reason] = row.reasons.get(each.reason, 0) + 1
    row.rows_done += sum(said.values())
    if row.state == "running" and asks(row):
        row.state = "asking"
    row.save(update_fields=["counts", "reasons", "rows_done", "state"])
    return row.state == "running"


def finish(of: Import) -> None:
    """The end, if all buckets have their mark."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=of.pk)
        if row.state != "running" or row.stretches.count() < row.buckets:
            return
        ending.done(row)
    queries.forget_counts(of.workspace_id)
