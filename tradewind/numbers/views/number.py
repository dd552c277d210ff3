"""One number: how it stands, its profile, what it did today, and the verbs on it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.lib import clock
from tradewind.numbers import actions, forms, jobs, queries, words
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account, Notice, Number
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

PAUSE_HOURS = {"1": 1, "4": 4, "24": 24}
MOST_NOTICES = 20


@right_required("numbers.view")
def show(request: MemberRequest, number: str) -> HttpResponse:
    """One number. With `part` only what moves."""
    found = find(numbers_with_all(request), number)
    page = facts_of(found) | {"live_topic": f"number:{public_id(found)}"}
    return render(request, "numbers/_number.html" if request.GET.get("part") else "numbers/number.html", page)


def numbers_with_all(request: MemberRequest) -> Any:
    return Number.objects.visible_to(request.member).select_related("account__app", "portfolio", "lane")


def facts_of(number: Number) -> dict[str, Any]:
    now = clock.now()
    notices = Notice.objects.filter(number=number) | Notice.objects.filter(account=number.account, number=None)
    found = notices.order_by("-at", "-pk")[:MOST_NOTICES]
    state = words.state_of(number, now)
    sent, waiting = queries.sent_today([number.pk]).get(number.pk, 0), queries.waiting_of(number)
    return {
        "crumbs": [{"name": _("Numbers"), "url": reverse("numbers:list")}],
        "sentence": words.opening(state, sent, waiting),
        "is_paused": words.is_paused(number, now),
        "number": number,
        "account": number.account,
        "app": number.account.app,
        "state": state,
        "quality": words.quality_of(number),
        "ledger": queries.ledger_of(number.portfolio),
        "sent": sent,
        "waiting": waiting,
        "warmup_day": words.warmup_day(number, now),
        "warmup_days": words.WARMUP_DAYS,
        "blocks": health_of(number),
        "notices": [(notice, words.sentence_of(notice)) for notice in found],
        "webhook_at": number.last_webhook_at or number.account.app.last_webhook_at,
        "is_webhook_late": is_late(number, now),
        "part_url": f"{reverse('numbers:show', args=[public_id(number)])}?part=1",
    }


def is_late(number: Number, now: Any) -> bool:
    """Whether Meta has been silent for a day although it was subscribed to: worth a look, no proof of a fault."""
    last = number.account.app.last_webhook_at
    return number.account.subscribed_at is not None and (last is None or last < now - timedelta(hours=24))


def health_of(number: Number) -> list[dict[str, str]]:
    """What Meta says stands in the way of sending, one line for each thing it names."""
    found = []
    for entity in number.health.get("entities") or []:
        for error in entity.get("errors") or []:
            words_ = error.get("error_description") or error.get("description") or ""
            todo = error.get("possible_solution") or ""
            found.append({"what": str(words_), "todo": str(todo), "code": str(error.get("error_code") or "")})
        found += [{"what": str(each), "todo": "", "code": ""} for each in entity.get("additional_info") or []]
    return found


def acting(request: MemberRequest, number: str, verb: Any, sentence: str) -> HttpResponse:
    """Do a verb on a number and say what came of it."""
    found = find(Number.objects.visible_to(request.member), number)
    try:
        verb(found)
    except NumberError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
    return redirect("numbers:show", public_id(found))


@require_POST
@right_required("numbers.manage")
def pause(request: MemberRequest, number: str) -> HttpResponse:
    """Hold everything that would leave from this number."""
    hours = PAUSE_HOURS.get(request.POST.get("hours", ""))
    until = clock.now() + timedelta(hours=hours) if hours else None
    reason = request.POST.get("reason", "")
    return acting(
        request,
        number,
        lambda found: actions.pause(found, until=until, reason=reason, member=request.member),
        _("Paused. What waits stays in the queue."),
    )


@require_POST
@right_required("numbers.manage")
def resume(request: MemberRequest, number: str) -> HttpResponse:
    """Send from this number again."""
    return acting(request, number, lambda found: actions.resume(found, member=request.member), _("It sends again."))


@require_POST
@right_required("numbers.manage")
def warm_up(request: MemberRequest, number: str) -> HttpResponse:
    """Start the warm-up today, or end it."""
    if request.POST.get("end"):
        return acting(
            request, number, lambda found: actions.end_warmup(found, member=request.member), _("The warm-up is over.")
        )
    return acting(
        request,
        number,
        lambda found: actions.start_warmup(found, member=request.member),
        _("The warm-up starts today."),
    )


@require_POST
@right_required("numbers.manage")
def remove(request: MemberRequest, number: str) -> HttpResponse:
    """Take the number out of the console, or back in."""
    if request.POST.get("undo"):
        return acting(
            request, number, lambda found: actions.take_back(found, member=request.member), _("The number is back.")
        )
    return acting(
        request,
        number,
        lambda found: actions.remove(found, member=request.member),
        _("Removed. Its messages stay; take it back on this page whenever you like."),
    )


@require_POST
@right_required("numbers.manage")
def sync(request: MemberRequest, number: str) -> HttpResponse:
    """Ask Meta how this number's account is."""
    return acting(
        request,
        number,
        lambda found: jobs.ask_soon(found.account_id),
        _("Meta is being asked. What is new shows up here by itself."),
    )


@require_POST
@right_required("numbers.manage")
def replace_token(request: MemberRequest, account: str) -> HttpResponse:
    """A new access token for an account, checked at Meta first."""
    found = find(Account.objects.visible_to(request.member).select_related("app", "portfolio"), account)
    form = forms.TokenForm(request.POST)
    try:
        if form.is_valid():
            actions.replace_token(found, token=form.cleaned_data["token"], member=request.member)
            messages.success(request, _("Meta accepts the new token. What waited goes on."))
        else:
            messages.error(request, _("Paste the new token."))
    except NumberError as error:
        messages.error(request, str(error))
    return redirect("numbers:found", public_id(found))


@require_POST
@right_required("numbers.manage")
def subscribe(request: MemberRequest, account: str) -> HttpResponse:
    """Have Meta send the account's webhooks here (again)."""
    found = find(Account.objects.visible_to(request.member).select_related("app"), account)
    try:
        actions.subscribe(found, member=request.member)
    except NumberError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Meta sends this account’s webhooks here."))
    return redirect("numbers:found", public_id(found))
