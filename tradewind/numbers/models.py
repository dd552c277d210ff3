"""Business numbers as Meta arranges them: an app speaks for accounts (WABAs) of portfolios; accounts hold numbers."""

from typing import TYPE_CHECKING, Self

from django.db import models

from tradewind.workspaces.models import Workspace

if TYPE_CHECKING:
    from tradewind.workspaces.models import Member

# Unique people a portfolio may reach outside a service window in 24 h (cloud-api.md §8); None = no limit.
TIERS: dict[str, int | None] = {
    "TIER_250": 250,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": None,
}
TONES = ("good", "info", "warn", "bad")


class TenantQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows of one workspace: the first of the two walls."""

    def visible_to(self, member: "Member") -> Self:
        """What this member may see: all of the workspace."""
        return self.filter(workspace_id=member.workspace_id)


class NumberQuerySet(TenantQuerySet):
    def present(self) -> Self:
        """Without the numbers that were removed; those keep their row, because messages name them."""
        return self.filter(removed_at=None)


class App(models.Model):
    """A Meta app: where its webhooks come in, and with which secret they are signed."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    meta_id = models.CharField(max_length=40)
    name = models.CharField(max_length=120, blank=True)
    # Sealed by lib.crypto, bound to "app:<id>:secret" and "app:<id>:previous_secret".
    secret = models.BinaryField(null=True)
    previous_secret = models.BinaryField(null=True)
    verify_token = models.BinaryField(null=True)  # likewise, "app:<id>:verify_token"
    webhook_path = models.CharField(max_length=64, unique=True)
    graph_url = models.URLField(default="https://graph.facebook.com")
    graph_version = models.CharField(max_length=8, default="v26.0")
    created_at = models.DateTimeField()
    last_webhook_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "app"

    def __str__(self) -> str:
        return self.name or self.meta_id


class Portfolio(models.Model):
    """A Meta business portfolio: its limit of people per 24 h is shared by all its numbers."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    meta_id = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    tier = models.CharField(max_length=24, default="TIER_250")
    people_limit = models.PositiveIntegerField(null=True, default=250)  # null = no limit
    service_reserve = models.PositiveIntegerField(default=0)  # places that campaigns leave free

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "portfolio"
        constraints = [models.UniqueConstraint(fields=["workspace", "meta_id"], name="portfolio_once")]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A WhatsApp Business Account (WABA)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    app = models.ForeignKey(App, models.PROTECT)
    portfolio = models.ForeignKey(Portfolio, models.PROTECT)
    waba_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    token = models.BinaryField(null=True)  # sealed, bound to "account:<id>:token"
    status = models.CharField(max_length=24, default="connected")  # connected, restricted, disabled, deleted
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    # No new conversations until then (RESTRICTED_BIZ_INITIATED_MESSAGING); replies inside a window still go.
    restricted_until = models.DateTimeField(null=True, blank=True)
    restrictions = models.JSONField(default=list)  # [{"type": Meta's word, "expires_at": ISO time or null}]
    subscribed_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    sync_error = models.TextField(blank=True)  # a sentence about the last sync, "" = it went well
    created_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.name


class Number(models.Model):
    """A business phone number: the sender of messages."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    account = models.ForeignKey(Account, models.PROTECT)
    portfolio = models.ForeignKey(Portfolio, models.PROTECT)
    phone_number_id = models.CharField(max_length=40, unique=True)
    phone = models.CharField(max_length=20)  # E.164
    name = models.CharField(max_length=120)  # the verified name
    country = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=24, default="CONNECTED")  # Meta's word
    name_status = models.CharField(max_length=40, blank=True)
    quality = models.CharField(max_length=12, default="UNKNOWN")  # GREEN, YELLOW, RED, UNKNOWN
    throughput = models.PositiveIntegerField(default=80)  # messages a second: 80, 1000 or 20
    is_on_phone_app = models.BooleanField(default=False)  # coexistence: Meta fixes 20 messages a second
    profile = models.JSONField(default=dict)  # the business profile, as Meta last told it
    health = models.JSONField(default=dict)  # `health_status`, as Meta last told it
    warmup_from = models.DateField(null=True, blank=True)  # first day of the warm-up, null = none
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    last_webhook_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = NumberQuerySet.as_manager()

    class Meta:
        db_table = "number"
        indexes = [models.Index(fields=["workspace", "name"], name="number_by_name")]

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """What Meta told about an account or a number, kept once however often it is told."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE, related_name="notices", db_index=False)
    number = models.ForeignKey(Number, models.CASCADE, null=True, related_name="notices", db_index=False)
    at = models.DateTimeField()
    tone = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)  # restriction, ban, alert, name, limit, security, …: numbers/words.py
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)  # of kind, time and data: a webhook that comes again adds nothing
    seen_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "number_notice"
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="number_notice_once"),
            models.CheckConstraint(condition=models.Q(tone__in=TONES), name="number_notice_tone_known"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-at"], name="number_notice_newest"),
            models.Index(fields=["number", "-at"], name="number_notice_of_number"),
        ]

    def __str__(self) -> str:
        return self.kind
