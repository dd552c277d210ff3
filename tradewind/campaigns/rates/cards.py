"""The cards of a workspace: imported, and the one in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.rates.markets import OTHER, region_of
from tradewind.campaigns.rates.models import Rate, RateCard
from tradewind.campaigns.rates.sheet import Price, Sheet
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

OLD_AFTER = timedelta(days=100)
"""Meta changes prices at most every quarter: an older card may be out of date."""
Tiers = tuple[tuple[int, int], ...]
"""(messages before it in the month, millionths), rising."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """A card, ready to be asked."""

    card: RateCard
    prices: dict[tuple[str, str], Tiers]

    def tiers(self, country: str, category: str) -> Tiers | None:
        """What a message of `category` to a country costs; None where the card has no price for it."""
        for market in (country, region_of(country), OTHER):
            if found := self.prices.get((market, category)):
                return found
        # Meta: service messages cost what utility costs (since October 2026).
        return self.tiers(country, "utility") if category == "service" else None


def import_card(
    *,
    workspace: Workspace,
    member: Member | None,
    sheet: Sheet,
    valid_from: date,
    name: str = "",
    is_example: bool = False,
) -> RateCard:
    """Keep the prices of a sheet as a new card. Raises CampaignError when it has none."""
    if not sheet.prices:
        raise CampaignError(_("There is no price in this file that could be used."))
    with transaction.atomic():
        card = RateCard.objects.create(
            workspace=workspace,
            name=safe_to_show(name, one_line=True)[:120]
            or _("Meta's prices in %(currency)s") % {"currency": sheet.currency},
            currency=sheet.currency,
            valid_from=valid_from,
            is_example=is_example,
            imported_at=clock.now(),
            imported_by=member,
        )
        Rate.objects.bulk_create(rates_of(card, sheet.prices))
        record("rates.imported", workspace_id=workspace.pk, member_id=member.pk if member else None,
               data={"card": card.pk, "prices": len(sheet.prices)})  # fmt: skip
        if member is not None:
            audit.note(member, "rates.imported", card, card.name)
    return card


def rates_of(card: RateCard, prices: Sequence[Price]) -> list[Rate]:
    return [
        Rate(workspace_id=card.workspace_id, card=card, market=price.market, category=price.category,
             volume_from=price.volume_from, micros=price.micros)
        for price in prices
    ]  # fmt: skip


def in_use(workspace_id: int, day: date) -> RateCard | None:
    """The newest card whose date has come; of those of one day the one imported last."""
    cards = RateCard.objects.filter(workspace_id=workspace_id, valid_from__lte=day)
    return cards.order_by("-valid_from", "-pk").first()


def price_list(card: RateCard) -> PriceList:
    """The whole card, in one query."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for market, category, volume, micros in card.rates.values_list("market", "category", "volume_from", "micros"):
        found.setdefault((market, category), []).append((volume, micros))
    return PriceList(card, {key: tuple(sorted(tiers)) for key, tiers in found.items()})


def is_old(card: RateCard, day: date) -> bool:
    """Whether there may be a newer one by now."""
    return day - card.valid_from > OLD_AFTER
