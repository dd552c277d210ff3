"""Second factors of a sign-in: an app's codes, passkeys, recovery codes. allauth does the cryptography; here is what is
ours: secrets are sealed for the person whom they belong to, and every change is told.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tradewind.lib import crypto
from tradewind.workspaces import audit, devices
from tradewind.workspaces.models import Member, User

# What counts as a second factor; recovery codes alone are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# Whose secrets are read while nobody is signed in yet: the person at the second step of signing in.
_whose: ContextVar[int | None] = ContextVar("second factor of", default=None)


class Adapter(DefaultMFAAdapter):
    """Our answers to allauth's questions about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used already. Wait for the next one."),
        "cannot_generate_recovery_codes": _("Set up an app or a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.seal(text, bound_to=_bound())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.open_sealed(base64.b64decode(encrypted_text), bound_to=_bound())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return ""  # the person names it


@contextmanager
def belonging_to(user: User) -> Iterator[None]:
    """Secrets are sealed for and opened as this person's in the block, whoever is signed in."""
    token = _whose.set(user.pk)
    try:
        yield
    finally:
        _whose.reset(token)


@transaction.atomic
def reset(user: User) -> int:
    """Takes every second factor off a sign-in, for the operator; returns how many. All its browsers are signed out."""
    count = Authenticator.objects.filter(user=user, type__in=FACTORS).count()
    Authenticator.objects.filter(user=user).delete()
    devices.end_others(user)
    for member in Member.objects.filter(user=user, removed_at=None):
        audit.note(member, "sign_in.factors_reset", member, str(user))
    return count


def _bound() -> str:
    """A stolen row cannot be put under another sign-in: it would not open there."""
    return f"login:{_whose.get() or context.request.user.pk}:second_factor"
