"""The tags: their tree with what each is for, and the verbs of those who manage them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tradewind.contacts import forms, queries
from tradewind.contacts.errors import ContactError, TagError
from tradewind.contacts.models import Batch, Tag
from tradewind.contacts.tags import removal, tree, uses
from tradewind.contacts.tags.paths import level_of
from tradewind.contacts.views.listing import crumbs
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.models import Member
from tradewind.workspaces.request import MemberRequest


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """The tree with how many people have each; those put away only when they are asked for."""
    if request.method == "POST":
        return add(request)
    shows_archived = bool(request.GET.get("archived"))
    found = queries.tags_of(request.member).select_related("owner__user")
    people = queries.people_by_tag(request.workspace.pk)
    rows = [Row(tag, public_id(tag), people.get(tag.pk, 0)) for tag in in_order(found)]
    page = {
        "rows": [row for row in rows if shows_archived or row.tag.archived_at is None],
        "archived": sum(row.tag.archived_at is not None for row in rows),
        "shows_archived": shows_archived,
        "in_all": len(rows),
        "crumbs": crumbs(),
    }
    return render(request, "contacts/tags.html", page)


@dataclass(frozen=True, slots=True)
class Row:
    """A tag in the list."""

    tag: Tag
    id: str
    people: int

    @property
    def depth(self) -> int:
        return level_of(self.tag.name) - 1


def in_order(tags: Iterable[Tag]) -> list[Tag]:
    """As a tree: what is below comes right behind its parent, whatever other names sort between them."""
    return sorted(tags, key=lambda tag: [part.casefold() for part in tag.name.split("/")])


@right_required("tags.manage")
def add(request: MemberRequest) -> HttpResponse:
    """A new tag; `below` says under which."""
    below = request.GET.get("below", "")
    above = tag_of(request, below) if below else None
    initial = {"name": f"{above.name}/" if above else "", "colour": above.colour if above else ""}
    form = form_of(request, initial)
    if request.method == "POST" and form.is_valid():
        try:
            made(request, form)
        except ContactError as error:
            form.add_error("name", str(error))
        else:
            return redirect("contacts:tags")
    page = {"form": form, "crumbs": tag_crumbs()}
    return render(request, "contacts/tag.html", page, status=422 if form.errors else 200)


def form_of(request: MemberRequest, initial: dict[str, Any]) -> forms.TagForm:
    members = Member.objects.active().visible_to(request.member).select_related("user").order_by("user__name", "pk")
    choices = [(public_id(each), str(each)) for each in members]
    return forms.TagForm(request.POST if request.method == "POST" else None, initial=initial, members=choices)


def made(request: MemberRequest, form: forms.TagForm) -> None:
    tag, is_new = tree.make(workspace=request.workspace, member=request.member, **facts_of(request, form))
    if not is_new:
        raise TagError(_("There is a tag %(tag)s already.") % {"tag": tag.name})
    messages.success(request, _("The tag %(tag)s is made.") % {"tag": tag.name})


def facts_of(request: MemberRequest, form: forms.TagForm) -> dict[str, Any]:
    """What the form says, with the owner as a member."""
    owner = form.cleaned_data["owner"]
    found = find(Member.objects.active().visible_to(request.member), owner) if owner else None
    said = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
    return {**said, "owner": found}


@right_required("contacts.view")
def edit(request: MemberRequest, tag: str) -> HttpResponse:
    """A tag with what uses it, and the form of those who manage tags."""
    found = tag_of(request, tag)
    may = "tags.manage" in request.rights
    owner = Member.objects.filter(pk=found.owner_id or 0, workspace=request.workspace).first()
    shown = ("name", "description", "colour", "lifetime_days")
    form = form_of(
        request, {**{name: getattr(found, name) for name in shown}, "owner": public_id(owner) if owner else ""}
    )
    if request.method == "POST" and may and form.is_valid():
        try:
            save(request, found, form)
        except ContactError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("contacts:tags")
    others = [(public_id(each), each) for each in in_order(queries.tags_of(request.member)) if is_free(each, found)]
    page = {
        "tag": found, "id": tag, "form": form, "may_manage": may, "others": others, "crumbs": tag_crumbs(),
        "people": queries.people_by_tag(request.workspace.pk).get(found.pk, 0), "owner": owner,
        "uses": uses.of(request.workspace.pk, [found]), "has_below": tree.below(found).exists(),
    }  # fmt: skip
    return render(request, "contacts/tag.html", page, status=422 if form.errors else 200)


def is_free(other: Tag, tag: Tag) -> bool:
    """Whether people of `tag` may get the other one instead."""
    return other.pk != tag.pk and other.rule_id is None and other.archived_at is None


def save(request: MemberRequest, tag: Tag, form: forms.TagForm) -> None:
    facts = facts_of(request, form)
    with transaction.atomic():
        reason = form.cleaned_data["reason"]
        tree.rename(tag, name=facts.pop("name"), member=request.member, reason=reason)
        facts["colour"] = facts["colour"] or tag.colour
        tree.change(tag, member=request.member, reason=reason, **facts)


def tag_crumbs() -> list[dict[str, str]]:
    return [*crumbs(), {"name": _("Tags"), "url": reverse("contacts:tags")}]


def acting(request: MemberRequest, verb: Callable[[], str | Batch]) -> HttpResponse:
    """Do a verb of a tag, say what came of it, and go back to the list, or to the batch that does it."""
    try:
        came = verb()
    except ContactError as error:
        messages.error(request, str(error))
        return redirect("contacts:tags")
    queries.forget_counts(request.workspace.pk)
    if isinstance(came, Batch):
        return redirect("contacts:batch", public_id(came))
    messages.success(request, came)
    return redirect("contacts:tags")


def why(request: MemberRequest) -> str:
    """The reason that was typed beside a verb; "" for none."""
    return request.POST.get("reason", "")


def tag_of(request: MemberRequest, tag: str) -> Tag:
    """The one door to a tag."""
    return find(Tag.objects.visible_to(request.member), tag)


@require_POST
@right_required("tags.manage")
def delete(request: MemberRequest, tag: str) -> HttpResponse:
    """Take a tag off everybody and forget it."""
    found = tag_of(request, tag)
    people = queries.people_by_tag(request.workspace.pk).get(found.pk, 0)
    return acting(request, lambda: removal.delete(found, member=request.member, reason=why(request)) or gone(people))


def gone(people: int) -> str:
    words: Any = ngettext(
        "The tag is gone; %(people)s person had it.", "The tag is gone; %(people)s people had it.", people
    )
    return str(words % {"people": f"{people:,}"})


@require_POST
@right_required("tags.manage")
def merge(request: MemberRequest, tag: str) -> HttpResponse:
    """Give everybody who has the tag another one instead; the tag goes."""
    found, into = tag_of(request, tag), tag_of(request, request.POST.get("into", ""))
    return acting(
        request,
        lambda: (
            removal.merge(found, into=into, member=request.member, reason=why(request))
            or _("Whoever had %(tag)s has %(into)s now.") % {"tag": found.name, "into": into.name}
        ),
    )


@require_POST
@right_required("tags.manage")
def archive(request: MemberRequest, tag: str) -> HttpResponse:
    """Put a tag away, or bring it back (`back`)."""
    found = tag_of(request, tag)
    if request.POST.get("back"):
        tree.restore(found, member=request.member, reason=why(request))
        return acting(request, lambda: _("%(tag)s can be put on again.") % {"tag": found.name})
    tree.archive(found, member=request.member, reason=why(request))
    return acting(request, lambda: _("%(tag)s is put away: who has it keeps it, nobody gets it.") % {"tag": found.name})
