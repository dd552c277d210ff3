"""The quarterly clean-up (C13): who has been silent for six months, and what a person decided to do about them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tradewind.contacts.models.people import TenantQuerySet
from tradewind.contacts.models.tags import Tag
from tradewind.workspaces.models import Member, Workspace

CLEAN_ACTS = ("tag", "opt_out", "erase")
CLEAN_STATES = ("running", "stopped", "done", "failed")


class CleanUp(models.Model):
    """A proposal: so many people gave no sign since `silent_since`. Nothing happens by itself."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False)
    at = models.DateTimeField()
    silent_since = models.DateTimeField()
    # {"people": 812, "never_wrote": 400, "opted_in": 120, "customers": 31, "orders": 44, "messages": 5210}
    figures = models.JSONField(default=dict)
    # Somebody looked and wants to do nothing (more) this quarter.
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_cleanup"

    def __str__(self) -> str:
        return f"clean-up of {self.at:%F}"


class CleanUpPeople(models.Model):
    """Who was meant when a proposal was counted, by row number; each is looked at anew before anything is done."""

    cleanup = models.OneToOneField(CleanUp, models.CASCADE, primary_key=True, related_name="kept")
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    contacts = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "contact_cleanup_people"

    def __str__(self) -> str:
        return f"{len(self.contacts)} people"


class CleanAct(models.Model):
    """One act on all of them, some at a time; whoever gave a sign meanwhile is left alone."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    cleanup = models.ForeignKey(CleanUp, models.CASCADE, related_name="acts")
    act = models.CharField(max_length=8)
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    state = models.CharField(max_length=8, default="running")
    problem = models.CharField(max_length=300, blank=True)
    # Everybody up to this contact has been looked at.
    reached = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "contact_clean_act"
        constraints = [
            models.CheckConstraint(condition=models.Q(act__in=CLEAN_ACTS), name="contact_clean_act_known"),
            models.CheckConstraint(condition=models.Q(state__in=CLEAN_STATES), name="contact_clean_state_known"),
        ]
        indexes = [
            models.Index(fields=["id"], name="contact_clean_act_running", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.done}"
