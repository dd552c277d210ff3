"""How allauth signs people in here: by mail address and password; new people come by set-up or invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tradewind.workspaces.audit import address_of
from tradewind.workspaces.memberships import user_with_memberships
from tradewind.workspaces.models import User

BACKEND = "tradewind.workspaces.signin.Backend"


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

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "Successfully signed in as …": the console itself shows it."""


def sign_in(request: HttpRequest, user: User) -> None:
    """Signs somebody in who has just proven who they are (set-up, accepted invitation); the session gets a new key."""
    login(request, user, backend=BACKEND)
