"""How to reach Meta for an account: address, version, token; and which addresses may be reached at all.

A token goes only to Meta's own address, or to one that the operator has set for the whole installation
(TRADEWIND_GRAPH_URL), never to one that somebody typed into a form. In a demo and in tests the simulator may stand
anywhere.
"""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from tradewind import config
from tradewind.lib import crypto
from tradewind.numbers.models import Account, App

META = "https://graph.facebook.com"
FREE_ENVIRONMENTS = ("demo", "test")


class NumberError(ValueError):
    """It cannot be done; the message is a sentence for people: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where and as whom to call. `base` has no slash at the end, `version` looks like "v26.0"."""

    base: str
    version: str
    token: str = field(repr=False)
    app_secret: str | None = field(default=None, repr=False)


def graph_for(account: Account) -> tuple[str, str, str]:
    """(base, version, token) for calls about an account. Raises NumberError without a token or a good address."""
    access = access_of(account)
    return access.base, access.version, access.token


def access_of(account: Account) -> Access:
    """The same with the app's secret, which signs calls where the app demands a proof."""
    if account.token is None:
        raise NumberError(_("%(account)s has no access token. Paste a new one.") % {"account": account.name})
    return access_with(account.app, open_token(account))


def access_with(app: App, token: str) -> Access:
    """Access with a token that is not kept (yet)."""
    return Access(check_address(app.graph_url), app.graph_version, token, open_secret(app))


def check_address(address: str) -> str:
    """The address without a slash at the end, if tokens may be sent there; else NumberError."""
    address = address.strip().rstrip("/")
    if address in (META, config.load().graph_url.rstrip("/")):
        return address
    if config.load().env in FREE_ENVIRONMENTS and urlsplit(address).scheme in ("http", "https"):
        return address
    raise NumberError(
        _("%(address)s is not Meta's address. Only the operator can allow another one, with TRADEWIND_GRAPH_URL.")
        % {"address": address[:200]}
    )


def seal_token(account: Account, token: str) -> bytes:
    return crypto.seal(token, bound_to=f"account:{account.pk}:token")


def open_token(account: Account) -> str:
    assert account.token is not None
    return crypto.open_sealed(bytes(account.token), bound_to=f"account:{account.pk}:token")


def seal_secret(app: App, secret: str, *, previous: bool = False) -> bytes:
    return crypto.seal(secret, bound_to=f"app:{app.pk}:{'previous_secret' if previous else 'secret'}")


def open_secret(app: App) -> str | None:
    return None if app.secret is None else crypto.open_sealed(bytes(app.secret), bound_to=f"app:{app.pk}:secret")


def active_secrets(app: App) -> list[str]:
    """The secrets that a webhook may be signed with: the present one, and the one before while it is rotated."""
    found = [open_secret(app)]
    if app.previous_secret is not None:
        found.append(crypto.open_sealed(bytes(app.previous_secret), bound_to=f"app:{app.pk}:previous_secret"))
    return [secret for secret in found if secret]


def seal_verify_token(app: App, token: str) -> bytes:
    return crypto.seal(token, bound_to=f"app:{app.pk}:verify_token")


def open_verify_token(app: App) -> str:
    assert app.verify_token is not None
    return crypto.open_sealed(bytes(app.verify_token), bound_to=f"app:{app.pk}:verify_token")


def callback_of(app: App) -> str:
    """The address that Meta sends this app's webhooks to."""
    return f"{config.load().base_url}/webhooks/{app.webhook_path}"


def new_webhook_path() -> str:
    """A path that cannot be guessed."""
    return secrets.token_urlsafe(24)
