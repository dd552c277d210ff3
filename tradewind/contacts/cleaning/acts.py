"""What a person does about those who are silent: a tag, no more marketing, or erasing; in the background, stoppable."""

from typing import Any

import psycopg
from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts import consent
from tradewind.contacts.cleaning import silence
from tradewind.contacts.errors import ContactError, TagError
from tradewind.contacts.models import CleanAct, CleanUp, Contact, Tag
from tradewind.contacts.privacy import erasing
from tradewind.contacts.tags.assign import By, Change, change_many
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.watchdog import alive
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

Cursor = psycopg.Cursor[Any]
# People in one transaction.
AT_ONCE = 200
# Where the word about marketing comes from, and why a tag is there (tags/reasons.py).
SOURCE, BECAUSE = "cleanup", "silent for six months"


def begin(cleanup: CleanUp, *, act: str, member: Member, tag: Tag | None = None) -> CleanAct:
    """Let the worker do it to all who are still silent then. Raises ContactError when something runs already."""
    with transaction.atomic():
        row = CleanUp.objects.select_for_update().get(pk=cleanup.pk)
        if row.acts.filter(state="running").exists():
            raise ContactError(_("Something is being done to these people already. Wait until it is over, or stop it."))
        found: CleanAct = row.acts.create(
            workspace_id=row.workspace_id, act=act, tag=tag, member=member, created_at=clock.now()
        )
        people = row.figures.get("people", 0)
        audit.note(member, f"cleanup.{act}", row, f"{people} people", {"people": people})
    return found


def stop(act: CleanAct, *, member: Member) -> bool:
    """Go no further; what was done stays. False when it is over already."""
    with transaction.atomic():
        row = CleanAct.objects.select_for_update().get(pk=act.pk)
        if row.state != "running":
            return False
        row.state, row.finished_at = "stopped", clock.now()
        row.save(update_fields=["state", "finished_at"])
        audit.note(member, "cleanup.stopped", row.cleanup, f"{row.act}: {row.done} people", {"people": row.done})
    return True


def close(cleanup: CleanUp, *, member: Member) -> None:
    """Nothing (more) this quarter."""
    with transaction.atomic():
        CleanUp.objects.filter(pk=cleanup.pk, closed_at=None).update(closed_at=clock.now())
        audit.note(member, "cleanup.closed", cleanup)


def step() -> bool:
    """Some people of one act; True when there was one. Safe after a crash: what is done shows in the people."""
    alive()
    with transaction.atomic(), hot_cursor() as cursor:
        rows = CleanAct.objects.select_for_update(skip_locked=True, of=("self",)).filter(state="running")
        row = rows.select_related("cleanup", "tag").order_by("pk").first()
        if row is None:
            return False
        people = silence.page(cursor, row.cleanup, after=row.reached, most=AT_ONCE)
        try:
            with transaction.atomic():
                row.done += DO[row.act](cursor, row, people)
        except TagError as error:
            row.state, row.problem, row.finished_at = "failed", str(error)[:300], clock.now()
        else:
            row.reached = people[-1] if people else row.reached
            if len(people) < AT_ONCE:
                row.state, row.finished_at = "done", clock.now()
        row.save()
    return True


def tag(cursor: Cursor, row: CleanAct, people: list[int]) -> int:
    if row.tag_id is None:
        raise TagError(_("The tag was deleted meanwhile."))
    changes = [Change(contact, row.tag_id, True) for contact in people]
    return change_many(cursor, row.workspace_id, changes, by=By(member_id=row.member_id, reason=BECAUSE))


def opt_out(cursor: Cursor, row: CleanAct, people: list[int]) -> int:
    now = clock.now()
    asked = Contact.objects.filter(pk__in=people).exclude(marketing="opted_out").values_list("pk", flat=True)
    said = [
        consent.Said(row.workspace_id, contact, "opted_out", SOURCE, now, proof={"cleanup": row.cleanup_id})
        for contact in sorted(asked)
    ]
    return len(consent.record_many(cursor, said, now=now))


def erase(cursor: Cursor, row: CleanAct, people: list[int]) -> int:
    contacts = Contact.objects.filter(pk__in=people).order_by("pk")
    return len([erasing.erase(contact, member=None) for contact in contacts])


DO = {"tag": tag, "opt_out": opt_out, "erase": erase}
