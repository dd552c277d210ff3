"""What happened, once. Every reaction (screen, rule, figure, outgoing webhook) reads it with a cursor of its own."""

from django.db import models


class Entry(models.Model):
    """One thing that happened. Partitioned by month, append-only; the table is made by SQL in the first migration.

    `tx` is the writing transaction: a cursor reads only below the oldest transaction still running, so that an entry
    that is committed late is never skipped (architecture.md, "The way of the data").
    """

    id = models.BigAutoField(primary_key=True)
    tx = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    contact_id = models.BigIntegerField(null=True)
    number_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    data = models.JSONField(null=True)

    class Meta:
        db_table = "journal"
        managed = False


class Cursor(models.Model):
    """How far a consumer has read: everything up to (tx, entry) is done."""

    name = models.CharField(primary_key=True, max_length=60)
    tx = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cursor"


class Beat(models.Model):
    """The sign of life of a long loop: who, where, when last, and what it says of itself."""

    name = models.CharField(max_length=60)
    process = models.CharField(max_length=120)
    at = models.DateTimeField()
    started_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "beat"
        constraints = [models.UniqueConstraint(fields=["name", "process"], name="beat_once")]
