"""The verbs of a trial: set it up with its texts, choose what goes to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns import actions, drafts, wording
from tradewind.campaigns import bindings as sources
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.models import LETTERS, Campaign, Trial, Variant
from tradewind.campaigns.trials import counting, steps
from tradewind.campaigns.trials.draw import new_key
from tradewind.campaigns.words import ONLY_TEMPLATES
from tradewind.lib import clock
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

MEASURES = ("read", "reply", "click")
WHEN_EVEN = ("a", "ask")
LEAST_WATCH, MOST_WAIT = 1, 72 * 60
MOST_SPREAD = 72


@dataclass(frozen=True, slots=True)
class Text:
    """Another text: B, C, … in the order given. `bindings` as a campaign's own (campaigns/bindings.py)."""

    template: Template
    bindings: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How it should be tried; see models.Trial. Shares from 0 to 1."""

    has_canary: bool = False
    canary_share: float = 0.02
    canary_least: int = 50
    watch_minutes: int = 30
    sample_share: float | None = 0.2
    sample_people: int | None = None
    measure: str = "read"
    wait_minutes: int = 60
    confidence: float = 0.98
    when_even: str = "a"
    spread_hours: int = 0


def set_up(
    campaign: Campaign,
    *,
    member: Member | None,
    wishes: Wishes,
    texts: Sequence[Text] = (),
    answer_minutes: int | None = None,
) -> Trial:
    """Try it on a few first, and compare texts (1 to 4 beside the campaign's own). A plan made before is void.

    `answer_minutes`: it slows down while people wait longer than this for the team (campaigns/crew.py). Without canary
    and texts the campaign goes to everybody at once. Raises CampaignError.
    """
    check(wishes, texts)
    with transaction.atomic():
        campaign = actions.locked(campaign, "draft", "planned", verb="change")
        if campaign.free is not None and (wishes.has_canary or texts):
            raise CampaignError(str(ONLY_TEMPLATES))
        variants = [cleaned(campaign, place, text) for place, text in enumerate(texts, 1)]
        campaign.variants.all().delete()
        Variant.objects.bulk_create(variants)
        trial, _made = Trial.objects.update_or_create(
            campaign=campaign,
            defaults={field: getattr(wishes, field) for field in Wishes.__slots__}
            | {"workspace_id": campaign.workspace_id, "has_test": bool(texts), "key": new_key()},
        )
        campaign.plan = campaign.waves = campaign.planned_at = None
        campaign.answer_minutes = answer_minutes
        actions.set_state(campaign, "draft", by=member)
        actions.note(campaign, "campaign.trial_set", member)
    return trial


def copy(pattern: Campaign, campaign: Campaign, *, member: Member | None) -> None:
    """Try a draft the way another campaign is tried, and let it mind the team alike. Raises CampaignError."""
    trial = Trial.objects.filter(campaign=pattern).first()
    if trial is None and pattern.answer_minutes is None:
        return
    texts = [
        Text(variant.template, variant.bindings)
        for variant in pattern.variants.select_related("template").order_by("place")
    ]
    wishes = Wishes(**{field: getattr(trial, field) for field in Wishes.__slots__}) if trial else Wishes()
    set_up(campaign, member=member, wishes=wishes, texts=texts, answer_minutes=pattern.answer_minutes)


def check(wishes: Wishes, texts: Sequence[Text]) -> None:
    """Raises CampaignError for what makes no sense."""
    if len(texts) >= len(LETTERS):
        raise CampaignError(_("At most %(most)s texts can be compared.") % {"most": len(LETTERS)})
    if not 0.001 <= wishes.canary_share <= 0.5 or wishes.canary_least < 1:
        raise CampaignError(_("The first few are between 0.1 and 50 % of the audience, and one person at least."))
    if not LEAST_WATCH <= wishes.watch_minutes <= MOST_WAIT or not LEAST_WATCH <= wishes.wait_minutes <= MOST_WAIT:
        raise CampaignError(_("Waiting takes between a minute and three days."))
    if wishes.sample_share is not None and not 0.01 <= wishes.sample_share <= 1:
        raise CampaignError(_("The sample is between 1 and 100 % of the audience."))
    if wishes.sample_people is not None and wishes.sample_people < 2:
        raise CampaignError(_("A sample needs people: give more than one."))
    if wishes.measure not in MEASURES or wishes.when_even not in WHEN_EVEN:
        raise CampaignError(_("Choose what is compared, and what happens when there is no difference."))
    if not 0.8 <= wishes.confidence <= 0.999 or not 0 <= wishes.spread_hours <= MOST_SPREAD:
        raise CampaignError(_("Confidence lies between 80 and 99.9 %, and the rest goes within 72 hours."))


def cleaned(campaign: Campaign, place: int, text: Text) -> Variant:
    if text.template.workspace_id != campaign.workspace_id:
        raise CampaignError(_("That belongs to another workspace."))
    if campaign.template is None:
        raise CampaignError(_("Choose the campaign's own template first: it is text A."))
    if text.template.category != campaign.template.category:
        raise CampaignError(
            _("Text %(letter)s is of another category than A: Meta and the law treat them differently.")
            % {"letter": LETTERS[place]}
        )
    drafts.check_template(text.template, [sender.number for sender in campaign.senders.select_related("number")])
    parts = wording.parts_of(text.template)
    kept = sources.clean(text.bindings, parts, workspace_id=campaign.workspace_id)
    return Variant(
        workspace_id=campaign.workspace_id, campaign=campaign, place=place, template=text.template, bindings=kept
    )


def choose(campaign: Campaign, place: int, *, member: Member | None) -> Trial:
    """A person decides what goes to the rest: after a test without a difference, or before its time is up."""
    with transaction.atomic():
        campaign = actions.locked(campaign, "running", "paused", verb="change")
        trial = Trial.objects.select_for_update().select_related("campaign").filter(campaign=campaign).first()
        if trial is None or trial.stage not in ("test", "opening", "open") or not trial.has_test:
            raise CampaignError(_("There is no test under way to be decided."))
        if trial.winner is not None:
            raise AlreadySo(_("It is decided already: text %(letter)s goes on.") % {"letter": LETTERS[trial.winner]})
        if place not in (0, *campaign.variants.values_list("place", flat=True)):
            raise CampaignError(_("There is no such text."))
        if not trial.verdict:
            trial.result = steps.result_of(trial, counting.texts_of(campaign))
        trial.verdict, trial.winner = "chosen", place
        trial.decided_at, trial.decided_by = clock.now(), member
        trial.save()
        steps.open_next(trial)
        actions.note(campaign, "campaign.text_chosen", member, winner=place)
    return trial
