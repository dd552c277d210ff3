"""The page of recipes: what each makes, how many people each tag would get now, and its switch."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tradewind.contacts import queries as people
from tradewind.segments.recipes import actions
from tradewind.segments.recipes.catalogue import BY_CODE, RECIPES
from tradewind.segments.recipes.offers import card, cards
from tradewind.segments.rules.views import REFUSALS, crumbs
from tradewind.workspaces.door import right_required
from tradewind.workspaces.request import MemberRequest


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """All recipes with their tags and counts; with many people each card is counted when it comes into sight."""
    is_large = people.is_large(request.workspace.pk)
    page = {
        "recipes": RECIPES if is_large else (),
        "cards": () if is_large else cards(RECIPES, request.member),
        "may": "tags.manage" in request.rights,
        "crumbs": crumbs(),
    }
    return render(request, "segments/rules/recipes.html", page)


@right_required("contacts.view")
def show(request: MemberRequest, recipe: str) -> HttpResponse:
    """One card, as a piece of the page."""
    if recipe not in BY_CODE:
        raise Http404
    page = {"card": card(BY_CODE[recipe], request.member), "may": "tags.manage" in request.rights}
    return render(request, "segments/rules/_recipe.html", page)


@right_required("tags.manage")
@require_POST
def switch_on(request: MemberRequest, recipe: str) -> HttpResponse:
    """Make what is missing of a recipe and switch it on."""
    if recipe not in BY_CODE:
        raise Http404
    try:
        switched, left_alone = actions.switch_on(BY_CODE[recipe], member=request.member)
    except REFUSALS as error:
        messages.error(request, str(error))
        return redirect("recipes:list")
    said = ngettext("%(n)s rule is on now.", "%(n)s rules are on now.", switched) % {"n": switched}
    messages.success(request, said)
    if left_alone:
        names = ", ".join(left_alone)
        messages.warning(request, _("Left alone, because people set these tags by hand: %(names)s.") % {"names": names})
    return redirect("recipes:list")
