"""What the health page, `/health` and `/metrics` tell: read from the database in a few short queries.

Beats, raw webhooks and safe mode belong to the installation, not to a tenant: they are read outside the walls, and only
times and counts of them are told. Queues are counted per workspace on the page, over all of them in the metrics.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, QuerySet

from tradewind.intake.models import DeadLetter, WebhookWaiting
from tradewind.journal.models import Beat
from tradewind.lib import clock
from tradewind.messages.models import GapCase, Outbox, SafeMode
from tradewind.numbers.models import Number
from tradewind.workspaces import walls
from tradewind.workspaces.models import Member

# A loop that has not beaten for this long is ended by its watchdog (delivery.md, "Beats").
SILENT_AFTER = timedelta(seconds=15)
# Beats of processes that were stopped for good are no news after this.
FORGOTTEN_AFTER = timedelta(hours=1)
# A webhook should be projected within a second; a minute means that the projector does not keep up.
LATE_AFTER = timedelta(minutes=1)
FULL_BELOW = 0.1


@dataclass(frozen=True)
class Vital:
    """One long loop: who, where, and whether it lives."""

    name: str
    process: str
    at: datetime
    started_at: datetime
    is_silent: bool
    detail: dict[str, object]


@dataclass(frozen=True)
class Queue:
    """Messages that have not reached Meta: how many wait, the oldest that is due, those in doubt."""

    waiting: int
    unknown: int
    oldest_due_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.oldest_due_at is not None and clock.now() - self.oldest_due_at > LATE_AFTER


@dataclass(frozen=True)
class Intake:
    """Webhooks that are stored and wait to be worked through."""

    waiting: int
    oldest_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.oldest_at is not None and clock.now() - self.oldest_at > LATE_AFTER


@dataclass(frozen=True)
class Ground:
    """What everything stands on."""

    database_version: str
    database_bytes: int
    disk_free_bytes: int
    disk_bytes: int

    @property
    def is_nearly_full(self) -> bool:
        return self.disk_free_bytes < FULL_BELOW * self.disk_bytes


def vitals() -> list[Vital]:
    """All loops that have beaten lately, by name; not those that ended in good order and said so."""
    now = clock.now()
    with walls.outside():
        beats = list(Beat.objects.filter(at__gt=now - FORGOTTEN_AFTER).order_by("name", "process"))
    return [
        Vital(beat.name, beat.process, beat.at, beat.started_at, now - beat.at > SILENT_AFTER, beat.detail)
        for beat in beats
        if not beat.detail.get("stopped")
    ]


def intake() -> Intake:
    """How far the projector is behind."""
    with walls.outside():
        found = WebhookWaiting.objects.aggregate(n=Count("*"), oldest=Min("received_at"))
    return Intake(found["n"], found["oldest"])


def queue(member: Member | None = None) -> Queue:
    """The outbox of the member's workspace, or of all (then only outside the walls)."""
    rows: QuerySet[Outbox] = Outbox.objects.all()
    rows = rows.filter(workspace_id=member.workspace_id) if member else rows
    stages = dict(rows.values_list("stage").annotate(n=Count("pk")))
    oldest = rows.filter(stage="waiting", due_at__lte=clock.now()).aggregate(at=Min("due_at"))["at"]
    unknown = stages.pop("unknown", 0)
    return Queue(sum(stages.values()), unknown, oldest)


def numbers(member: Member) -> QuerySet[Number]:
    """The workspace's numbers, those silent for longest first."""
    found = Number.objects.filter(workspace_id=member.workspace_id, removed_at=None)
    return found.order_by("last_webhook_at", "name")


def dead_letters(member: Member) -> int:
    """Events that failed for good and wait for a person."""
    return DeadLetter.objects.filter(workspace_id=member.workspace_id, replayed_at=None).count()


def gaps(member: Member) -> int:
    """Gaps between Meta's figures and ours that wait for a person (messages/reconciliation)."""
    return GapCase.objects.visible_to(member).filter(closed_at=None).count()


def safe_mode() -> SafeMode | None:
    """The open safe mode, in which nothing is sent until a person ends it."""
    with walls.outside():
        return SafeMode.objects.filter(ended_at=None).order_by("id").first()


def ground() -> Ground:
    """Version and size of the database; room on the disk of the data folder."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    disk = shutil.disk_usage(settings.CONFIG.data if settings.CONFIG.data.exists() else "/")
    return Ground(str(version).split()[0], size, disk.free, disk.total)
