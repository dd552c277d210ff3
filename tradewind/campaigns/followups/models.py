"""Follow-ups of a campaign, and the high season in which they come sooner."""

from django.db import models

from tradewind.campaigns.models import Campaign
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member, Workspace

FOLLOW_KINDS = ("unread", "unreplied", "read_silent")


class FollowUp(models.Model):
    """Another message to those of a campaign who did not read it, or did not answer, some time after its end.

    waiting → made (`child` is its campaign) or off (`reason`).
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="follow_ups")
    kind = models.CharField(max_length=12)
    after_hours = models.PositiveSmallIntegerField(default=72)
    keeps_season = models.BooleanField(default=True)  # sooner in the high season (campaigns/followups/season.py)
    template = models.ForeignKey(Template, models.PROTECT)
    bindings = models.JSONField(default=list)
    state = models.CharField(max_length=8, default="waiting")
    reason = models.CharField(max_length=200, blank=True)
    child = models.OneToOneField(Campaign, models.SET_NULL, null=True, related_name="follows")
    created_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "follow_up"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=FOLLOW_KINDS), name="follow_up_kind_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "made", "off")), name="follow_up_state_known"
            ),
        ]
        indexes = [models.Index(fields=["campaign"], name="follow_up_waiting", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} after {self.after_hours} h"


class Season(models.Model):
    """A workspace's high season: in these months follow-ups come sooner."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    months = models.JSONField(default=list)  # 1 to 12
    follow_up_hours = models.PositiveSmallIntegerField(default=24)

    class Meta:
        db_table = "season"

    def __str__(self) -> str:
        return ", ".join(map(str, self.months))
