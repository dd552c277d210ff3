"""What was asked for, and what the second member said."""

from typing import ClassVar

from django.db import models

from tradewind.workspaces.models import Member, TenantQuerySet, Workspace

WAITING, APPROVED, REFUSED, VOID = "", "approved", "refused", "void"


class Approval(models.Model):
    """One request to launch one plan. `verdict` is empty while it waits; void: the plan has changed since."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="approvals")
    requested_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    # The plan that was asked for: how many people, and what they get.
    recipients = models.IntegerField()
    content = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, blank=True, default=WAITING)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    word = models.CharField(max_length=300, blank=True)

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "approval"
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign"], name="approval_waits_once", condition=models.Q(verdict="")),
            models.CheckConstraint(
                condition=models.Q(verdict__in=("", "approved", "refused", "void")), name="approval_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return self.verdict or "waiting"
