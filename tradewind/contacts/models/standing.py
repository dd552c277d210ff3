"""Where a person stands: scores, grades and life cycle, one narrow row each, derived from the journal (C6–C9)."""

from django.db import models

from tradewind.contacts.models.people import Contact, TenantQuerySet
from tradewind.workspaces.models import Member, Workspace


class Standing(models.Model):
    """Derived figures of a contact as of `reckoned_at`; made anew from the journal at any time."""

    contact = models.OneToOneField(Contact, models.CASCADE, primary_key=True, related_name="standing")
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    engagement = models.SmallIntegerField(default=0)  # 0–100
    intent = models.FloatField(default=0)
    heat = models.SmallIntegerField(default=0)  # 3 within 1 h, 2 within 24 h, 1 within 7 days, 0 colder
    grade = models.CharField(max_length=1, blank=True)  # A, B, C
    recency = models.SmallIntegerField(default=0)  # 1–5 each, 0 = no orders
    frequency = models.SmallIntegerField(default=0)
    monetary = models.SmallIntegerField(default=0)
    stage = models.CharField(max_length=16, blank=True)  # new, growing, regular, at_risk, sleeping, history
    orders = models.IntegerField(default=0)
    last_order_at = models.DateTimeField(null=True, blank=True)
    # Amount × frequency: low_rare, middle_often, … ; "" = no orders.
    matrix = models.CharField(max_length=16, blank=True)
    # Spend of the last 30 days against an average month of the year, in percent more or less.
    growth = models.IntegerField(null=True, blank=True)
    is_potential_vip = models.BooleanField(default=False)
    # Place, time and language (C9): words such as europe_africa, de-CH, warm, wed_evening.
    zone_group = models.CharField(max_length=24, blank=True)
    dialect = models.CharField(max_length=16, blank=True)
    climate = models.CharField(max_length=12, blank=True)
    habit = models.CharField(max_length=16, blank=True)
    # Spend by currency in its smallest unit.
    spent = models.JSONField(default=dict)
    # Why each figure is what it is: {"engagement": [[code, points, facts], …]}.
    reasons = models.JSONField(default=dict)
    # What the journal was last told, so that a move is told once: {"engagement": 62, "is_high": false, "record": …}.
    told = models.JSONField(default=dict)
    reckoned_at = models.DateTimeField()
    # When time alone may change a figure; empty = never, only an event can.
    due_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_standing"
        indexes = [
            models.Index(fields=["due_at"], name="contact_standing_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["workspace", "grade", "-contact"], name="contact_standing_graded", condition=~models.Q(grade="")
            ),
            models.Index(
                fields=["workspace", "-engagement", "-contact"],
                name="contact_standing_engaged",
                condition=models.Q(engagement__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"engagement {self.engagement}"


class StandingSetting(models.Model):
    """A workspace's own weights and thresholds, where they differ from the usual (contacts/standing/settings.py)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, db_constraint=False)
    settings = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Member, models.SET_NULL, null=True, db_constraint=False, db_index=False)
    # While everybody is reckoned anew after a change: the contact up to whom that has been asked for.
    redone_to = models.BigIntegerField(null=True)

    class Meta:
        db_table = "standing_setting"

    def __str__(self) -> str:
        return f"settings of workspace {self.workspace_id}"
