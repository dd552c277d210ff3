"""The tree of tags: make, rename, move, describe, archive. One at a time in a workspace; each leaves an audit line."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat, Lower, Substr
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from tradewind.contacts.errors import TagError
from tradewind.contacts.models import LEVELS, Tag
from tradewind.contacts.tags import paths
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

# Colours of new dimensions, in turn.
COLOURS = tuple(f"series-{number}" for number in range(1, 9))
LONGEST_REASON = 200
LONGEST_DESCRIPTION = 200
LONGEST_LIFE_DAYS = 3650
FIND_ALL = """
SELECT wanted.name, tag.id FROM unnest(%s::text[]) AS wanted (name)
JOIN tag ON tag.workspace_id = %s AND lower(tag.name) = lower(wanted.name)
"""
# Names the lock of a workspace's tree among all advisory locks.
TREE = 7_461


class TagTaken(TagError):
    """There is a tag of that name. `tag` is it."""

    def __init__(self, sentence: str, tag: Tag) -> None:
        super().__init__(sentence)
        self.tag = tag


def find(workspace_id: int, path: str) -> Tag | None:
    """The tag with this path, whatever its case; None when there is none, or the path is none."""
    try:
        return named(workspace_id, paths.clean(path))
    except TagError:
        return None


def named(workspace_id: int, path: str) -> Tag | None:
    """As `find`, for a path that is clean already."""
    return Tag.objects.filter(Exact(Lower("name"), Lower(Value(path))), workspace_id=workspace_id).first()


def find_all(workspace_id: int, wanted: Iterable[str]) -> dict[str, Tag]:
    """Those of these paths that are tags, as `find` finds each."""
    clean: dict[str, str] = {}
    for path in wanted:
        with suppress(TagError):
            clean[path] = paths.clean(path)
    with connection.cursor() as cursor:
        cursor.execute(FIND_ALL, [list(clean.values()), workspace_id])
        rows = dict(cursor.fetchall())
    tags = Tag.objects.in_bulk(rows.values())
    return {path: tags[rows[name]] for path, name in clean.items() if name in rows}


def below(tag: Tag) -> QuerySet[Tag]:
    """The tags under this one, at any depth."""
    return Tag.objects.filter(workspace_id=tag.workspace_id, name__startswith=f"{tag.name}/")


def make(
    *,
    workspace: Workspace,
    name: str,
    member: Member | None,
    colour: str = "",
    description: str = "",
    owner: Member | None = None,
    lifetime_days: int | None = None,
) -> tuple[Tag, bool]:
    """The tag of that path and whether it is new; what is missing above it is made, too. Raises TagError."""
    path = paths.clean(name)
    there = named(workspace.pk, path)
    if there is not None:
        return there, False
    facts = checked({"description": description, "lifetime_days": lifetime_days})
    with transaction.atomic():
        hold(workspace.pk)
        there = named(workspace.pk, path)  # somebody else may have been faster
        if there is not None:
            return there, False
        parent = parent_for(workspace, path, member)
        stem = f"{parent.name}/" if parent else ""
        made = Tag.objects.create(
            workspace=workspace,
            parent=parent,
            name=stem + path.rpartition("/")[2],
            colour=coloured(colour) or (parent.colour if parent else next_colour(workspace)),
            owner=owner,
            created_at=clock.now(),
            **facts,
        )
        tell("tag.created", made, member, made.name)
    return made, True


def parent_for(workspace: Workspace, path: str, member: Member | None) -> Tag | None:
    above = paths.parent_of(path)
    return make(workspace=workspace, name=above, member=member)[0] if above else None


def next_colour(workspace: Workspace) -> str:
    return COLOURS[Tag.objects.filter(workspace=workspace, parent=None).count() % len(COLOURS)]


def named_all(workspace: Workspace, names: Iterable[str], member: Member | None, *, may_make: bool) -> list[Tag]:
    """The tags of these names. New ones are made when the asker may make tags, else TagError names the first."""
    found = []
    for name in names:
        if not name.strip():
            continue
        there = named(workspace.pk, paths.clean(name))
        if there is None and not may_make:
            raise TagError(
                _("There is no tag %(tag)s. Take one that is there, or ask somebody who manages tags.")
                % {"tag": paths.clean(name)}
            )
        found.append(there or make(workspace=workspace, name=name, member=member)[0])
    return found


def rename(tag: Tag, *, name: str, member: Member | None, reason: str = "") -> Tag:
    """Give a tag another path, with all that is below it: a new name, or another place in the tree. Raises TagError.

    `reason` here and below: why, in the member's words, for the log of the tags.
    """
    path = paths.clean(name)
    with transaction.atomic():
        hold(tag.workspace_id)
        tag = Tag.objects.select_for_update().get(pk=tag.pk)
        before = tag.name
        if path == before:
            return tag
        refuse_move(tag, path)
        parent = parent_for(tag.workspace, path, member)
        path = f"{parent.name}/{path.rpartition('/')[2]}" if parent else path
        move_names(tag, path)
        tag.name, tag.parent = path, parent
        tag.save(update_fields=["name", "parent"])
        tell("tag.renamed", tag, member, f"{before} → {path}", {"from": before, "to": path}, reason)
    return tag


def refuse_move(tag: Tag, path: str) -> None:
    if path.casefold().startswith(f"{tag.name}/".casefold()):
        raise TagError(_("A tag cannot stand below itself."))
    there = named(tag.workspace_id, path)
    if there is not None and there.pk != tag.pk:
        raise TagTaken(_("There is a tag %(tag)s already. You can merge the two.") % {"tag": there.name}, there)
    names = list(below(tag).values_list("name", flat=True))
    deepest = max((paths.level_of(name) for name in names), default=paths.level_of(tag.name))
    if deepest - paths.level_of(tag.name) + paths.level_of(path) > LEVELS:
        raise TagError(
            _("What is below %(tag)s would come too deep: %(most)s levels at most.") % {"tag": tag.name, "most": LEVELS}
        )
    longest = max((len(name) for name in names), default=0) - len(tag.name) + len(path)
    if longest > paths.LONGEST_PATH:
        raise TagError(_("A tag's whole name has %(most)s letters at most.") % {"most": paths.LONGEST_PATH})


def move_names(tag: Tag, path: str) -> None:
    """The names of everything below follow."""
    rest = Substr(F("name"), len(tag.name) + 1)
    below(tag).update(name=Concat(Value(path), rest))


def change(tag: Tag, *, member: Member | None, reason: str = "", **facts: Any) -> bool:
    """Set colour, description, owner, lifetime_days (None = for good); says whether anything differed.

    A new life time counts for those who get the tag from now on. Raises TagError.
    """
    facts = checked(facts)
    with transaction.atomic():
        tag = Tag.objects.select_for_update().get(pk=tag.pk)
        differing = {name: value for name, value in facts.items() if getattr(tag, name) != value}
        if not differing:
            return False
        for name, value in differing.items():
            setattr(tag, name, value)
        tag.save(update_fields=[*differing])
        tell("tag.changed", tag, member, tag.name, {"changed": sorted(differing)}, reason)
    return True


def checked(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as their columns keep them. Raises TagError."""
    if "description" in facts:
        facts["description"] = safe_to_show(str(facts["description"]), one_line=True)[:LONGEST_DESCRIPTION]
    if facts.get("colour") is not None:
        facts["colour"] = coloured(facts["colour"]) or COLOURS[0]
    days = facts.get("lifetime_days")
    if days is not None and not 1 <= days <= LONGEST_LIFE_DAYS:
        raise TagError(_("A life time is 1 to %(most)s days, or empty for good.") % {"most": LONGEST_LIFE_DAYS})
    return facts


def coloured(colour: str) -> str:
    """One of the eight colours; "" for none."""
    if colour and colour not in COLOURS:
        raise TagError(_("This is none of the eight colours."))
    return colour


def archive(tag: Tag, *, member: Member | None, reason: str = "") -> int:
    """Put a tag away with what is below: who has it keeps it, nobody gets it. How many tags were put away."""
    return put_away(tag, member, "tag.archived", reason, is_away=True)


def restore(tag: Tag, *, member: Member | None, reason: str = "") -> int:
    """Bring a tag back, with what is below it and what is above it."""
    return put_away(tag, member, "tag.restored", reason, is_away=False)


def put_away(tag: Tag, member: Member | None, verb: str, reason: str, *, is_away: bool) -> int:
    with transaction.atomic():
        hold(tag.workspace_id)
        family = [tag.name]
        if not is_away:
            parts = tag.name.split("/")
            family = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        own = Tag.objects.filter(workspace_id=tag.workspace_id, name__in=family)
        rows = (own | below(tag)).filter(archived_at__isnull=is_away)
        changed = Tag.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
            archived_at=clock.now() if is_away else None
        )
        if changed:
            tell(verb, tag, member, tag.name, reason=reason)
    return changed


def hold(workspace_id: int) -> None:
    """One change of the tree at a time, until the transaction ends: paths are checked against all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s::text))", [TREE, workspace_id])


def tell(
    verb: str, tag: Tag, member: Member | None, summary: str, data: dict[str, Any] | None = None, reason: str = ""
) -> None:
    """The journal entry and, when a member did it, the audit line with the reason that was given."""
    about = {"tag": tag.pk, "name": tag.name, **(data or {})}
    record(verb, workspace_id=tag.workspace_id, member_id=member.pk if member else None, data=about)
    if member is not None:
        audit.note(member, verb, tag, summary, {**(data or {}), **because(reason)})


def because(reason: str) -> dict[str, str]:
    """The reason as the audit trail keeps it; nothing where none was given."""
    said = safe_to_show(reason, one_line=True)[:LONGEST_REASON]
    return {"reason": said} if said else {}
