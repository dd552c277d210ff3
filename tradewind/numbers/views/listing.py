"""All numbers of the workspace, and the ledger of their portfolio."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.lib import clock
from tradewind.numbers import actions, jobs, queries, words
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account, Notice, Portfolio
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

SHOWN = ("all", "care", "warmup")


@right_required("numbers.view")
def index(request: MemberRequest) -> HttpResponse:
    """The numbers of one portfolio. With `HX-Request` from the live stream only the part that moves."""
    portfolios = list(queries.portfolios_of(request.member))
    if not portfolios:
        return render(request, "numbers/none.html", {"accounts": Account.objects.visible_to(request.member)})
    chosen = chosen_portfolio(portfolios, request.GET.get("portfolio"))
    page = {"portfolios": tabs(portfolios, chosen), "live_topic": "numbers", **listing(request, chosen)}
    return render(request, "numbers/_list.html" if request.GET.get("part") else "numbers/list.html", page)


def chosen_portfolio(portfolios: list[Portfolio], asked: str | None) -> Portfolio:
    if not asked:
        return portfolios[0]
    for portfolio in portfolios:
        if public_id(portfolio) == asked:
            return portfolio
    raise Http404


def tabs(portfolios: list[Portfolio], chosen: Portfolio) -> list[dict[str, Any]]:
    if len(portfolios) == 1:
        return []
    url = reverse("numbers:list")
    return [
        {
            "name": each.name,
            "url": f"{url}?portfolio={public_id(each)}",
            "current": each == chosen,
            "count": each.numbers,  # type: ignore[attr-defined]  # annotated
        }
        for each in portfolios
    ]


def listing(request: MemberRequest, portfolio: Portfolio) -> dict[str, Any]:
    rows = queries.rows_of(queries.numbers_of(request.member, portfolio))
    shown = request.GET.get("show", "all")
    text = request.GET.get("q", "").strip()
    notices = queries.open_notices(request.member)
    return {
        "portfolio": portfolio,
        "ledger": queries.ledger_of(portfolio),
        "rows": [row for row in rows if is_shown(row, shown) and matches(row, text)],
        "total": len(rows),
        "shows": shows(request, rows, shown, portfolio),
        "q": text,
        "notices": [(notice, words.sentence_of(notice)) for notice in notices],
        "asked_at": min((row.number.synced_at for row in rows if row.number.synced_at), default=None),
        "sync_errors": {row.number.account for row in rows if row.number.account.sync_error},
        "part_url": f"{reverse('numbers:list')}?{query_of(request, part='1')}",
    }


def shows(request: MemberRequest, rows: list[queries.Row], shown: str, portfolio: Portfolio) -> list[dict[str, Any]]:
    names = {"all": _("All"), "care": _("Need care"), "warmup": _("Warming up")}
    counts = {name: sum(is_shown(row, name) for row in rows) for name in SHOWN}
    url = reverse("numbers:list")
    return [
        {
            "name": names[name],
            "url": f"{url}?{query_of(request, show=name, part='')}",
            "current": name == shown,
            "count": counts[name] if name != "all" else None,
        }
        for name in SHOWN
        if name == "all" or counts[name] or name == shown
    ]


def is_shown(row: queries.Row, shown: str) -> bool:
    if shown == "care":
        return row.state.needs_care
    if shown == "warmup":
        return words.warmup_day(row.number, clock.now()) is not None
    return True


def matches(row: queries.Row, text: str) -> bool:
    """Whether a number's name or phone has the text in it."""
    digits = "".join(letter for letter in text if letter.isdigit())
    is_named = text.casefold() in row.number.name.casefold()
    return is_named or bool(digits and digits.lstrip("0") in row.number.phone)


def query_of(request: MemberRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return query.urlencode()


@require_POST
@right_required("numbers.manage")
def sync_all(request: MemberRequest) -> HttpResponse:
    """Ask Meta about all accounts; the page shows what comes of it by itself."""
    for account_id in Account.objects.visible_to(request.member).values_list("pk", flat=True):
        jobs.ask_soon(account_id)
    messages.success(request, _("Meta is being asked. What is new shows up here by itself."))
    return redirect("numbers:list")


@require_POST
@right_required("numbers.manage")
def set_reserve(request: MemberRequest, portfolio: str) -> HttpResponse:
    """How many places campaigns leave free for service."""
    found = find(Portfolio.objects.visible_to(request.member), portfolio)
    try:
        places = int(request.POST.get("places", ""))
        actions.set_service_reserve(found, places=places, member=request.member)
    except NumberError as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, _("Write the places as a whole number, such as 500."))
    else:
        messages.success(request, _("Kept. Campaigns leave these places free from now on."))
    return redirect(f"{reverse('numbers:list')}?portfolio={public_id(found)}")


@require_POST
@right_required("numbers.manage")
def put_away(request: MemberRequest, notice: str) -> HttpResponse:
    """A warning has been read; it stays in the number's history."""
    found = find(Notice.objects.visible_to(request.member), notice)
    Notice.objects.filter(pk=found.pk, seen_at=None).update(seen_at=clock.now())
    return redirect("numbers:list")
