"""Rate cards: what Meta asks for a delivered message, by the recipient's market and the message's category."""

from django.db import models

from tradewind.workspaces.models import Member, Workspace

CATEGORIES = ("marketing", "utility", "authentication", "authentication-international", "service")


class RateCard(models.Model):
    """One card in one currency; the newest whose date has come is the one in use. Cards are not changed: another is
    imported."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    # Made up for trying the console: every page that uses it says so.
    is_example = models.BooleanField(default=False)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "campaigns"
        db_table = "rate_card"
        indexes = [models.Index(fields=["workspace", "-valid_from", "-id"], name="rate_card_newest")]

    def __str__(self) -> str:
        return self.name


class Rate(models.Model):
    """A price in millionths of the currency's unit. `market`: two letters of a country, or a region's name
    (rates/markets.py). Volume tiers: it holds from the `volume_from`-th message of the month on."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    card = models.ForeignKey(RateCard, models.CASCADE, related_name="rates")
    market = models.CharField(max_length=40)
    category = models.CharField(max_length=32)
    volume_from = models.BigIntegerField(default=0)  # messages before it in the month
    micros = models.BigIntegerField()

    class Meta:
        app_label = "campaigns"
        db_table = "rate"
        constraints = [
            models.UniqueConstraint(fields=["card", "market", "category", "volume_from"], name="rate_once"),
            models.CheckConstraint(condition=models.Q(category__in=CATEGORIES), name="rate_category_known"),
            models.CheckConstraint(condition=models.Q(micros__gte=0, volume_from__gte=0), name="rate_not_negative"),
        ]
