"""The page on which the words of a paused campaign are changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tradewind.campaigns import queries, views
from tradewind.campaigns.editing import verbs, versions
from tradewind.campaigns.editing.forms import WordsForm
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages import composing
from tradewind.campaigns.pages.parts import crumbs
from tradewind.messages.media.views import with_files
from tradewind.workspaces.door import right_required
from tradewind.workspaces.request import MemberRequest


@right_required("campaigns.edit", "campaigns.launch")
@require_http_methods(["GET", "POST"])
def words(request: MemberRequest, campaign: str) -> HttpResponse:
    row = views.of(request, campaign)
    if row.state != "paused":
        messages.error(request, _("Pause it first: then what has not gone can be changed."))
        return views.to("show", row)
    data = with_files(request) if request.method == "POST" else None
    form = WordsForm(data, member=request.member, campaign=row)
    if request.method == "POST" and form.is_valid():
        try:
            revision = verbs.change(row, member=request.member, **form.changes())
            messages.success(request, said_of(revision.ready_at is not None))
            return views.to("live", row)
        except CampaignError as error:
            form.add_error(None, str(error))
    row = views.of(request, campaign)  # what was refused has left its traces on the row in hand
    return render(
        request, "campaigns/words.html", context(request, row, form, data), status=422 if form.errors else 200
    )


def said_of(is_ready: bool) -> str:
    if is_ready:
        return _("Changed. It goes on when you resume it.")
    return _("Changed. The words are being put in for everybody who has not got it; then resume it.")


def context(request: MemberRequest, row: Campaign, form: WordsForm, data: Any) -> dict[str, Any]:
    said = row.said if data is None else composing.chosen_message(row, form, data)
    audience = row.audience or {"kind": "everybody"}
    return {
        "campaign": row,
        "crumbs": crumbs(row),
        "form": form,
        "seen": queries.progress(row),
        "texts": versions.told(row),
        **composing.of_message(row, said, data),
        **composing.of_preview(row, request.member, said, row.bindings, audience, 0),
        **composing.of_test(row, request.member),
    }
