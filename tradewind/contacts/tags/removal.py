"""Tags that go for good: deleted, or merged into another. Refused while something counts on them, and says what.

With few people it is done at once; with many the tag is put away and a batch takes it off, then the tag goes.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts import queries
from tradewind.contacts.errors import TagError
from tradewind.contacts.models import Batch, Tag
from tradewind.contacts.tags import acts, selections, tree, uses
from tradewind.contacts.tags.assign import kept_by_rule
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

# So many people lose their tag within the request; see stretches.PEOPLE for what a moment holds.
AT_ONCE = 2_000
NAMED = 3
# Kept in the log as they are; words.REASONS_OF_TAGS says them in the reader's language.
REASONS = {"tag.deleted": "the tag was deleted", "tag.merged": "the tag was merged"}


class TagUsed(TagError):
    """Something counts on the tag. `uses` says what."""

    def __init__(self, sentence: str, used: list[uses.Use]) -> None:
        super().__init__(sentence)
        self.uses = used


def delete(tag: Tag, *, member: Member | None, reason: str = "") -> Batch | None:
    """Take a tag off everybody and forget it. A batch when that takes a while, else None. Raises TagError."""
    refuse(tag)
    return remove(tag, "remove", {"tags": [tag.pk]}, "tag.deleted", member, tag.name, reason)


def merge(tag: Tag, *, into: Tag, member: Member | None, reason: str = "") -> Batch | None:
    """Who has the tag gets the other one instead, and the tag goes. A batch when that takes a while."""
    if into.pk == tag.pk or into.workspace_id != tag.workspace_id:
        raise TagError(_("Choose another tag to merge it into."))
    refuse(tag)
    if into.rule_id is not None:
        raise TagError(kept_by_rule(into.name))
    if into.archived_at is not None:
        raise TagError(_("The tag %(tag)s is archived. Bring it back before you put it on.") % {"tag": into.name})
    said = f"{tag.name} → {into.name}"
    return remove(tag, "replace", {"take": [tag.pk], "put": [into.pk]}, "tag.merged", member, said, reason)


def refuse(tag: Tag) -> None:
    """Say why a tag must stay, if it must."""
    if tag.rule_id is not None:
        raise TagError(kept_by_rule(tag.name))
    if tree.below(tag).exists():
        raise TagError(
            _("There are tags below %(tag)s. Move, merge or delete them first, or archive it with all below.")
            % {"tag": tag.name}
        )
    used = uses.of(tag.workspace_id, [tag])
    if used:
        names = ", ".join(f"{use.kind} “{use.name}”" for use in used[:NAMED])
        more = _(" and %(n)s more") % {"n": len(used) - NAMED} if len(used) > NAMED else ""
        raise TagUsed(_("%(tag)s is used by %(names)s.") % {"tag": tag.name, "names": names + more}, used)


def remove(
    tag: Tag, verb: str, detail: dict[str, list[int]], kind: str, member: Member | None, said: str, reason: str
) -> Batch | None:
    with transaction.atomic():
        tree.hold(tag.workspace_id)
        Tag.objects.select_for_update().get(pk=tag.pk)  # before its people, as everybody who puts it on
        batch = Batch(
            workspace_id=tag.workspace_id, member=member, verb=verb, created_at=clock.now(),
            detail={**detail, "then": "delete", "name": tag.name, "reason": REASONS[kind]}, selection={"tag": tag.pk},
        )  # fmt: skip
        people = selections.people_of(batch)
        if member is not None:
            audit.note(member, kind, tag, said, {**detail, "people": len(people), **tree.because(reason)})
        if len(people) <= AT_ONCE:
            by_hand(tag, batch, people)
            return None
        Tag.objects.filter(pk=tag.pk).update(archived_at=clock.now())
        batch.save()
    return batch


def by_hand(tag: Tag, batch: Batch, people: list[int]) -> None:
    """Few have it: now, without a batch."""
    with hot_cursor() as cursor:
        acts.do(cursor, batch, people)
    forget(tag.workspace_id, tag.pk)


def after(batch: Batch) -> None:
    """A batch has taken the tag off everybody: it goes, unless something has come to count on it meanwhile."""
    gone = batch.detail.get("take") or batch.detail["tags"]
    for tag in Tag.objects.filter(workspace_id=batch.workspace_id, pk__in=gone):
        if not tree.below(tag).exists() and not uses.of(tag.workspace_id, [tag]):
            forget(tag.workspace_id, tag.pk)


def forget(workspace_id: int, tag_id: int) -> None:
    """The row itself. Whoever was faster to put it on once more keeps a number without a name, which nobody sees."""
    tag = Tag.objects.select_for_update().get(pk=tag_id, workspace_id=workspace_id)
    tree.tell("tag.gone", tag, None, tag.name)
    tag.delete()
    queries.forget_counts(workspace_id)
