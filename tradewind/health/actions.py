"""The one verb of health."""

from django.db import transaction
from django.http import HttpRequest

from tradewind.lib import clock
from tradewind.messages.models import SafeMode
from tradewind.workspaces import audit, walls
from tradewind.workspaces.models import Member


@transaction.atomic
def end_safe_mode(*, by: Member, request: HttpRequest | None = None) -> bool:
    """Lets the sender go on after a restore or a jump of the clock; says whether it was held at all."""
    with walls.outside():
        ended = SafeMode.objects.filter(ended_at=None).update(ended_at=clock.now(), ended_by=by)
    if ended:
        audit.note(request or by, "health.safe_mode_ended")
    return bool(ended)
