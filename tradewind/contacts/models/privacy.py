"""Erasing a person: what is under way, and that it was done."""

from django.db import models

from tradewind.contacts.models.people import TenantQuerySet
from tradewind.workspaces.models import Member, Workspace

ERASURE_STEPS = ("queue", "heard", "rows", "bodies", "traces", "done")


class Erasure(models.Model):
    """The erasing of one person, step by step. `needles` tell the person apart until the end, and are empty then."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField()
    step = models.CharField(max_length=8, default="queue")
    needles = models.JSONField(default=dict)
    # Webhook bodies are looked through up to this one; `place` says how far that is.
    upto = models.BigIntegerField(null=True, blank=True)
    place = models.BigIntegerField(default=0)
    # What holds it up, as a word (privacy/words.py), and when it is looked at again.
    waits_for = models.CharField(max_length=20, blank=True)
    again_at = models.DateTimeField()
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_erasure"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact_id"], name="contact_erasure_once"),
            models.CheckConstraint(condition=models.Q(step__in=ERASURE_STEPS), name="contact_erasure_step_known"),
        ]
        indexes = [
            models.Index(fields=["again_at"], name="contact_erasure_due", condition=models.Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"erasure of contact {self.contact_id}: {self.step}"


class Retention(models.Model):
    """For how many days a workspace keeps what people wrote, and how far the deleting has come; no row: the usual."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, db_constraint=False)
    texts_days = models.PositiveSmallIntegerField(db_default=365)
    details_days = models.PositiveSmallIntegerField(db_default=365)
    bodies_days = models.PositiveSmallIntegerField(db_default=30)
    # Everything up to these rows has been looked at: messages by id, the journal by transaction and id, campaigns by
    # when they ended.
    texts_reached = models.BigIntegerField(db_default=0)
    details_tx = models.BigIntegerField(db_default=0)
    details_reached = models.BigIntegerField(db_default=0)
    campaigns_reached = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(Member, models.SET_NULL, null=True, db_constraint=False, db_index=False)

    class Meta:
        db_table = "retention"

    def __str__(self) -> str:
        return f"workspace {self.workspace_id} keeps texts for {self.texts_days} days"
