"""Colleagues: who they are, inviting them, their roles, and going."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.lib import clock
from tradewind.workspaces import actions, mail, queries, rights
from tradewind.workspaces.door import allowed, demand_proof, find, member_required, proof_required, right_required
from tradewind.workspaces.forms import InviteForm, tell
from tradewind.workspaces.models import Invitation, Member
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page


@dataclass(frozen=True)
class Made:
    """An invitation's link, and whether it went out by mail."""

    email: str
    link: str
    is_mailed: bool


@right_required("members.view")
def members(request: MemberRequest) -> HttpResponse:
    """All colleagues, open invitations, and the form for a new one; the link is shown on the answer to it only."""
    form, made = InviteForm(request.POST or None, by=request.member), None
    if request.method == "POST" and allowed(request, "members.manage") and form.is_valid():
        made = invite(request, form)
        form = form if made is None else InviteForm(by=request.member)
    return members_page(request, form, made)


@require_POST
@right_required("members.manage")
@proof_required
def renew(request: MemberRequest, invitation: str) -> HttpResponse:
    """A new link for somebody who was invited: the old one is lost, too old, or went astray."""
    found = find(Invitation.objects.visible_to(request.member).filter(accepted_at=None, withdrawn_at=None), invitation)
    token = actions.renew_invitation(invitation=found, by=request.member)
    return members_page(request, InviteForm(by=request.member), passed_on(request, found, token))


def members_page(request: MemberRequest, form: InviteForm, made: Made | None) -> HttpResponse:
    return settings_page(request, "workspaces/members.html", {"form": form, "made": made, **lists(request.member)})


@require_POST
@right_required("members.manage")
@proof_required
def change_role(request: MemberRequest, member: str) -> HttpResponse:
    """Gives somebody another role."""
    somebody = find(Member.objects.active().visible_to(request.member).select_related("user"), member)
    try:
        actions.change_role(member=somebody, role=request.POST.get("role", ""), by=request.member)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        messages.success(request, _("%(name)s has the new role from now on.") % {"name": somebody})
    return redirect("settings:members")


@require_POST
@right_required("members.manage")
@proof_required
def remove(request: MemberRequest, member: str) -> HttpResponse:
    """Takes somebody out of the workspace."""
    somebody = find(Member.objects.active().visible_to(request.member).select_related("user"), member)
    try:
        actions.remove(member=somebody, by=request.member)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        messages.success(request, _("%(name)s is out. Their pages and API keys stopped working.") % {"name": somebody})
    return redirect("settings:members")


@require_POST
@right_required("members.manage")
def withdraw(request: MemberRequest, invitation: str) -> HttpResponse:
    """An invitation's link stops working."""
    found = find(Invitation.objects.visible_to(request.member).filter(accepted_at=None), invitation)
    actions.withdraw_invitation(invitation=found, by=request.member)
    messages.success(request, _("The invitation is withdrawn. Its link opens nothing any more."))
    return redirect("settings:members")


@require_POST
@member_required
def leave(request: MemberRequest) -> HttpResponse:
    """Somebody goes by themselves."""
    try:
        actions.leave(member=request.member)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("settings:profile")
    return redirect("account_login")


def invite(request: MemberRequest, form: InviteForm) -> Made | None:
    """A new invitation; None when it was refused, which the form then tells."""
    demand_proof(request)
    try:
        invitation, token = actions.invite(by=request.member, **form.cleaned_data)
    except ValidationError as problem:
        tell(form, problem, "email")
        return None
    return passed_on(request, invitation, token)


def passed_on(request: MemberRequest, invitation: Invitation, token: str) -> Made:
    """The link, mailed where a mail server is set up; else the page that shows it has to do."""
    link = request.build_absolute_uri(reverse("workspaces:join", args=[token]))
    business = {"business": request.workspace.name}
    is_mailed = mail.send(
        invitation.email,
        subject=_("%(business)s invites you to Tradewind") % business,
        text=_("You can answer and send WhatsApp messages for %(business)s:") % business
        + f"\n\n{link}\n\n"
        + _("The link opens once, within seven days."),
    )
    if is_mailed:
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=clock.now())
    return Made(invitation.email, link, is_mailed)


def lists(member: Member) -> dict[str, object]:
    given = rights.roles_given_by(member.role)
    return {
        "members": queries.members(member),
        "invitations": queries.open_invitations(member),
        "given": [(role, rights.ROLE_NAMES[role]) for role in given],
        "given_names": given,
        "meanings": [(rights.ROLE_NAMES[role], rights.ROLE_MEANINGS[role]) for role in rights.ROLES],
    }
