"""Two contacts that may be one person: the proposals, and the merges that were done (C13, X11)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tradewind.contacts.models.people import TenantQuerySet
from tradewind.workspaces.models import Member, Workspace

DOUBLE_STATES = ("open", "merged", "different")


class Double(models.Model):
    """A pair to look at: `one_id` < `other_id`. "different" is remembered, so the pair is not proposed again."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    # What they have in common, the words of doubles/words.py: linked, phone, email, username, name_city.
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    state = models.CharField(max_length=10, default="open")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, models.SET_NULL, null=True, db_constraint=False, db_index=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_double"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "one_id", "other_id"], name="contact_double_once"),
            models.CheckConstraint(condition=models.Q(one_id__lt=models.F("other_id")), name="contact_double_ordered"),
            models.CheckConstraint(condition=models.Q(state__in=DOUBLE_STATES), name="contact_double_state_known"),
        ]
        indexes = [models.Index(fields=["other_id"], name="contact_double_other")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}: {', '.join(self.reasons)}"


class Merge(models.Model):
    """`gone_id` became part of `contact_id`. Its address leads there for good; it can be undone for 30 days."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    # Who stayed. When they are merged further it names who stays then; `into_id` remembers the first.
    contact_id = models.BigIntegerField(db_index=True)
    into_id = models.BigIntegerField()
    gone_id = models.BigIntegerField()
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField()
    # What undoing needs, {} when it can be undone no more: the row that went, which rows moved, what changed.
    kept = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    # Work that had begun before may still write of who is gone; everything below this transaction is waited for.
    horizon = models.BigIntegerField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "gone_id"], name="contact_merge_once", condition=models.Q(undone_at__isnull=True)
            )
        ]
        indexes = [
            models.Index(fields=["at"], name="contact_merge_unsettled", condition=models.Q(settled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.contact_id}"
