"""People. A contact has many identities; a phone may be missing (product.md X11)."""

from typing import Self

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models.functions import Right

from tradewind.numbers.models import Number
from tradewind.workspaces.models import Member, Workspace

MARKETING = ("unknown", "opted_in", "opted_out")
IDENTITY_KINDS = ("phone", "bsuid", "username")
FIELD_KINDS = ("text", "number", "date", "yes_no")


class TenantQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows of one workspace: the first of the two walls. For searching see contacts/search.py."""

    def visible_to(self, member: Member) -> Self:
        """What this member may see: all of the workspace."""
        return self.filter(workspace_id=member.workspace_id)


class Contact(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    company = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    # How consent to marketing stands; the proofs are the rows of `Consent`.
    marketing = models.CharField(max_length=12, default="unknown")
    marketing_at = models.DateTimeField(null=True, blank=True)
    # Suppressed: nothing at all is sent (blocked us, erased, asked for silence).
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_reason = models.CharField(max_length=60, blank=True)
    # Meta said twice that the person cannot be reached (131026).
    unreachable_count = models.PositiveSmallIntegerField(default=0)
    unreachable_at = models.DateTimeField(null=True, blank=True)
    # The member in charge of this person, for lists, routing and batch acts.
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False)
    # The import that made this contact (`contact_import`); its entry in the journal tells of thousands at once.
    import_id = models.BigIntegerField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact"
        constraints = [
            models.CheckConstraint(condition=models.Q(marketing__in=MARKETING), name="contact_marketing_known")
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="contact_newest"),
            models.Index(fields=["workspace", "-last_inbound_at"], name="contact_heard"),
            # The filters of the list: with 1,000,000 contacts a rare value would else walk them all.
            models.Index(fields=["workspace", "country", "-id"], name="contact_by_country"),
            models.Index(fields=["workspace", "language", "-id"], name="contact_by_language"),
            models.Index(fields=["workspace", "marketing", "-id"], name="contact_by_marketing"),
            GinIndex(fields=["name"], name="contact_name_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """One way to reach or recognise a contact. BSUIDs hold within a portfolio (scope), phones everywhere (scope 0)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=12)
    scope = models.BigIntegerField(default=0)
    value = models.CharField(max_length=160)  # phone: E.164 with +
    is_current = models.BooleanField(default=True)
    seen_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "identity"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "scope", "value"], name="identity_once"),
            models.CheckConstraint(condition=models.Q(kind__in=IDENTITY_KINDS), name="identity_kind_known"),
        ]
        # Numbers by their last four digits (contacts/search.py).
        indexes = [models.Index(Right("value", 4), "workspace", name="identity_ends", condition=models.Q(kind="phone"))]

    def __str__(self) -> str:
        return self.value


class Consent(models.Model):
    """The consent passport: append-only proof per person and purpose (X7). A trigger refuses every change."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=20, default="marketing")
    state = models.CharField(max_length=12)  # opted_in, opted_out
    source = models.CharField(max_length=40)  # import, api, console, message, meta, …
    wording = models.TextField(blank=True)
    proof = models.JSONField(default=dict)
    number = models.ForeignKey(Number, models.SET_NULL, null=True, db_constraint=False, db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField()  # when the person said so
    recorded_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "consent"
        indexes = [
            models.Index(fields=["contact", "-at"], name="consent_newest"),
            BrinIndex(fields=["recorded_at"], name="consent_since", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.state}"


class Suppression(models.Model):
    """A keyed hash keeps somebody suppressed whose data was erased."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    digest = models.BinaryField()
    reason = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "suppression"
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="suppression_once")]

    def __str__(self) -> str:
        return self.reason


class ContactField(models.Model):
    """A field of the business's own, as `Contact.fields` may hold it: what kind of value, so that rules can compare."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, default="text")
    created_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_field"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="contact_field_once"),
            models.CheckConstraint(condition=models.Q(kind__in=FIELD_KINDS), name="contact_field_kind_known"),
        ]

    def __str__(self) -> str:
        return self.key
