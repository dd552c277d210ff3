"""Who may call an operation: a key with its scope, not too often. The key itself was found by the middleware."""

import math
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja.errors import HttpError, Throttled
from ninja.security import HttpBearer

from tradewind.lib import clock
from tradewind.workspaces.keys import SCOPE_RIGHTS
from tradewind.workspaces.middleware import holds_nul
from tradewind.workspaces.models import ApiKey

# Calls a second that a key may make for long, and at once. 100/s is more than a standard number sends (80/s).
RATE, BURST = 100.0, 200.0

# The bucket fills by time and gives one token a call; no row comes back when it is empty.
TAKE = """
INSERT INTO api_bucket AS b (key_id, workspace_id, tokens, at)
VALUES (%(key)s, %(workspace)s, %(burst)s - 1, %(now)s)
ON CONFLICT (key_id) DO UPDATE SET
  tokens = least(%(burst)s, b.tokens + %(rate)s * greatest(0, extract(epoch FROM excluded.at - b.at))) - 1,
  at = greatest(excluded.at, b.at)
WHERE least(%(burst)s, b.tokens + %(rate)s * greatest(0, extract(epoch FROM excluded.at - b.at))) >= 1
RETURNING tokens
"""


class KeyAuth(HttpBearer):
    """An API key as bearer token, with one scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        key: ApiKey | None = getattr(request, "api_key", None)
        if key is None:
            return None
        take(key)
        if holds_nul(request):
            raise HttpError(400, "The address holds a NUL character.")
        if self.scope not in key.scopes:
            raise HttpError(403, f"This key lacks the scope {self.scope}. Make a key that has it in the settings.")
        if SCOPE_RIGHTS[self.scope] not in request.rights:  # type: ignore[attr-defined]
            raise HttpError(403, f"{key.member} made this key and may no longer do this. Ask an admin for another key.")
        return key


def take(key: ApiKey) -> None:
    """Takes a token from the key's bucket; raises `Throttled` with the seconds to wait when it is empty."""
    asked: dict[str, Any] = {
        "key": key.pk,
        "workspace": key.workspace_id,
        "rate": RATE,
        "burst": BURST,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, asked)
        if cursor.fetchone() is None:
            raise Throttled(math.ceil(1 / RATE))
