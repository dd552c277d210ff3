"""The audit trail: who did what, when, to which thing. Append-only; no secret ever stands in it."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.lib import clock
from tradewind.workspaces.models import AuditEntry, Member

# The subjects of verbs, for filters: the part before the dot.
ABOUT: dict[str, str | Promise] = {
    "workspace": _("Workspace"),
    "member": _("Members"),
    "key": _("API keys"),
    "sending": _("Sending"),
    "number": _("Numbers"),
    "template": _("Templates"),
    "contact": _("Contacts"),
    "campaign": _("Campaigns"),
    "message": _("Messages"),
    "deadletter": _("Dead letters"),
    "health": _("Health"),
}


def note(
    by: HttpRequest | Member,
    verb: str,
    object: Model | None = None,
    summary: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Writes one line into the audit trail, in the transaction under way.

    by: the request (its member, API key and address are noted) or a member. verb: such as "campaign.launched".
    summary: one short sentence as it was at that time. detail: more, JSON; keep secrets and message texts out.
    """
    member, key, ip = _who(by)
    assert member is not None
    return AuditEntry.objects.create(
        workspace_id=member.workspace_id,
        at=clock.now(),
        member=member,
        api_key=key,
        verb=verb,
        object_kind=object._meta.model_name if object is not None else "",
        object_id=object.pk if object is not None else None,
        summary=summary,
        detail=detail or {},
        ip=ip,
    )


def _who(by: HttpRequest | Member) -> tuple[Member | None, Any, str | None]:
    if isinstance(by, Member):
        return by, None, None
    return getattr(by, "member", None), getattr(by, "api_key", None), address_of(by)


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from; the server in front has already decided whose X-Forwarded-For counts."""
    return request.META.get("REMOTE_ADDR") or None
