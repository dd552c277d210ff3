"""What to look at before a launch: each a finding with what it means and where to mend it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.campaigns import bindings
from tradewind.campaigns.composer import links
from tradewind.campaigns.composer.advice import advise
from tradewind.campaigns.forecasting import pacing_of
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.wording import parts_of
from tradewind.campaigns.words import grouped
from tradewind.lib import clock
from tradewind.messages.media import words as media_words
from tradewind.messages.pacing import WARN_PER_MINUTE
from tradewind.numbers.models import Number
from tradewind.workspaces.door import public_id


@dataclass(frozen=True, slots=True)
class Check:
    """`tone` as in the design: warn can be acted on, bad stops it, info is good to know."""

    tone: str
    icon: str
    title: str
    detail: str
    href: str = ""
    act: str = ""


def checks(campaign: Campaign, result: dict[str, Any]) -> list[Check]:
    """The findings, worst first."""
    if not result["recipients"]:
        return []
    numbers = list(Number.objects.filter(pk__in=[int(key) for key, people in result["by_number"].items() if people]))
    found = [
        *of_sending(campaign, result),
        *of_file(campaign),
        *of_text(campaign, result),
        *of_numbers(numbers),
        *of_pace(campaign, numbers),
        *of_time(result, numbers),
    ]
    return sorted(found, key=lambda check: ("bad", "warn", "info").index(check.tone))


def of_sending(campaign: Campaign, result: dict[str, Any]) -> list[Check]:
    found = []
    if campaign.workspace.sending_stopped_at:
        found.append(
            Check(
                "bad", "octagon-pause", _("All sending is stopped"), _("Nothing leaves until somebody lets it go on.")
            )
        )
    if result["ends_at"] is None:
        found.append(
            Check(
                "bad",
                "hourglass",
                _("It does not come to an end"),
                _("The portfolio leaves no place for campaigns."),
                reverse("numbers:list"),
                _("See the numbers"),
            )
        )
    return found


def of_file(campaign: Campaign) -> list[Check]:
    """The file on top: refused by Meta, or something to know of it."""
    file = bindings.own_file(bindings.media_link(campaign.bindings), campaign.workspace_id)
    if file is None:
        return []
    href, act = reverse("campaigns:compose", args=[public_id(campaign)]), _("Change the file")
    tone, words = media_words.standing(file)
    if tone == "bad":
        return [Check("bad", "image-off", _("Meta did not take the file on top"), words, href, act)]
    advice = media_words.advice(file)
    return [Check("info", "film", _("The file on top"), advice, href, act)] if advice else []


def of_text(campaign: Campaign, result: dict[str, Any]) -> list[Check]:
    """Advice on the longest text of the whole audience, as the compose page gives it on a sample."""
    message = campaign.said
    if message is None:
        return []
    rows = Recipient.objects.filter(
        campaign=campaign, pk__in=[each["id"] for each in result.get("worst", [])]
    ).values_list("variables", flat=True)
    values = max((row or {} for row in rows), key=lambda row: sum(map(len, row.values())), default={})
    said = links.written(message, parts_of(message).preview(values))
    domains, repeats = links.domains_of(campaign.workspace), links.repeats(campaign, message, campaign.audience)
    href, act = reverse("campaigns:compose", args=[public_id(campaign)]), _("Change the text")
    return [Check(each.tone, each.icon, each.title, each.detail, href, act) for each in advise(said, domains, repeats)]


def of_numbers(numbers: list[Number]) -> list[Check]:
    found = []
    for number in numbers:
        href = reverse("numbers:show", args=[public_id(number)])
        if number.paused_until and number.paused_until > clock.now():
            title = _("%(name)s is paused") % {"name": number.name}
            found.append(
                Check("warn", "pause", title, _("Its people wait until it goes on."), href, _("See the number"))
            )
        elif number.quality == "RED":
            title = _("Meta rates the quality of %(name)s low") % {"name": number.name}
            found.append(
                Check("warn", "heart-pulse", title, _("More blocks may cost it its limit."), href, _("See why"))
            )
    return found


def of_pace(campaign: Campaign, numbers: list[Number]) -> list[Check]:
    """B4: a word about more than 20 a minute, where a number also runs on a phone or the pace is somebody's own."""
    pacing = pacing_of(campaign)
    per_minute = pacing.get("per_minute") or 0
    on_phones = [number.name for number in numbers if number.is_on_phone_app]
    is_own = campaign.preset == "custom"
    if not (on_phones or is_own) or 0 < per_minute <= WARN_PER_MINUTE:
        return []
    detail = _("10 to 15 a minute are recommended for numbers that are also used on a phone.")
    if on_phones:
        detail += " " + ", ".join(on_phones)
    href = reverse("campaigns:compose", args=[public_id(campaign)])
    return [Check("warn" if on_phones else "info", "gauge", _("A brisk pace"), detail, href, _("Change the pace"))]


def of_time(result: dict[str, Any], numbers: list[Number]) -> list[Check]:
    held_by = result.get("held_by", {})
    found = []
    if "portfolio" in held_by:
        free = held_by["portfolio"]["free"]
        detail = ngettext(
            "%(n)s more person can be written to now; places come back 24 hours after their use.",
            "%(n)s more people can be written to now; places come back 24 hours after their use.",
            free,
        ) % {"n": grouped(free)}
        found.append(
            Check("warn", "hourglass", _("The portfolio's limit makes it wait"), detail,
                  reverse("numbers:list"), _("See the numbers"))
        )  # fmt: skip
    if "warmup" in held_by:
        names = ", ".join(number.name for number in numbers if number.pk in held_by["warmup"]["numbers"])
        title = _("New numbers are warming up: %(n)s a day") % {"n": grouped(held_by["warmup"]["a_day"])}
        found.append(Check("warn", "thermometer", title, names))
    if "quiet_hours" in held_by:
        n = held_by["quiet_hours"]["people"]
        title = ngettext(
            "For %(n)s person it is night: their message leaves in their morning",
            "For %(n)s people it is night: their messages leave in their morning",
            n,
        ) % {"n": grouped(n)}
        found.append(Check("info", "moon", title, ""))
    return found
