"""The verbs of workspaces: each in one transaction, with a line in the audit trail and an entry in the journal."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tradewind.journal.actions import record
from tradewind.lib import clock, crypto
from tradewind.workspaces import audit, devices, rights, walls
from tradewind.workspaces.models import Invitation, Member, User, Workspace

INVITATION_LIFE = timedelta(days=7)
SETTINGS = (
    "name", "timezone", "country", "locale", "quiet_from", "quiet_to", "cap_72h", "cap_month", "phones_shown",
    "second_factor_demanded", "four_eyes_over",
)  # fmt: skip
# Whoever changes these proves first who they are.
GUARDED_SETTINGS = ("second_factor_demanded", "four_eyes_over")
INVITATION_HASH = "invitation"


class AlreadySetUp(Exception):
    """Somebody was faster: this installation has its first workspace."""


@transaction.atomic
def set_up(
    *, name: str, country: str, timezone: str, locale: str, owner_name: str, email: str, password: str
) -> Member:
    """The first run: the first workspace and its owner. Raises `AlreadySetUp` when there is one already."""
    with walls.outside():
        _only_one_at_a_time("set-up")
        if Workspace.objects.exists():
            raise AlreadySetUp
        user = User.objects.create_user(email, password, name=owner_name, locale=locale, timezone=timezone)
        return create_workspace(name=name, country=country, timezone=timezone, locale=locale, owner=user)


@transaction.atomic
def create_workspace(*, name: str, owner: User, country: str = "", timezone: str = "UTC", locale: str = "en") -> Member:
    """A new workspace with its owner; returns the owner's membership. Runs outside of any workspace's walls."""
    with walls.outside():
        at = clock.now()
        workspace = Workspace.objects.create(
            name=name, country=country, timezone=timezone, locale=locale, created_at=at
        )
        member = Member.objects.create(workspace=workspace, user=owner, role="owner", joined_at=at)
        audit.note(member, "workspace.created", workspace, name)
        record("workspace.changed", workspace_id=workspace.pk, member_id=member.pk, data={"created": True})
    return member


@transaction.atomic
def add_member(*, workspace: Workspace, user: User, role: str, by: Member | None = None) -> Member:
    """Makes somebody a member, also again after they were removed."""
    member, _created = Member.objects.update_or_create(
        workspace=workspace, user=user, defaults={"role": role, "joined_at": clock.now(), "removed_at": None}
    )
    audit.note(by or member, "member.added", member, f"{user.email}: {role}", {"role": role})
    record("member.added", workspace_id=workspace.pk, member_id=member.pk, data={"role": role})
    return member


@transaction.atomic
def invite(*, by: Member, email: str, role: str) -> tuple[Invitation, str]:
    """Invites somebody by mail address; returns the invitation and its token, which is shown once and not kept.

    An earlier open invitation of the same person is withdrawn.
    """
    _may_give(by, role)
    email = User.objects.normalize_email(email).lower()
    if Member.objects.active().filter(workspace=by.workspace, user__email=email).exists():
        raise ValidationError(_("This person is a member already."))
    at, token = clock.now(), secrets.token_urlsafe(32)
    open_ones = Invitation.objects.filter(workspace=by.workspace, email=email, accepted_at=None, withdrawn_at=None)
    open_ones.update(withdrawn_at=at)
    invitation = Invitation.objects.create(
        workspace=by.workspace,
        email=email,
        role=role,
        digest=crypto.keyed_hash(token, purpose=INVITATION_HASH),
        invited_by=by,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
    )
    audit.note(by, "member.invited", invitation, f"{email}: {role}", {"role": role})
    record("member.invited", workspace_id=by.workspace_id, member_id=by.pk, data={"role": role})
    return invitation, token


def invitation_of(token: str) -> Invitation | None:
    """The open invitation that a link's token stands for, whatever the workspace."""
    with walls.outside():
        return (
            Invitation.objects.filter(
                digest__in=crypto.keyed_hashes(token, purpose=INVITATION_HASH),
                accepted_at=None,
                withdrawn_at=None,
                expires_at__gt=clock.now(),
            )
            .select_related("workspace", "invited_by__user")
            .first()
        )


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, name: str = "", password: str = "", user: User | None = None
) -> Member:
    """Turns an invitation into a membership, once. Without `user` a new sign-in is made for the invited address."""
    with walls.outside():
        taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
        if not taken.update(accepted_at=clock.now()):
            raise ValidationError(_("This invitation was used already."))
        user = user or User.objects.create_user(
            invitation.email, password, name=name, locale=invitation.workspace.locale
        )
        return add_member(workspace=invitation.workspace, user=user, role=invitation.role)


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: Member) -> str:
    """A new link for the same person, good for another week; the one before opens nothing now. Returns its token."""
    _may_give(by, invitation.role)
    at, token = clock.now(), secrets.token_urlsafe(32)
    still = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    digest = crypto.keyed_hash(token, purpose=INVITATION_HASH)
    if not still.update(digest=digest, expires_at=at + INVITATION_LIFE, invited_by=by, mailed_at=None):
        raise ValidationError(_("This invitation was used already."))
    audit.note(by, "member.invitation_renewed", invitation, invitation.email)
    record("member.invited", workspace_id=by.workspace_id, member_id=by.pk, data={"role": invitation.role})
    return token


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Member) -> None:
    """The link of this invitation no longer opens anything."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(withdrawn_at=clock.now())
    audit.note(by, "member.invitation_withdrawn", invitation, invitation.email)
    record("member.invitation_withdrawn", workspace_id=by.workspace_id, member_id=by.pk)


@transaction.atomic
def change_role(*, member: Member, role: str, by: Member) -> None:
    """Gives a member another role. Nobody gives or takes what they do not have; one owner always stays."""
    _may_give(by, role)
    member = _locked(member, by)
    if member.role == "owner" and role != "owner":
        _another_owner_stays(member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    audit.note(by, "member.role_changed", member, f"{member}: {before} → {role}", {"from": before, "to": role})
    record("member.role_changed", workspace_id=member.workspace_id, member_id=member.pk, data={"role": role})


@transaction.atomic
def remove(*, member: Member, by: Member) -> None:
    """Takes somebody out of the workspace, at once: their open pages and their API keys stop working."""
    _leave(_locked(member, by), by, "member.removed")


@transaction.atomic
def leave(*, member: Member) -> None:
    """A member goes by themselves; the last owner cannot."""
    _leave(Member.objects.select_for_update(of=("self",)).get(pk=member.pk), member, "member.left")


@transaction.atomic
def stop_sending(*, by: Member, reason: str = "") -> None:
    """The kill switch: nothing of this workspace is claimed any more; what is in flight comes to its end."""
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace_id)
    if workspace.sending_stopped_at is None:
        workspace.sending_stopped_at = clock.now()
        workspace.sending_stopped_reason = reason
        workspace.save(update_fields=["sending_stopped_at", "sending_stopped_reason"])
        audit.note(by, "sending.stopped", workspace, reason)
        record("workspace.changed", workspace_id=workspace.pk, member_id=by.pk, data={"sending": "stopped"})


@transaction.atomic
def resume_sending(*, by: Member) -> None:
    """Lets the sender go on where the kill switch held it."""
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace_id)
    if workspace.sending_stopped_at is not None:
        workspace.sending_stopped_at, workspace.sending_stopped_reason = None, ""
        workspace.save(update_fields=["sending_stopped_at", "sending_stopped_reason"])
        audit.note(by, "sending.resumed", workspace)
        record("workspace.changed", workspace_id=workspace.pk, member_id=by.pk, data={"sending": "resumed"})


@transaction.atomic
def change_settings(*, by: Member, values: Mapping[str, Any]) -> list[str]:
    """Sets settings of the workspace (names in `SETTINGS`); returns the names of those that changed."""
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace_id)
    changes = {name: values[name] for name in SETTINGS if name in values and getattr(workspace, name) != values[name]}
    if changes:
        before = {name: str(getattr(workspace, name) or "–") for name in changes}
        for name, value in changes.items():
            setattr(workspace, name, value)
        workspace.save(update_fields=list(changes))
        told = {name: [before[name], str(value or "–")] for name, value in changes.items()}
        summary = ", ".join(f"{name}: {old} → {new}" for name, (old, new) in told.items())
        audit.note(by, "workspace.changed", workspace, summary, told)
        record("workspace.changed", workspace_id=workspace.pk, member_id=by.pk, data={"changed": list(changes)})
    return list(changes)


@transaction.atomic
def change_profile(*, user: User, name: str, locale: str, timezone: str) -> None:
    """What somebody says of themselves: it is theirs, over all workspaces, so no journal tells it."""
    user.name, user.locale, user.timezone = name, locale, timezone
    user.save(update_fields=["name", "locale", "timezone"])


def _may_give(by: Member, role: str) -> None:
    if role not in rights.roles_given_by(by.role):
        raise PermissionDenied("members.manage")


def _locked(member: Member, by: Member) -> Member:
    """The member's row, held until the end, so that two admins cannot both take the last owner away."""
    _only_one_at_a_time(f"members of {by.workspace_id}")
    found = Member.objects.select_for_update(of=("self",)).select_related("user").visible_to(by).get(pk=member.pk)
    if found.role not in rights.roles_given_by(by.role):
        raise PermissionDenied("owners.manage")
    return found


def _leave(member: Member, by: Member, verb: str) -> None:
    _only_one_at_a_time(f"members of {by.workspace_id}")
    if member.removed_at is not None:
        return
    if member.role == "owner":
        _another_owner_stays(member)
    member.removed_at = clock.now()
    member.save(update_fields=["removed_at"])
    devices.end_without_work(member.user)
    keys = member.apikey_set.filter(revoked_at=None).update(revoked_at=member.removed_at)
    audit.note(by, verb, member, str(member), {"revoked_keys": keys})
    record(verb, workspace_id=member.workspace_id, member_id=member.pk)


def _another_owner_stays(member: Member) -> None:
    others = Member.objects.active().filter(workspace_id=member.workspace_id, role="owner").exclude(pk=member.pk)
    if not others.exists():
        raise ValidationError(_("A workspace needs an owner. Make somebody else an owner first."))


def _only_one_at_a_time(what: str) -> None:
    """Until the end of the transaction nobody else does the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
