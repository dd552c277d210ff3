"""Meta's message templates, as Meta last told them."""

from django.db import models

from tradewind.numbers.models import Account
from tradewind.workspaces.models import Workspace


class Template(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE)
    meta_id = models.CharField(max_length=40)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=20)  # MARKETING, UTILITY, AUTHENTICATION
    status = models.CharField(max_length=24)  # APPROVED, PENDING, REJECTED, PAUSED, DISABLED, …
    quality = models.CharField(max_length=12, default="UNKNOWN")
    rejected_reason = models.CharField(max_length=60, blank=True)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    components = models.JSONField()
    paused_until = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "template"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "account", "name", "language"], name="template_once")
        ]
        indexes = [models.Index(fields=["workspace", "meta_id"], name="template_by_meta_id")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
