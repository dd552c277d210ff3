"""What the findings of tag health say, in the reader's language, and where those lead that no act of ours mends."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.segments import words
from tradewind.segments.recipes.places import NAMES

REPAIR = gettext_lazy("VIP repair")


def wrong(code: str, data: dict[str, Any]) -> str:
    """What is wrong."""
    if code == "too_large":
        return too_large(data)
    if code == "mismatch" and "n" not in data:
        return _("Its rule cannot be read any more, so the tag stands still.")
    sentences = {
        "contradiction": _("They spend much and complained lately. They need somebody before they need an offer."),
        "mismatch": _("%(n)s people have it or lack it against its rule."),
        "alike": _("It looks like %(tag)s."),
        "silent": _("No campaign or segment has used it for 30 days."),
        "stale": _("Nobody got it or lost it for half a year."),
        "rare": _("%(percent)s %% of all people have it; a tag that is worth keeping has 2 %% or more."),
        "too_many": _("There are %(n)s tags; with more than 100 nobody finds the right one."),
        "too_few": _("There are %(n)s tags; with fewer than 30 a business knows little of its people."),
    }
    return sentences[code] % data


def too_large(data: dict[str, Any]) -> str:
    says = _("%(percent)s %% of all people have it, so it tells little.") % data
    if "field" not in data:
        return says
    name = NAMES.get(data["field"], lambda value: value)
    told = {"field": words.FIELDS[data["field"]], "values": ", ".join(name(value) for value in data["values"])}
    return f"{says} {_('Its people differ most by %(field)s: %(values)s.') % told}"


def mended(code: str, act: str, data: dict[str, Any]) -> str:
    """What the button does."""
    acts = {
        "archive": _("Archive"), "off": _("Switch its rule off"), "split": _("Split it"),
        "check": _("Check everybody now"), "repair": _("Keep a tag “%(tag)s”") % {"tag": REPAIR},
    }  # fmt: skip
    links = {
        "too_large": _("See the people"), "alike": _("Merge the two"), "too_many": _("Look at all tags"),
        "too_few": _("Look at the recipes"), "mismatch": _("Open the rule"),
    }  # fmt: skip
    return acts[act] if act else links[code]


def address(code: str, tag: str, data: dict[str, Any]) -> str:
    """Where it is mended. `tag`: its public id."""
    if code == "too_large":
        return f"{reverse('contacts:list')}?tag={tag}"
    if code == "alike":
        return reverse("contacts:tag", args=[tag])
    if code == "mismatch":
        return reverse("rules:show", args=[data["rule"]])
    return reverse("contacts:tags" if code == "too_many" else "recipes:list")
