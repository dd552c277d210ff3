"""The page on which a campaign is put together."""

from typing import Any

from tradewind.campaigns import bindings, words
from tradewind.campaigns.forms import ComposeForm, template_id, variable_fields
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.parts import crumbs, sample, steps
from tradewind.templates.models import Template


def compose(campaign: Campaign, form: ComposeForm, data: Any) -> dict[str, Any]:
    """`data`: what was posted, None at first sight."""
    return {
        "campaign": campaign,
        "crumbs": crumbs(),
        "form": form,
        "steps": steps(campaign, "compose"),
        "why_no_plan": words.WHY_NO_PLAN.get(campaign.state_reason, ""),
        **of_template(campaign, chosen_template(campaign, form, data), data),
    }


def of_template(campaign: Campaign, template: Template | None, data: Any) -> dict[str, Any]:
    """What depends on the chosen template: its variables' fields and how it looks."""
    return {
        "variables": variable_fields(template, campaign, data),
        "fields": list(bindings.FIELDS.items()),
        "header_link": header_link(campaign, data),
        "sample": sample(template),
    }


def chosen_template(campaign: Campaign, form: ComposeForm, data: Any) -> Template | None:
    if data is None:
        return campaign.template
    rows = form.fields["template"].queryset  # type: ignore[attr-defined]
    found: Template | None = rows.filter(pk=template_id(data.get("template", ""))).first()
    return found


def header_link(campaign: Campaign, data: Any) -> str:
    if data is not None and "header-link" in data:
        return str(data.get("header-link"))
    return bindings.media_link(campaign.bindings)
