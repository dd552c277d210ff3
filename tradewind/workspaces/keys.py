"""API keys: `tw_<prefix>_<secret>`. The prefix finds the row, a keyed hash of the whole proves it; shown once."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.lib import clock, crypto
from tradewind.workspaces import audit, walls
from tradewind.workspaces.models import ApiKey, Member

HASH = "api key"
SECRET_BYTES = 32
# Without letters that look alike; 58 ** 10 prefixes.
PREFIX_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PREFIX_LENGTH = 10
# `last_used_at` is for people who clean up: a minute is exact enough, and a write at each call is not cheap.
USED_EXACT_TO = timedelta(minutes=1)

# Each scope stands for one right; a key has a right only while the member who made it has it too.
SCOPE_RIGHTS: dict[str, str] = {
    "messages:send": "messages.send",
    "messages:read": "messages.view",
    "messages:resolve": "messages.resolve",
    "contacts:read": "contacts.view",
    "contacts:write": "contacts.edit",
    "tags:write": "tags.manage",
    "contacts:batch": "contacts.batch",
    "contacts:import": "contacts.import",
    "contacts:export": "contacts.export",
    "contacts:erase": "contacts.erase",
    "events:write": "contacts.edit",
    "segments:write": "segments.edit",
    "campaigns:read": "campaigns.view",
    "campaigns:write": "campaigns.edit",
    "campaigns:launch": "campaigns.launch",
    "settings:write": "settings.manage",
    "numbers:read": "numbers.view",
    "health:read": "health.view",
    "templates:read": "templates.view",
    "templates:write": "templates.manage",
}
SCOPE_MEANINGS: dict[str, str | Promise] = {
    "messages:send": _("Send single messages"),
    "messages:read": _("Read messages and how far they got"),
    "messages:resolve": _("Close gaps between our figures and Meta's"),
    "contacts:read": _("Read contacts"),
    "contacts:write": _("Create and change contacts, opt them in and out"),
    "tags:write": _("Make, move and delete tags"),
    "contacts:batch": _("Change many contacts at once, and undo it"),
    "contacts:import": _("Bring files of people in, and undo it"),
    "contacts:export": _("Take out everything that is kept of a person"),
    "contacts:erase": _("Forget a person for good"),
    "events:write": _("Tell what happened outside: orders, carts, visits"),
    "segments:write": _("Save, change and delete segments"),
    "campaigns:read": _("Read campaigns and their results"),
    "campaigns:write": _("Create and plan campaigns"),
    "campaigns:launch": _("Launch, pause, resume and cancel campaigns"),
    "settings:write": _("Change weights and thresholds of scores"),
    "numbers:read": _("Read numbers"),
    "health:read": _("Read gaps between our figures and Meta's"),
    "templates:read": _("Read templates"),
    "templates:write": _("Submit and delete templates"),
}


def in_words(key: ApiKey) -> list[str]:
    """What a key may do, as its maker was asked; a scope of another version stays as it is called."""
    return [str(SCOPE_MEANINGS.get(scope, scope)) for scope in key.scopes]


@transaction.atomic
def create(*, by: Member, name: str, scopes: Iterable[str], expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key; returns its row and the key itself, which nobody can read again later."""
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(PREFIX_LENGTH))
    token = f"tw_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        workspace_id=by.workspace_id,
        name=name,
        prefix=prefix,
        digest=crypto.keyed_hash(token, purpose=HASH),
        scopes=[scope for scope in SCOPE_RIGHTS if scope in set(scopes)],
        member=by,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    audit.note(by, "key.created", key, f"{name} (tw_{prefix}_…)", {"scopes": key.scopes})
    return key, token


@transaction.atomic
def revoke(*, key: ApiKey, by: Member) -> None:
    """The key stops working at once."""
    if ApiKey.objects.visible_to(by).filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()):
        audit.note(by, "key.revoked", key, f"{key.name} (tw_{key.prefix}_…)")


def key_of(request: HttpRequest) -> ApiKey | None:
    """The working key that a request carries as `Authorization: Bearer tw_…`, with its member and workspace."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return authenticate(token.strip()) if kind.lower() == "bearer" else None


def authenticate(token: str) -> ApiKey | None:
    """The key behind a token; None when it is unknown, wrong, revoked, expired, or its member is gone."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "tw" or not token.isascii() or len(token) > 200:
        return None
    now = clock.now()
    with walls.outside():
        key = (
            ApiKey.objects.filter(prefix=parts[1], revoked_at=None, member__removed_at=None)
            .select_related("member__user", "member__workspace")
            .first()
        )
        if key is None or not _is(token, key) or not key.member.user.is_active:
            return None
        if key.expires_at is not None and key.expires_at <= now:
            return None
        if key.last_used_at is None or now - key.last_used_at >= USED_EXACT_TO:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def rights_of(key: ApiKey) -> frozenset[str]:
    """What a request with this key may do: its scopes, as far as its member still has those rights."""
    return frozenset(SCOPE_RIGHTS[scope] for scope in key.scopes if scope in SCOPE_RIGHTS) & key.member.rights


def _is(token: str, key: ApiKey) -> bool:
    return any(hmac.compare_digest(digest, bytes(key.digest)) for digest in crypto.keyed_hashes(token, purpose=HASH))
