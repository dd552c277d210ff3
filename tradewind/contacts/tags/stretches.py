"""The worker's part of batches: a stretch of people at a time, each in a transaction of its own.

A stretch is short, so that whoever wants one of its people waits for a moment only. What is done is marked in the same
transaction, so a worker that dies begins where it stopped, and no stretch is done twice.
"""

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import translation

from tradewind.contacts import queries
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Batch, BatchStretch
from tradewind.contacts.tags import acts, batches, selections
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock

# So many people in a transaction: about 60 ms of work. More than assign.TOLD_ONE_BY_ONE, so that a large batch is told
# in one journal entry a stretch.
PEOPLE = 1_500
# Batches that go on side by side, one stretch each in turn.
AT_ONCE = 20
MOVING = ("running", "undoing")


def step() -> bool:
    """One stretch of every batch under way; True when there is more."""
    with transaction.atomic():
        active = list(
            Batch.objects.filter(state__in=batches.ACTIVE).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
        )
    moved = [advance(pk) for pk in active]
    return any(moved)


def second_step() -> bool:
    """As `step`, beside it and over a connection of its own: half of the stretches of what is under way."""
    with transaction.atomic():
        active = list(Batch.objects.filter(state__in=MOVING).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    moved = [advance(pk) for pk in active]
    return any(moved)


def advance(pk: int) -> bool:
    """One step of a batch; False when another worker has it, or there is nothing left of it."""
    batch = Batch.objects.select_related("workspace", "member__user").get(pk=pk)
    language = batch.member.user.locale if batch.member else batch.workspace.locale
    with translation.override(language):
        try:
            return gather(batch) if batch.state == "waiting" else go_on(pk)
        except ContactError as error:
            return fail(pk, str(error))


def gather(batch: Batch) -> bool:
    """Write down whom it is for. Found before the batch is held, so that a person who stops it does not wait."""
    people = selections.people_of(batch)
    parts = [people[start : start + PEOPLE] for start in range(0, len(people), PEOPLE)]
    with transaction.atomic():
        held = Batch.objects.select_for_update(skip_locked=True).filter(pk=batch.pk, state="waiting").first()
        if held is None or held.stretches.exists():
            return False
        BatchStretch.objects.bulk_create(
            [
                BatchStretch(workspace_id=batch.workspace_id, batch=held, place=place, contacts=part)
                for place, part in enumerate(parts)
            ],
            batch_size=50,
        )
        held.state, held.total = "running", len(people)
        held.save(update_fields=["state", "total"])
    return True


def go_on(pk: int) -> bool:
    """Do, or undo, the next stretch that nobody else is at."""
    with transaction.atomic(), hot_cursor() as cursor:
        batch = Batch.objects.filter(pk=pk, state__in=MOVING).first()
        if batch is None:
            return False
        is_undoing = batch.state == "undoing"
        stretch = next_of(batch, is_undoing=is_undoing)
        if stretch is None:
            return finish(batch)
        changed = (acts.undo if is_undoing else acts.do)(cursor, batch, stretch.contacts)
        setattr(stretch, "undone_at" if is_undoing else "done_at", clock.now())
        stretch.save(update_fields=["done_at", "undone_at"])
        # Last, because it is held until the end, and somebody else may be at the same batch.
        own = Batch.objects.filter(pk=pk)
        if is_undoing:
            own.update(undone=F("undone") + changed)
        else:
            own.update(changed=F("changed") + changed, looked_at=F("looked_at") + len(stretch.contacts))
    return True


def next_of(batch: Batch, *, is_undoing: bool) -> BatchStretch | None:
    """The next stretch to do, or of those that were done the next to undo; held until the transaction ends."""
    left = left_of(batch, is_undoing=is_undoing)
    return left.order_by("place").select_for_update(skip_locked=True, of=("self",)).first()


def left_of(batch: Batch, *, is_undoing: bool) -> QuerySet[BatchStretch]:
    return batch.stretches.filter(done_at__isnull=not is_undoing, undone_at=None)


def finish(batch: Batch) -> bool:
    """When all of it is done: tell, count anew, and do what was to follow. False: there is no more for us to do.

    A stretch that was begun before the batch was stopped may still be on its way: its row is held, and waited for.
    """
    state = batch.state
    list(batch.stretches.filter(undone_at=None, done_at=None).order_by("place").select_for_update()[:50])
    batch = Batch.objects.select_for_update().select_related(None).get(pk=batch.pk)
    if batch.state != state or left_of(batch, is_undoing=state == "undoing").exists():
        return batch.state in MOVING
    if batch.state == "undoing":
        batch.state, batch.undone_at = "undone", clock.now()
    else:
        batch.state, batch.finished_at = "done", clock.now()
    batch.save(update_fields=["state", "finished_at", "undone_at"])
    record(
        f"batch.{batch.state}",
        workspace_id=batch.workspace_id,
        member_id=batch.member_id,
        data={"batch": batch.pk, "verb": batch.verb, "changed": batch.changed, "undone": batch.undone},
    )
    queries.forget_counts(batch.workspace_id)
    if batch.detail.get("then") == "delete":
        from tradewind.contacts.tags import removal

        removal.after(batch)
    return False


def fail(pk: int, sentence: str) -> bool:
    """It cannot go on; what was done stays, and can be undone."""
    with transaction.atomic(), connection.cursor():
        Batch.objects.filter(pk=pk, state__in=batches.ACTIVE).update(
            state="failed", problem=sentence[:300], finished_at=clock.now()
        )
    return False
