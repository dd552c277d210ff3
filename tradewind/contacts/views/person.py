"""A person: what is known, what happened, and the verbs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts import actions, forms, queries, reach, timeline, words
from tradewind.contacts.actions import ContactError
from tradewind.contacts.doubles import merging
from tradewind.contacts.models import Contact, Tag
from tradewind.contacts.privacy import masking
from tradewind.contacts.standing import weather
from tradewind.contacts.standing import words as standing_words
from tradewind.contacts.tags import reasons, tree
from tradewind.contacts.views.listing import crumbs
from tradewind.lib import clock, publicid
from tradewind.workspaces.door import find, public_id, right_required, row_of
from tradewind.workspaces.models import Member
from tradewind.workspaces.request import MemberRequest

# More tags on one person help nobody; advice, no limit (C2).
MOST_TAGS_ADVISED = 15


def contact_of(request: MemberRequest, contact: str) -> Contact:
    """The one door to a person."""
    return find(Contact.objects.visible_to(request.member), contact)


@right_required("contacts.view")
def show(request: MemberRequest, contact: str) -> HttpResponse:
    """The person's page. `part` names the piece that a live event asks for; `before` goes on with the timeline."""
    try:
        person = contact_of(request, contact)
    except Http404:
        if stays := merged_into(request, contact):
            return redirect("contacts:show", stays)
        raise
    before, only = moment_of(request.GET.get("before", "")), request.GET.get("only", "")
    if before is not None or request.GET.get("part") == "timeline":
        return render(request, "contacts/_timeline.html", history(person, before, only))
    page = {**facts_of(request, person), **history(person, None, only), "live_topic": f"contact:{contact}"}
    return render(request, "contacts/person.html", page)


def merged_into(request: MemberRequest, contact: str) -> str:
    """The public id of who somebody became part of; "" for everybody else."""
    stays = merging.survivor_of(request.workspace.pk, row_of("contact", contact))
    return publicid.encode("contact", stays) if stays else ""


def moment_of(text: str) -> datetime | None:
    """A time in an address; None for what is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def history(person: Contact, before: datetime | None, only: str = "") -> dict[str, Any]:
    only = only if only in timeline.ONLY else ""
    line = timeline.of(person, before=before, only=only)
    url = reverse("contacts:show", args=[public_id(person)])
    return {
        "contact": person,
        "timeline": line,
        "person_url": url,
        "only": only,
        "parts": [
            {"name": str(name), "url": f"{url}?only={part}" if part else url, "current": part == only}
            for part, name in words.PARTS_OF_HISTORY.items()
        ],
        "before": line.before and line.before.isoformat(),
    }


def facts_of(request: MemberRequest, person: Contact) -> dict[str, Any]:
    now = clock.now()
    tags = {tag.pk: tag for tag in queries.tags_of(request.member)}
    identities = list(person.identities.order_by("-is_current", "-seen_at"))
    masking.mask_identities(identities, request.member)
    windows = queries.windows_of(person)
    on = sorted(queries.tags_on(person, tags), key=lambda tag: tag.name)
    return {
        "phone": queries.address_of(identities, "phone"),
        "handle": queries.address_of(identities, "username") or queries.address_of(identities, "bsuid"),
        "identities": identities,
        "marketing": words.marketing_of(person),
        "opening": words.opening(person, windows, now),
        "hindrances": reach.hindrances(person, identities, now),
        "windows": [(window, window.closes_at > now) for window in windows],
        "local_time": local_time(person, now),
        "has_weather": weather.is_there() and bool(person.city),
        "consents": [(each, words.source_of(each.source)) for each in queries.consents_of(person)],
        "tags": [(each, public_id(each.tag)) for each in reasons.of_contact(person, on)],
        "other_tags": [tag.name for tag in tags.values() if tag not in on and can_be_set(tag)],
        "tag_advice": len(on) > MOST_TAGS_ADVISED,
        "members": [(public_id(each), each) for each in colleagues(request)],
        "owner": owner_of(person),
        "spoken": words.language_name(person.language) if person.language else "",
        "country": words.country_name(person.country) if person.country else "",
        "crumbs": crumbs(),
        "compose_url": compose_url(person),
    }


def can_be_set(tag: Tag) -> bool:
    """Whether somebody may put the tag on by hand."""
    return tag.rule_id is None and tag.archived_at is None


def colleagues(request: MemberRequest) -> list[Member]:
    """Who can be in charge of a person."""
    return list(Member.objects.active().visible_to(request.member).select_related("user").order_by("user__name", "pk"))


def owner_of(person: Contact) -> Member | None:
    if person.owner_id is None:
        return None
    return Member.objects.select_related("user").filter(pk=person.owner_id, workspace_id=person.workspace_id).first()


def local_time(person: Contact, now: datetime) -> str:
    """The wall clock where the person is; "" when that is not known."""
    try:
        return f"{now.astimezone(ZoneInfo(person.timezone)):%H:%M}"
    except (KeyError, ValueError, OSError):
        return ""


def compose_url(person: Contact) -> str:
    """Where the messages room writes to somebody; "" when it offers nothing."""
    try:
        return reverse("messages:compose", args=[public_id(person)])
    except NoReverseMatch:
        return ""


def details_form(person: Contact, data: Any = None) -> forms.DetailsForm:
    return forms.DetailsForm(data, initial={name: getattr(person, name) for name in actions.COLUMNS})


def acting(request: MemberRequest, contact: str, verb: Callable[[Contact], Any], sentence: str) -> HttpResponse:
    """Do a verb on a person and say what came of it."""
    person = contact_of(request, contact)
    try:
        verb(person)
    except ContactError as error:
        messages.error(request, str(error))
    else:
        if sentence:
            messages.success(request, sentence)
    return redirect("contacts:show", contact)


@right_required("contacts.edit")
def edit(request: MemberRequest, contact: str) -> HttpResponse:
    """Change what is known of the person. GET: the form alone, for the dialog."""
    person = contact_of(request, contact)
    if request.method != "POST":
        page = {"contact": person, "form": details_form(person)}
        return render(request, "contacts/_edit_form.html", page)
    form = details_form(person, request.POST)
    if not form.is_valid():
        page = {**facts_of(request, person), **history(person, None), "form": form, "is_editing": True}
        return render(request, "contacts/person.html", page, status=422)
    return acting(
        request, contact, lambda person: actions.change(person, member=request.member, **form.cleaned_data), _("Saved.")
    )


@right_required("contacts.view")
def weather_there(request: MemberRequest, contact: str) -> HttpResponse:
    """The weather where the person is, a piece of the page that comes when it comes."""
    person = contact_of(request, contact)
    found = weather.now(city=person.city, country=person.country)
    page = {"conditions": found, "sky": standing_words.SKIES.get(found.sky, "") if found else ""}
    return render(request, "contacts/_weather.html", page)


@require_POST
@right_required("contacts.edit")
def set_field(request: MemberRequest, contact: str) -> HttpResponse:
    """Set a field of the business's own; an empty value takes it away."""
    form = forms.FieldForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A field needs a name of up to 60 letters."))
        return redirect("contacts:show", public_id(contact_of(request, contact)))
    fields = {form.cleaned_data["key"].strip(): form.cleaned_data["value"]}
    return acting(
        request, contact, lambda person: actions.set_fields(person, fields=fields, member=request.member), _("Saved.")
    )


@require_POST
@right_required("contacts.edit")
def set_owner(request: MemberRequest, contact: str) -> HttpResponse:
    """Put a colleague in charge of the person, or nobody."""
    given = request.POST.get("owner", "")
    owner = find(Member.objects.active().visible_to(request.member), given) if given else None
    return acting(
        request, contact, lambda person: actions.set_owner(person, owner=owner, member=request.member), _("Saved.")
    )


@require_POST
@right_required("contacts.edit")
def add_tag(request: MemberRequest, contact: str) -> HttpResponse:
    """Put a tag on, made when it is new and one may make tags; with an end and a reason when they are given."""
    form = forms.AddTagForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for each in form.errors.values() for sentence in each))
        return redirect("contacts:show", public_id(contact_of(request, contact)))
    until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]

    def put(person: Contact) -> None:
        names = [form.cleaned_data["name"]]
        for tag in tree.named_all(request.workspace, names, request.member, may_make="tags.manage" in request.rights):
            actions.tag(person, tag=tag, member=request.member, until=until, reason=reason)
        queries.forget_counts(request.workspace.pk)

    return acting(request, contact, put, "")


@require_POST
@right_required("contacts.edit")
def remove_tag(request: MemberRequest, contact: str, tag: str) -> HttpResponse:
    """Take a tag off."""
    found = find(Tag.objects.visible_to(request.member), tag)

    def take(person: Contact) -> None:
        actions.untag(person, tag=found, member=request.member)
        queries.forget_counts(request.workspace.pk)

    return acting(request, contact, take, "")


@require_POST
@right_required("contacts.edit")
def consent(request: MemberRequest, contact: str) -> HttpResponse:
    """Opt somebody in or out, with how it is known."""
    form = forms.ConsentForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how you know it: without that nobody can prove it."))
        return redirect("contacts:show", public_id(contact_of(request, contact)))
    sentences = {
        "opted_in": _("Opted in. The proof is kept for good."),
        "opted_out": _("Opted out. No marketing leaves any more, not even what waits."),
    }
    state, reason = form.cleaned_data["state"], form.cleaned_data["reason"]
    return acting(
        request,
        contact,
        lambda person: actions.consent(person, state, source="console", wording=reason, member=request.member),
        sentences[state],
    )


@require_POST
@right_required("contacts.edit")
def suppression(request: MemberRequest, contact: str) -> HttpResponse:
    """Send this person nothing at all, or let them be written to again."""
    if request.POST.get("lift"):
        return acting(
            request,
            contact,
            lambda person: actions.lift_suppression(person, member=request.member),
            _("They can be written to again."),
        )
    reason = request.POST.get("reason", "")
    return acting(
        request,
        contact,
        lambda person: actions.suppress(person, reason=reason, member=request.member),
        _("Suppressed. Nothing is sent to this person any more."),
    )
