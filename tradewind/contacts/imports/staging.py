# ruff: noqa: S608  SQL is put together here from our own words.
"""A bucket of people on a temporary table, and from there set-wise into the contacts: who is new, who is there already.

The table belongs to the connection and is empty between transactions. One statement for each table that is written,
whatever the number of people; nothing of the bucket goes through the server's log but what stays.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg

from tradewind.contacts.imports.lines import COLUMNS

Cursor = psycopg.Cursor[Any]

# `id`: of the contact if one is made; `known`: the contact that is there. Ids that nobody uses leave gaps, no more.
TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS import_staged (
  key text, phone text, row integer, name text, language text, country text, city text, timezone text, company text,
  home text, zone text, state text, at float8, source text, wording text, fields jsonb, tags integer[],
  id bigint DEFAULT nextval('contact_id_seq'), known bigint, suppressed text DEFAULT ''
) ON COMMIT DELETE ROWS
"""
# Within one transaction of a caller's (tests) nothing is emptied by itself.
EMPTY = "DELETE FROM import_staged"
# The table has no statistics, and plans are kept while the contacts grow: a walk over all of them must not be one.
BY_INDEX = (
    "SELECT set_config(name, %s, true) FROM unnest('{enable_hashjoin,enable_mergejoin,enable_seqscan}'::text[]) AS name"
)
COPY = f"COPY import_staged ({', '.join(COLUMNS)}) FROM STDIN"
FIND = """
UPDATE import_staged s SET known = i.contact_id FROM identity i
WHERE i.workspace_id = %s AND i.kind = 'phone' AND i.scope = 0 AND i.value = s.phone
"""
FIND_OTHERWISE = """
UPDATE import_staged s SET known = i.contact_id
FROM unnest(%b::text[], %b::text[]) AS o (key, spelling)
JOIN identity i ON i.workspace_id = %s AND i.kind = 'phone' AND i.scope = 0 AND i.value = o.spelling
WHERE s.key = o.key AND s.known IS NULL
"""
# Whoever is there and whose row may say something new; who is left out is the same to the letter.
DIFFERING = """
SELECT s.key, s.known FROM import_staged s
JOIN contact c ON c.id = s.known
LEFT JOIN contact_tags t ON t.contact_id = c.id
WHERE NOT (
  (s.name = '' OR s.name = c.name) AND (s.language = '' OR s.language = c.language)
  AND (s.country = '' OR s.country = c.country) AND (s.city = '' OR s.city = c.city)
  AND (s.timezone = '' OR s.timezone = c.timezone) AND (s.company = '' OR s.company = c.company)
  AND c.fields @> s.fields AND s.tags <@ coalesce(t.tags, '{}')
  AND (s.state = '' OR (s.at = 0 AND s.state = c.marketing) OR (
    s.at <> 0 AND NOT (s.state = 'opted_in' AND c.marketing = 'opted_out') AND EXISTS (
      SELECT FROM consent p
      WHERE p.contact_id = c.id AND p.state = s.state AND extract(epoch FROM p.at)::float8 = s.at)))
)
"""
NEW_ONES = "SELECT key, phone FROM import_staged WHERE known IS NULL"
SUPPRESS = """
UPDATE import_staged s SET suppressed = g.reason FROM unnest(%b::text[], %b::text[]) AS g (key, reason)
WHERE s.key = g.key
"""
# As `contact_row` keeps tags: a bit each, by `tag_place`.
WORDS = tuple(f"tags{word}" for word in range(4))


def bits_of(word: str) -> str:
    place = WORDS.index(word)
    return f"coalesce(bit_or(1::bigint << (p.place & 63)) FILTER (WHERE p.place / 64 = {place}), 0)"


# The row of `contact_row` is written here, whole; the triggers would write it twice.
WRITTEN_HERE = "SET LOCAL tradewind.contact_rows = 'written'"
MARKETING = "CASE WHEN s.state = '' THEN 'unknown' ELSE s.state END"
SAID_AT = "coalesce(to_timestamp(nullif(s.at, 0)), %(now)s)"
COUNTRY = "CASE WHEN s.country = '' THEN s.home ELSE s.country END"
MAKE = (
    f"""
INSERT INTO contact (id, workspace_id, name, language, country, city, timezone, company, fields, created_at, marketing,
                     marketing_at, suppressed_at, suppressed_reason, import_id)
SELECT s.id, %(workspace)s, s.name, s.language, {COUNTRY}, s.city,
       CASE WHEN s.timezone = '' THEN s.zone ELSE s.timezone END, s.company, s.fields, %(now)s, {MARKETING},
       CASE WHEN s.state <> '' THEN {SAID_AT} END, CASE WHEN s.suppressed <> '' THEN %(now)s::timestamptz END,
       s.suppressed, %(import)s
FROM import_staged s WHERE s.known IS NULL
""",
    """
INSERT INTO identity (workspace_id, contact_id, kind, scope, value, is_current, seen_at)
SELECT %(workspace)s, s.id, 'phone', 0, s.phone, true, %(now)s FROM import_staged s WHERE s.known IS NULL
ORDER BY s.phone
""",
    """
INSERT INTO contact_tags (contact_id, workspace_id, tags)
SELECT s.id, %(workspace)s, s.tags FROM import_staged s WHERE s.known IS NULL
""",
    f"""
WITH combination AS (SELECT DISTINCT tags FROM import_staged WHERE known IS NULL), worn AS (
  SELECT c.tags, {", ".join(f"{bits_of(word)} AS {word}" for word in WORDS)}
  FROM combination c LEFT JOIN LATERAL unnest(c.tags) AS has (tag) ON true LEFT JOIN tag_place p ON p.tag_id = has.tag
  GROUP BY c.tags
)
INSERT INTO contact_row (contact_id, workspace_id, created_at, country, language, city, marketing, fields,
                         {", ".join(WORDS)})
SELECT s.id, CASE WHEN s.suppressed = 'erased' THEN -%(workspace)s ELSE %(workspace)s END, %(now)s, lower({COUNTRY}),
       lower(s.language), lower(s.city), {MARKETING}, s.fields, {", ".join(f"worn.{word}" for word in WORDS)}
FROM import_staged s JOIN worn USING (tags) WHERE s.known IS NULL
""",
)
CONSENT = f"""
INSERT INTO consent (workspace_id, contact_id, state, source, wording, proof, member_id, at, recorded_at)
SELECT %(workspace)s, s.id, s.state, left(coalesce(nullif(s.source, ''), %(source)s), 40), s.wording,
       jsonb_build_object('import', %(import)s::bigint, 'file', %(file)s::text, 'row', s.row), %(member)s, {SAID_AT},
       %(now)s
FROM import_staged s WHERE s.known IS NULL AND s.state <> ''
"""
LOG_TAGS = """
WITH logged AS (
  INSERT INTO tag_change (workspace_id, contact_id, tag_id, is_on, at, until, member_id, import_id, reason)
  SELECT %(workspace)s, s.id, each.tag, true, %(now)s, e.until, %(member)s, %(import)s, %(reason)s
  FROM import_staged s CROSS JOIN unnest(s.tags) AS each (tag)
  LEFT JOIN unnest(%(tags)s::integer[], %(ends)s::timestamptz[]) AS e (tag, until) ON e.tag = each.tag
  WHERE s.known IS NULL
  RETURNING id
)
SELECT min(id), max(id), (SELECT count(*) FROM import_staged WHERE known IS NULL AND tags <> '{}') FROM logged
"""
TERMS = """
INSERT INTO tag_term (workspace_id, contact_id, tag_id, until)
SELECT %(workspace)s, s.id, e.tag, e.until
FROM import_staged s CROSS JOIN unnest(s.tags) AS each (tag)
JOIN unnest(%(tags)s::integer[], %(ends)s::timestamptz[]) AS e (tag, until) ON e.tag = each.tag
WHERE s.known IS NULL
"""
TAGS_OF_NEW = "SELECT DISTINCT each FROM import_staged s, unnest(s.tags) AS each WHERE s.known IS NULL"
MADE = "SELECT array_agg(id ORDER BY id) FROM import_staged WHERE known IS NULL"


def stage(
    cursor: Cursor, workspace_id: int, lines: Iterable[str], spellings: list[tuple[str, str]]
) -> tuple[int, dict[str, int]]:
    """Put people on the table and find who is there.

    `spellings`: (key, another form of the number). Returns how many are there, and of those of whom the file may know
    something new: key → contact.
    """
    cursor.execute(TABLE)
    cursor.execute(EMPTY)
    cursor.execute(BY_INDEX, ["off"])
    with cursor.copy(COPY) as writer:
        writer.write("\n".join(lines).encode())
    cursor.execute(FIND, [workspace_id])
    known = cursor.rowcount
    if spellings:
        keys, forms = zip(*spellings, strict=True)
        cursor.execute(FIND_OTHERWISE, [list(keys), list(forms), workspace_id])
        known += cursor.rowcount
    differing: dict[str, int] = {}
    if known:
        cursor.execute(DIFFERING)
        differing = dict(cursor.fetchall())
    cursor.execute(BY_INDEX, ["on"])
    return known, differing


def new_ones(cursor: Cursor) -> dict[str, str]:
    cursor.execute(NEW_ONES)
    return dict(cursor.fetchall())


def suppress(cursor: Cursor, reasons: dict[str, str]) -> None:
    """These people begin suppressed: key → why."""
    if reasons:
        cursor.execute(SUPPRESS, [list(reasons), list(reasons.values())])


def tags_of_new(cursor: Cursor) -> set[int]:
    cursor.execute(TAGS_OF_NEW)
    return {row[0] for row in cursor.fetchall()}


def make(cursor: Cursor, facts: dict[str, Any]) -> list[int]:
    """New contacts with number, tags and consent; their ids. `facts`: the names in the statements."""
    cursor.execute(WRITTEN_HERE)
    for statement in (*MAKE, CONSENT):
        cursor.execute(statement, facts)
    cursor.execute("SET LOCAL tradewind.contact_rows = ''")
    cursor.execute(MADE)
    row = cursor.fetchone()
    return (row and row[0]) or []


def log_tags(cursor: Cursor, facts: dict[str, Any], ends: dict[int, datetime]) -> tuple[int, int, int]:
    """The log of the tags that new people begin with; (first line, last line, people).

    `ends`: tag → when it leaves by itself, of those that do.
    """
    named = {**facts, "tags": list(ends), "ends": list(ends.values())}
    cursor.execute(LOG_TAGS, named)
    first, last, people = cursor.fetchone() or (0, 0, 0)
    if ends:
        cursor.execute(TERMS, named)
    return first, last, people
