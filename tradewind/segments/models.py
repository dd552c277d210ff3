"""Saved segments, frozen members, the rules that keep tags true, and weekly looks at the tags' health."""

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
    """What a look at the tags found (C10), the weekly one or one that was asked for. With many people the page shows
    the newest of these; with few it looks anew."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    at = models.DateTimeField()
    # Finding by its code → how many tags or people: {"silent": 3, "too_large": 1, …}.
    found = models.JSONField(default=dict)
    # The findings themselves and how many tags there were (health/report.py); None in a look before they were kept.
    report = models.JSONField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag_health"

    def __str__(self) -> str:
        return f"tags of workspace {self.workspace_id} on {self.at:%F}"


class TagPlace(models.Model):
    """Which bit of `ContactRow`'s four numbers says that a person has a tag: bit `place` % 64 of number `place` / 64.

    A trigger of `tag` gives the places in turn. The place of a tag that is gone is nobody else's: who still bears its
    bit does not bear another tag's. A tag after the 256th has none.
    """

    tag_id = models.IntegerField(primary_key=True)
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    place = models.SmallIntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag_place"
        constraints = [models.UniqueConstraint(fields=["workspace", "place"], name="tag_place_once")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} at {self.place}"


class ContactRow(models.Model):
    """What trees ask about most, one narrow row a person, in small letters: a tree is then one walk over these rows.

    A copy, kept by triggers of `contact`, `contact_tags` and `contact_standing` (migration tag_bits); nobody else
    writes it. What changes with each message (`last_inbound_at`) is not in it: the hot path pays nothing. Of who was
    erased it says `-workspace`: they are nobody's people, though messages still hang on their row of `contact`.
    """

    contact = models.OneToOneField(
        Contact, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="narrow_row"
    )
    workspace = models.ForeignKey(Workspace, models.DO_NOTHING, db_constraint=False, db_index=False)
    # The tags, each a bit of one of these (`TagPlace`).
    tags0 = models.BigIntegerField(db_default=0)
    tags1 = models.BigIntegerField(db_default=0)
    tags2 = models.BigIntegerField(db_default=0)
    tags3 = models.BigIntegerField(db_default=0)
    engagement = models.SmallIntegerField(db_default=0)
    heat = models.SmallIntegerField(db_default=0)
    orders = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    intent = models.FloatField(db_default=0)
    recency = models.SmallIntegerField(db_default=0)
    frequency = models.SmallIntegerField(db_default=0)
    monetary = models.SmallIntegerField(db_default=0)
    marketing = models.TextField(db_default="")
    country = models.TextField(db_default="")
    language = models.TextField(db_default="")
    grade = models.TextField(db_default="")
    stage = models.TextField(db_default="")
    city = models.TextField(db_default="")
    fields = models.JSONField(db_default={})

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_row"
        indexes = [models.Index(fields=["workspace", "contact"], name="contact_row_of_workspace")]

    def __str__(self) -> str:
        return f"contact {self.pk} in short"
