"""The verbs of a saved segment: create, change, freeze, thaw, delete, note its use.

Each is one transaction with a journal entry, and one in the audit trail where a member did it. Refusals are
SegmentError and TreeError, sentences for the user.
"""

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from tradewind.contacts.models import Tag
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.segments import compile, queries
from tradewind.segments.errors import SegmentError, TreeError
from tradewind.segments.models import FrozenMember, Segment
from tradewind.segments.names import Names
from tradewind.segments.nodes import Node, Saved, Tagged, leaves
from tradewind.segments.tree import Reader
from tradewind.segments.written import written
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

LONGEST_NAME, LONGEST_DESCRIPTION = 120, 300
MOST_SEGMENTS = 1_000

# By table: the room of campaigns stands above this one. A campaign that is over keeps what it was told.
USED_BY = """
SELECT name FROM campaign
WHERE workspace_id = %(workspace)s AND state NOT IN ('done', 'cancelled')
  AND (audience @> jsonb_build_object('segment', %(segment)s::bigint)
       OR audience -> 'without' -> 'segments' @> to_jsonb(%(segment)s::bigint))
ORDER BY id DESC LIMIT 1
"""
KEEP = (
    "INSERT INTO segment_member (workspace_id, segment_id, contact_id) SELECT %(_w)s, %(_s)s, contact_id FROM ({}) now"
)


def create(
    *, workspace: Workspace, member: Member | None, name: str, tree: Any, description: str = "", is_frozen: bool = False
) -> Segment:
    """Save a tree under a name; frozen at once when asked for. Raises TreeError, SegmentError."""
    node, now = read(workspace, tree), clock.now()
    with transaction.atomic():
        if Segment.objects.filter(workspace=workspace).count() >= MOST_SEGMENTS:
            raise SegmentError(_("There are %(most)s segments already. Delete one first.") % {"most": MOST_SEGMENTS})
        segment = Segment(
            workspace=workspace,
            name=named(name),
            description=safe_to_show(description)[:LONGEST_DESCRIPTION],
            tree=written(tree, workspace.pk),
            created_by=member,
            created_at=now,
            changed_at=now,
        )
        keep(segment)
        note(segment, "segment.created", member)
        use_parts(node)
        if is_frozen:
            segment = freeze(segment, member=member)
    return segment


def change(
    segment: Segment,
    *,
    member: Member | None,
    name: str | None = None,
    tree: Any = None,
    description: str | None = None,
) -> Segment:
    """Change what is given. The tree of a frozen segment stays as it is: thaw it first."""
    with transaction.atomic():
        segment = locked(segment)
        if tree is not None:
            if segment.frozen_at is not None:
                raise SegmentError(_("This segment is frozen. Let it live again, then change its conditions."))
            read(segment.workspace, tree, inside=segment)
            segment.tree, segment.people, segment.counted_at = written(tree, segment.workspace_id), None, None
        if name is not None:
            segment.name = named(name)
        if description is not None:
            segment.description = safe_to_show(description)[:LONGEST_DESCRIPTION]
        segment.changed_at = clock.now()
        keep(segment)
        note(segment, "segment.changed", member)
    return segment


def freeze(segment: Segment, *, member: Member | None) -> Segment:
    """Keep the people who fit now; the segment does not change from then on."""
    with transaction.atomic():
        segment = locked(segment)
        if segment.frozen_at is not None:
            return segment
        node, now = read(segment.workspace, segment.tree), clock.now()
        FrozenMember.objects.filter(segment=segment).delete()
        sql, values = compile.contacts_sql(node, workspace_id=segment.workspace_id, now=now)
        with queries.asking() as cursor:
            cursor.execute(KEEP.format(sql), {**values, "_w": segment.workspace_id, "_s": segment.pk})
            segment.people = cursor.rowcount
        segment.frozen_at = segment.counted_at = segment.changed_at = now
        segment.save()
        note(segment, "segment.frozen", member, people=segment.people)
    return segment


def thaw(segment: Segment, *, member: Member | None) -> Segment:
    """Let it follow its conditions again; the people it kept are forgotten."""
    with transaction.atomic():
        segment = locked(segment)
        if segment.frozen_at is None:
            return segment
        FrozenMember.objects.filter(segment=segment).delete()
        segment.frozen_at = segment.people = segment.counted_at = None
        segment.changed_at = clock.now()
        segment.save()
        note(segment, "segment.thawed", member)
    return segment


def delete(segment: Segment, *, member: Member | None) -> None:
    """Forget it. Refused while a campaign that is not over, or another segment, uses it."""
    with transaction.atomic():
        segment = locked(segment)
        if user := campaign_of(segment):
            raise SegmentError(_("The campaign “%(name)s” uses this segment.") % {"name": user})
        if other := segment_with(segment):
            raise SegmentError(_("The segment “%(name)s” uses this segment.") % {"name": other.name})
        note(segment, "segment.deleted", member)
        segment.delete()


def used(segment: Segment) -> None:
    """A campaign or a batch takes it now: it, and the tags in it, count as used."""
    Segment.objects.filter(pk=segment.pk).update(used_at=clock.now())
    if segment.frozen_at is None:
        with suppress(TreeError):  # what is gone since cannot be marked, and nobody is to be stopped by that
            use_parts(read(segment.workspace, segment.tree))


def use_parts(node: Node) -> None:
    """The tags of a tree count as used (tag health), with those of the segments in it."""
    found = leaves(node)
    for leaf in found:
        if isinstance(leaf, Saved) and leaf.node is not None:
            use_parts(leaf.node)
    tags = [leaf.tag_id for leaf in found if isinstance(leaf, Tagged)]
    if tags:
        Tag.objects.filter(pk__in=tags).update(used_at=clock.now())


def counted(segment: Segment, people: int) -> None:
    """Remember how many there were, for lists."""
    Segment.objects.filter(pk=segment.pk, frozen_at=None).update(people=people, counted_at=clock.now())


def read(workspace: Workspace, value: Any, inside: Segment | None = None) -> Node:
    """The tree as nodes; `inside`: the segment that it is to be, which it must not contain."""
    return Reader(Names(workspace.pk), (inside.pk,) if inside else ()).read(value)


def named(name: str) -> str:
    name = safe_to_show(name, one_line=True)[:LONGEST_NAME]
    if not name:
        raise SegmentError(_("Give the segment a name."))
    return name


def keep(segment: Segment) -> None:
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError:
        raise SegmentError(_("There is a segment “%(name)s” already.") % {"name": segment.name}) from None


def locked(segment: Segment) -> Segment:
    row = Segment.objects.select_for_update(of=("self",)).select_related("workspace").filter(pk=segment.pk).first()
    if row is None:
        raise SegmentError(_("This segment is not there any more."))
    return row


def campaign_of(segment: Segment) -> str:
    """The name of a campaign under way that uses it; "" when none does."""
    with connection.cursor() as cursor:
        cursor.execute(USED_BY, {"workspace": segment.workspace_id, "segment": segment.pk})
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def segment_with(segment: Segment) -> Segment | None:
    """Another segment of which the tree names this one."""
    names = Names(segment.workspace_id)
    others = Segment.objects.filter(workspace_id=segment.workspace_id).exclude(pk=segment.pk)
    return next((other for other in others if mentions(other.tree, segment, names)), None)


def mentions(value: Any, segment: Segment, names: Names) -> bool:
    if isinstance(value, list):
        return any(mentions(each, segment, names) for each in value)
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("segment"), str):
        found = names.segment(value["segment"])
        return found is not None and found.pk == segment.pk
    return any(mentions(each, segment, names) for each in value.values())


def note(segment: Segment, kind: str, member: Member | None, **data: Any) -> None:
    record(
        kind,
        workspace_id=segment.workspace_id,
        member_id=member.pk if member else None,
        data={"segment": segment.pk, "name": segment.name, **data},
    )
    if member is not None:
        audit.note(member, kind, segment, segment.name)
