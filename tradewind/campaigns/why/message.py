"""Why a message was sent, was not sent, is held, has failed, or was perhaps sent."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns.pages.logged import REASONS
from tradewind.campaigns.why import Answer, Step
from tradewind.messages import queries
from tradewind.messages.models import Attempt, Message, Outbox, Proof, Run, SecondTry
from tradewind.whatsapp.errors import rule_for

NOT_SENT = ("skipped", "expired", "cancelled")
SENTENCES = {
    "accepted": gettext_lazy("It was sent: Meta has taken it. Whether it arrived Meta has not told yet."),
    "sent": gettext_lazy("It was sent, and waits at Meta until the phone is reached."),
    "delivered": gettext_lazy("It was sent and has arrived. Whether it was read is not known."),
    "read": gettext_lazy("It was sent, has arrived and was read."),
    "played": gettext_lazy("It was sent, has arrived and was played."),
    "held": gettext_lazy("Meta has taken it and holds it for a quality check of the template."),
}
# What Meta says of the price of a message (cloud-api.md §5): nothing, or by its category.
FREE = {
    "free_customer_service": gettext_lazy("Free: an answer inside the service window."),
    "free_entry_point": gettext_lazy("Free: the person came from an ad or a button of the page."),
}
CATEGORIES = {
    "marketing": gettext_lazy("marketing"),
    "utility": gettext_lazy("utility"),
    "authentication": gettext_lazy("one-time codes"),
    "service": gettext_lazy("service"),
}


def why(message: Message) -> Answer:
    """The answer for a message that we were to send; `message` with number, run, author and contact."""
    sentence, until = _sentence(message)
    steps = [*_beginning(message), *_attempts(message), *_news(message), *_end(message)]
    return Answer(sentence, until, steps, comes_again=until is not None and message.state == "failed")


def _sentence(message: Message) -> tuple[str, datetime | None]:
    if message.state in NOT_SENT:
        return _("It was not sent: %(why)s") % {"why": _reason(message)}, None
    if message.state == "failed":
        return f"{_('It was not delivered.')} {_trouble(message)}", _second_try(message)
    if message.state in SENTENCES:
        return str(SENTENCES[message.state]), None
    waiting = queries.why_waiting(message)
    if waiting is not None:
        return waiting.sentence, waiting.until
    if message.state == "unknown":
        return _("It was perhaps sent: %(why)s") % {"why": _reason(message)}, None
    return _("It is on its way to Meta."), None


def _reason(message: Message) -> str:
    return str(REASONS.get(message.reason, message.reason.replace("_", " ")))


def _trouble(message: Message) -> str:
    """What Meta said and what to do; or why it was never asked: then there is no code."""
    if message.error_code is None:
        return _reason(message)
    rule = rule_for(message.error_code)
    return f"{_(rule.happened)} {_(rule.todo)}"


def _failure(message: Message) -> Step:
    if message.error_code is None:
        return Step(message.failed_at, "circle-x", _reason(message), message.error_detail)
    code = _("code %(code)s") % {"code": message.error_code}
    return Step(message.failed_at, "circle-x", str(_(rule_for(message.error_code).happened)), code)


def _second_try(message: Message) -> datetime | None:
    again = SecondTry.objects.filter(pk=message.pk).first()
    return again.due_at if again else None


def _beginning(message: Message) -> list[Step]:
    """Who wanted it: a campaign's plan, a member, or a program."""
    campaign = getattr(message.run, "campaign", None) if message.run_id else None
    if campaign is None:
        name = str(message.author) if message.author else ""
        by = _("%(name)s wrote it.") % {"name": name} if name else _("A program sent it through the API.")
        return [Step(message.created_at, "pencil", by)]
    chosen = _("The plan of “%(campaign)s” counted this person among those who get it.") % {"campaign": campaign.name}
    steps = [Step(campaign.planned_at, "route", chosen, _("No reason to leave them out was found."))]
    queued = _("It was put into the queue of %(number)s.") % {"number": message.number.name}
    row = Outbox.objects.filter(pk=message.pk).first()
    due = _("Due at %(time)s.") % {"time": _clock(row.due_at)} if row is not None else ""
    return [*steps, Step(message.created_at, "list-plus", queued, due)]


def _attempts(message: Message) -> list[Step]:
    """Every call that was made: which gates it had passed, and what Meta answered."""
    steps = []
    for number, attempt in enumerate(_calls(message), start=1):
        gates = " · ".join(gates_of(message))
        steps.append(
            Step(attempt.started_at, "git-branch", _("Try %(n)s: nothing stood in the way.") % {"n": number}, gates)
        )
        steps.append(Step(attempt.ended_at, *_answer(attempt)))
    return steps


def _calls(message: Message) -> list[Attempt]:
    """The attempts of a message; their ids begin with its own (messages/marks.py), so the primary key finds them."""
    first, last = (f"{message.pk:016x}{'0' * 16}", f"{message.pk:016x}{'f' * 16}")
    return list(Attempt.objects.filter(id__range=(first, last), message_id=message.pk).order_by("started_at", "id"))


def gates_of(message: Message) -> list[str]:
    """What is checked anew in the moment before a message leaves (messages/sql/intent.sql), where it concerns it."""
    gates = [_("not suppressed")]
    is_marketing = message.category == "marketing"
    if is_marketing:
        gates.append(_("agreed to marketing, no STOP since"))
    if message.kind != "template":
        gates.append(_("wrote to us within 24 hours"))
    gates += _policy(message.run, is_marketing=is_marketing) if message.run is not None else []
    return [*gates, _("number and account free to send"), _("Meta’s limit of people in 24 hours not reached")]


def _policy(run: Run, *, is_marketing: bool) -> list[str]:
    said = [_("the campaign ran")]
    if run.quiet_from is not None and run.quiet_to is not None:
        hours = {"from": time_format(run.quiet_from, "H:i"), "to": time_format(run.quiet_to, "H:i")}
        said.append(_("outside of %(from)s–%(to)s where the person lives") % hours)
    if is_marketing and run.cap_72h is not None:
        said.append(_("had fewer than the %(n)s messages in 72 hours that you allow") % {"n": run.cap_72h})
    if is_marketing and run.cap_month is not None:
        said.append(_("had fewer than the %(n)s messages in 30 days that you allow") % {"n": run.cap_month})
    return said


def _answer(attempt: Attempt) -> tuple[str, str, str]:
    """Icon, sentence and second voice of what came back."""
    if attempt.outcome == "accepted":
        return "check", _("Meta took it."), ""
    if attempt.outcome == "refused":
        rule = rule_for(attempt.code or 0)
        return "x", f"{_(rule.happened)} {_(rule.todo)}", _("code %(code)s") % {"code": attempt.code}
    if attempt.outcome == "not_sent":
        return "unplug", _("Nothing left: the line to Meta did not open. It went back to the queue."), attempt.detail
    if attempt.outcome == "ambiguous":
        return (
            "circle-help",
            _("The line broke after the request: perhaps it went. It was not sent twice."),
            attempt.detail,
        )
    return "circle-help", _("The sender ended in the middle of the call: perhaps it went. It was not sent twice."), ""


def _news(message: Message) -> list[Step]:
    """What Meta told afterwards, with Meta's own times."""
    told: list[tuple[datetime | None, str, str, str]] = [
        (message.sent_at, "check", _("Sent to the phone."), ""),
        (message.delivered_at, "check-check", _("Arrived."), _implied(message)),
        (message.read_at, "eye", _("Read."), ""),
        (message.played_at, "play", _("Played."), ""),
    ]
    steps = [Step(at, icon, text, more) for at, icon, text, more in told if at is not None]
    if message.pricing:
        priced_at = message.delivered_at or message.sent_at or message.accepted_at
        steps.append(Step(priced_at, "coins", price_of(message.pricing)))
    for proof in Proof.objects.filter(message_id=message.pk).order_by("at"):
        steps.append(Step(proof.at, "shield-check", _("It did go out: Meta has reported on it since.")))
    return steps


def _implied(message: Message) -> str:
    return _("Meta told only that it was read.") if message.delivered_implied else ""


def price_of(pricing: dict[str, Any]) -> str:
    """What Meta charges for it, in words; never an amount: that is on Meta's rate card."""
    kind, category = str(pricing.get("type", "")), str(pricing.get("category", ""))
    if kind in FREE:
        return str(FREE[kind])
    return _("Charged as: %(category)s.") % {"category": CATEGORIES.get(category, category.replace("_", " "))}


def _end(message: Message) -> list[Step]:
    steps = []
    if message.state in NOT_SENT:
        steps.append(Step(message.failed_at, "ban", _reason(message)))
    if message.state == "failed":
        steps.append(_failure(message))
    if message.state == "unknown":
        steps.append(Step(None, "circle-help", _reason(message)))
    if again := _second_try(message):
        steps.append(Step(again, "alarm-clock", _("It is tried once more then.")))
    if message.duplicates_detected:
        steps.append(Step(None, "copy", _("Meta spoke of two calls: it may have arrived twice.")))
    return steps


def _clock(moment: datetime) -> str:
    return time_format(timezone.localtime(moment), "H:i")
