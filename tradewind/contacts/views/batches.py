"""Acts on many people: choosing what, looking at what will happen, watching it, undoing it."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts import forms, queries
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import BATCH_VERBS, Batch, Contact, ContactField, Tag
from tradewind.contacts.privacy import masking
from tradewind.contacts.tags import acts, batches, selections
from tradewind.contacts.views.listing import crumbs, decoded, wanted_of
from tradewind.contacts.views.tags import in_order
from tradewind.contacts.words import batch_sentence, preview_sentence
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.models import Member
from tradewind.workspaces.request import MemberRequest

SHOWN = 100
LONGEST_TREE = 200_000


@right_required("contacts.batch")
def index(request: MemberRequest) -> HttpResponse:
    """The last acts on many."""
    found = list(Batch.objects.visible_to(request.member).select_related("member__user").order_by("-pk")[:SHOWN])
    names = names_for(request, found)
    rows = [(each, public_id(each), batch_sentence(each, names)) for each in found]
    return render(request, "contacts/batches.html", {"rows": rows, "crumbs": crumbs()})


def names_for(request: MemberRequest, found: list[Batch]) -> dict[str, dict[int, str]]:
    """Names of the tags and members that batches speak of, by their numbers."""
    tags = {tag for each in found for name in ("tags", "take", "put") for tag in each.detail.get(name, [])}
    owners = {each.detail["owner"] for each in found if each.detail.get("owner")}
    members = Member.objects.visible_to(request.member).select_related("user").filter(pk__in=owners)
    return {
        "tags": dict(Tag.objects.visible_to(request.member).filter(pk__in=tags).values_list("pk", "name")),
        "owners": {each.pk: str(each) for each in members},
    }


@right_required("contacts.batch")
def new(request: MemberRequest) -> HttpResponse:
    """What is to be done to the people of the address; POST does it."""
    if request.method == "POST":
        return begin(request)
    return render(request, "contacts/batch_new.html", page_of(request, forms.BatchForm()))


def page_of(request: MemberRequest, form: forms.BatchForm) -> dict[str, Any]:
    verb = verb_of(request)
    tags = [tag for tag in in_order(queries.tags_of(request.member)) if tag.rule_id is None]
    query = request.GET.copy()
    query.pop("verb", None)
    fields = ContactField.objects.visible_to(request.member).order_by("key").values_list("key", flat=True)[:200]
    return {
        "form": form,
        "verb": verb,
        "verbs": [
            {"name": str(batches.VERB_NAMES[each]), "url": f"?{query.urlencode()}&verb={each}", "current": each == verb}
            for each in BATCH_VERBS
        ],
        "who": request.GET.urlencode(),
        "groups": grouped([tag for tag in tags if verb == "remove" or tag.archived_at is None]),
        "all_groups": grouped(tags),
        "members": [(public_id(each), each) for each in Member.objects.active().visible_to(request.member)],
        "fields": [*acts.COLUMNS, *fields],
        "chosen": request.POST.getlist("tag"),
        **previewed(request),
        "crumbs": [*crumbs(), {"name": _("Changes to many"), "url": reverse("contacts:batches")}],
    }


def grouped(tags: list[Tag]) -> list[tuple[str, list[tuple[str, Tag]]]]:
    """The tags by dimension, in order."""
    groups: dict[str, list[tuple[str, Tag]]] = {}
    for tag in tags:
        groups.setdefault(tag.name.partition("/")[0], []).append((public_id(tag), tag))
    return list(groups.items())


def verb_of(request: MemberRequest) -> str:
    verb = request.GET.get("verb", "")
    return verb if verb in BATCH_VERBS else "add"


def selection_of(request: MemberRequest) -> dict[str, Any]:
    """Whom the address means: who fits a tree, all that filters show, or rows ticked by hand. Raises ContactError."""
    if tree := request.GET.get("tree", ""):
        return selections.of_tree(tree_in(request, tree))
    if request.GET.get("all"):
        return selections.of_filter(wanted_of(request))
    found = [decoded("contact", each) for each in request.GET.getlist("contact")]
    ids = [each for each in found if each is not None]
    return selections.of_ticked(
        list(Contact.objects.visible_to(request.member).filter(pk__in=ids).values_list("pk", flat=True))
    )


def tree_in(request: MemberRequest, text: str) -> Any:
    """A tree of conditions in the address. Raises ContactError."""
    try:
        tree = json.loads(text) if len(text) <= LONGEST_TREE else None
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise ContactError(_("These conditions cannot be read. Choose the people again."))
    if masking.asks_for_numbers(tree) and not masking.sees_whole(request.member):
        raise ContactError(_("Phone numbers are masked for you, so nobody can be looked for by a part of one."))
    return tree


def detail_of(request: MemberRequest, form: forms.BatchForm) -> dict[str, Any]:
    """What the form says, as `batches.start` takes it."""
    verb, said = verb_of(request), form.cleaned_data
    if verb == "owner":
        owner = decoded("member", request.POST.get("owner", ""))
        if request.POST.get("owner") and owner is None:
            raise ContactError(_("This member is not here any more."))
        return {"owner": owner}
    if verb == "field":
        return {"field": said["field"], "value": said["value"]}
    kept = {"until": said["until"].isoformat() if said["until"] else "", "reason": said["reason"]}
    if verb == "replace":
        return {**kept, "take": tags_named(request, "take"), "put": tags_named(request, "tag")}
    return {**kept, "tags": tags_named(request, "tag")}


def tags_named(request: MemberRequest, name: str) -> list[int]:
    return [decoded("tag", each) or 0 for each in request.POST.getlist(name)]


def previewed(request: MemberRequest) -> dict[str, Any]:
    """What would happen: how many people are chosen, and, once it is known what is to be done, how many change."""
    form = forms.BatchForm(request.POST)
    try:
        selection = selection_of(request)
        if request.method != "POST":
            return {"people": selections.count(selection, workspace_id=request.workspace.pk)}
        if not form.is_valid():
            return {"problem": " ".join(str(sentence) for each in form.errors.values() for sentence in each)}
        verb, detail = verb_of(request), detail_of(request, form)
        found = batches.preview(workspace=request.workspace, verb=verb, detail=detail, selection=selection)
        draft = Batch(verb=verb, detail=batches.checked(request.workspace, verb, detail))
        return {"preview": found, "sentence": preview_sentence(draft, found, names_for(request, [draft]))}
    except ContactError as error:
        return {"problem": str(error)}


@require_POST
@right_required("contacts.batch")
def preview(request: MemberRequest) -> HttpResponse:
    """The sentence alone, as one chooses."""
    return render(request, "contacts/_batch_preview.html", {"verb": verb_of(request), **previewed(request)})


def begin(request: MemberRequest) -> HttpResponse:
    form = forms.BatchForm(request.POST)
    if form.is_valid():
        try:
            batch = batches.start(
                workspace=request.workspace,
                verb=verb_of(request),
                detail=detail_of(request, form),
                selection=selection_of(request),
                member=request.member,
            )
        except ContactError as error:
            messages.error(request, str(error))
        else:
            return redirect("contacts:batch", public_id(batch))
    return render(request, "contacts/batch_new.html", page_of(request, form), status=422)


def batch_of(request: MemberRequest, batch: str) -> Batch:
    """The one door to a batch."""
    return find(Batch.objects.visible_to(request.member).select_related("member__user"), batch)


@right_required("contacts.batch")
def show(request: MemberRequest, batch: str) -> HttpResponse:
    """How far it is. `part`: the piece that asks again while there is something to see."""
    found = batch_of(request, batch)
    page = {
        "batch": found,
        "id": batch,
        "sentence": batch_sentence(found, names_for(request, [found])),
        "can_undo": batches.can_undo(found),
        "is_moving": found.state in batches.ACTIVE,
        "undo_until": found.finished_at + batches.UNDO_FOR if found.finished_at else None,
        "crumbs": [*crumbs(), {"name": _("Changes to many"), "url": reverse("contacts:batches")}],
    }
    return render(request, "contacts/_batch.html" if request.GET.get("part") else "contacts/batch.html", page)


VERBS: dict[str, Callable[..., bool]] = {
    "pause": batches.pause,
    "resume": batches.resume,
    "cancel": batches.cancel,
    "undo": batches.undo,
}


@require_POST
@right_required("contacts.batch")
def act(request: MemberRequest, batch: str) -> HttpResponse:
    """Pause, go on, stop, undo."""
    found, verb = batch_of(request, batch), VERBS.get(request.POST.get("verb", ""))
    try:
        if verb is not None and not verb(found, member=request.member):
            messages.info(request, _("Somebody else was faster: look how it stands now."))
    except ContactError as error:
        messages.error(request, str(error))
    return redirect("contacts:batch", batch)
