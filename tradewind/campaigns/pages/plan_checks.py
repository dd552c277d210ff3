"""What would go wrong with a plan: its template, its people's consent, its time and its price."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.checks import Check
from tradewind.campaigns.rates.shown import market_name
from tradewind.campaigns.replies import by_hour
from tradewind.campaigns.words import grouped
from tradewind.lib import clock
from tradewind.messages.pacing_forecast import TIGHT_SECONDS
from tradewind.workspaces.door import public_id

STALE = timedelta(hours=12)
MANY_WITHOUT_CONSENT = 0.3
FEW = 20
"""Fewer answers an hour are no matter for any team."""
MOST_NAMED = 4


def of_plan(campaign: Campaign, result: dict[str, Any]) -> Iterator[Check]:
    """The findings of this page, in no order."""
    yield from of_template(campaign)
    yield from of_consent(result)
    yield from of_window(campaign, result)
    yield from of_replies(result)
    yield from of_cost(result.get("cost"))


def of_template(campaign: Campaign) -> Iterator[Check]:
    template = campaign.template
    if template is None:
        return  # a free message asks nobody's leave
    href, act = reverse("templates:show", args=[public_id(template)]), _("See the template")
    if template.status != "APPROVED":
        yield Check("bad", "circle-x", _("Meta does not let this template go now"), template.status.title(), href, act)
    elif template.quality == "RED":
        detail = _("Meta pauses a template of low quality; then the rest does not leave.")
        yield Check("warn", "heart-pulse", _("Meta rates this template low"), detail, href, act)
    elif template.quality == "YELLOW":
        yield Check("info", "heart-pulse", _("Meta rates this template medium"), _("Some blocked it."), href, act)
    if template.next_category and template.next_category != template.category:
        detail = _("It may then cost more, and need another consent.")
        yield Check("warn", "tag", _("Meta is about to change its category"), detail, href, act)


def of_consent(result: dict[str, Any]) -> Iterator[Check]:
    without = result["excluded"].get("no_opt_in", 0)
    if without > MANY_WITHOUT_CONSENT * (result["audience"] or 1):
        title = ngettext(
            "%(n)s person has never agreed to marketing", "%(n)s people have never agreed to marketing", without
        ) % {"n": grouped(without)}
        yield Check("info", "shield-question", title, _("Ask them in a talk, or at the till; they are left out here."))


def of_window(campaign: Campaign, result: dict[str, Any]) -> Iterator[Check]:
    href, act = reverse("campaigns:compose", args=[public_id(campaign)]), _("Change the time")
    if late := result.get("late"):
        title = ngettext(
            "%(n)s person cannot be reached in time", "%(n)s people cannot be reached in time", late
        ) % {"n": grouped(late)}  # fmt: skip
        detail = _("At this pace their turn comes too late, and they get nothing. More numbers or more time would do.")
        yield Check("warn", "timer", title, detail, href, act)
    if tight := result.get("tight"):
        title = ngettext(
            "%(n)s person is reached only in the last %(minutes)s minutes of their time",
            "%(n)s people are reached only in the last %(minutes)s minutes of their time",
            tight,
        ) % {"n": grouped(tight), "minutes": round(TIGHT_SECONDS / 60)}
        detail = _("If anything slows down on the way they get nothing. Begin earlier, go faster, or give more time.")
        yield Check("warn", "timer", title, detail, href, act)
    if campaign.planned_at is not None and clock.now() - campaign.planned_at > STALE:
        detail = _("People, consent and limits may have changed since.")
        yield Check("info", "refresh-cw", _("This plan is some time old"), detail)


def of_replies(result: dict[str, Any]) -> Iterator[Check]:
    outlook = result.get("replies")
    if not outlook or not outlook["pace"]:
        return
    hours = by_hour(result["hours"], outlook)
    _at, most = max(hours.items(), key=lambda item: item[1], default=(None, 0.0))
    if most > max(FEW, outlook["pace"]):
        detail = _("%(n)s in the busiest hour; the most that the team has answered in one is %(pace)s.")
        title = _("More replies than the team can answer")
        yield Check("warn", "users", title, detail % {"n": grouped(round(most)), "pace": grouped(outlook["pace"])})


def of_cost(cost: dict[str, Any] | None) -> Iterator[Check]:
    if cost is None:
        return
    href, act = reverse("campaigns:rates"), _("See the prices")
    if cost["card"] is None:
        detail = _("Without a rate card nobody knows what this costs.")
        yield Check("info", "receipt-text", _("There are no prices"), detail, href, _("Import a rate card"))
        return
    if cost["is_example"]:
        yield Check("info", "receipt-text", _("The cost is made up"), _("It counts with example prices."), href, act)
    elif cost["is_old"]:
        detail = _("Meta changes its prices at most every quarter.")
        yield Check("warn", "receipt-text", _("The prices may be out of date"), detail, href, act)
    if cost["missing"]:
        names = sorted(cost["missing"], key=lambda country: -cost["missing"][country])
        n = sum(cost["missing"].values())
        title = ngettext("For %(n)s person there is no price", "For %(n)s people there is no price", n)
        named = ", ".join(market_name(country) for country in names[:MOST_NAMED])
        yield Check("warn", "receipt-text", title % {"n": grouped(n)}, named, href, act)
