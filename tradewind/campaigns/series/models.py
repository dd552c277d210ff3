"""A campaign that comes again, and its occurrences."""

from django.db import models

from tradewind.campaigns.models import Campaign
from tradewind.workspaces.models import Member, Workspace

SERIES_KINDS = ("daily", "weekly", "monthly", "anniversary", "replenish")


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, member: Member) -> "SeriesQuerySet":
        """Recurring campaigns of the member's workspace."""
        return self.filter(workspace_id=member.workspace_id)


class Series(models.Model):
    """A campaign that comes again: its draft is the pattern, each occurrence a campaign of its own.

    `rule`: {"time": "10:00"} and by kind "weekday" (0 Monday), "day" (1–31), "field" (a date of the contact),
    "cycle_days" and "on_day" (replenishment). Times are in the workspace's time zone.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    pattern = models.OneToOneField(Campaign, models.CASCADE, related_name="series")
    kind = models.CharField(max_length=12)
    rule = models.JSONField(default=dict)
    is_on = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)  # why the last occurrence did not come about
    switched_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = SeriesQuerySet.as_manager()

    class Meta:
        db_table = "series"
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=SERIES_KINDS), name="series_kind_known")]
        indexes = [models.Index(fields=["next_at"], name="series_due", condition=models.Q(is_on=True))]

    def __str__(self) -> str:
        return self.pattern.name


class Occurrence(models.Model):
    """One time of a series, by the local day that it stands for: made once, however often it is asked for."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    series = models.ForeignKey(Series, models.CASCADE, related_name="occurrences")
    day = models.DateField()
    at = models.DateTimeField()
    campaign = models.OneToOneField(Campaign, models.SET_NULL, null=True, related_name="occurrence")

    class Meta:
        db_table = "occurrence"
        constraints = [models.UniqueConstraint(fields=["series", "day"], name="occurrence_once")]

    def __str__(self) -> str:
        return str(self.day)
