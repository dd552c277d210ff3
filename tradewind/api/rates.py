"""Rate cards: what Meta charges, as the workspace imported it."""

from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.campaigns.rates import cards, sheet
from tradewind.campaigns.rates.forms import FIRST_YEAR, LAST_YEAR
from tradewind.campaigns.rates.models import RateCard
from tradewind.lib import clock
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.models import TenantQuerySet
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("campaigns:read"))
WRITE = KeyAuth("campaigns:write")


class CardOut(Schema):
    """A rate card. Cards are never changed: a newer one is imported."""

    id: str
    name: str
    currency: str
    valid_from: date
    is_in_use: bool = Field(description="The newest whose day has come")
    is_example: bool = Field(description="Made up, for trying the console")
    imported_at: datetime


class CardList(Schema):
    rates: list[CardOut]
    next: str


class PriceOut(Schema):
    market: str = Field(description="Two letters of a country, or a region of Meta's card")
    category: str
    volume_from: int = Field(description="Messages of the month before it; 0 without tiers")
    micros: int = Field(description="Millionths of the currency's unit")


class CardWithPrices(CardOut):
    prices: list[PriceOut]


class CardIn(Schema):
    """Meta's card as CSV, in one currency; or a list of market, category, price and currency."""

    csv: Annotated[str, StringConstraints(min_length=1, max_length=sheet.MOST_BYTES)]
    valid_from: date = Field(description="Meta changes its prices on the first of January, April, July or October")
    name: Annotated[str, StringConstraints(max_length=120)] = ""


class RefusedLine(Schema):
    line: int
    why: str


class ImportedCard(Schema):
    card: CardOut
    prices: int = Field(description="How many prices were taken")
    refused: list[RefusedLine] = Field(description="Lines that were not understood, at most 100 of them")


MOST_REFUSED = 100


def cards_of(request: MemberRequest) -> Any:
    return TenantQuerySet(RateCard).visible_to(request.member)


def in_use(request: MemberRequest) -> int | None:
    found = cards.in_use(request.member.workspace_id, timezone.localtime(clock.now()).date())
    return found.pk if found else None


def facts(card: RateCard, used: int | None) -> dict[str, Any]:
    return {
        "id": public_id(card),
        "name": card.name,
        "currency": card.currency,
        "valid_from": card.valid_from,
        "is_in_use": card.pk == used,
        "is_example": card.is_example,
        "imported_at": card.imported_at,
    }


@router.get("/", response={200: CardList, **NOT_THERE}, summary="List rate cards", operation_id="list_rate_cards")
def list_rate_cards(request: MemberRequest, page: Query[Page]) -> CardList:
    found, following = cut(cards_of(request), page)
    used = in_use(request)
    return CardList(rates=[CardOut(**facts(card, used)) for card in found], next=following)


@router.get(
    "/{id}", response={200: CardWithPrices, **NOT_THERE}, summary="One rate card with its prices",
    operation_id="get_rate_card",
)  # fmt: skip
def get_rate_card(request: MemberRequest, id: str) -> CardWithPrices:
    card = find(cards_of(request), id)
    rows = card.rates.order_by("market", "category", "volume_from").values(
        "market", "category", "volume_from", "micros"
    )
    return CardWithPrices(**facts(card, in_use(request)), prices=[PriceOut(**row) for row in rows])


@router.post(
    "/", auth=WRITE, response={201: ImportedCard, **CHANGES}, summary="Import a rate card",
    operation_id="import_rate_card",
)  # fmt: skip
def import_rate_card(request: MemberRequest, said: CardIn) -> Status[ImportedCard]:
    if not FIRST_YEAR <= said.valid_from.year < LAST_YEAR:
        raise Conflict("That is too long ago or too far ahead.")
    try:
        found = sheet.read(said.csv)
    except sheet.SheetError as problem:
        raise Conflict(str(problem)) from problem
    card = cards.import_card(
        workspace=request.workspace, member=request.member, sheet=found, valid_from=said.valid_from, name=said.name
    )
    refused = [RefusedLine(line=each.line, why=str(each.why)) for each in found.refusals[:MOST_REFUSED]]
    shown = CardOut(**facts(card, in_use(request)))
    return Status(201, ImportedCard(card=shown, prices=len(found.prices), refused=refused))
