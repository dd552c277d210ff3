"""What a draft must be before it can be planned and launched; refusals are sentences for the user."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.campaigns import audience as audiences
from tradewind.campaigns import bindings as sources
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.timing import rules as timing
from tradewind.campaigns.wording import Free, Said, keeps_quiet, parts_of
from tradewind.campaigns.words import grouped
from tradewind.lib import clock
from tradewind.lib.zones import is_within
from tradewind.messages.media import actions as media
from tradewind.messages.pacing import PRESETS, Pacing, PacingError
from tradewind.numbers.models import Number
from tradewind.templates.models import Template

MOST_NUMBERS = 500


def clean(
    campaign: Campaign,
    *,
    said: Said,
    audience: dict[str, Any],
    bindings: Sequence[Any],
    numbers: Sequence[Number],
    preset: str,
    pacing: dict[str, Any],
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The audience and the bindings as they are kept. Raises CampaignError for what cannot be planned."""
    if any(number.workspace_id != campaign.workspace_id for number in numbers):
        raise CampaignError(_("That belongs to another workspace."))
    check_pacing(preset, pacing)
    check_numbers(numbers)
    check_said(campaign, said, numbers)
    return (
        audiences.clean(audience, workspace_id=campaign.workspace_id),
        sources.clean(bindings, parts_of(said), workspace_id=campaign.workspace_id),
    )


def check_said(campaign: Campaign, said: Said, numbers: Sequence[Number]) -> None:
    """A template must be ours and approved; a free message asks nobody, and goes only within the service window."""
    if isinstance(said, Free):
        return
    if said.workspace_id != campaign.workspace_id:
        raise CampaignError(_("That belongs to another workspace."))
    check_template(said, numbers)


def check_pacing(preset: str, pacing: dict[str, Any]) -> None:
    if preset not in (*PRESETS, "custom"):
        raise CampaignError(_("Choose how fast it may go."))
    if preset == "custom" and not pacing:
        raise CampaignError(_("Say how many messages a minute may go."))
    try:
        Pacing.from_json({**PRESETS.get(preset, {}), **pacing})
    except PacingError as problem:
        raise CampaignError(_("This pace makes no sense: %(why)s") % {"why": problem}) from problem


def check_numbers(numbers: Sequence[Number]) -> None:
    if not numbers:
        raise CampaignError(_("Choose at least one number that sends it."))
    if len(numbers) > MOST_NUMBERS:
        raise CampaignError(_("At most %(most)s numbers can send one campaign.") % {"most": MOST_NUMBERS})
    for number in numbers:
        if number.removed_at is not None:
            raise CampaignError(_("The number %(name)s is not connected any more.") % {"name": number.name})


def check_template(template: Template, numbers: Sequence[Number]) -> None:
    """Every sending number's account must have this very template, approved by Meta."""
    if template.status != "APPROVED" or template.removed_at is not None:
        raise CampaignError(
            _("Meta has not approved the template %(name)s (%(language)s).")
            % {"name": template.name, "language": template.language}
        )
    if template.category == "AUTHENTICATION":
        raise CampaignError(_("One-time codes are sent one by one, not as a campaign."))
    approved = set(
        Template.objects.filter(
            workspace_id=template.workspace_id,
            name=template.name,
            language=template.language,
            status="APPROVED",
            components=template.components,
            removed_at=None,
        ).values_list("account_id", flat=True)
    )
    for number in numbers:
        if number.account_id not in approved:
            raise CampaignError(
                _(
                    "%(name)s belongs to an account in which this template is not approved."
                    " Choose another number or create the template there."
                )
                % {"name": number.name}
            )


def clean_timing(
    campaign: Campaign, starts_at: datetime | None, given: dict[str, Any] | None
) -> tuple[datetime | None, dict[str, Any]]:
    """`starts_at` and the timing as they are kept. Raises CampaignError when nobody could ever get it then.

    Looks at the campaign's message and quiet hours, which must be set.
    """
    chosen = timing.read(given if given is not None else {"kind": "at" if starts_at else "now"})
    if chosen.kind == "at" and starts_at is None:
        raise CampaignError(_("Say when it is to begin."))
    quiet = (campaign.workspace.quiet_from, campaign.workspace.quiet_to)
    if chosen.wall and campaign.quiet_hours and keeps_quiet(campaign.said) and is_within(chosen.wall, *quiet):
        raise CampaignError(
            _("%(time)s lies in quiet hours, from %(from)s to %(to)s. Choose another time.")
            % {"time": f"{chosen.wall:%H:%M}", "from": f"{quiet[0]:%H:%M}", "to": f"{quiet[1]:%H:%M}"}
        )
    return (starts_at if chosen.kind != "now" else None), chosen.as_json()


def check_time(campaign: Campaign) -> None:
    """People whose time is over by now were promised a message that would never leave: plan again first.

    Of a free message it would be so every minute: who is too late is left out at their turn, and the log says why.
    """
    if campaign.free is not None:
        return
    now = clock.now().timestamp()
    late = sum(wave[3] for wave in campaign.waves or () if len(wave) > 4 and wave[4] is not None and wave[4] <= now)
    if late:
        raise CampaignError(
            ngettext(
                "For %(n)s person the time has passed since this plan was made. Check again, then launch.",
                "For %(n)s people the time has passed since this plan was made. Check again, then launch.",
                late,
            )
            % {"n": grouped(late)}
        )


def want_file(campaign: Campaign) -> None:
    """Have its files at Meta for all numbers of the campaign before the first message leaves. Raises CampaignError."""
    numbers = [sender.number for sender in campaign.senders.select_related("number")]
    try:
        for bound in (campaign.bindings, *campaign.variants.values_list("bindings", flat=True)):
            for file in sources.own_files(bound, campaign.workspace_id):
                media.want(file, numbers)
    except media.MediaError as problem:
        raise CampaignError(str(problem)) from problem


def fingerprint(campaign: Campaign) -> str:
    """What the plan was made for: a template that Meta has changed since needs a new plan."""
    said = campaign.said
    assert said is not None
    others = [variant.template for variant in campaign.variants.select_related("template").order_by("place")]
    words = [[each.pk, each.category, each.parameter_format, each.components] for each in (said, *others)]
    return hashlib.sha256(orjson.dumps(words, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
