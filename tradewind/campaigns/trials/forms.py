"""What a member fills in for a trial; it becomes the arguments of `verbs.set_up`."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns import bindings, card_fields
from tradewind.campaigns.forms import header_of, read_bindings, sendable_templates, template_id, variable_fields
from tradewind.campaigns.models import LETTERS, Campaign, Trial, Variant
from tradewind.campaigns.pages import composing
from tradewind.campaigns.pages.parts import sample
from tradewind.campaigns.trials.verbs import Text, Wishes
from tradewind.campaigns.wording import parts_of
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

MEASURES = [("read", _("Who read it")), ("reply", _("Who answered")), ("click", _("Who tapped a button or link"))]
WHEN_EVEN = [("a", _("Send text A to the rest")), ("ask", _("Wait until a person chooses"))]
CONFIDENCES = [("0.9", "90 %"), ("0.95", "95 %"), ("0.98", "98 %"), ("0.99", "99 %")]


class TrialForm(forms.Form):
    """Canary, test and the team's pace on one page. The texts' fields are read by `texts_of`."""

    use_required_attribute = False

    has_canary = forms.BooleanField(
        label=_("Send it to a few people first, and watch"),
        required=False,
        help_text=_("Failures, opt-outs, blocks and Meta's own quality signals decide: go on, hold or stop."),
    )
    canary_percent = forms.FloatField(label=_("How many first, in percent"), min_value=0.1, max_value=50)
    canary_least = forms.IntegerField(label=_("But at least so many people"), min_value=1, max_value=100_000)
    watch_minutes = forms.IntegerField(
        label=_("Watch them for so many minutes"),
        min_value=1,
        max_value=4_320,
        help_text=_("Opt-outs, blocks and reads come late. A clear harm stops it at once."),
    )
    sample_percent = forms.FloatField(
        label=_("Compare on so many percent of the people"), min_value=1, max_value=100, required=False
    )
    sample_people = forms.IntegerField(
        label=_("Or on so many people"), min_value=2, max_value=1_000_000, required=False
    )
    measure = forms.ChoiceField(label=_("Better is"), choices=MEASURES, widget=forms.RadioSelect)
    wait_minutes = forms.IntegerField(
        label=_("Look after so many minutes"),
        min_value=1,
        max_value=4_320,
        help_text=_("Counted from when the last of the sample has left. It is looked at once."),
    )
    confidence = forms.ChoiceField(
        label=_("How sure it must be"),
        choices=CONFIDENCES,
        help_text=_("With 98 %, two tests in a hundred name a winner where there is none."),
    )
    when_even = forms.ChoiceField(label=_("When there is no difference"), choices=WHEN_EVEN, widget=forms.RadioSelect)
    spread_hours = forms.IntegerField(
        label=_("Spread the rest over so many hours"),
        min_value=0,
        max_value=72,
        help_text=_("0: as fast as the pace allows."),
    )
    answer_minutes = forms.IntegerField(
        label=_("Slow down when people wait longer than so many minutes for the team"),
        min_value=1,
        max_value=1_440,
        required=False,
        help_text=_("Empty: it never slows down. It goes on at full speed by itself when the team has caught up."),
    )

    def wishes(self) -> Wishes:
        """The settings as the verb takes them."""
        data = self.cleaned_data
        percent = data["sample_percent"]
        return Wishes(
            has_canary=data["has_canary"],
            canary_share=data["canary_percent"] / 100,
            canary_least=data["canary_least"],
            watch_minutes=data["watch_minutes"],
            sample_share=percent / 100 if percent else None,
            sample_people=data["sample_people"],
            measure=data["measure"],
            wait_minutes=data["wait_minutes"],
            confidence=float(data["confidence"]),
            when_even=data["when_even"],
            spread_hours=data["spread_hours"],
        )


def initial_of(campaign: Campaign) -> dict[str, Any]:
    trial = Trial.objects.filter(campaign=campaign).first() or Trial(campaign=campaign)
    return {
        "has_canary": trial.has_canary,
        "canary_percent": neat(trial.canary_share),
        "canary_least": trial.canary_least,
        "watch_minutes": trial.watch_minutes,
        "sample_percent": neat(trial.sample_share) if trial.sample_share else None,
        "sample_people": trial.sample_people,
        "measure": trial.measure,
        "wait_minutes": trial.wait_minutes,
        "confidence": f"{trial.confidence:g}",
        "when_even": trial.when_even,
        "spread_hours": trial.spread_hours,
        "answer_minutes": campaign.answer_minutes,
    }


def neat(share: float) -> float | int:
    """A share as percent, without ".0"."""
    percent = round(100 * share, 2)
    return int(percent) if percent == int(percent) else percent


def part_of(data: Mapping[str, Any], letter: str) -> dict[str, str]:
    """The fields of one text: "B-field-body.1" is "field-body.1" of text B."""
    start = f"{letter}-"
    return {name.removeprefix(start): str(data[name]) for name in data if name.startswith(start)}


def letters_in(data: Mapping[str, Any]) -> list[str]:
    """The other texts that a page shows, in their order."""
    return [letter for letter in LETTERS[1:] if f"{letter}-template" in data]


def texts_of(data: Mapping[str, Any], member: Member) -> list[Text]:
    """The other texts as the verb takes them; one without a template is passed over."""
    texts = []
    for letter in letters_in(data):
        part = part_of(data, letter)
        template = chosen(part, member)
        if template is not None:
            texts.append(Text(template, read_bindings(template, part)))
    return texts


def chosen(part: Mapping[str, str], member: Member) -> Template | None:
    found: Template | None = sendable_templates(member).filter(pk=template_id(part.get("template", ""))).first()
    return found


def shown_texts(data: Mapping[str, Any], member: Member, campaign: Campaign) -> list[dict[str, Any]]:
    """What the page shows of each other text: letter, template, variables' fields."""
    rows = []
    for place, letter in enumerate(letters_in(data), 1):
        part = part_of(data, letter)
        template = chosen(part, member)
        holder = Variant(campaign=campaign, template=template) if template else None
        now = LETTERS[place]  # one before it may have been taken out
        rows.append({"letter": now, "template": template, **fields_of(template, holder, part, now)})
    return rows


def kept_texts(campaign: Campaign) -> list[dict[str, Any]]:
    rows = campaign.variants.select_related("template").order_by("place")
    return [
        {"letter": each.letter, "template": each.template, **fields_of(each.template, each, None, each.letter)}
        for each in rows
    ]


def fields_of(
    template: Template | None, holder: Variant | None, part: Mapping[str, str] | None, letter: str
) -> dict[str, Any]:
    """The fields of a text's variables and files; `part` is what was just filled in, None for what is kept."""
    if template is None or holder is None:
        return {"variables": [], "cards": [], "takes_file": False, "sample": None}
    campaign = holder.campaign
    kind = parts_of(template).header_kind or ""
    on_top = (header_of(part) if part else "") or bindings.media_link(holder.bindings)
    on_cards = card_fields.posted(template, part) if part else bindings.card_links(holder.bindings)
    return {
        "variables": variable_fields(template, holder, part),  # type: ignore[arg-type]
        "prefix": f"{letter}-",
        "header_kind": kind,
        "takes_file": kind in composing.FILES,
        "header": composing.header_fields(campaign, on_top),
        "cards": card_fields.of(template, on_cards, campaign.workspace_id, prefix=f"{letter}-"),
        "sample": sample(template),
    }
