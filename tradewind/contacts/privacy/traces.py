"""Where else a person may stand: lists that were uploaded or pasted, refused rows, how somebody stood before an import.

People wrote these as they liked, so a number is looked for by its end, and a name as the whole of a cell.
"""

from typing import Any

import psycopg

from tradewind.contacts.privacy.needles import Needles

Cursor = psycopg.Cursor[Any]

# Files of imports that still have to run are needed whole; the person stays suppressed when they come in.
UNFINISHED = """
SELECT EXISTS (SELECT FROM contact_import WHERE workspace_id = %s AND created_at <= %s
               AND state NOT IN ('done', 'cancelled', 'failed', 'undone'))
"""
PIECES = """
DELETE FROM contact_import_piece WHERE of_import_id IN (
  SELECT id FROM contact_import WHERE workspace_id = %s AND state IN ('done', 'cancelled', 'failed', 'undone'))
"""
# `ends`: the last digits of the person's numbers.
REJECTS = """
DELETE FROM contact_import_reject AS reject
WHERE workspace_id = %(workspace)s AND EXISTS (
  SELECT FROM jsonb_array_elements_text(reject.cells) AS cell (words)
  WHERE (%(name)s::text <> '' AND lower(btrim(words)) = lower(%(name)s::text))
     OR EXISTS (SELECT FROM unnest(%(ends)s::text[]) AS own
                WHERE right(regexp_replace(words, '\\D', '', 'g'), length(own)) = own))
"""
PREVIEWS = """
UPDATE contact_import SET preview = '{}' WHERE workspace_id = %s AND preview <> '{}'
  AND state IN ('done', 'cancelled', 'failed', 'undone')
"""
STRETCHES = """
UPDATE contact_import_stretch SET before = before - %s::text WHERE workspace_id = %s AND before ? %s::text
"""
PASTED = """
SELECT id, audience ->> 'text' FROM campaign WHERE workspace_id = %s AND audience ->> 'kind' = 'pasted'
ORDER BY id FOR NO KEY UPDATE
"""
PASTE = "UPDATE campaign SET audience = jsonb_set(audience, '{text}', to_jsonb(%s::text)) WHERE id = %s"
RAW = """
UPDATE recipient SET raw = '' WHERE raw <> '' AND workspace_id = %(workspace)s
  AND campaign_id IN (SELECT id FROM campaign WHERE workspace_id = %(workspace)s AND audience ->> 'kind' = 'pasted')
  AND EXISTS (SELECT FROM unnest(%(ends)s::text[]) AS own
              WHERE right(regexp_replace(raw, '\\D', '', 'g'), length(own)) = own)
"""
# A search or a value that somebody typed for a batch that is over: {"filter": {"q": "…"}}.
BATCHES = """
UPDATE batch SET {column} = '{{}}' WHERE workspace_id = %(workspace)s
  AND state IN ('done', 'cancelled', 'failed', 'undone')
  AND EXISTS (SELECT FROM unnest(%(words)s::text[]) AS word WHERE position(lower(word) IN lower({column}::text)) > 0)
"""
# What somebody wrote may have served as the example of a suggested tag; the word itself stays, many wrote it.
SAMPLES = """
UPDATE tag_suggestion SET sample = term WHERE workspace_id = %(workspace)s AND EXISTS (
  SELECT FROM unnest(%(words)s::text[]) AS word WHERE position(lower(word) IN lower(sample)) > 0)
"""


def wipe(cursor: Cursor, workspace_id: int, contact_id: int, needles: Needles) -> None:
    """Everywhere at once, in the caller's transaction."""
    cursor.execute(PIECES, [workspace_id])
    cursor.execute(PREVIEWS, [workspace_id])
    cursor.execute(STRETCHES, [str(contact_id), workspace_id, str(contact_id)])
    known: dict[str, Any] = {"workspace": workspace_id, "name": needles.name.strip(), "ends": needles.ends}
    cursor.execute(REJECTS, known)
    cursor.execute(RAW, known)
    unpaste(cursor, workspace_id, needles.ends)
    known["words"] = words_of(needles)
    for column in ("selection", "detail"):
        cursor.execute(BATCHES.format(column=column), known)
    cursor.execute(SAMPLES, known)


def words_of(needles: Needles) -> list[str]:
    """What can be told to be this person wherever it stands. A name of one word is somebody else's, too."""
    names = [needles.name] if " " in needles.name.strip() else []
    return [*(phone.lstrip("+") for phone in needles.phones), *needles.user_ids, *names]


def unpaste(cursor: Cursor, workspace_id: int, ends: list[str]) -> None:
    """Take the person's lines out of the lists that were pasted into campaigns."""
    cursor.execute(PASTED, [workspace_id])
    for campaign, text in cursor.fetchall():
        lines = str(text or "").splitlines()
        kept = [line for line in lines if not holds(line, ends)]
        if len(kept) < len(lines):
            cursor.execute(PASTE, ["\n".join(kept), campaign])


def holds(line: str, ends: list[str]) -> bool:
    """Whether a number with one of these ends stands in the line."""
    digits = "".join(letter for letter in line if letter.isdecimal())
    return any(end in digits for end in ends)
