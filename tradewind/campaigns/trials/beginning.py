"""A trial at the launch: the texts are frozen, and what is known of them is kept for the verdicts."""

from collections.abc import Callable
from typing import Any

from tradewind.campaigns.models import REST, Campaign, Trial, Variant
from tradewind.campaigns.trials import past
from tradewind.lib import clock
from tradewind.messages.models import Content
from tradewind.templates.models import Template

Payload = Callable[[Template, Any], dict[str, Any]]


def begin(campaign: Campaign, payload_of: Payload) -> None:
    """In the launch's transaction, when the run is there. `payload_of` freezes a template with its bindings."""
    trial = Trial.objects.filter(campaign=campaign).first()
    if trial is None or trial.parts == [REST]:
        return
    for variant in campaign.variants.select_related("template"):
        freeze(campaign, variant, payload_of)
    trial.past = past.snapshot(campaign)
    trial.stage, trial.stage_at = ("canary" if trial.has_canary else "test"), clock.now()
    trial.save(update_fields=["past", "stage", "stage_at"])


def freeze(campaign: Campaign, variant: Variant, payload_of: Payload) -> None:
    variant.content = Content.objects.create(
        workspace_id=campaign.workspace_id,
        template=variant.template,
        payload=payload_of(variant.template, variant),
        created_at=clock.now(),
    )
    variant.save(update_fields=["content"])
