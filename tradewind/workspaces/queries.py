"""Reads for the pages of workspaces."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from tradewind.lib import clock
from tradewind.workspaces import audit
from tradewind.workspaces.door import public_id, row_of
from tradewind.workspaces.models import ApiKey, AuditEntry, Invitation, Member
from tradewind.workspaces.second_factors import FACTORS

PAGE = 50
EXPIRED_SHOWN = timedelta(days=30)


def members(member: Member) -> QuerySet[Member]:
    """Colleagues who are in, in the order in which they came; `has_second_factor` says how they sign in."""
    factors = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=FACTORS)
    found = Member.objects.active().visible_to(member).annotate(has_second_factor=Exists(factors))
    return found.select_related("user").order_by("id")


def people(member: Member) -> QuerySet[Member]:
    """Everybody who ever was a member: history names them."""
    return Member.objects.visible_to(member).select_related("user").order_by("id")


def open_invitations(member: Member) -> QuerySet[Invitation]:
    """Invitations that nobody has taken up yet; `is_over` marks those that are too old, shown for a month."""
    still = Invitation.objects.visible_to(member).filter(accepted_at=None, withdrawn_at=None)
    now = clock.now()
    shown = still.filter(expires_at__gt=now - EXPIRED_SHOWN)
    return shown.annotate(is_over=Q(expires_at__lte=now)).select_related("invited_by__user").order_by("-id")


def api_keys(member: Member) -> QuerySet[ApiKey]:
    """All keys, working ones first."""
    return ApiKey.objects.visible_to(member).select_related("member__user").order_by("-revoked_at", "-id")


@dataclass(frozen=True)
class AuditPage:
    """Some lines of the audit trail; `next` is the `before` of the following page, "" at the end."""

    entries: list[AuditEntry]
    next: str
    by: str
    about: str


def audit_page(member: Member, *, before: str = "", by: str = "", about: str = "") -> AuditPage:
    """Newest lines first, at most `PAGE` older than `before`; filters are public ids or a subject of `audit.ABOUT`."""
    found = AuditEntry.objects.visible_to(member).select_related("member__user", "api_key").order_by("-id")
    if before:
        found = found.filter(id__lt=row_of("auditentry", before))
    if by:
        found = found.filter(member_id=row_of("member", by))
    if about in audit.ABOUT:
        found = found.filter(verb__startswith=f"{about}.")
    entries = list(found[: PAGE + 1])
    more = len(entries) > PAGE
    return AuditPage(entries[:PAGE], public_id(entries[PAGE - 1]) if more else "", by, about)
