"""The page on which a campaign is set to be tried first, and the choice of a text."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tradewind.campaigns import actions, views
from tradewind.campaigns.errors import AlreadySo, BindingError, CampaignError
from tradewind.campaigns.models import LETTERS, Campaign
from tradewind.campaigns.trials import forms, pages, verbs
from tradewind.campaigns.words import ONLY_TEMPLATES
from tradewind.messages.media.views import with_files
from tradewind.workspaces.door import right_required
from tradewind.workspaces.request import MemberRequest


@right_required("campaigns.edit")
@require_http_methods(["GET", "POST"])
def trial(request: MemberRequest, campaign: str) -> HttpResponse:
    row = views.of(request, campaign)
    if row.state not in ("draft", "planned"):
        return views.to("show", row)
    if row.free is not None:
        messages.error(request, str(ONLY_TEMPLATES))
        return views.to("compose", row)
    if row.template is None:
        messages.error(request, _("Choose the campaign's own template first: it is text A."))
        return views.to("compose", row)
    data = with_files(request) if request.method == "POST" else None
    if data is not None and "save" not in data:
        return texts(request, row, data)
    form = pages.form_of(row, data)
    if data is not None and form.is_valid():
        try:
            save(request, row, form, data)
            return views.to("plan", row)
        except AlreadySo:
            return views.to("plan", row)
        except (CampaignError, BindingError) as error:
            form.add_error(None, str(error))
    context = pages.page(row, request.member, form, data)
    return render(request, "campaigns/trial.html", context, status=422 if form.errors else 200)


def save(request: MemberRequest, row: Campaign, form: forms.TrialForm, data: Any) -> None:
    """Set it up, and ask for the plan at once."""
    with transaction.atomic():
        texts = forms.texts_of(data, request.member)
        verbs.set_up(
            row,
            member=request.member,
            wishes=form.wishes(),
            texts=texts,
            answer_minutes=form.cleaned_data["answer_minutes"],
        )
        actions.plan(row, member=request.member)


def texts(request: MemberRequest, row: Campaign, data: Any) -> HttpResponse:
    """The texts with one more, one less, or another template: nothing is saved."""
    letters = forms.letters_in(data)
    if "add" in data and len(letters) < len(LETTERS) - 1:
        data[f"{LETTERS[len(letters) + 1]}-template"] = ""
    if (gone := data.get("remove", "")) in letters:
        for name in [name for name in data if name.startswith(f"{gone}-")]:
            del data[name]
    shown = forms.shown_texts(data, request.member, row)
    if views.is_piece(request):
        context = pages.texts_context(row, request.member, shown)
        form = pages.form_of(row, data)
        return render(
            request, "campaigns/_trial_texts.html", context | {"advice": pages.advice(row, len(shown) + 1, form)}
        )
    return render(request, "campaigns/trial.html", pages.page(row, request.member, pages.form_of(row, data), data))


@right_required("campaigns.launch")
@require_POST
def choose(request: MemberRequest, campaign: str, letter: str) -> HttpResponse:
    """Send this text to the rest."""
    row = views.of(request, campaign)
    place = LETTERS.find(letter) if len(letter) == 1 else -1
    try:
        verbs.choose(row, place, member=request.member)
    except AlreadySo:
        pass
    except CampaignError as error:
        messages.error(request, str(error))
    return views.to("live", row)
