"""Connecting, step by step: the app, its webhooks and an account, the numbers found."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.lib import clock
from tradewind.numbers import access, actions, forms, jobs, words
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account, App, Number
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

# What the console works with; WhatsApp Manager lists the fields under Configuration → Webhook fields.
WEBHOOK_FIELDS = (
    "messages",
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
    "phone_number_quality_update",
    "phone_number_name_update",
    "business_capability_update",
    "account_update",
    "account_alerts",
    "account_review_update",
    "security",
    "user_preferences",
)


@right_required("numbers.manage")
def start(request: MemberRequest) -> HttpResponse:
    """Step 1: which app. With one app the way goes straight on to the account."""
    apps = list(App.objects.visible_to(request.member).order_by("pk"))
    form = forms.AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            app = actions.connect_app(workspace=request.workspace, member=request.member, **form.cleaned_data)
        except NumberError as error:
            form.add_error(None, str(error))
        else:
            return redirect("numbers:app", public_id(app))
    return page(request, "numbers/connect.html", 1, {"form": form, "apps": apps})


@right_required("numbers.manage")
def app(request: MemberRequest, app: str) -> HttpResponse:
    """Step 2: the address for Meta's webhooks, and the account with its token."""
    found = find(App.objects.visible_to(request.member), app)
    form = forms.AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.connect_account(app=found, member=request.member, **form.cleaned_data)
        except NumberError as error:
            form.add_error(None, str(error))
        else:
            try_to_subscribe(request, account)
            jobs.announce(account.pk)
            return redirect("numbers:found", public_id(account))
    present = Count("number", filter=Q(number__removed_at=None))
    details = {
        "form": form,
        "app": found,
        "callback": access.callback_of(found),
        "is_local": is_local(access.callback_of(found)),
        "verify_token": access.open_verify_token(found),
        "fields": WEBHOOK_FIELDS,
        "accounts": Account.objects.filter(app=found).annotate(numbers=present).order_by("name"),
        "secret_form": forms.SecretForm(),
    }
    return page(request, "numbers/app.html", 2, details, found)


def is_local(address: str) -> bool:
    """Whether Meta, out there, cannot reach this address."""
    return address.startswith("http://") or "//localhost" in address


def try_to_subscribe(request: MemberRequest, account: Account) -> None:
    """Meta calls our address at once; when it cannot, the account stays and the page says what to do."""
    try:
        actions.subscribe(account, member=request.member)
    except NumberError as error:
        messages.warning(request, str(error))


@right_required("numbers.manage")
def found(request: MemberRequest, account: str) -> HttpResponse:
    """Step 3: what Meta answered: the numbers, and whether its webhooks come here."""
    shown = find(Account.objects.visible_to(request.member).select_related("app", "portfolio"), account)
    numbers = Number.objects.filter(account=shown).present().select_related("account", "portfolio", "lane")
    now = clock.now()
    details = {
        "account": shown,
        "app": shown.app,
        "rows": [(each, words.state_of(each, now), words.quality_of(each)) for each in numbers.order_by("name")],
        "is_paused": words.is_paused(shown, now),
        "pause_reason": words.reason_of(shown.pause_reason),
        "callback": access.callback_of(shown.app),
        "token_form": forms.TokenForm(),
    }
    return page(request, "numbers/found.html", 3, details, shown.app)


@require_POST
@right_required("numbers.manage")
def rotate(request: MemberRequest, app: str) -> HttpResponse:
    """A new app secret beside the present one, or the end of the old one."""
    found = find(App.objects.visible_to(request.member), app)
    try:
        if request.POST.get("end"):
            actions.end_rotation(found, member=request.member)
            messages.success(request, _("Only the new secret opens the door from now on."))
        else:
            actions.rotate_secret(found, secret=request.POST.get("secret", ""), member=request.member)
            messages.success(request, _("The new secret counts. The old one counts too, until you end it here."))
    except NumberError as error:
        messages.error(request, str(error))
    return redirect("numbers:app", public_id(found))


@require_POST
@right_required("numbers.manage")
def pause_account(request: MemberRequest, account: str) -> HttpResponse:
    """Hold, or let go, all numbers of an account."""
    found = find(Account.objects.visible_to(request.member), account)
    if request.POST.get("resume"):
        actions.resume(found, member=request.member)
        messages.success(request, _("The account sends again."))
    else:
        actions.pause(found, reason=request.POST.get("reason", ""), member=request.member)
        messages.success(request, _("Paused. What waits stays in the queue."))
    return redirect("numbers:found", public_id(found))


def page(
    request: MemberRequest, template: str, step: int, details: dict[str, Any], app: App | None = None
) -> HttpResponse:
    """A step of connecting, with the way through the steps."""
    urls = [reverse("numbers:connect"), reverse("numbers:app", args=[public_id(app)]) if app else "", ""]
    names = [_("App"), _("Webhooks and account"), _("Numbers")]
    steps = [
        {"name": name, "url": url or (request.path if place == step else ""), "current": place == step}
        for place, (name, url) in enumerate(zip(names, urls, strict=True), 1)
    ]
    crumbs = [{"name": _("Numbers"), "url": reverse("numbers:list")}]
    answer = render(request, template, {"steps": steps, "crumbs": crumbs, **details})
    answer["Cache-Control"] = "no-store"  # a verify token stands on it
    return answer
