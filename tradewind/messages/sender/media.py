"""Which id Meta gave a file for a number: read when a content needs it, kept until shortly before Meta forgets it.

A file that is not there yet is wished for here, too, so that nothing that names a file waits for ever.
"""

from datetime import datetime, timedelta

from tradewind.messages.sender.database import Database
from tradewind.messages.sender.facts import seconds
from tradewind.whatsapp.client import Refused

Key = tuple[int, int]
"""A file and a number."""
EDGE_SECONDS = 3_600.0
"""An id is not used in its last hour."""
LOST_WORDS = "media attachment"
"""Meta answers code 100 with these words to an id that it does not know (any more)."""
LOST_CODES = (100, 131009)

WISH = b"""
INSERT INTO media_upload (workspace_id, file_id, number_id, next_try_at)
SELECT file.workspace_id, file.id, number.id, %(now)b
FROM unnest(%(files)b::bigint[], %(numbers)b::bigint[]) AS asked (file_id, number_id)
JOIN media_file file ON file.id = asked.file_id
JOIN number ON number.id = asked.number_id AND number.workspace_id = file.workspace_id
ON CONFLICT (file_id, number_id) DO UPDATE SET meta_id = '', expires_at = NULL, next_try_at = %(now)b
WHERE media_upload.meta_id <> '' AND media_upload.expires_at <= %(edge)b
"""
READ = b"""
SELECT upload.file_id, upload.number_id, upload.meta_id, upload.expires_at
FROM unnest(%(files)b::bigint[], %(numbers)b::bigint[]) AS asked (file_id, number_id)
JOIN media_upload upload USING (file_id, number_id)
WHERE upload.meta_id <> ''
"""
FORGET = b"""
UPDATE media_upload SET meta_id = '', expires_at = NULL, next_try_at = %(now)b
WHERE file_id = %(file)b AND number_id = %(number)b AND meta_id = %(meta_id)b
"""


class MediaIds:
    """The ids that are known."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[str, float]] = {}

    def find(self, key: Key, now: float) -> str:
        """The id, or "" when it is not known or too old."""
        meta_id, until = self._known.get(key, ("", 0.0))
        return meta_id if now < until - EDGE_SECONDS else ""

    async def learn(self, database: Database, keys: set[Key], now: datetime) -> None:
        """Ask for these; what is not at Meta yet is wished for and stays unknown."""
        some = sorted(keys)
        params = {
            "files": [file for file, _ in some],
            "numbers": [number for _, number in some],
            "now": now,
            "edge": now + timedelta(seconds=EDGE_SECONDS),
        }
        await database.run(WISH, params)
        for file, number, meta_id, expires_at in await database.run(READ, params):
            self._known[file, number] = (meta_id, seconds(expires_at))

    def forget(self, key: Key) -> str:
        """Meta does not know it any more; returns the id that it was."""
        meta_id, _until = self._known.pop(key, ("", 0.0))
        return meta_id


async def forget_at_meta(database: Database, key: Key, meta_id: str, now: datetime) -> None:
    """Have it uploaded anew, unless somebody did so meanwhile."""
    await database.run(FORGET, {"file": key[0], "number": key[1], "meta_id": meta_id, "now": now})


def is_lost(answer: Refused) -> bool:
    """Whether Meta refused because it does not know the file's id."""
    return answer.code in LOST_CODES and LOST_WORDS in f"{answer.message} {answer.details or ''}"
