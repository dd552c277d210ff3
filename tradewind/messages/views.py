"""Pages of single messages: writing to a person, and what somebody decides about a message in doubt."""

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts.models import Contact
from tradewind.messages import actions, compose
from tradewind.messages.media.views import with_files
from tradewind.messages.models import Message
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest


@right_required("messages.send")
def write(request: MemberRequest, contact: str) -> HttpResponse:
    """The drawer on a person's page: choose, fill, see, send. POST with `send` sends; other changes draw it anew."""
    person = find(Contact.objects.visible_to(request.member), contact)
    asked = with_files(request) if request.method == "POST" else request.GET
    draft = compose.draft_of(person, request.member, asked.dict())
    if request.method == "POST" and "send" in request.POST:
        message = compose.send(draft, author=request.member, once=request.POST.get("once", "")[:60])
        if message is not None:
            messages.success(request, _("On its way. The timeline shows how far it gets."))
            return gone_to(request, person)
    once = asked.get("once") or secrets.token_urlsafe(12)
    return render(request, "messages/_compose.html", {"draft": draft, "contact": person, "once": once})


def gone_to(request: MemberRequest, person: Contact) -> HttpResponse:
    """Back to the person; a partial request is told to take the whole page there."""
    url = reverse("contacts:show", args=[public_id(person)])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def out_of(request: MemberRequest, message: str) -> Message:
    """The one door to a message that we sent."""
    rows = Message.objects.filter(workspace=request.workspace, direction="out")
    return find(rows.select_related("contact"), message)


@require_POST
@right_required("messages.send")
def cancel(request: MemberRequest, message: str) -> HttpResponse:
    """Take back what has not left yet."""
    found = out_of(request, message)
    if actions.cancel(found, member=request.member):
        messages.success(request, _("Taken back. It did not leave."))
    else:
        messages.warning(request, _("Too late: it is on its way already."))
    return redirect("contacts:show", public_id(found.contact))


@require_POST
@right_required("messages.resolve")
def resolve(request: MemberRequest, message: str) -> HttpResponse:
    """Decide about a message of which nobody knows whether it went: send it again, or leave it."""
    found = out_of(request, message)
    if request.POST.get("again"):
        is_done, sentence = actions.send_again(found, member=request.member), _("It goes out once more.")
    else:
        is_done, sentence = actions.leave_in_doubt(found, member=request.member), _("Left as it is: not sent again.")
    if is_done:
        messages.success(request, sentence)
    else:
        messages.info(request, _("It is in doubt no longer."))
    return redirect("contacts:show", public_id(found.contact))
