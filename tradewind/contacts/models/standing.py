"""Where a person stands: scores, grades and life cycle, one narrow row each, derived from the journal (C6–C8)."""

from django.db import models

from tradewind.contacts.models.people import Contact
from tradewind.workspaces.models import Workspace


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
    stage = models.CharField(max_length=16, blank=True)  # life cycle: new, growing, at_risk, sleeping, history
    orders = models.IntegerField(default=0)
    last_order_at = models.DateTimeField(null=True, blank=True)
    # Spend by currency in its smallest unit, and why each figure is what it is: {"engagement": [[reason, points], …]}.
    spent = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    reckoned_at = models.DateTimeField()

    class Meta:
        db_table = "contact_standing"
        indexes = [models.Index(fields=["reckoned_at"], name="contact_standing_oldest")]

    def __str__(self) -> str:
        return f"engagement {self.engagement}"
