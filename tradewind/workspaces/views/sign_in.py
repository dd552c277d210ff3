"""How somebody signs in: password, second factors, recovery codes, and the browsers in which they are signed in."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tradewind.workspaces import audit, devices
from tradewind.workspaces.door import find, member_required, of_sign_in
from tradewind.workspaces.middleware import lacks_second_factor
from tradewind.workspaces.models import Device
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page

FEW_CODES = 3


@of_sign_in
@member_required
def sign_in(request: MemberRequest) -> HttpResponse:
    """All of it on one page; where the workspace demands two factors, this is where people without a second are led."""
    factors = Authenticator.objects.filter(user=request.user).order_by("created_at")
    by_kind: dict[str, list[Authenticator]] = {}
    for factor in factors:
        by_kind.setdefault(factor.type, []).append(factor)
    codes = by_kind.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "app": next(iter(by_kind.get(Authenticator.Type.TOTP, [])), None),
        "passkeys": by_kind.get(Authenticator.Type.WEBAUTHN, []),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "few_codes": FEW_CODES,
        "must_enrol": lacks_second_factor(request.member),
        "devices": [
            {"row": row, "name": devices.name_of(row.agent), "is_here": devices.is_here(row, request)}
            for row in devices.of(request.user)
        ],
    }
    return settings_page(request, "workspaces/sign_in.html", context)


@require_POST
@of_sign_in
@member_required
def end_device(request: MemberRequest, device: str) -> HttpResponse:
    """Signs one browser out; it is in at most one of the person's own sessions."""
    found = find(Device.objects.filter(user=request.user), device)
    devices.end(found)
    audit.note(request, "sign_in.ended", summary=devices.name_of(found.agent))
    messages.success(request, _("That browser is signed out."))
    return redirect("settings:sign_in")


@require_POST
@of_sign_in
@member_required
def end_others(request: MemberRequest) -> HttpResponse:
    """Signs all other browsers of this person out."""
    count = devices.end_others(request.user, request)
    audit.note(request, "sign_in.ended", summary=str(count), detail={"browsers": count})
    said = ngettext("One other browser is signed out.", "%(count)s other browsers are signed out.", count)
    messages.success(request, said % {"count": count})
    return redirect("settings:sign_in")


@of_sign_in
@never_cache
@member_required
@reauthentication_required(app="allauth.mfa")
def recovery_codes(request: MemberRequest) -> HttpResponse:
    """The codes, once: afterwards only how many are left, and how to make new ones."""
    codes, is_first_look = flows.view_recovery_codes(request)
    if codes is None:
        raise Http404
    shown = codes.get_unused_codes() if is_first_look else []
    return render(request, "mfa/recovery_codes/index.html", {"codes": shown, "count": len(codes.get_unused_codes())})
