"""What we counted and what Meta told, per number and day; and the gaps that somebody has to look at."""

from typing import ClassVar

from django.db import models

from tradewind.numbers.models import Number
from tradewind.workspaces.models import Member, TenantQuerySet, Workspace

FIGURES = ("sent", "delivered", "priced")


class Reckoning(models.Model):
    """One number on one UTC day. `meta` is null until Meta has answered; `problem` says why it has not."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    number = models.ForeignKey(Number, models.CASCADE)
    day = models.DateField()
    ours = models.JSONField()  # {"sent": 812, "delivered": 790, "priced": 640}
    meta = models.JSONField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)  # Meta's, in the account's currency
    counted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "reckoning"
        constraints = [models.UniqueConstraint(fields=["number", "day"], name="reckoning_once")]
        indexes = [models.Index(fields=["workspace", "-day"], name="reckoning_newest")]

    def __str__(self) -> str:
        return f"{self.number} {self.day}"

    def gap(self, figure: str) -> int:
        """How many more Meta has than we (negative: we have more); 0 while Meta has not answered."""
        return 0 if self.meta is None else int(self.meta.get(figure, 0)) - int(self.ours.get(figure, 0))


class GapCase(models.Model):
    """A gap that was too large. Closed by a member with a word, or (then `closed_by` is null) by figures that agree."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    reckoning = models.ForeignKey(Reckoning, models.CASCADE, related_name="cases")
    figure = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    word = models.CharField(max_length=300, blank=True)

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "gap_case"
        constraints = [models.UniqueConstraint(fields=["reckoning", "figure"], name="gap_case_once")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="gap_case_open", condition=models.Q(closed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.figure

    @property
    def ours(self) -> int:
        return int(self.reckoning.ours.get(self.figure, 0))

    @property
    def metas(self) -> int:
        return int((self.reckoning.meta or {}).get(self.figure, 0))
