"""Sessions in the database, such that a dump of it opens none: keys stand there hashed, contents sealed.

Read by plain SQL, because each page begins with it (0.1 ms instead of 0.7 ms through the ORM), together with when the
session's browser was last seen (workspaces/devices.py).
"""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from tradewind.lib import crypto

READ = """
SELECT s.session_data, d.seen_at FROM django_session s LEFT JOIN device d ON d.session_id = s.session_key
WHERE s.session_key = %s AND s.expire_date > %s
"""


def kept(session_key: str) -> str:
    """What stands in the database for a session's key. The key itself has 165 random bits: no salt is needed."""
    return hashlib.sha256(b"session:" + session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's own, but for how a session is kept. `seen_at`: when its browser was last noted; None for never."""

    seen_at: datetime | None = None

    def load(self) -> dict[str, Any]:
        if not self.session_key:
            return {}
        row_key = kept(self.session_key)
        with connection.cursor() as cursor:
            cursor.execute(READ, [row_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        self.seen_at = row[1]
        return opened(row[0], row_key)

    def exists(self, session_key: str) -> bool:
        return super().exists(kept(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row_key = kept(self._get_or_create_session_key())  # type: ignore[attr-defined]
        return Session(session_key=row_key, session_data=sealed(data, row_key), expire_date=self.get_expiry_date())

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(kept(key))


def sealed(data: dict[str, Any], row_key: str) -> str:
    """A session's content as it is kept: it opens in its own row only."""
    text = json.dumps(data, separators=(",", ":"))
    return base64.b64encode(crypto.seal(text, bound_to=f"session:{row_key}")).decode()


def opened(text: str, row_key: str) -> dict[str, Any]:
    """The content of a session; of one that does not open (another key, a changed row) nothing is left."""
    try:
        found: dict[str, Any] = json.loads(crypto.open_sealed(base64.b64decode(text), bound_to=f"session:{row_key}"))
    except (crypto.SealError, ValueError):
        return {}
    return found
