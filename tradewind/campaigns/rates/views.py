"""Pages of prices: the card in use, another one, a new one coming in, and this month so far."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.pages.parts import crumbs
from tradewind.campaigns.rates import cards, example, month, shown
from tradewind.campaigns.rates.forms import CardForm
from tradewind.campaigns.rates.models import RateCard
from tradewind.campaigns.rates.sheet import Sheet
from tradewind.lib import clock
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.models import TenantQuerySet
from tradewind.workspaces.request import MemberRequest

MOST_CARDS = 40
MOST_REFUSALS = 50
MOST_SAMPLES = 12


@right_required("campaigns.view")
@require_GET
def index(request: MemberRequest) -> HttpResponse:
    """The card in use."""
    return page(request, cards.in_use(request.workspace.pk, today()), is_in_use=True)


@right_required("campaigns.view")
@require_GET
def show(request: MemberRequest, card: str) -> HttpResponse:
    """Another card: an earlier one, or one whose date has not come."""
    row = find(cards_of(request), card)
    in_use = cards.in_use(request.workspace.pk, today())
    return page(request, row, is_in_use=in_use is not None and in_use.pk == row.pk)


def cards_of(request: MemberRequest) -> Any:
    return TenantQuerySet(RateCard).visible_to(request.member).select_related("imported_by__user")


def today() -> Any:
    return timezone.localtime(clock.now()).date()


def page(request: MemberRequest, card: RateCard | None, *, is_in_use: bool) -> HttpResponse:
    others = cards_of(request).order_by("-valid_from", "-pk")
    context = {
        "crumbs": crumbs(),
        "card": card,
        "is_in_use": is_in_use,
        "is_coming": card is not None and card.valid_from > today(),
        "is_old": card is not None and is_in_use and cards.is_old(card, today()),
        "table": shown.table(cards.price_list(card)) if card else None,
        "others": [(each, public_id(each)) for each in others[:MOST_CARDS] if card is None or each.pk != card.pk],
    }
    return render(request, "campaigns/rates/index.html", context)


@right_required("campaigns.view")
@require_GET
def this_month(request: MemberRequest) -> HttpResponse:
    """The piece that counts: fetched after the page stands."""
    card = cards.in_use(request.workspace.pk, today())
    found = month.so_far(request.workspace.pk, cards.price_list(card) if card else None)
    context: dict[str, Any] = {"card": card, "month": found}
    if found is not None:
        context["lines"] = [
            {"name": shown.CATEGORY_NAMES.get(name, name), "n": n, "sum": shown.amount(micros)}
            for name, (n, micros) in sorted(found.charged.items(), key=lambda item: -item[1][1])
        ]
        context["free"] = [(shown.CATEGORY_NAMES.get(name, name), n) for name, n in sorted(found.free.items())]
        context["sum"] = shown.amount(found.sum)
        context["allowances"] = month.allowances(found, request.workspace.pk)
        context["allowance"] = month.FREE_SERVICE
    return render(request, "campaigns/rates/_month.html", context)


@right_required("campaigns.edit")
@require_http_methods(["GET", "POST"])
def bring(request: MemberRequest) -> HttpResponse:
    """A file is looked at; nothing is kept before it was."""
    form = CardForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"crumbs": [*crumbs(), {"name": _("Prices"), "url": reverse("campaigns:rates")}]}
    if request.method == "POST" and form.is_valid():
        if "keep" in request.POST:
            return keep(request, form)
        data = form.cleaned_data
        given = {name: data[name] for name in ("text", "name", "valid_from")}
        context |= preview(data["sheet"]) | {"form": CardForm(initial=given), "given": given}
        return render(request, "campaigns/rates/preview.html", context)
    return render(request, "campaigns/rates/bring.html", context | {"form": form}, status=422 if form.errors else 200)


def keep(request: MemberRequest, form: CardForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        card = cards.import_card(
            workspace=request.workspace, member=request.member, sheet=data["sheet"], valid_from=data["valid_from"],
            name=data["name"],
        )  # fmt: skip
    except CampaignError as error:
        messages.error(request, str(error))
        return redirect("campaigns:rates_bring")
    return redirect("campaigns:rate_card", card=public_id(card))


def preview(sheet: Sheet) -> dict[str, Any]:
    markets = {price.market for price in sheet.prices}
    return {
        "sheet": sheet,
        "markets": len(markets),
        "refusals": sheet.refusals[:MOST_REFUSALS],
        "more_refusals": max(0, len(sheet.refusals) - MOST_REFUSALS),
        "samples": [
            {
                "name": shown.market_name(price.market),
                "category": shown.CATEGORY_NAMES[price.category],
                "price": shown.amount(price.micros),
                "from": price.volume_from + 1 if price.volume_from else None,
            }
            for price in sheet.prices[:MOST_SAMPLES]
        ],
    }


@right_required("campaigns.edit")
@require_POST
def try_example(request: MemberRequest) -> HttpResponse:
    """The made-up card, where there is none yet."""
    if cards.in_use(request.workspace.pk, today()) is None:
        example.add(request.workspace, request.member)
    return redirect("campaigns:rates")
