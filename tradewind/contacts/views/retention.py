"""For how long a workspace keeps what people wrote, with what would go before it goes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.contacts.privacy import foretelling, retention
from tradewind.workspaces.door import allowed, right_required
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page


class RetentionForm(forms.Form):
    """Days by kind; `sure` is asked for when something goes."""

    texts = forms.IntegerField(
        label=gettext_lazy("Words of messages"),
        help_text=gettext_lazy("What people wrote, what we wrote, and the values that went into campaigns."),
    )
    details = forms.IntegerField(
        label=gettext_lazy("Details in the journal"),
        help_text=gettext_lazy("What an event says beyond sums, orders and codes: products, pages, names, changes."),
    )
    bodies = forms.IntegerField(
        label=gettext_lazy("Raw webhooks"),
        help_text=gettext_lazy("The webhooks as Meta sent them. Everything is read from them within seconds."),
    )
    sure = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, fewest in retention.FEWEST.items():
            self.fields[kind].widget.attrs |= {"min": fewest, "max": retention.MOST}

    def clean(self) -> dict[str, Any]:
        for kind in retention.KINDS:
            if kind in self.cleaned_data:
                try:
                    retention.checked({kind: self.cleaned_data[kind]})
                except ValidationError as error:
                    self.add_error(kind, error)
        return self.cleaned_data

    @property
    def days(self) -> dict[str, int]:
        return {kind: self.cleaned_data[kind] for kind in retention.KINDS}


@right_required("settings.view")
def settings(request: MemberRequest) -> HttpResponse:
    """The page. Changing the days (htmx) shows what would go; saving asks for a tick when something does."""
    now = retention.days_of(request.workspace.pk)
    may_change = allowed(request, "settings.manage")
    form = RetentionForm(request.POST if request.method == "POST" and may_change else None, initial=now)
    if request.method == "POST" and may_change and request.headers.get("HX-Request"):
        return render(request, "contacts/_retention_figures.html", figures(request, form, now))
    if request.method == "POST" and may_change and form.is_valid():
        if is_sure(request, form, now):
            retention.change(by=request.member, days=form.days)
            messages.success(request, _("Saved. What is older goes in the background."))
            return redirect("contacts:retention")
        form.add_error(None, _("Look at what goes, and say that you are sure: nobody can bring it back."))
    page = {"form": form, "may_change": may_change, **figures(request, form, now)}
    return settings_page(request, "contacts/retention.html", page)


def is_sure(request: MemberRequest, form: RetentionForm, now: dict[str, int]) -> bool:
    """Ticked, or nothing is kept for a shorter time than before."""
    shorter = any(form.days[kind] < days for kind, days in now.items())
    return bool(form.cleaned_data["sure"]) or not shorter


def figures(request: MemberRequest, form: RetentionForm, now: dict[str, int]) -> dict[str, Any]:
    """What would go at once by the days in the form; nothing for days that do not fit."""
    if not form.is_bound or not form.is_valid():
        return {"going": [], "is_shorter": False}
    shorter = {kind: days for kind, days in form.days.items() if days < now[kind]}
    found = foretelling.foretell(request.workspace.pk, shorter)
    return {"going": [(retention.KINDS[kind], each) for kind, each in found.items()], "is_shorter": bool(shorter)}
