"""How allauth signs people in here: by mail address and password; new people come by set-up or invitation only."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tradewind.workspaces import audit, audit_words, devices, mail, walls
from tradewind.workspaces.audit import address_of
from tradewind.workspaces.memberships import user_with_memberships
from tradewind.workspaces.models import Member, User

BACKEND = "tradewind.workspaces.signin.Backend"
# allauth's name of a change → our verb in the audit trail.
CHANGES = {
    "totp_activated": "sign_in.app_added",
    "totp_deactivated": "sign_in.app_removed",
    "webauthn_added": "sign_in.passkey_added",
    "webauthn_removed": "sign_in.passkey_removed",
    "recovery_codes_generated": "sign_in.codes_renewed",
    "password_changed": "sign_in.password_changed",
    "password_reset": "sign_in.password_reset",
}
# After these every other browser has to sign in anew, by the way that holds from now on.
ENDING_SESSIONS = ("sign_in.app_added", "sign_in.passkey_added", "sign_in.password_changed", "sign_in.password_reset")
NOT_YOU = _("If this was not you, change your password now and tell an owner of your workspace.")


class Backend(AuthenticationBackend):
    """allauth's way of signing in; the person behind a session comes with their memberships, in one query."""

    def get_user(self, user_id: int) -> User | None:
        user = user_with_memberships(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):
    """Our answers to allauth's questions. Rate limits and silence about who exists are allauth's own."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for a wrong password and an unknown address.
        "email_password_mismatch": _("The mail address or the password is wrong."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """After signing in people go to paths of this console only, never to another site."""
        return bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(str(url), allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "unknown"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in has proven who they are; allauth itself would ask again at once."""
        request = context.request
        proofs = get_authentication_records(request, request.user)
        return not any(time.time() - proof["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for proof in proofs)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """allauth calls this after each change of how somebody signs in: noted, mailed, the end of other sessions."""
        change = CHANGES.get(template_prefix.rpartition("/")[2])
        if change is not None:
            tell_of(change, user)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "Successfully signed in as …": the console itself shows it."""


def sign_in(request: HttpRequest, user: User) -> None:
    """Signs somebody in who has just proven who they are (set-up, accepted invitation); the session gets a new key."""
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method="password")


def tell_of(verb: str, user: User) -> None:
    """A change of how somebody signs in: into the trail of each of their workspaces, and to them by mail."""
    if verb in ENDING_SESSIONS:
        devices.end_others(user, context.request)
    with walls.outside():
        for member in Member.objects.filter(user=user, removed_at=None):
            audit.note(member, verb, member, str(user))
    devices.tell(user)
    change = str(audit_words.in_words(verb))
    words = _("For %(email)s: %(change)s.") % {"email": user.email, "change": change}
    mail.send(user.email, subject=str(_("Your sign-in has changed")), text=f"{words}\n\n{NOT_YOU}\n")
