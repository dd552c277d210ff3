"""The report: what was planned beside what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from tradewind.campaigns import kept, outcomes
from tradewind.campaigns.editing import versions as texts
from tradewind.campaigns.exclusions import reasons_of
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.logged import REASONS as ON_THE_WAY
from tradewind.campaigns.pages.parts import crumbs, steps
from tradewind.campaigns.rates.shown import amount, market_name
from tradewind.campaigns.reasons import REASONS
from tradewind.whatsapp.errors import rule_for

MOST_BARS = 24
LEAST_BARS = 6
LATE = timedelta(minutes=1)
"""A smaller difference is not worth a word."""
MOST_COUNTRIES = 12
MOST_VERSIONS = 10
ENOUGH, LEAST_DELIVERED = 100, 0.90
"""Of fewer people a share says little; below this the country wants a look (product.md B6)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line: planned, happened; `kind` says how they are written: number, money, span or moment."""

    name: str
    planned: Any
    happened: Any
    kind: str = "number"

    @property
    def change(self) -> Any:
        """How much more it became; None where that makes no sense."""
        if self.planned is None or self.happened is None or self.kind == "moment":
            return None
        return self.happened - self.planned

    @property
    def change_in_words(self) -> str:
        """Of a span, as a share of what was planned: +3.1 %."""
        if not self.planned or self.happened is None or abs(self.happened - self.planned) < LATE:
            return ""
        percent = 100 * (self.happened / self.planned - 1)
        return f"{'−' if percent < 0 else '+'}{number_format(abs(percent), 1)} %"


def report(campaign: Campaign) -> dict[str, Any]:
    """The page's context, for a campaign that was launched."""
    left_with = kept.launched(campaign)
    plan = left_with.plan if left_with else campaign.plan or {}
    outcome = outcomes.of(campaign)
    figures = outcome.figures
    late = lateness(plan, figures) if campaign.finished_at else None
    by_country = arrivals(figures)
    return {
        "campaign": campaign,
        "crumbs": crumbs(),
        "steps": steps(campaign, "report"),
        "plan": plan,
        "figures": figures,
        "counted_at": outcome.counted_at,
        "currency": plan.get("cost", {}).get("currency", ""),
        "is_example": plan.get("cost", {}).get("is_example", False),
        "ended_at": at(figures["last_at"]) if campaign.finished_at else None,
        "late": late,
        "early": -late if late is not None else None,
        "spent": amount(figures["cost"]["sum"]),
        "unpriced": sum(figures["cost"].get("missing", {}).values()),
        "pairs": pairs(plan, figures),
        "lost": lost(plan, figures),
        "bars": bars(plan, figures),
        "countries": countries(plan, figures),
        "texts": texts.told(campaign),
        "arrivals": by_country,
        "arrives_badly": any(row["is_low"] for row in by_country),
        "versions": list(campaign.plans.select_related("made_by__user").order_by("-version")[:MOST_VERSIONS]),
    }


def at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def lateness(plan: dict[str, Any], figures: dict[str, Any]) -> timedelta | None:
    """How much later than planned the last one left; negative: earlier."""
    if plan.get("seconds") is None or figures["seconds"] is None:
        return None
    return timedelta(seconds=figures["seconds"] - plan["seconds"])


def pairs(plan: dict[str, Any], figures: dict[str, Any]) -> list[Pair]:
    """The lines that stand beside each other."""
    cost, replies = plan.get("cost") or {}, plan.get("replies") or {}
    share = cost.get("share")
    arrive = round(plan["recipients"] * share) if share else None
    answers = round((arrive or plan["recipients"]) * replies["share"]) if replies else None
    found = [
        Pair(_("People"), plan["recipients"], figures["gone"]),
        Pair(_("Arrived"), arrive, figures["delivered"]),
        Pair(_("Replies"), answers, figures["replied"]),
        Pair(_("Last one left"), at(plan.get("ends_at")), at(figures["last_at"]), "moment"),
        Pair(_("It took"), span(plan.get("seconds")), span(figures["seconds"]), "span"),
    ]
    if figures["cost"]["sum"] is not None:
        found.append(Pair(_("Cost"), amount(cost.get("expected")), amount(figures["cost"]["sum"]), "money"))
    return found


def span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def lost(plan: dict[str, Any], figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Why people did not get it: those of the plan, then what came between."""
    known = {reason.word: str(reason.title) for reason in (*reasons_of(plan), *REASONS)}
    lines = [
        {"name": known.get(word, word), "n": n, "when": _("before the launch")}
        for word, n in sorted(plan["excluded"].items(), key=lambda item: -item[1])
    ]
    for word, n in sorted(figures["left_out"].items(), key=lambda item: -item[1]):
        lines.append({"name": str(ON_THE_WAY.get(word, word)), "n": n, "when": _("on the way")})
    for code, n in sorted(figures["failed_by_code"].items(), key=lambda item: -item[1]):
        lines.append({"name": _(rule_for(int(code)).happened), "n": n, "when": _("at Meta")})
    return [line for line in lines if line["n"] > 0]


def bars(plan: dict[str, Any], figures: dict[str, Any]) -> dict[str, Any] | None:
    """Two bars for each stretch of hours: planned and happened, as shares of the highest."""
    planned = {at(row["hour"]): sum(row["by_number"].values()) for row in plan.get("hours", ())}
    happened = {at(hour): n for hour, n in figures["hours"].items()}
    moments = sorted(each for each in {*planned, *happened} if each is not None)
    if not moments:
        return None
    hours = int((moments[-1] - moments[0]) / timedelta(hours=1)) + 1
    width = max(1, -(-hours // MOST_BARS))
    stretches = [moments[0] + timedelta(hours=n * width) for n in range(-(-hours // width))]
    sums = [
        tuple(sum(n for hour, n in counts.items() if hour and start <= hour < start + timedelta(hours=width))
              for counts in (planned, happened))
        for start in stretches
    ]  # fmt: skip
    most = max(max(pair) for pair in sums) or 1
    step = 100 / max(LEAST_BARS, len(sums))
    return {
        "rows": [
            {
                "label": bar_label(start, hours),
                "x": (n + 0.14) * step,
                "x2": (n + 0.5) * step,
                "w": 0.34 * step,
                "planned": pair[0],
                "happened": pair[1],
                "top": 100 - 100 * pair[0] / most,
                "top2": 100 - 100 * pair[1] / most,
                "high": 100 * pair[0] / most,
                "high2": 100 * pair[1] / most,
            }
            for n, (start, pair) in enumerate(zip(stretches, sums, strict=True))
        ],
        "width": width,
        "marks": [bar_label(stretches[n], hours) for n in range(0, len(stretches), max(1, len(stretches) // 6))],
    }


def bar_label(start: datetime, hours: int) -> str:
    return date_format(timezone.localtime(start), "H:i" if hours <= MOST_BARS else "D H:i")


def arrivals(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """How much arrived, by country, the largest first; `is_low` where that is under the healthy 90 %."""
    rows = [
        {
            "code": code,
            "name": market_name(code),
            **counts,
            "is_large": counts["gone"] >= ENOUGH,
            "is_low": counts["gone"] >= ENOUGH and counts["delivered"] < LEAST_DELIVERED * counts["gone"],
        }
        for code, counts in figures.get("countries", {}).items()
    ]
    return sorted(rows, key=lambda row: (-row["gone"], row["name"]))[:MOST_COUNTRIES]


def countries(plan: dict[str, Any], figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Planned and charged by country, the dearest first."""
    planned = {line["country"]: line for line in (plan.get("cost") or {}).get("lines", ())}
    share = (plan.get("cost") or {}).get("share", 1)
    happened = figures["cost"]["by_country"]
    rows = [
        {
            "code": country,
            "name": market_name(country),
            "people": planned.get(country, {}).get("people", 0),
            "arrived": happened.get(country, {}).get("people", 0),
            "planned": amount(round(planned.get(country, {}).get("sum", 0) * share)),
            "happened": amount(happened.get(country, {}).get("sum", 0)),
        }
        for country in {*planned, *happened}
    ]
    return sorted(rows, key=lambda row: (-(row["happened"] or 0), -row["people"], row["name"]))[:MOST_COUNTRIES]
