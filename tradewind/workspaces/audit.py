"""The audit trail: who did what, when, to which thing. Append-only; no secret ever stands in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.lib import clock
from tradewind.workspaces.models import AuditEntry, Member

# Subjects for filters, each with the verbs' first parts that belong to it.
ABOUT: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "workspace": (_("Workspace"), ("workspace",)),
    "member": (_("Members"), ("member",)),
    "sign_in": (_("Sign-in"), ("sign_in",)),
    "key": (_("API keys"), ("key",)),
    "sending": (_("Sending"), ("sending",)),
    "number": (_("Numbers"), ("number", "app", "account", "portfolio")),
    "template": (_("Templates"), ("template", "templates")),
    "contact": (_("Contacts"), ("contact", "batch", "import", "cleanup")),
    "tag": (_("Tags"), ("tag", "rule", "recipe")),
    "segment": (_("Segments"), ("segment",)),
    "campaign": (_("Campaigns"), ("campaign", "followup", "series", "rates", "links", "media", "season")),
    "message": (_("Messages"), ("message",)),
    "gap": (_("Reconciliation"), ("gap",)),
    "deadletter": (_("Dead letters"), ("deadletter",)),
}


# The request under way: verbs know only the member, the trail also tells with which key and from where.
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@contextmanager
def during(request: HttpRequest) -> Iterator[None]:
    """What is noted in the block is noted as done by this request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def note(
    by: HttpRequest | Member,
    verb: str,
    object: Model | None = None,
    summary: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Writes one line into the audit trail, in the transaction under way.

    by: the request or a member (the API key and the address of the request under way are noted, too). verb: such as
    "campaign.launched". summary: one short sentence as it was at that time. detail: more, JSON; keep secrets and
    message texts out.
    """
    member: Member = by if isinstance(by, Member) else by.member  # type: ignore[attr-defined]
    request = _request.get() if isinstance(by, Member) else by
    is_theirs = request is not None and getattr(request, "member", None) == member
    return AuditEntry.objects.create(
        workspace_id=member.workspace_id,
        at=clock.now(),
        member=member,
        api_key=getattr(request, "api_key", None) if is_theirs else None,
        verb=verb,
        object_kind=str(object._meta.model_name) if object is not None else "",
        object_id=object.pk if object is not None else None,
        summary=summary[:500],
        detail=detail or {},
        ip=address_of(request) if request is not None and is_theirs else None,
    )


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from; the server in front has already decided whose X-Forwarded-For counts."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
