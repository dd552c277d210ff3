# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""Conditions as they stood at a moment of the past (X5): tags by their log, consent by its proofs, campaigns by the
times of their messages.

Of tags and consent only what was noted after that moment is looked up, by the order in which it was noted; everybody
else stands as they stood then.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from tradewind.segments.nodes import OptedIn, Sent, Tagged
from tradewind.segments.sets import Found, People, all_of, any_of, rest

if TYPE_CHECKING:
    from tradewind.segments.leaves import Desk

# What changed since then about these tags.
CHANGED = "tag_change g WHERE {ground} AND g.at > {at} AND g.tag_id = ANY({ids}::int[])"
# The first change of each tag of a person since then says how it stood before: its number, and in its last two bits
# whether it took the tag off (0), put it on (1), or put it on for a time (2). One that puts a tag on for a time may
# only move the end of one that is there, and then an earlier change says so. By a hash: to sort all that happened in a
# quarter would take most of the time.
FIRST_SINCE = """
SELECT g.contact_id, g.tag_id,
  min(g.id * 4 + CASE WHEN NOT g.is_on THEN 0 WHEN g.until IS NULL THEN 1 ELSE 2 END) AS code
FROM {changed} GROUP BY g.contact_id, g.tag_id
"""
HAD_THEN = """
CASE f.code % 4 WHEN 0 THEN true WHEN 1 THEN false ELSE coalesce((
  SELECT b.is_on FROM tag_change b WHERE b.contact_id = f.contact_id AND b.tag_id = f.tag_id AND b.id < f.code / 4
  ORDER BY b.id DESC LIMIT 1), false) END
"""
HAD_ONE = "SELECT f.contact_id FROM ({first}) f WHERE {had}"
# Of several tags one that did not change is as good.
HAD_ANY = """
SELECT m.contact_id
FROM (SELECT f.contact_id, bool_or({had}) AS had, array_agg(f.tag_id) AS moved FROM ({first}) f GROUP BY f.contact_id) m
LEFT JOIN contact_tags h ON h.contact_id = m.contact_id
WHERE m.had OR EXISTS (SELECT FROM unnest(h.tags) AS tag WHERE tag = ANY({ids}::int[]) AND tag <> ALL (m.moved))
"""
# Who had a word about marketing noted since; how they stood is what the youngest proof says that was known then.
SAID_SINCE = "SELECT k.contact_id FROM consent k WHERE {ground} AND k.recorded_at > {at} AND k.purpose = 'marketing'"
HAD_AGREED = """
SELECT s.contact_id FROM (SELECT DISTINCT contact_id FROM ({since}) AS all_since) s
WHERE (SELECT p.state FROM consent p
       WHERE p.contact_id = s.contact_id AND p.purpose = 'marketing' AND p.recorded_at <= {at}
       ORDER BY p.at DESC, p.id DESC LIMIT 1) = 'opted_in'
"""
# By which times of a message each outcome had come; what is later implies what is earlier.
REACHED = {
    "accepted": ("accepted_at", "sent_at", "delivered_at", "read_at"), "sent": ("sent_at", "delivered_at", "read_at"),
    "delivered": ("delivered_at", "read_at"), "read": ("read_at",), "failed": ("failed_at",),
}  # fmt: skip


def tagged(leaf: Tagged, has_now: People, at: datetime, desk: "Desk") -> People:
    """Who had the tag or one below it then. `has_now`: who has it now."""
    ids, ground = desk.add(list(leaf.ids)), desk.ground.of("g", "contact_id")
    changed = CHANGED.format(ground=ground, at=desk.add(at), ids=ids)
    had = HAD_ONE if len(leaf.ids) == 1 else HAD_ANY
    before = had.format(first=FIRST_SINCE.format(changed=changed), had=HAD_THEN.replace("%", "%%"), ids=ids)
    as_now = all_of([has_now, rest(Found(f"SELECT g.contact_id FROM {changed}"))])
    return any_of([Found(before), as_now])


def opted_in(leaf: OptedIn, agrees_now: People, at: datetime, desk: "Desk") -> People:
    """Who had agreed to marketing then."""
    words = {"at": desk.add(at), "ground": desk.ground.of("k", "contact_id")}
    since = SAID_SINCE.format(**words)
    had = any_of([Found(HAD_AGREED.format(since=since, **words)), all_of([agrees_now, rest(Found(since))])])
    return had if leaf.is_so else rest(had)


def outcome(leaf: Sent, at: datetime, desk: "Desk") -> str:
    """The condition on a message of the campaign, by its times."""
    moment = desk.add(at)
    return " OR ".join(f"m.{column} <= {moment}" for column in REACHED[leaf.outcome])
