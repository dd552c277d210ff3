"""Tags: how they stand (`contact_tags`), how they came about (`tag_change`), until when (`tag_term`); batch acts."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models.functions import Lower

from tradewind.contacts.models.people import Contact, TenantQuerySet
from tradewind.workspaces.models import Member, Workspace

LEVELS = 3
# waiting: its people are not gathered yet. cancelled: a person stopped it for good; what was done stays, or is undone.
BATCH_STATES = ("waiting", "running", "paused", "done", "cancelled", "failed", "undoing", "undone")
BATCH_VERBS = ("add", "remove", "replace", "field", "owner")


class Tag(models.Model):
    """A node of the tag tree. Its name is its whole path, "Interest/Cosmetics"; the first part is the dimension."""

    id = models.AutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=250)
    colour = models.CharField(max_length=16, default="series-1")
    description = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False)
    # How long an assignment lasts when nothing else is said; empty = for good.
    lifetime_days = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    # The last time a campaign, segment or rule used it (tag health).
    used_at = models.DateTimeField(null=True, blank=True)
    # The rule that keeps it true (segments room, `tag_rule`); nobody sets such a tag by hand.
    rule_id = models.BigIntegerField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag"
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="tag_path_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The last part of the path."""
        return self.name.rpartition("/")[2]

    @property
    def dimension(self) -> str:
        """The first part of the path when there is more than one; "" for a tag that stands alone."""
        head, slash, _rest = self.name.partition("/")
        return head if slash else ""


class ContactTags(models.Model):
    """The tags of a contact, on a narrow row: the GIN index answers A and B and not C in milliseconds."""

    # Without a constraint: whoever makes a row holds the contact, or makes it in the same transaction (tags.assign).
    contact = models.OneToOneField(
        Contact, models.CASCADE, primary_key=True, related_name="tag_row", db_constraint=False
    )
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    tags = ArrayField(models.IntegerField(), default=list)

    class Meta:
        db_table = "contact_tags"
        indexes = [GinIndex(fields=["tags"], name="contact_tags_gin", gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return f"contact {self.contact_id}: {self.tags}"


class TagTerm(models.Model):
    """An assignment that ends by itself: the tag leaves the contact at `until`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, db_index=False)
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "tag_term"
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="tag_term_once")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of contact {self.contact_id} until {self.until:%F}"


class Batch(models.Model):
    """One act on a selection of people: previewed, done in short stretches, undoable."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    verb = models.CharField(max_length=12)
    # What is set: {"tags": [ids]}, {"take": [ids], "put": [ids]}, {"field": key, "value": …}, {"owner": member id}.
    detail = models.JSONField(default=dict)
    # Who: see contacts/tags/selections.py; {"contacts": [ids]} for rows ticked by hand, {"filter": …} for a list.
    selection = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="waiting")
    problem = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "batch"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BATCH_STATES), name="batch_state_known"),
            models.CheckConstraint(condition=models.Q(verb__in=BATCH_VERBS), name="batch_verb_known"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.changed}/{self.total}"


class BatchStretch(models.Model):
    """Some of the people of a batch, in the order of their numbers: what one transaction does, and one undoes."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False, related_name="stretches")
    place = models.PositiveIntegerField()
    contacts = ArrayField(models.BigIntegerField())
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "batch_stretch"
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="batch_stretch_once")]

    def __str__(self) -> str:
        return f"stretch {self.place} of batch {self.batch_id}"


class TagChange(models.Model):
    """One assignment put on or taken off: who or what did it, when, why, until when. Append-only."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False)
    tag_id = models.IntegerField()  # may outlive its tag
    is_on = models.BooleanField()
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    member_id = models.BigIntegerField(null=True)
    rule_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    import_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag_change"
        indexes = [
            models.Index(fields=["contact", "-id"], name="tag_change_of_contact"),
            models.Index(fields=["batch_id"], name="tag_change_of_batch", condition=models.Q(batch_id__isnull=False)),
            # Rows come in the order of their times: what changed since some day is found by a few bytes for many rows.
            BrinIndex(fields=["at"], name="tag_change_since", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{'+' if self.is_on else '-'}{self.tag_id}"


class BatchBefore(models.Model):
    """How a person stood before a batch changed them (fields, owner), for its undoing; tags are in `tag_change`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False)
    before = models.JSONField(null=True)

    class Meta:
        db_table = "batch_before"
        constraints = [models.UniqueConstraint(fields=["batch", "contact"], name="batch_before_once")]

    def __str__(self) -> str:
        return f"contact {self.contact_id} before batch {self.batch_id}"
