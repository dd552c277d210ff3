"""Pages of doubles: pairs to decide on, merging two by hand, and taking a merge back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts import search
from tradewind.contacts.doubles import merging, pairs
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Contact, Double, Merge
from tradewind.contacts.privacy import masking
from tradewind.contacts.views.listing import crumbs
from tradewind.contacts.views.person import contact_of
from tradewind.lib import clock
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

FOUND = 8


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """Pairs that may be one person, and the merges of the last days."""
    given = request.GET.get("below", "")
    below = int(given) if given.isdecimal() and len(given) < 19 else None
    counts = pairs.open_counts(request.member)
    why = request.GET.get("why", "") if request.GET.get("why", "") in counts else next(iter(counts), "")
    found, following = pairs.open_pairs(request.member, why, below=below)
    page = {
        "pairs": found,
        "why": why,
        "kinds": [
            {"name": pairs.REASONS[each], "url": f"?why={each}", "current": each == why, "count": n}
            for each, n in counts.items()
        ],
        "next": following,
        "merges": pairs.lately(request.member, clock.now() - merging.UNDO_WITHIN),
        "may": "contacts.batch" in request.rights,
        "crumbs": crumbs(),
    }
    return render(request, "contacts/doubles.html", page)


@require_POST
@right_required("contacts.batch")
def decide(request: MemberRequest, double: str) -> HttpResponse:
    """Make one of the two (`keep` says who stays), or remember that they are two people."""
    row = find(Double.objects.visible_to(request.member), double)
    if request.POST.get("differ"):
        merging.differ(row, member=request.member)
        messages.success(request, _("Remembered: two different people."))
        return redirect("contacts:doubles")
    people = Contact.objects.visible_to(request.member).in_bulk([row.one_id, row.other_id])
    keep = people.get(kept_in(request))
    other = next((each for pk, each in people.items() if keep is not None and pk != keep.pk), None)
    if keep is None or other is None:
        messages.error(request, _("One of the two is not there any more. Look again."))
        return redirect("contacts:doubles")
    return merged(request, keep, other, "contacts:doubles")


def kept_in(request: MemberRequest) -> int:
    """The contact that is to stay, 0 when none is named."""
    keep = request.POST.get("keep", "")
    return find(Contact.objects.visible_to(request.member), keep).pk if keep else 0


def merged(request: MemberRequest, keep: Contact, other: Contact, back: str) -> HttpResponse:
    try:
        merging.merge(keep=keep, other=other, member=request.member)
    except ContactError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, _("One contact now. You can undo it for 30 days."))
    return redirect("contacts:doubles") if back == "contacts:doubles" else redirect("contacts:show", public_id(keep))


@right_required("contacts.batch")
def choose(request: MemberRequest, contact: str) -> HttpResponse:
    """Merge somebody with whom one looks for: `q` finds, `with` shows both, a POST does it."""
    person = contact_of(request, contact)
    chosen = request.POST.get("with", "") or request.GET.get("with", "")
    other = find(Contact.objects.visible_to(request.member), chosen) if chosen else None
    if request.method == "POST" and other is not None:
        keep, goes = (other, person) if request.POST.get("keep") == public_id(other) else (person, other)
        return merged(request, keep, goes, "contacts:list")
    text = request.GET.get("q", "").strip()[:100]
    page = {
        "contact": person,
        "id": contact,
        "q": text,
        "found": looked_for(request, text, person) if text else [],
        "pair": pairs.pair_of(person, other, request.member) if other and other.pk != person.pk else None,
        "crumbs": [*crumbs(), {"name": person.name or _("Person"), "url": reverse("contacts:show", args=[contact])}],
    }
    return render(request, "contacts/merge.html", page)


def looked_for(request: MemberRequest, text: str, person: Contact) -> list[tuple[str, pairs.Side]]:
    wanted = search.Wanted(
        text=text, home=request.workspace.country, is_whole_only=not masking.sees_whole(request.member)
    )
    ids = {each.pk for each in search.page(wanted).contacts[: FOUND + 1]} - {person.pk}
    return [(public_id(side.contact), side) for side in pairs.sides_of(ids, request.member).values()]


@require_POST
@right_required("contacts.batch")
def undo(request: MemberRequest, merge: str) -> HttpResponse:
    """Two contacts again."""
    row = find(Merge.objects.visible_to(request.member), merge)
    try:
        back = merging.undo(row, member=request.member)
    except ContactError as error:
        messages.error(request, str(error))
        return redirect("contacts:doubles")
    messages.success(request, _("Two contacts again, as they were."))
    return redirect("contacts:show", public_id(back))
