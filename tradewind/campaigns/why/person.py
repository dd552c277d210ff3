"""Why a person of a campaign's audience gets it or not, before there is a message."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.campaigns.exclusions import reasons_of
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.reasons import BY_WORD, Reason
from tradewind.campaigns.why import Answer, Step
from tradewind.contacts import words
from tradewind.contacts.models import Consent
from tradewind.messages.models import Message
from tradewind.numbers.models import Number

CONSENT_REASONS = ("opted_out", "no_opt_in")
CAP_DAYS = 30


def message_of(campaign: Campaign, row: Recipient) -> Message | None:
    """The person's message in this campaign, once there is one."""
    if campaign.run_id is None or row.contact_id is None:
        return None
    return Message.objects.filter(run_id=campaign.run_id, contact_id=row.contact_id).order_by("step").first()


def why(campaign: Campaign, row: Recipient) -> Answer:
    """The answer for somebody who is left out, or whose turn has not come."""
    if not row.excluded:
        return _not_yet(campaign, row)
    reason = reason_of(campaign, row.excluded)
    sentence = _("Gets nothing: %(reason)s.") % {"reason": reason.title}
    planned = Step(campaign.planned_at, "route", _("The plan counted this person in the audience."))
    out = Step(campaign.planned_at, "circle-slash", f"{reason.title}.", f"{reason.what_to_do}.")
    return Answer(sentence, None, [*evidence(campaign, row), planned, out])


def reason_of(campaign: Campaign, word: str) -> Reason:
    """The reason by its word: one of ours, or a segment or tag that this campaign leaves out."""
    own = {reason.word: reason for reason in reasons_of(campaign.plan)}
    return own.get(word) or BY_WORD.get(word) or Reason(word, word.replace("_", " "), "", can_be_won=False)


def evidence(campaign: Campaign, row: Recipient) -> list[Step]:
    """What the reason rests on, as far as a row says it: the last word on marketing, the messages under the cap."""
    if row.contact_id is None:
        return []
    if row.excluded in CONSENT_REASONS:
        return _consent(row.contact_id)
    return _capped(campaign, row.contact_id) if row.excluded == "cap" else []


def _consent(contact_id: int) -> list[Step]:
    last = Consent.objects.filter(contact_id=contact_id, purpose="marketing").order_by("-at", "-pk").first()
    if last is None:
        return [Step(None, "circle-help", _("Nobody ever recorded that this person agreed to marketing."))]
    is_in = last.state == "opted_in"
    said = _("Agreed to marketing.") if is_in else _("Wanted no more marketing.")
    return [Step(last.at, "hand", said, str(words.source_of(last.source)))]


def _capped(campaign: Campaign, contact_id: int) -> list[Step]:
    if campaign.planned_at is None:
        return []
    got = Message.objects.filter(
        contact_id=contact_id, direction="out", category="marketing", accepted_at__lte=campaign.planned_at,
        accepted_at__gt=campaign.planned_at - timedelta(days=CAP_DAYS),
    )  # fmt: skip
    n, last = got.count(), got.order_by("-accepted_at").first()
    said = ngettext("Got %(n)s marketing message in 30 days.", "Got %(n)s marketing messages in 30 days.", n) % {"n": n}
    return [Step(last.accepted_at if last else None, "send", said)]


def _not_yet(campaign: Campaign, row: Recipient) -> Answer:
    number = Number.objects.filter(pk=row.number_id or 0).first()
    planned = _("The plan counted this person among those who get it.")
    steps = [Step(campaign.planned_at, "route", planned, number.name if number else "")]
    if campaign.run_id is None:
        return Answer(_("Gets it once the campaign is launched."), None, steps)
    if campaign.state == "cancelled":
        return Answer(_("It was not sent: %(why)s") % {"why": _("The campaign was cancelled.")}, None, steps)
    steps.append(Step(row.due_at, "alarm-clock", _("Its turn comes then; it is put into the queue a minute before.")))
    return Answer(_("Its time has not come yet."), row.due_at, steps)
