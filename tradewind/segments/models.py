"""Saved segments, frozen members, the rules that keep tags true, and weekly looks at the tags' health."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tradewind.contacts.models import Contact, Tag, TenantQuerySet
from tradewind.workspaces.models import Member, Workspace

RULE_STATES = ("draft", "on", "off")


class Segment(models.Model):
    """A named tree of conditions. Live: who fits now. Frozen: the people who fitted at `frozen_at`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    tree = models.JSONField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    people = models.IntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "segment"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="segment_name_once")]

    def __str__(self) -> str:
        return self.name


class FrozenMember(models.Model):
    """A person of a frozen segment."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    segment = models.ForeignKey(Segment, models.CASCADE, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE)

    class Meta:
        db_table = "segment_member"
        constraints = [models.UniqueConstraint(fields=["segment", "contact"], name="segment_member_once")]

    def __str__(self) -> str:
        return f"contact {self.contact_id} in segment {self.segment_id}"


class TagRule(models.Model):
    """A sentence that keeps a tag true: whoever fits the tree has the tag, nobody else (C3)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    tag = models.OneToOneField(Tag, models.CASCADE, related_name="rule")
    tree = models.JSONField()
    state = models.CharField(max_length=8, default="draft")
    recipe = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    people = models.IntegerField(default=0)
    # When everybody is to be looked at next; up to which contact that has been done when it takes several turns.
    due_at = models.DateTimeField(null=True, blank=True)
    reached = models.BigIntegerField(default=0)
    # Switched off, and its tags are still being taken off.
    is_leaving = models.BooleanField(default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag_rule"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=RULE_STATES), name="tag_rule_state_known")]

    def __str__(self) -> str:
        return f"rule of {self.tag}"


class TagHealth(models.Model):
    """What the weekly look at the tags found (C10); the page shows what has changed since."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    at = models.DateTimeField()
    # Finding by its code → how many tags or people: {"silent": 3, "too_large": 1, …}.
    found = models.JSONField(default=dict)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag_health"

    def __str__(self) -> str:
        return f"tags of workspace {self.workspace_id} on {self.at:%F}"


class ContactRow(models.Model):
    """What trees ask about most, one narrow row a person, in small letters: a tree is then one walk over these rows.

    A copy, kept by triggers of `contact`, `contact_tags` and `contact_standing` (migration contact_row); nobody else
    writes it. What changes with each message (`last_inbound_at`) is not in it: the hot path pays nothing.
    """

    contact = models.OneToOneField(
        Contact, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="narrow_row"
    )
    workspace = models.ForeignKey(Workspace, models.DO_NOTHING, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    intent = models.FloatField(db_default=0)
    orders = models.IntegerField(db_default=0)
    engagement = models.SmallIntegerField(db_default=0)
    heat = models.SmallIntegerField(db_default=0)
    recency = models.SmallIntegerField(db_default=0)
    frequency = models.SmallIntegerField(db_default=0)
    monetary = models.SmallIntegerField(db_default=0)
    country = models.TextField(db_default="")
    language = models.TextField(db_default="")
    marketing = models.TextField(db_default="")
    grade = models.TextField(db_default="")
    stage = models.TextField(db_default="")
    city = models.TextField(db_default="")
    tags = ArrayField(models.IntegerField(), db_default=[])
    fields = models.JSONField(db_default={})

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_row"
        indexes = [
            models.Index(fields=["workspace", "contact"], name="contact_row_of_workspace"),
            GinIndex(fields=["tags"], name="contact_row_tags"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk} in short"
