"""What the trial's page and its panels on the plan and the live page show."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns import bindings, drafts
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.forms import own_fields, sendable_templates
from tradewind.campaigns.models import CANARY, LETTERS, SAMPLE, Campaign, Trial
from tradewind.campaigns.pages.parts import crumbs, steps
from tradewind.campaigns.trials import past
from tradewind.campaigns.trials.forms import TrialForm, initial_of, kept_texts, shown_texts
from tradewind.campaigns.trials.intervals import least_lift, people_needed
from tradewind.campaigns.words import grouped
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

LIFTS = (0.1, 0.2, 0.3, 0.5)
DID = {"read": gettext_lazy("read it"), "reply": gettext_lazy("answered"), "click": gettext_lazy("tapped")}
HARMS = {
    "failed": gettext_lazy("%(count)s of %(of)s failed"),
    "opted_out": gettext_lazy("%(count)s of %(of)s opted out"),
    "blocked": gettext_lazy("%(count)s of %(of)s blocked the number"),
    "reads": gettext_lazy("only %(count)s of %(of)s read it"),
}
COLOURS = {"RED": gettext_lazy("red"), "YELLOW": gettext_lazy("yellow")}


def page(campaign: Campaign, member: Member, form: TrialForm, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """The page's context. `data`: what was posted, None at first sight."""
    texts = kept_texts(campaign) if data is None else shown_texts(data, member, campaign)
    return {
        "campaign": campaign,
        "crumbs": crumbs(),
        "steps": steps(campaign, "trial"),
        "form": form,
        **texts_context(campaign, member, texts),
        "advice": advice(campaign, len(texts) + 1, form),
    }


def texts_context(campaign: Campaign, member: Member, texts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "texts": texts,
        "may_add": len(texts) < len(LETTERS) - 1,
        "next_letter": LETTERS[len(texts) + 1] if len(texts) < len(LETTERS) - 1 else "",
        "choices": fitting(campaign, member),
        "fields": list(bindings.FIELDS.items()),
        "own_fields": [(f"{bindings.OWN}{key}", key) for key in own_fields(campaign)],
    }


def fitting(campaign: Campaign, member: Member) -> list[Template]:
    """Templates that can stand beside A: of the same category, approved in the account of every sending number."""
    if campaign.template is None:
        return []
    numbers = [sender.number for sender in campaign.senders.select_related("number")]
    rows = sendable_templates(member).filter(category=campaign.template.category)
    return [row for row in rows if is_sendable(row, numbers)]


def is_sendable(template: Template, numbers: list[Number]) -> bool:
    try:
        drafts.check_template(template, numbers)
    except CampaignError:
        return False
    return True


def advice(campaign: Campaign, texts: int, form: TrialForm) -> dict[str, Any] | None:
    """Which lift the sample can find, and how many people each lift needs; None without a second text."""
    if texts < 2 or campaign.template is None:
        return None
    known = past.past_of(campaign.template)
    measure, confidence = value_of(form, "measure", "read"), float(value_of(form, "confidence", "0.98"))
    base = float(getattr(known, measure if measure in DID else "read"))
    people = sample_size(campaign, form)
    lift = least_lift(base, people // texts, confidence, texts) if people else None
    return {
        "base": round(100 * base, 1),
        "is_past": bool(known.people),
        "past_people": known.people,
        "did": DID.get(measure, DID["read"]),
        "people": people,
        "each": people // texts if people else 0,
        "lift": round(100 * lift) if lift is not None else None,
        "rows": [
            {"lift": round(100 * lift), "people": needed * texts}
            for lift in LIFTS
            if (needed := people_needed(base, lift, confidence, texts)) is not None
        ],
    }


def value_of(form: TrialForm, name: str, otherwise: str) -> str:
    found = form[name].value()
    return str(found) if found not in (None, "") else otherwise


def sample_size(campaign: Campaign, form: TrialForm) -> int:
    """How many the sample has, as far as it is known: from the last plan."""
    reached = (campaign.plan or {}).get("recipients") or campaign.to_look_at
    try:
        percent = float(value_of(form, "sample_percent", "100"))
        people = int(value_of(form, "sample_people", str(reached)))
    except ValueError:
        return 0
    return min(people, int(reached * percent / 100))


def form_of(campaign: Campaign, data: Any = None) -> TrialForm:
    return TrialForm(data, initial=initial_of(campaign))


def panel(campaign: Campaign) -> dict[str, Any] | None:
    """How the trial stands, for the plan and the live page; None without one."""
    trial = Trial.objects.filter(campaign=campaign).select_related("decided_by").first()
    if trial is None or not (trial.has_canary or trial.has_test):
        return None
    return {
        "trial": trial,
        "canary": canary(campaign, trial) if trial.has_canary else None,
        "test": test(campaign, trial) if trial.has_test else None,
        "goes_on": LETTERS[trial.winner or 0],
        "rest": max(0, (campaign.plan or {}).get("recipients", 0) - max(trial.canary_people, trial.test_people)),
    }


def canary(campaign: Campaign, trial: Trial) -> dict[str, Any]:
    """The canary in words: tone, its word, the reason."""
    verdict = trial.canary_seen.get("verdict", {})
    tones = {"go": "good", "hold": "warn", "stop": "bad", "overruled": "warn"}
    titles = {
        "go": _("Go on"),
        "hold": _("Held"),
        "stop": _("Stopped"),
        "overruled": _("Let go by a person"),
    }
    return {
        "people": trial.canary_people,
        "tone": tones.get(trial.canary, "info"),
        "word": titles.get(trial.canary, _("Watching") if trial.stage == "canary" else _("First")),
        "why": why(verdict) if trial.canary else _("Watched against %(what)s.") % {"what": measure_of(trial.past)},
        "is_waiting": trial.canary in ("hold", "stop") and campaign.state == "paused",
        "at": trial.canary_at if trial.canary else None,
        "sight": trial.canary_seen.get("sight", {}),
        "minutes": trial.watch_minutes,
    }


def measure_of(known: Mapping[str, Any]) -> str:
    if known.get("people"):
        return _("this template's past with %(people)s people") % {"people": grouped(known["people"])}
    return _("usual figures, since this template has too short a past")


def why(verdict: Mapping[str, Any]) -> str:
    """A verdict's reason as a sentence."""
    if verdict.get("why") == "quality":
        what, _colon, colour = str(verdict.get("what", "")).rpartition(":")
        thing = _("the number's quality") if what.startswith("number") else _("the template's quality")
        return _("Meta has turned %(what)s %(colour)s since it began.") % {
            "what": thing, "colour": COLOURS.get(colour, colour)
        }  # fmt: skip
    if verdict.get("why") in HARMS:
        said = HARMS[verdict["why"]] % {"count": grouped(verdict["count"]), "of": grouped(verdict["of"])}
        return _("%(said)s; usual are %(usual)s %%, %(limit)s %% is the limit.") % {
            "said": said, "usual": tenths(verdict["usual"]), "limit": tenths(verdict["limit"]),
        }  # fmt: skip
    return _("Nothing of what is watched was worse than usual.")


def tenths(share: float) -> str:
    """A share as percent with one decimal at most."""
    return f"{100 * share:.1f}".removesuffix(".0")


def test(campaign: Campaign, trial: Trial) -> dict[str, Any]:
    """The texts beside each other, with their intervals, and what follows."""
    found = trial.result
    templates = [campaign.template, *(each.template for each in variants_of(campaign))]
    rows = []
    for place, template in enumerate(templates):
        counts = found["texts"][place] if found else {}
        low, high = found["intervals"][place] if found else (0.0, 1.0)
        did, of = counts.get(trial.measure, 0), counts.get("delivered", 0)
        rows.append({
            "letter": LETTERS[place],
            "place": place,
            "template": template,
            "sent": counts.get("sent", 0),
            "delivered": of,
            "did": did,
            "share": 100 * did / of if of else None,
            "low": tenths(low), "high": tenths(high),
            "x": 100 * low, "w": 100 * (high - low), "at": 100 * did / of if of else 0,
            "is_winner": trial.winner == place and trial.verdict == "winner",
            "goes_on": trial.winner == place,
        })  # fmt: skip
    return {
        "rows": rows,
        "people": trial.test_people,
        "did": DID[trial.measure],
        "sentence": sentence(trial),
        "may_choose": trial.winner is None and trial.stage == "test" and campaign.state in ("running", "paused"),
        "minutes": trial.wait_minutes,
        "confidence": tenths(trial.confidence),
        "when_even": trial.when_even,
        "spread_hours": trial.spread_hours,
    }


def variants_of(campaign: Campaign) -> list[Any]:
    return list(campaign.variants.select_related("template").order_by("place"))


def sentence(trial: Trial) -> str:
    """What the test says now, first of all whether it says anything."""
    if not trial.verdict:
        return ""
    best = LETTERS[trial.result["best"]]
    between = closest(trial)
    if trial.verdict == "winner":
        return _("Text %(letter)s wins: between %(low)s and %(high)s points more than %(other)s.") % between
    if trial.verdict == "even":
        said = _("No difference that is more than chance: %(letter)s is between %(low)s and %(high)s points ahead of"
                 " %(other)s.") % between  # fmt: skip
        follows = _("Text A goes to the rest.") if trial.winner == 0 else _("A person chooses what goes to the rest.")
        return f"{said} {follows}"
    return _("%(who)s chose text %(letter)s. %(best)s was ahead then.") % {
        "who": trial.decided_by or _("Somebody"), "letter": LETTERS[trial.winner or 0], "best": best
    }  # fmt: skip


def closest(trial: Trial) -> dict[str, str]:
    """The comparison of the best text with the one that comes nearest."""
    nearest = min(trial.result["differences"], key=lambda each: each["low"])
    return {
        "letter": LETTERS[nearest["best"]],
        "other": LETTERS[nearest["other"]],
        "low": points(nearest["low"]),
        "high": points(nearest["high"]),
    }


def points(difference: float) -> str:
    """Percentage points, with the typographic minus."""
    return f"{100 * difference:.1f}".removesuffix(".0").replace("-", "−")


def here(campaign: Campaign) -> str:
    """Which part is under way, for the plan's words."""
    return {CANARY: "canary", SAMPLE: "test"}.get(campaign.open_part, "rest")
