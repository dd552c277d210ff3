"""The tags: their tree with what each is for, and the verbs of those who manage them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tradewind.contacts import queries
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Batch, Tag
from tradewind.contacts.tags import removal, tree
from tradewind.contacts.views.listing import crumbs
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """All tags with how many people have each; a new one."""
    if request.method == "POST" and "tags.manage" in request.rights:
        return acting(request, lambda: make(request))
    found = list(queries.tags_of(request.member))
    people = queries.people_by_tag(request.workspace.pk)
    rows = [(tag, public_id(tag), people.get(tag.pk, 0)) for tag in found]
    return render(request, "contacts/tags.html", {"rows": rows, "crumbs": crumbs()})


def make(request: MemberRequest) -> str:
    made, is_new = tree.make(
        workspace=request.workspace,
        name=request.POST.get("name", ""),
        description=request.POST.get("description", ""),
        member=request.member,
    )
    return "" if is_new else _("There is a tag %(tag)s already.") % {"tag": made.name}


def acting(request: MemberRequest, verb: Callable[[], str]) -> HttpResponse:
    """Do a verb of a tag, say what came of it, and go back to the list."""
    try:
        sentence = verb()
    except ContactError as error:
        messages.error(request, str(error))
    else:
        if sentence:
            messages.success(request, sentence)
        queries.forget_counts(request.workspace.pk)
    return redirect("contacts:tags")


def tag_of(request: MemberRequest, tag: str) -> Tag:
    """The one door to a tag."""
    return find(Tag.objects.visible_to(request.member), tag)


@require_POST
@right_required("tags.manage")
def delete(request: MemberRequest, tag: str) -> HttpResponse:
    """Take a tag off everybody and forget it."""
    found = tag_of(request, tag)
    people = queries.people_by_tag(request.workspace.pk).get(found.pk, 0)
    return acting(request, lambda: gone(removal.delete(found, member=request.member), people))


def gone(batch: Batch | None, people: int) -> str:
    if batch is not None:
        return str(_("Many people have the tag: it is taken off them now, then it is gone."))
    words: Any = ngettext(
        "The tag is gone; %(people)s person had it.", "The tag is gone; %(people)s people had it.", people
    )
    return str(words % {"people": f"{people:,}"})
