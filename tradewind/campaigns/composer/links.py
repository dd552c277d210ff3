"""The domains that a workspace's links may lead to, and which links went to the same people less than a week ago."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns.composer.advice import Written, host_of, same_links
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign, LinkDomain
from tradewind.campaigns.wording import Said
from tradewind.lib import clock
from tradewind.whatsapp.payloads import Preview
from tradewind.whatsapp.payloads.components import take_apart
from tradewind.whatsapp.payloads.placeholders import PLACEHOLDER
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

WEEK = timedelta(days=7)
MOST_DOMAINS, MOST_LOOKED_AT = 200, 50
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def domains_of(workspace: Workspace) -> list[str]:
    """The domains, in order."""
    return list(LinkDomain.objects.filter(workspace=workspace).order_by("domain").values_list("domain", flat=True))


def allow(*, workspace: Workspace, member: Member, address: str) -> str:
    """Links to this domain, and those below it, are meant. Takes a whole address, too. Raises CampaignError."""
    domain = host_of(address.strip())
    if not _DOMAIN.fullmatch(domain):
        raise CampaignError(_("That is no domain. Write it like shop.example.com."))
    if LinkDomain.objects.filter(workspace=workspace).count() >= MOST_DOMAINS:
        raise CampaignError(_("At most %(most)s domains can be kept.") % {"most": MOST_DOMAINS})
    with transaction.atomic():
        _row, is_new = LinkDomain.objects.get_or_create(
            workspace=workspace, domain=domain, defaults={"added_by": member, "added_at": clock.now()}
        )
        if is_new:
            audit.note(member, "links.domain_allowed", None, domain)
    return domain


def disallow(*, workspace: Workspace, member: Member, domain: str) -> bool:
    """Forget a domain; False when it was not there."""
    with transaction.atomic():
        gone, _rows = LinkDomain.objects.filter(workspace=workspace, domain=domain).delete()
        if gone:
            audit.note(member, "links.domain_removed", None, domain)
    return bool(gone)


def written(said: Said, preview: Preview) -> Written:
    """A message as advice looks at it, the buttons of its cards too."""
    buttons = [*preview.buttons, *(button for card in preview.cards for button in card.buttons)]
    return Written(
        body=preview.body,
        header=preview.header,
        footer=preview.footer,
        replies=[each.label for each in buttons if each.kind == "quick_reply"],
        links=[each.target for each in buttons if each.kind == "url"],
        is_marketing=said.category == "MARKETING",
    )


def repeats(campaign: Campaign, said: Said, audience: Mapping[str, Any]) -> list[str]:
    """Names of campaigns that took one of these links to the same audience within the last week."""
    own = links_in(said)
    if not own:
        return []
    recent = Campaign.objects.filter(workspace_id=campaign.workspace_id, launched_at__gt=clock.now() - WEEK).exclude(
        pk=campaign.pk
    )
    rows = recent.select_related("template").order_by("-launched_at")[:MOST_LOOKED_AT]
    return [
        row.name
        for row in rows
        if row.said is not None and same_people(row.audience, audience) and own & links_in(row.said)
    ]


def same_people(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """The same choice of people, whoever is left out; everybody contains all others."""
    kinds = {one.get("kind"), other.get("kind")}
    if "everybody" in kinds:
        return True
    keys = ("kind", "tag", "segment", "text")
    return all(one.get(key) == other.get(key) for key in keys)


def links_in(said: Said) -> set[str]:
    """Where a message's links lead, without what differs from person to person."""
    parts = take_apart(said.components)
    every = [parts, *parts.cards]
    texts = [text.text for each in every for text in (each.header, each.body) if text is not None]
    buttons = [button.target for each in every for button in each.buttons if button.kind == "url"]
    plain = Written(
        body=PLACEHOLDER.sub("", "\n".join([*texts, parts.footer])),
        links=[PLACEHOLDER.sub("", each) for each in buttons if each],
    )
    return set(same_links(plain))
