"""Reads for the pages of workspaces."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from tradewind.lib import clock
from tradewind.workspaces.models import ApiKey, Invitation, Member
from tradewind.workspaces.second_factors import FACTORS

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
