"""Whom a follow-up is for, as things stand when it is made: an audience of kind "outcome"."""

from typing import Any

from django.utils.translation import gettext as _

from tradewind.campaigns.errors import AudienceError
from tradewind.campaigns.followups.models import FOLLOW_KINDS
from tradewind.messages.models import Run

# Who got the first message; whoever has written to us since, on any number, is not asked again.
GOT_IT = """
SELECT message.contact_id FROM message
WHERE message.run_id = %(run)s AND message.delivered_at IS NOT NULL AND message.replied_at IS NULL
  AND {outcome}
  AND NOT EXISTS (SELECT FROM message heard WHERE heard.contact_id = message.contact_id
                  AND heard.direction = 'in' AND heard.created_at >= message.accepted_at)
"""
OUTCOMES = {
    "unread": "message.read_at IS NULL",
    "unreplied": "true",
    "read_silent": "message.read_at IS NOT NULL",
}


def clean(spec: dict[str, Any], workspace_id: int) -> dict[str, Any]:
    """{"kind": "outcome", "run", "outcome"} as a campaign keeps it. Raises AudienceError."""
    run, outcome = spec.get("run"), spec.get("outcome")
    is_there = (
        isinstance(run, int)
        and not isinstance(run, bool)
        and Run.objects.filter(workspace_id=workspace_id, pk=run).exists()
    )
    if outcome not in FOLLOW_KINDS or not is_there:
        raise AudienceError(_("The campaign that this follows is not there any more."))
    return {"kind": "outcome", "run": run, "outcome": outcome}


def people_of(spec: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """SQL that yields contact_id, and its parameters."""
    return GOT_IT.format(outcome=OUTCOMES[spec["outcome"]]), {"run": spec["run"]}
