"""Tags put on and taken off: the one place that writes `contact_tags`, `tag_change` and `tag_term`.

Console, API, imports, rules, batches and terms all come here. What is so already is left alone and not logged, so a
call may be made again. Calls about the same people wait for each other: tags are locked before people, both by number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from django.utils.translation import gettext as _

from tradewind.contacts.errors import TagError
from tradewind.journal.actions import Line, record_many
from tradewind.lib import clock

# With so many changes at most each has its own journal entry; of more there is one that tells of all.
TOLD_ONE_BY_ONE = 1_000
# As `until`: without an end, whatever life time the tag has.
FOR_GOOD = datetime.max.replace(tzinfo=UTC)
LONGEST_REASON = 200

Cursor = psycopg.Cursor[Any]

# Shared: others go on putting the tag on, but nobody deletes or merges it before we are through.
TAGS = """
SELECT id, name, rule_id, lifetime_days, archived_at IS NOT NULL FROM tag
WHERE workspace_id = %s AND id = ANY(%b::int[]) ORDER BY id FOR KEY SHARE
"""
PEOPLE = """
SELECT contact_id FROM contact_tags
WHERE workspace_id = %s AND contact_id = ANY(%b::bigint[]) ORDER BY contact_id FOR UPDATE
"""
# The contacts are held, so that nobody deletes one meanwhile: no constraint would keep the row from staying alone.
ROWS = """
INSERT INTO contact_tags (contact_id, workspace_id)
SELECT id, workspace_id FROM contact WHERE workspace_id = %s AND id = ANY(%b::bigint[]) ORDER BY id FOR KEY SHARE
ON CONFLICT DO NOTHING
"""
# The rows are locked already, so this statement's snapshot is how they stand. `is_said`: an end, or "for good", was
# asked for by name, and moves the end of a tag that is there already; a tag's own life time does not.
CHANGE = """
WITH given AS (
  SELECT g.contact_id, g.tag_id, g.is_on, to_timestamp(g.until) AS until, g.is_said,
         (g.tag_id = ANY(t.tags)) <> g.is_on AS turns
  FROM unnest(%s::bigint[], %s::int[], %s::bool[], %s::float8[], %s::bool[])
    AS g (contact_id, tag_id, is_on, until, is_said)
  JOIN contact_tags t ON t.contact_id = g.contact_id AND t.workspace_id = %s
), differing AS MATERIALIZED (
  SELECT contact_id, tag_id, is_on, until, turns FROM given
  WHERE turns OR (is_on AND is_said AND until IS DISTINCT FROM (
    SELECT o.until FROM tag_term o WHERE o.contact_id = given.contact_id AND o.tag_id = given.tag_id))
), by_person AS (
  SELECT contact_id, array_agg(tag_id) AS all_of, array_agg(tag_id) FILTER (WHERE is_on) AS put
  FROM differing WHERE turns GROUP BY contact_id
), written AS (
  UPDATE contact_tags t
  SET tags = CASE WHEN cardinality(all_of) = 1 THEN array_remove(tags, all_of[1])
                  ELSE ARRAY(SELECT each FROM unnest(tags) AS each WHERE each <> ALL (all_of)) END || put
  FROM by_person p WHERE t.contact_id = p.contact_id
), ended AS (
  DELETE FROM tag_term o USING differing d
  WHERE o.contact_id = d.contact_id AND o.tag_id = d.tag_id AND (NOT d.is_on OR d.until IS NULL)
), begun AS (
  INSERT INTO tag_term (workspace_id, contact_id, tag_id, until)
  SELECT %s, contact_id, tag_id, until FROM differing WHERE is_on AND until IS NOT NULL ORDER BY contact_id
  ON CONFLICT (contact_id, tag_id) DO UPDATE SET until = excluded.until
), logged AS (
  INSERT INTO tag_change
    (workspace_id, contact_id, tag_id, is_on, until, at, member_id, rule_id, batch_id, import_id, reason)
  SELECT %s, contact_id, tag_id, is_on, CASE WHEN is_on THEN until END, to_timestamp(%s), %s, %s, %s, %s, %s
  FROM differing ORDER BY contact_id
  RETURNING id, contact_id, tag_id, is_on
)
SELECT id, contact_id, tag_id, is_on FROM logged
"""


class Change(NamedTuple):
    """A tag that is to be on a contact, or not. `until`: when it leaves by itself (None = as long as the tag says)."""

    contact_id: int
    tag_id: int
    is_on: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who or what changes tags, and why, in words that people read on the person's page."""

    member_id: int | None = None
    rule_id: int | None = None
    batch_id: int | None = None
    import_id: int | None = None
    reason: str = ""


class TagGone(TagError):
    """The tag was deleted, or is another workspace's."""


class KeptByRule(TagError):
    """A rule keeps the tag true; only that rule may put it on and take it off."""


class Archived(TagError):
    """The tag is put away; nobody gets it any more."""


class _Tag(NamedTuple):
    id: int
    name: str
    rule_id: int | None
    lifetime_days: int | None
    is_archived: bool


class _Told(NamedTuple):
    """A line of the log."""

    id: int
    contact_id: int
    tag_id: int
    is_on: bool


def change_many(cursor: Cursor, workspace_id: int, changes: Sequence[Change], *, by: By) -> int:
    """Put tags on people and take them off, as one; how many changes made a difference.

    `cursor` is one that knows `%b` (`journal.connections.hot_cursor()`), in a transaction of the caller, who keeps it
    short. Of several changes of the same tag of a person the last one holds. People who are gone meanwhile are passed
    over. Raises TagGone, KeptByRule (unless `by.rule_id` is the tag's own rule) and Archived, before it writes.
    """
    wanted = {(change.contact_id, change.tag_id): change for change in changes}
    if not wanted:
        return 0
    tags = tags_held(cursor, workspace_id, wanted.values(), by)
    lock_people(cursor, workspace_id, sorted({contact for contact, _tag in wanted}))
    told = write(cursor, workspace_id, sorted(wanted.values()), tags, by)
    if told:
        tell(cursor, workspace_id, told, tags, by)
    return len(told)


def tags_held(cursor: Cursor, workspace_id: int, changes: Iterable[Change], by: By) -> dict[int, _Tag]:
    """The tags by id, kept from deletion until the transaction ends; refuses what may not be changed."""
    put = {change.tag_id for change in changes if change.is_on}
    wanted = {change.tag_id for change in changes}
    tags = lock_tags(cursor, workspace_id, wanted)
    if len(tags) < len(wanted):
        raise TagGone(_("A tag of these was deleted meanwhile. Look at the list of tags again."))
    for tag in tags.values():
        if tag.rule_id is not None and tag.rule_id != by.rule_id:
            raise KeptByRule(kept_by_rule(tag.name))
        if tag.is_archived and tag.id in put:
            raise Archived(_("The tag %(tag)s is archived. Bring it back before you put it on.") % {"tag": tag.name})
    return tags


def lock_tags(cursor: Cursor, workspace_id: int, tags: Iterable[int]) -> dict[int, _Tag]:
    """Keep these tags from being deleted until the transaction ends. To be done before people are locked."""
    cursor.execute(TAGS, [workspace_id, sorted(tags)])
    return {row[0]: _Tag(*row) for row in cursor.fetchall()}


def kept_by_rule(name: str) -> str:
    """Why a tag cannot be set by hand."""
    return _("The rule of %(tag)s decides who has this tag. Change the rule, or switch it off, to set it by hand.") % {
        "tag": name
    }


def lock_people(cursor: Cursor, workspace_id: int, contacts: list[int]) -> None:
    """Hold the rows of these people, in the order of their numbers; rows that are missing are made."""
    cursor.execute(PEOPLE, [workspace_id, contacts])
    if len(cursor.fetchall()) < len(contacts):
        cursor.execute(ROWS, [workspace_id, contacts])
        cursor.execute(PEOPLE, [workspace_id, contacts])


def write(cursor: Cursor, workspace_id: int, changes: list[Change], tags: dict[int, _Tag], by: By) -> list[_Told]:
    """Write what differs; the lines of the log."""
    now = clock.now()
    ends = {tag.id: end_of(tag, now, by) for tag in tags.values()}
    columns = [
        literal(change.contact_id for change in changes),
        literal(change.tag_id for change in changes),
        literal(change.is_on for change in changes),
        literal(stamp(change.until) if change.until else ends[change.tag_id] for change in changes),
        literal(change.until is not None for change in changes),
    ]
    who = [by.member_id, by.rule_id, by.batch_id, by.import_id, by.reason[:LONGEST_REASON]]
    cursor.execute(CHANGE, [*columns, workspace_id, workspace_id, workspace_id, now.timestamp(), *who])
    return [_Told(*row) for row in cursor.fetchall()]


def literal(values: Iterable[float | bool | None]) -> str:
    """The values as PostgreSQL writes an array: many times cheaper to make than the driver's own form."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def end_of(tag: _Tag, now: datetime, by: By) -> float | None:
    """When the tag leaves by itself if nothing else is said; a rule says itself when it does."""
    if tag.lifetime_days is None or by.rule_id is not None:
        return None
    return (now + timedelta(days=tag.lifetime_days)).timestamp()


def stamp(until: datetime) -> float | None:
    return None if until == FOR_GOOD else until.timestamp()


def tell(cursor: Cursor, workspace_id: int, told: list[_Told], tags: dict[int, _Tag], by: By) -> None:
    """Journal entries: one for each change, or one for very many."""
    now = clock.now()
    if len(told) <= TOLD_ONE_BY_ONE:
        lines = [line_of(workspace_id, now, each, tags[each.tag_id], by) for each in told]
    else:
        lines = [Line(workspace_id, now, "tags.changed", member_id=by.member_id, data=sum_of(told, by))]
    record_many(cursor, lines)


def line_of(workspace_id: int, now: datetime, told: _Told, tag: _Tag, by: By) -> Line:
    kind = "contact.tagged" if told.is_on else "contact.untagged"
    data = {"tag": tag.id, "name": tag.name, "change": told.id, **source_of(by)}
    return Line(workspace_id, now, kind, contact_id=told.contact_id, member_id=by.member_id, data=data)


def sum_of(told: list[_Told], by: By) -> dict[str, Any]:
    """What `tags.changed` says; `changes` are the first and the last number of its lines in `tag_change`."""
    return {
        **source_of(by),
        "tags": sorted({each.tag_id for each in told}),
        "people": len({each.contact_id for each in told}),
        "changes": [min(each.id for each in told), max(each.id for each in told)],
    }


def source_of(by: By) -> dict[str, int]:
    named = {"rule": by.rule_id, "batch": by.batch_id, "import": by.import_id}
    return {name: value for name, value in named.items() if value is not None}
