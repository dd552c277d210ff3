"""From a template to a campaign: a draft that says it, to the people whose behaviour it suits (product.md B15)."""

from typing import Any

from tradewind.campaigns.models import Campaign
from tradewind.contacts.models import Tag
from tradewind.segments.models import Segment
from tradewind.templates.models import Template

EVERYBODY = {"kind": "everybody"}


def begin(campaign: Campaign, template: Template) -> Campaign:
    """Let a fresh draft say this template to whom it suits; what is still missing is asked for on its page."""
    campaign.template, campaign.audience = template, audience_of(template)
    campaign.save(update_fields=["template", "audience"])
    return campaign


def audience_of(template: Template) -> dict[str, Any]:
    """The people behind the hint: its tag or segment, where there is one of that name; else everybody."""
    kind, value = template.suits.get("kind", ""), template.suits.get("value", "")
    if kind == "tag" and (tag := tag_named(template.workspace_id, value)) is not None:
        return {"kind": "tag", "tag": tag}
    if kind == "segment":
        found = Segment.objects.filter(workspace_id=template.workspace_id, name__iexact=value).order_by("pk").first()
        return {"kind": "segment", "segment": found.pk} if found is not None else EVERYBODY
    return EVERYBODY


def tag_named(workspace_id: int, value: str) -> int | None:
    """A tag by its whole path, or by its last part where only one has that name."""
    tags = Tag.objects.filter(workspace_id=workspace_id, archived_at=None)
    exact = tags.filter(name__iexact=value).values_list("pk", flat=True).first()
    ends = list(tags.filter(name__iendswith=f"/{value}").values_list("pk", flat=True)[:2]) if exact is None else []
    return exact if exact is not None else ends[0] if len(ends) == 1 else None
