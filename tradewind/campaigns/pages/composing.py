"""The page on which a campaign is put together, and its pieces: the message's fields, phone, advice, test."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.campaigns import bindings, card_fields, free_forms, words
from tradewind.campaigns.audience import clean as clean_audience
from tradewind.campaigns.composer import links, own_test, sampling
from tradewind.campaigns.composer.advice import Advice, advise
from tradewind.campaigns.composer.sampling import Case
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.forms import (
    ComposeForm,
    audience_of,
    header_of,
    own_fields,
    read_bindings,
    template_id,
    variable_fields,
)
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.parts import crumbs, steps
from tradewind.campaigns.wording import Free, Said, parts_of
from tradewind.lib import publicid
from tradewind.messages.media import views as media
from tradewind.messages.media import words as media_words
from tradewind.numbers.models import Number
from tradewind.templates import rendering
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

FILES = ("image", "video", "document")


def compose(campaign: Campaign, form: ComposeForm, data: Any, member: Member) -> dict[str, Any]:
    """`data`: what was posted, None at first sight."""
    chosen = chosen_message(campaign, form, data)
    return {
        "campaign": campaign,
        "crumbs": crumbs(),
        "form": form,
        "steps": steps(campaign, "compose"),
        "why_no_plan": words.WHY_NO_PLAN.get(campaign.state_reason, ""),
        **of_message(campaign, chosen, data),
        **of_preview(campaign, member, chosen, campaign.bindings, campaign.audience or {"kind": "everybody"}, 0),
        **of_test(campaign, member),
    }


def chosen_message(campaign: Campaign, form: forms.Form, data: Any) -> Said | None:
    if data is None:
        return campaign.said
    if free_forms.is_free(data):
        return free_forms.half_written(data)
    rows = form.fields["template"].queryset  # type: ignore[attr-defined]
    found: Template | None = rows.filter(pk=template_id(data.get("template", ""))).first()
    return found


# The message's fields


def of_message(campaign: Campaign, said: Said | None, data: Any) -> dict[str, Any]:
    """What depends on the chosen message: its variables' fields and what stands on top."""
    kind = parts_of(said).header_kind if said else None
    link = header_of(data) if data is not None else bindings.media_link(campaign.bindings)
    return {
        "template": None if isinstance(said, Free) else said,
        "is_free": isinstance(said, Free),
        "variables": variable_fields(said, campaign, data),
        "fields": list(bindings.FIELDS.items()),
        "own_fields": [(f"{bindings.OWN}{key}", key) for key in own_fields(campaign)],
        "header_kind": kind or "",
        "takes_file": kind in FILES,
        "header": header_fields(campaign, link),
        "cards": card_fields.of(said, card_links_of(campaign, said, data), campaign.workspace_id),
    }


def card_links_of(campaign: Campaign, said: Said | None, data: Any) -> list[str]:
    """The files on a carousel's cards: as posted, else as kept for the same template."""
    if said is None:
        return []
    if data is not None and any(key.startswith("card-") for key in data):
        return card_fields.posted(said, data)
    return bindings.card_links(campaign.bindings) if said.pk == campaign.template_id else []


def header_fields(campaign: Campaign, link: str) -> dict[str, Any]:
    """What the fields of the header show: the file, the address or the place."""
    file = bindings.own_file(link, campaign.workspace_id)
    where, _bar, rest = (
        link.removeprefix(bindings.PLACE).partition("|") if link.startswith(bindings.PLACE) else ("",) * 3
    )
    name, _bar, address = rest.partition("|")
    return {
        "file": media.shown(file) if file else None,
        "standing": media_words.standing(file) if file else ("", ""),
        "link": link if link.startswith("http") else "",
        "place": {"where": where, "name": name, "address": address},
    }


# The phone


def of_preview(
    campaign: Campaign,
    member: Member,
    said: Said | None,
    bound: Sequence[Mapping[str, str]],
    audience: dict[str, Any],
    place: int,
) -> dict[str, Any]:
    """The phone with one real person's message, and advice on what the longest of them reads."""
    if said is None:
        return {"phone": None, "advice": []}
    people, problem = people_of(campaign, said, bound, audience)
    place = max(0, min(place, len(people) - 1))
    case = people[place] if people else None
    values = case.values if case else fixed_values(bound)
    return {
        "phone": pictured(campaign, said, values, bound),
        "is_free": isinstance(said, Free),
        "case": case,
        "case_url": person_url(case, member),
        "place": place,
        "places": [each.title for each in people],
        "next": place + 1 if place + 1 < len(people) else 0,
        "previous": place - 1 if place else len(people) - 1,
        "sample_problem": problem,
        "advice": advice(campaign, said, people, bound, audience),
    }


def people_of(
    campaign: Campaign, said: Said, bound: Sequence[Mapping[str, str]], audience: dict[str, Any]
) -> tuple[list[Case], str]:
    """Some of the audience, worst cases first; or why nobody can be shown yet."""
    keys = {each["key"] for each in bound}
    if any(variable.slot not in keys for variable in parts_of(said).variables):
        return [], ""
    try:
        spec = clean_audience(audience, workspace_id=campaign.workspace_id)
        numbers = list(campaign.senders.values_list("number_id", flat=True))
        return sampling.cases(campaign.workspace, spec, said, bound, numbers), ""
    except CampaignError as error:
        return [], str(error)


def person_url(case: Case | None, member: Member) -> str:
    if case is None or "contacts.view" not in member.rights:
        return ""
    return reverse("contacts:show", args=[publicid.encode("contact", case.contact)])


def fixed_values(bound: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {each["key"]: each["fallback"] for each in bound if not each["field"] and each["fallback"]}


def pictured(
    campaign: Campaign, said: Said, values: Mapping[str, str], bound: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """What the phone draws: the filled places marked, our own picture in it."""
    pictures = card_fields.pictures(bindings.card_links(bound), campaign.workspace_id)
    shown = rendering.shown_by(parts_of(said), values).with_pictures(pictures)
    file = bindings.own_file(bindings.media_link(bound), campaign.workspace_id)
    is_file = shown.header_kind in FILES
    return {
        "shown": shown,
        "lang": said.language.replace("_", "-"),
        "image": media.shown(file)["url"] if file and file.kind == "image" else "",
        "file": (file.name if file else _("Document")) if shown.header_kind == "document" else "",
        "empty_media": shown.header_kind if is_file and not (file and file.kind == "image") else "",
        "place": (bindings.place_of(bindings.media_link(bound)) or {}) if shown.header_kind == "location" else None,
    }


# Advice


def advice(
    campaign: Campaign,
    said: Said,
    people: Sequence[Case],
    bound: Sequence[Mapping[str, str]],
    audience: Mapping[str, Any],
) -> list[Advice]:
    """On the longest text that somebody would read, each thing once."""
    longest = max((case.values for case in people), key=lambda values: sum(map(len, values.values())), default=None)
    values = longest if longest is not None else {**examples(said), **fixed_values(bound)}
    written = links.written(said, parts_of(said).preview(values))
    return advise(written, links.domains_of(campaign.workspace), links.repeats(campaign, said, audience))


def stand_ins(said: Said, bound: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """A value for each variable while nobody is there to lend theirs: Meta's example, the fallback, its own name."""
    fallbacks = {each["key"]: each["fallback"] for each in bound}
    named = {each.slot: each.example or fallbacks.get(each.slot) or each.key for each in parts_of(said).variables}
    return {**named, **fixed_values(bound)}


def examples(said: Said) -> dict[str, str]:
    return {variable.slot: variable.example for variable in parts_of(said).variables if variable.example}


# The test


def of_test(campaign: Campaign, member: Member) -> dict[str, Any]:
    return {"test_phone": own_test.phone_of(member), "test_numbers": numbers_of(campaign, member)}


def numbers_of(campaign: Campaign, member: Member) -> list[Number]:
    """The campaign's numbers first, then the others; those that cannot send its template last."""
    own = set(campaign.senders.values_list("number_id", flat=True))
    home = campaign.template.account_id if campaign.template else None
    rows = Number.objects.visible_to(member).present().order_by("name", "pk")
    return sorted(rows, key=lambda number: (number.pk not in own, number.account_id != home))


def posted(
    campaign: Campaign, form: ComposeForm, data: Any
) -> tuple[Said | None, list[dict[str, str]], dict[str, Any]]:
    """Message, bindings and audience of a form that need not be whole yet."""
    form.is_valid()
    said = chosen_message(campaign, form, data)
    if said is None:
        return None, [], {}
    cleaned = {"without_segments": [], "without_tags": [], "live": False, "pasted": "", **form.cleaned_data}
    is_whole = cleaned.get("audience") and not ({"tag", "segment", "pasted", "audience"} & set(form.errors))
    audience = audience_of(cleaned) if is_whole else campaign.audience or {"kind": "everybody"}
    return said, known_bindings(read_bindings(said, data)), audience


def known_bindings(bound: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Those that can be looked up: an own field without a name yet counts as empty."""
    kept = []
    for each in bound:
        field = each["field"]
        is_known = not field or field in bindings.FIELDS or (field.startswith(bindings.OWN) and field != bindings.OWN)
        kept.append({**each, "field": field if is_known else ""})
    return kept
