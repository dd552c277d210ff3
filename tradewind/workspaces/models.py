"""Tenants and the people who work in them."""

from datetime import time
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from tradewind.lib import publicid
from tradewind.workspaces import audit_details, audit_words, rights

ROLES = rights.ROLES


class Workspace(models.Model):
    """One business. Every row of a tenant bears its id, and row-level security holds to it."""

    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    locale = models.CharField(max_length=12, default="en")
    created_at = models.DateTimeField()
    # Quiet hours of marketing in the recipient's own time (product.md B3).
    quiet_from = models.TimeField(default=time(22, 0))
    quiet_to = models.TimeField(default=time(8, 0))
    # Most marketing messages a contact gets in 72 h and in a month (B5); null = no cap.
    cap_72h = models.PositiveSmallIntegerField(null=True, blank=True)
    cap_month = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whether agents and analysts see phone numbers whole, or their last three digits only.
    phones_shown = models.CharField(max_length=6, default="whole")
    # Members without a second factor are led to set one up before anything else.
    second_factor_demanded = models.BooleanField(default=False)
    # Launches to more people than this need the word of a second member; null = nobody asks.
    four_eyes_over = models.PositiveIntegerField(null=True, blank=True)
    # The kill switch: every claim of the sender reads it.
    sending_stopped_at = models.DateTimeField(null=True, blank=True)
    sending_stopped_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "workspace"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What they may do in a workspace stands in `Member`."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=12, default="en")
    timezone = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Where they work, and whether signing in takes a second factor; set when the person comes from a session
    # (workspaces/memberships.py).
    memberships: "list[Member]"
    has_second_factor: bool

    class Meta:
        db_table = "login"
        constraints = [models.UniqueConstraint(Lower("email"), name="login_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email


class TenantQuerySet(models.QuerySet[Any]):
    """Rows of one tenant; what a member may see is what their workspace owns, whatever the role may do with it."""

    def visible_to(self, member: "Member") -> Self:
        return self.filter(workspace_id=member.workspace_id)


class MemberQuerySet(TenantQuerySet):
    def active(self) -> Self:
        return self.filter(removed_at=None, user__is_active=True)


class Member(models.Model):
    """A colleague in a workspace. Removed members keep their row: history names them."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.PROTECT)
    role = models.CharField(max_length=16, choices=[(r, r) for r in ROLES])
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "member"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="member_once"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def rights(self) -> frozenset[str]:
        """What the member may do: see workspaces/rights.py."""
        found = rights.of(self.role)
        if "contacts.phones" in found or self.workspace.phones_shown == "masked":
            return found
        return found | {"contacts.phones"}

    @property
    def role_name(self) -> str:
        return str(rights.ROLE_NAMES[self.role])


class Device(models.Model):
    """A browser in which somebody is signed in: it goes with its session."""

    session = models.OneToOneField("sessions.Session", models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    agent = models.CharField(max_length=300)
    ip = models.GenericIPAddressField(null=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "device"

    def __str__(self) -> str:
        return self.agent


class Invitation(models.Model):
    """A way in for one person, once. Only a keyed hash of the link's token is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=[(r, r) for r in ROLES])
    digest = models.BinaryField(unique=True)
    invited_by = models.ForeignKey(Member, models.PROTECT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When the link went out by mail; null: it was handed over by the colleague who made it.
    mailed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "invitation"

    def __str__(self) -> str:
        return self.email

    @property
    def role_name(self) -> str:
        return str(rights.ROLE_NAMES[self.role])


class AuditEntry(models.Model):
    """Who did what, when. Append-only: a trigger refuses every change."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    at = models.DateTimeField()
    member = models.ForeignKey(Member, models.PROTECT, null=True)
    api_key = models.ForeignKey("ApiKey", models.PROTECT, null=True)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    summary = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["workspace", "-id"], name="audit_newest")]

    def __str__(self) -> str:
        return self.verb

    @property
    def in_words(self) -> str:
        """What was done, as the reader's language says it."""
        return str(audit_words.in_words(self.verb))

    @property
    def more(self) -> str:
        """Which settings, which role, how many: the same, as the reader's language says it."""
        return audit_details.more(self.verb, self.summary, self.detail)

    @property
    def thing(self) -> str:
        """What it was done to, as the filters of the trail name it; "" for nothing in particular."""
        return f"{self.object_kind}.{publicid.encode(self.object_kind, self.object_id)}" if self.object_id else ""

    @property
    def page(self) -> str:
        """The address of what it was done to; "" when it has no page."""
        return audit_words.page_of(self.object_kind, self.object_id)


class ApiKey(models.Model):
    """A program's way in. Only a keyed hash of the secret is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField()
    scopes = ArrayField(models.CharField(max_length=40))
    member = models.ForeignKey(Member, models.PROTECT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "api_key"

    def __str__(self) -> str:
        return self.name


class ApiBucket(models.Model):
    """The token bucket of a key: how many calls it may make at once. Unlogged: a crash fills the buckets."""

    key = models.OneToOneField(ApiKey, models.CASCADE, primary_key=True, db_constraint=False)
    workspace_id = models.BigIntegerField()
    tokens = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "api_bucket"

    def __str__(self) -> str:
        return f"{self.tokens:.1f}"
