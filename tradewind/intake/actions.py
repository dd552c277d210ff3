"""The verbs of dead letters. A member asks; the worker tries again, because the raw inbox is out of a page's reach."""

from django.db import transaction

from tradewind.intake.models import DeadLetter
from tradewind.lib import clock
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member


def ask_replay(letter: DeadLetter, *, member: Member) -> bool:
    """Ask for one dead letter to be tried again; False when it is asked for already, or healed."""
    with transaction.atomic():
        asked = DeadLetter.objects.filter(pk=letter.pk, replayed_at=None, replay_asked_at=None).update(
            replay_asked_at=clock.now(), replayed_by_id=member.pk
        )
        if asked:
            audit.note(member, "deadletter.replay_asked", letter, letter.kind)
    return bool(asked)


def ask_replay_all(*, member: Member) -> int:
    """Ask for all dead letters of the member's workspace to be tried again; how many."""
    with transaction.atomic():
        waiting = DeadLetter.objects.filter(workspace_id=member.workspace_id, replayed_at=None, replay_asked_at=None)
        asked = waiting.update(replay_asked_at=clock.now(), replayed_by_id=member.pk)
        if asked:
            audit.note(member, "deadletter.replay_asked", None, "all", {"letters": asked})
    return asked
