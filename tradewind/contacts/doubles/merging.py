"""Making one person of two: the verbs `merge`, `undo` and `differ`, each in one transaction.

Who goes is deleted, so that nothing can be filed under them any more: a message that arrives at that moment waits for
the merge and then finds who stays by the number, and if it was faster, the merge waits and takes it along (§4 of
delivery.md). Their address leads to who stays; the row is kept for 30 days, so that all of it can be taken back.
"""

from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tradewind.contacts.doubles import moving, together
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Consent, Contact, ContactTags, Double, Erasure, Merge
from tradewind.journal.actions import Line, record_many
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.workspaces import audit, walls
from tradewind.workspaces.models import Member

Cursor = psycopg.Cursor[Any]
UNDO_WITHIN = timedelta(days=30)
# Sources of the proofs that a merge and its undoing write.
MERGED, SEPARATED = "merge", "merge_undone"

ROW = "SELECT to_jsonb(contact) FROM contact WHERE id = %s"
DELETE = "DELETE FROM contact WHERE id = %s"
# Pairs with third persons are pairs with who stays now; who stays keeps the word that was said about their own.
PAIRS = """
INSERT INTO contact_double (workspace_id, one_id, other_id, reasons, state, found_at, decided_at, decided_by_id)
SELECT workspace_id, least(third, %(to)s), greatest(third, %(to)s), reasons, state, found_at, decided_at, decided_by_id
FROM (SELECT *, CASE WHEN one_id = %(from)s THEN other_id ELSE one_id END AS third FROM contact_double
      WHERE workspace_id = %(workspace)s AND %(from)s IN (one_id, other_id) AND state <> 'merged') pair
WHERE third <> %(to)s
ON CONFLICT (workspace_id, one_id, other_id) DO NOTHING
"""
OLD_PAIRS = "DELETE FROM contact_double WHERE workspace_id = %(workspace)s AND %(from)s IN (one_id, other_id)"
MERGED_PAIR = """
INSERT INTO contact_double (workspace_id, one_id, other_id, state, reasons, found_at, decided_at, decided_by_id)
VALUES (%s, %s, %s, 'merged', '{}', %s, %s, %s)
ON CONFLICT (workspace_id, one_id, other_id) DO UPDATE
SET state = 'merged', decided_at = excluded.decided_at, decided_by_id = excluded.decided_by_id
"""


def merge(*, keep: Contact, other: Contact, member: Member | None) -> Merge:
    """`other` becomes part of `keep`: numbers, messages, history, tags, proofs. Raises ContactError.

    Of what both have, that of `keep` stands; what it lacks is filled in. Of two words about marketing the stricter
    holds, and a proof says so.
    """
    with walls.outside(), transaction.atomic(), hot_cursor() as cursor:
        stays, goes = held(keep, other)
        now = clock.now()
        cursor.execute(ROW, [goes.pk])
        (kept,) = cursor.fetchone() or ("{}",)
        row = Merge.objects.create(
            workspace_id=stays.workspace_id, contact_id=stays.pk, into_id=stays.pk, gone_id=goes.pk, member=member,
            at=now, kept=orjson.loads(kept),
        )  # fmt: skip
        tags = together.tags_of(cursor, goes.pk)
        row.moved = moving.move(cursor, stays.workspace_id, goes.pk, stays.pk)
        row.changed = put_together(stays, goes, now)
        row.changed["tags"] = together.put_tags(cursor, stays, tags, member)
        keep_stricter(stays, goes, row, now)
        row.save()
        settle_pairs(cursor, stays, goes, member, now)
        cursor.execute(DELETE, [goes.pk])
        tell(cursor, row, "contact.merged", member, [stays])
    return row


def held(keep: Contact, other: Contact) -> tuple[Contact, Contact]:
    """Both, locked in the order of their numbers; ContactError when they cannot be one."""
    if keep.pk == other.pk:
        raise ContactError(_("These are one contact already."))
    found = Contact.objects.select_for_update().filter(pk__in=[keep.pk, other.pk], workspace_id=keep.workspace_id)
    rows = {row.pk: row for row in found.order_by("pk")}
    if len(rows) < 2:
        raise ContactError(_("One of the two is not there any more. Look again."))
    if Erasure.objects.filter(contact_id__in=rows).exists():
        raise ContactError(_("One of the two was erased, or is being erased."))
    return rows[keep.pk], rows[other.pk]


def put_together(stays: Contact, goes: Contact, now: datetime) -> dict[str, Any]:
    """Fill in what was not known; {"columns": {name: [before, after]}}."""
    after = together.columns(stays, goes)
    changed = {name: [getattr(stays, name), value] for name, value in after.items() if getattr(stays, name) != value}
    for name, (_before, value) in changed.items():
        setattr(stays, name, value)
    stays.save(update_fields=[*changed])
    return {"columns": orjson.loads(orjson.dumps(changed))}


def keep_stricter(stays: Contact, goes: Contact, row: Merge, now: datetime) -> None:
    """An opt-out of either holds for both. Where a younger yes of the other stands against it, a proof says why."""
    said = together.stricter(stays, goes)
    row.changed["marketing"] = {"before": stays.marketing, "after": said.state, "proof": said.needs_proof}
    if not said.needs_proof and (said.state, said.at) == (stays.marketing, stays.marketing_at):
        return
    at = now if said.needs_proof else said.at
    row.changed["marketing_at"] = [stays.marketing_at and stays.marketing_at.isoformat(), at and at.isoformat()]
    if said.needs_proof:
        prove(stays, said.state, MERGED, row, now)
    stays.marketing, stays.marketing_at = said.state, at
    stays.save(update_fields=["marketing", "marketing_at"])


def prove(contact: Contact, state: str, source: str, row: Merge, now: datetime) -> None:
    Consent.objects.create(
        workspace_id=contact.workspace_id, contact=contact, state=state, source=source, proof={"merge": row.pk}, at=now,
        recorded_at=now,
    )  # fmt: skip


def settle_pairs(cursor: Cursor, stays: Contact, goes: Contact, member: Member | None, now: datetime) -> None:
    known = {"workspace": stays.workspace_id, "from": goes.pk, "to": stays.pk}
    cursor.execute(PAIRS, known)
    cursor.execute(OLD_PAIRS, known)
    pair = sorted((stays.pk, goes.pk))
    cursor.execute(MERGED_PAIR, [stays.workspace_id, *pair, now, now, member.pk if member else None])


def undo(row: Merge, *, member: Member | None) -> Contact:
    """Two people again, as they were; what came since stays with who stayed. Raises ContactError."""
    with walls.outside(), transaction.atomic(), hot_cursor() as cursor:
        row = Merge.objects.select_for_update().get(pk=row.pk)
        stays = Contact.objects.select_for_update().filter(pk=row.contact_id).first()
        if problem := hindrance(row, stays):
            raise ContactError(problem)
        assert stays is not None
        now = clock.now()
        back = remade(row.kept)
        ContactTags.objects.create(contact=back, workspace_id=back.workspace_id)
        moving.move_back(cursor, row.workspace_id, back.pk, stays.pk, row.moved)
        together.tags_back(cursor, stays, back, row.changed.get("tags", {}), member)
        columns_back(stays, row.changed.get("columns", {}))
        marketing_back(stays, back, row, now)
        row.undone_at, row.undone_by, row.kept, row.moved, row.changed = now, member, {}, {}, {}
        row.save()
        pair = Double.objects.filter(workspace_id=row.workspace_id, one_id=min(stays.pk, back.pk))
        pair.filter(other_id=max(stays.pk, back.pk)).update(state="different", decided_at=now, decided_by=member)
        tell(cursor, row, "contact.separated", member, [stays, back])
    return back


def hindrance(row: Merge, stays: Contact | None) -> str:
    """Why a merge cannot be taken back (any more); "" when it can."""
    if row.undone_at is not None:
        return _("This has been undone already.")
    if not row.kept or row.at < clock.now() - UNDO_WITHIN:
        return _("After %(days)s days a merge cannot be undone.") % {"days": UNDO_WITHIN.days}
    if stays is None or row.contact_id != row.into_id:
        return _("They were merged further since. Undo that first.")
    return ""


def remade(kept: dict[str, Any]) -> Contact:
    """The contact again, under its old number; columns that are newer than the merge have their defaults."""
    contact = Contact(**read(kept))
    contact.save(force_insert=True)
    return contact


def read(kept: dict[str, Any]) -> dict[str, Any]:
    """Values as the database writes them in JSON, as the model has them; columns that it has no more are left out."""
    known = {str(each.column): each for each in Contact._meta.concrete_fields}
    return {known[name].attname: known[name].to_python(value) for name, value in kept.items() if name in known}


def columns_back(stays: Contact, columns: dict[str, list[Any]]) -> None:
    """What the merge filled in goes, where nobody has changed it since."""
    now = {name: orjson.loads(orjson.dumps(getattr(stays, name))) for name in columns}
    back = {name: before for name, (before, after) in columns.items() if now[name] == after}
    for name, value in read(back).items():
        setattr(stays, name, value)
    if back:
        stays.save(update_fields=[*back])


def marketing_back(stays: Contact, back: Contact, row: Merge, now: datetime) -> None:
    """Each stands as before, unless something was said since: a no that came since holds for both."""
    told = row.changed.get("marketing_at")
    said = row.changed["marketing"]
    is_untouched = stays.marketing == said["after"] and (
        told is None or (stays.marketing_at and stays.marketing_at.isoformat()) == told[1]
    )
    if told is not None and is_untouched:
        stays.marketing = said["before"]
        stays.marketing_at = now if said["proof"] else (told[0] and datetime.fromisoformat(told[0]))
        stays.save(update_fields=["marketing", "marketing_at"])
        if said["proof"] and stays.marketing != "unknown":
            prove(stays, stays.marketing, SEPARATED, row, now)
    elif not is_untouched and stays.marketing == "opted_out" and back.marketing != "opted_out":
        back.marketing, back.marketing_at = "opted_out", now
        back.save(update_fields=["marketing", "marketing_at"])
        prove(back, "opted_out", SEPARATED, row, now)


def tell(cursor: Cursor, row: Merge, kind: str, member: Member | None, contacts: list[Contact]) -> None:
    who = member.pk if member else None
    lines = [
        Line(row.workspace_id, clock.now(), kind, contact.pk, member_id=who, data={"merge": row.pk})
        for contact in contacts
    ]
    record_many(cursor, lines)
    if member is not None:
        audit.note(member, kind, contacts[0])


def differ(double: Double, *, member: Member | None) -> bool:
    """These two are not the same person: remembered, not proposed again. False when that was said already."""
    with transaction.atomic():
        row = Double.objects.select_for_update().get(pk=double.pk)
        if row.state != "open":
            return False
        row.state, row.decided_at, row.decided_by = "different", clock.now(), member
        row.save(update_fields=["state", "decided_at", "decided_by"])
        if member is not None:
            audit.note(member, "contact.told_apart", Contact.objects.filter(pk=row.one_id).first())
    return True


def survivor_of(workspace_id: int, contact_id: int) -> int | None:
    """Who somebody became part of; None when nobody of that number was merged."""
    rows = Merge.objects.filter(workspace_id=workspace_id, gone_id=contact_id, undone_at=None)
    return rows.values_list("contact_id", flat=True).first()


def settle() -> bool:
    """A step of the worker: rows that work begun before a merge still wrote of who is gone; True when there were any.

    Done when all transactions that ran at the merge are over and five minutes have passed: as long as a sender may
    remember whom a message was for.
    """
    with transaction.atomic(), hot_cursor() as cursor:
        rows = Merge.objects.select_for_update(skip_locked=True).filter(settled_at=None, undone_at=None)
        row = rows.order_by(F("horizon").asc(nulls_first=True), "at").first()
        if row is None:
            return False
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"
        )
        oldest, newest = cursor.fetchone() or (0, 0)
        if row.horizon is None:
            row.horizon = newest
        elif row.horizon > oldest or row.at > clock.now() - SETTLED_AFTER:
            return False
        else:
            moving.move_late(cursor, row.workspace_id, row.gone_id, row.contact_id)
            row.settled_at = clock.now()
        row.save(update_fields=["horizon", "settled_at"])
    return True


SETTLED_AFTER = timedelta(minutes=5)


def forget_old() -> bool:
    """Merges that cannot be undone any more keep no copy of who went."""
    old = Merge.objects.filter(at__lt=clock.now() - UNDO_WITHIN).exclude(kept={})
    old.update(kept={}, moved={}, changed={})
    return False
