"""A card of made-up prices, for the demo and for trying the console before Meta's own card is at hand."""

from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from tradewind.campaigns.rates import cards, sheet
from tradewind.campaigns.rates.models import RateCard
from tradewind.workspaces.models import Member, Workspace

FILE = Path(__file__).parent / "example.csv"
VALID_FROM = date(2026, 10, 1)


def add(workspace: Workspace, member: Member | None) -> RateCard:
    """Import it; it is marked as an example wherever its prices are shown."""
    return cards.import_card(
        workspace=workspace,
        member=member,
        sheet=sheet.read(FILE.read_text()),
        valid_from=VALID_FROM,
        name=_("Example prices (made up)"),
        is_example=True,
    )
