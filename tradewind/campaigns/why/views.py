"""The page of one answer."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.why import message as of_message
from tradewind.campaigns.why import person as of_person
from tradewind.contacts.models import Contact
from tradewind.messages.models import Message
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest


@require_GET
@right_required("messages.view", "contacts.view")
def message(request: MemberRequest, message: str) -> HttpResponse:
    """Why this message was sent, or was not."""
    rows = Message.objects.filter(workspace=request.workspace, direction="out")
    row = find(rows.select_related("contact", "number", "run__campaign", "author__user"), message)
    crumbs = [
        {"name": row.contact.name or _("Nameless"), "url": reverse("contacts:show", args=[public_id(row.contact)])}
    ]
    context = {"answer": of_message.why(row), "crumbs": crumbs, "campaign": getattr(row.run, "campaign", None)}
    return render(request, "campaigns/why.html", context)


@require_GET
@right_required("campaigns.view", "contacts.view")
def person(request: MemberRequest, campaign: str, recipient: str) -> HttpResponse:
    """Why this person of the audience gets it, or does not; with a message, the message's own page."""
    found = find(Campaign.objects.visible_to(request.member).select_related("run", "template"), campaign)
    row = find(Recipient.objects.filter(workspace_id=request.workspace.pk, campaign=found), recipient)
    sent = of_person.message_of(found, row)
    if sent is not None and not row.excluded:
        return redirect("campaigns:why", message=public_id(sent))
    contact = Contact.objects.visible_to(request.member).filter(pk=row.contact_id or 0).first()
    crumbs = [{"name": found.name, "url": reverse("campaigns:show", args=[public_id(found)])}]
    context = {"answer": of_person.why(found, row), "crumbs": crumbs, "campaign": found, "contact": contact}
    return render(request, "campaigns/why.html", context)
