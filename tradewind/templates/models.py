"""Meta's message templates, as Meta last told them."""

from typing import TYPE_CHECKING, Self

from django.db import models

from tradewind.numbers.models import Account
from tradewind.workspaces.models import Workspace

if TYPE_CHECKING:
    from tradewind.workspaces.models import Member

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")


class TemplateQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, member: "Member") -> Self:
        """What this member may see: all of the workspace."""
        return self.filter(workspace_id=member.workspace_id)

    def present(self) -> Self:
        """Without those that Meta no longer has; they keep their row, because messages name them."""
        return self.filter(removed_at=None)

    def sendable(self) -> Self:
        """Approved ones that Meta still has."""
        return self.present().filter(status="APPROVED")


class Template(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE)
    meta_id = models.CharField(max_length=40)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=20)  # MARKETING, UTILITY, AUTHENTICATION
    status = models.CharField(max_length=24)  # APPROVED, PENDING, REJECTED, PAUSED, DISABLED, …
    status_detail = models.TextField(blank=True)  # Meta's own words: a recommendation, or which pause it is
    status_at = models.DateTimeField(null=True, blank=True)  # Meta's time of the last status it told
    quality = models.CharField(max_length=12, default="UNKNOWN")
    rejected_reason = models.CharField(max_length=60, blank=True)
    # Meta announces a change of category 24 h ahead: what it will be, and when.
    next_category = models.CharField(max_length=20, blank=True)
    next_category_at = models.DateTimeField(null=True, blank=True)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    components = models.JSONField()
    paused_until = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        db_table = "template"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "account", "name", "language"], name="template_once")
        ]
        indexes = [models.Index(fields=["workspace", "meta_id"], name="template_by_meta_id")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
