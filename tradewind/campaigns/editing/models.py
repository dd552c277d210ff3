"""The versions of what a campaign says; who got which is told by the content of their message."""

from django.db import models

from tradewind.messages.models import Content
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member, Workspace


class Revision(models.Model):
    """One version. The first is what the campaign was launched with; it is written down when a second one comes."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="revisions")
    version = models.PositiveSmallIntegerField()
    content = models.ForeignKey(Content, models.PROTECT)
    template = models.ForeignKey(Template, models.PROTECT, null=True)
    free = models.JSONField(null=True)  # as Campaign.free
    bindings = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    # How many had not got it when it was made: so many it is for.
    people = models.PositiveIntegerField()
    # While the others' values are put in: up to which contact that is done; then when all were ready.
    ready_upto = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign_revision"
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="campaign_revision_once")]
        indexes = [
            models.Index(fields=["campaign"], name="campaign_revision_open", condition=models.Q(ready_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
