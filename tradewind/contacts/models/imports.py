"""Imports: the file in pieces (all processes share the database, not a disk), its mapping, its counts, its rejects."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tradewind.contacts.models.people import TenantQuerySet
from tradewind.workspaces.models import Member, Workspace

IMPORT_STATES = (
    "uploading", "draft", "checking", "waiting", "running", "paused", "asking", "done", "cancelled", "failed",
    "undoing", "undone",
)  # fmt: skip
IMPORT_KINDS = ("people", "events")


class Import(models.Model):
    """A file of people on its way into the contacts, or of events on its way into the journal.

    `asking`: over 10 % of it was rejected, and a person decides.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=8, default="people", db_default="people")
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=b"")
    state = models.CharField(max_length=12, default="uploading")
    problem = models.CharField(max_length=300, blank=True)
    # How the file is written (kind, encoding, delimiter, sheet, header row), and which column becomes what.
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    # Into how many buckets the people of the file are parted; set once, so that whoever goes on parts them alike.
    buckets = models.PositiveSmallIntegerField(default=0)
    # What would come of it, found by reading the whole file and writing nothing.
    preview = models.JSONField(default=dict)
    rows_checked = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    # By outcome: of people new, updated, same, doubles, rejected; of events recorded, repeated, created, rejected.
    counts = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_import"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=IMPORT_STATES), name="contact_import_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=IMPORT_KINDS), name="contact_import_kind_known"),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportPiece(models.Model):
    """A piece of the uploaded file."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    of_import = models.ForeignKey(Import, models.CASCADE, db_index=False, related_name="pieces")
    place = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "contact_import_piece"
        constraints = [models.UniqueConstraint(fields=["of_import", "place"], name="contact_import_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.place}"


class ImportReject(models.Model):
    """A row that was left out: its number in the file, its cells, the column and the reason."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    of_import = models.ForeignKey(Import, models.CASCADE, db_index=False, related_name="rejects")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=list)

    class Meta:
        db_table = "contact_import_reject"
        constraints = [models.UniqueConstraint(fields=["of_import", "row"], name="contact_import_reject_once")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"


class ImportStretch(models.Model):
    """What one transaction of an import did: whom it made, whom it changed, and how those stood before."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    of_import = models.ForeignKey(Import, models.CASCADE, db_index=False, related_name="stretches")
    place = models.PositiveSmallIntegerField()
    created = ArrayField(models.BigIntegerField(), default=list)
    changed = ArrayField(models.BigIntegerField(), default=list)
    # By contact id: {column: [before, after]}, fields as {"fields": {key: [before, after]}}.
    before = models.JSONField(default=dict)
    done_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contact_import_stretch"
        constraints = [models.UniqueConstraint(fields=["of_import", "place"], name="contact_import_stretch_once")]
        # Which imports changed a person: for their timeline. Whom an import made is on the contact itself.
        indexes = [GinIndex(fields=["changed"], name="contact_import_changed", fastupdate=False)]

    def __str__(self) -> str:
        return f"stretch {self.place}"
