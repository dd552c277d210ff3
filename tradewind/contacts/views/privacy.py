"""A person's privacy: the consent passport, what is kept of them to take along, and being forgotten."""

import orjson
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tradewind.contacts.models import Erasure
from tradewind.contacts.privacy import erasing, export, passport
from tradewind.contacts.views.listing import crumbs
from tradewind.contacts.views.person import contact_of
from tradewind.workspaces import audit
from tradewind.workspaces.door import public_id, right_required
from tradewind.workspaces.request import MemberRequest

WAITS: dict[str, str | Promise] = {
    "sending": gettext_lazy("A message to them is on its way at this moment; it goes on after that."),
    "webhooks": gettext_lazy("What they wrote before is being filed; it goes on after that."),
    "imports": gettext_lazy("An import is not finished, and they may stand in its file. Finish it or give it up."),
}


@right_required("contacts.view")
def show(request: MemberRequest, contact: str) -> HttpResponse:
    """The passport, printable, with the ways to take along and to forget."""
    person = contact_of(request, contact)
    erasure = Erasure.objects.visible_to(request.member).filter(contact_id=person.pk).first()
    back = {"name": person.name or _("Person"), "url": reverse("contacts:show", args=[contact])}
    return render(
        request,
        "contacts/privacy.html",
        {
            "contact": person,
            "id": public_id(person),
            "entries": [
                (each, passport.effect_lines(each.consent, each.effect) if each.effect else [])
                for each in passport.entries_of(person)
            ],
            "erasure": erasure,
            "waits": WAITS.get(erasure.waits_for, "") if erasure else "",
            "crumbs": [*crumbs(), back],
        },
    )


@require_GET
@right_required("contacts.export")
def download(request: MemberRequest, contact: str) -> HttpResponse:
    """Everything that is kept of the person, as a zip."""
    name, content = export.archive(contact_of(request, contact), member=request.member)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@right_required("contacts.export")
def proof(request: MemberRequest, contact: str, form: str) -> HttpResponse:
    """The consent passport as a file: `form` is pdf or json."""
    person = contact_of(request, contact)
    if form == "pdf":
        answer = HttpResponse(passport.printed(person), content_type="application/pdf")
    elif form == "json":
        content = orjson.dumps(passport.document(person), option=orjson.OPT_INDENT_2, default=str)
        answer = HttpResponse(content, content_type="application/json")
    else:
        raise Http404
    audit.note(request.member, "contact.consent_printed", person)
    answer["Content-Disposition"] = f'attachment; filename="consent-{public_id(person)}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@right_required("contacts.erase")
def erase(request: MemberRequest, contact: str) -> HttpResponse:
    """Forget the person. Asks for a tick, since nobody can undo it."""
    person = contact_of(request, contact)
    if not request.POST.get("sure"):
        messages.error(request, _("Say that you are sure: nobody can undo it."))
    else:
        erasing.erase(person, member=request.member)
        messages.success(request, _("They are being erased. Nothing is sent to them any more."))
    return redirect("contacts:privacy", contact)
