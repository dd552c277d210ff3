"""Proposals for tags: accept under a name, or refuse."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import TagSuggestion
from tradewind.contacts.suggestions import weekly
from tradewind.workspaces.door import find, right_required
from tradewind.workspaces.request import MemberRequest


@require_POST
@right_required("tags.manage")
def decide(request: MemberRequest, suggestion: str) -> HttpResponse:
    """`name` makes the tag and puts it on those who wrote so; `refuse` lets the proposal rest for good."""
    found = find(TagSuggestion.objects.visible_to(request.member).filter(state="open"), suggestion)
    try:
        if "refuse" in request.POST:
            weekly.refuse(found, by=request.member)
        else:
            take_up(request, found)
    except ContactError as error:
        messages.error(request, str(error))
    return redirect("contacts:tags")


def take_up(request: MemberRequest, found: TagSuggestion) -> None:
    people = weekly.accept(found, name=request.POST.get("name", ""), by=request.member, may_make=True)
    done = ngettext("Tag made; %(n)s person has it now.", "Tag made; %(n)s people have it now.", people)
    messages.success(request, done % {"n": people})
