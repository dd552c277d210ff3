"""How numbers, accounts and notices are put into words: what is true, what it means, what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.numbers.actions import FOREVER, code_of
from tradewind.numbers.models import Account, Notice, Number
from tradewind.whatsapp.errors import rule_for

Words = str | Promise
WARMUP_DAYS = 3  # product.md B4: 50 people a day for the first 3 days
WARMUP_PER_DAY = 50

QUALITY: dict[str, tuple[str, Words]] = {
    "GREEN": ("", gettext_lazy("High")),
    "YELLOW": ("warn", gettext_lazy("Medium")),
    "RED": ("bad", gettext_lazy("Low")),
    "UNKNOWN": ("", gettext_lazy("Not rated yet")),
}
# Meta's words for a number's status (cloud-api.md §5): tone, what it is, what to do.
STATUS: dict[str, tuple[str, Words, Words]] = {
    "CONNECTED": ("good", gettext_lazy("connected"), gettext_lazy("nothing to do")),
    "PENDING": ("warn", gettext_lazy("not registered"), gettext_lazy("Register it in WhatsApp Manager, then sync")),
    "UNVERIFIED": ("warn", gettext_lazy("not verified"), gettext_lazy("Verify it in WhatsApp Manager, then sync")),
    "FLAGGED": (
        "warn",
        gettext_lazy("flagged by Meta"),
        gettext_lazy("Send less marketing until the quality is better"),
    ),
    "RATE_LIMITED": ("warn", gettext_lazy("slowed by Meta"), gettext_lazy("Wait; sending goes on by itself")),
    "RESTRICTED": ("bad", gettext_lazy("restricted by Meta"), gettext_lazy("Answer only, until Meta lifts it")),
    "BANNED": ("bad", gettext_lazy("banned by Meta"), gettext_lazy("Ask Meta for a review in Business Support")),
    "DISCONNECTED": ("bad", gettext_lazy("disconnected"), gettext_lazy("Register it again in WhatsApp Manager")),
    "MIGRATED": ("bad", gettext_lazy("moved away"), gettext_lazy("It belongs to another account now; remove it here")),
    "DELETED": ("bad", gettext_lazy("gone at Meta"), gettext_lazy("Meta no longer lists it; remove it here")),
}
PAUSES: dict[str, Words] = {
    "meta:restricted": gettext_lazy("restricted by Meta"),
    "meta:disabled": gettext_lazy("disabled by Meta"),
    "meta:deleted": gettext_lazy("deleted at Meta"),
    "removed": gettext_lazy("removed"),
}
# What the sender says that it waits for (lane.waiting_for).
WAITS: dict[str, Words] = {
    "throughput": gettext_lazy("waits: messages a second"),
    "portfolio": gettext_lazy("waits: portfolio limit"),
    "portfolio_service": gettext_lazy("waits: portfolio limit"),
    "pacing_delay": gettext_lazy("waits: pause between messages"),
    "pacing_pulse": gettext_lazy("waits: pause after a pulse"),
    "pacing_minute": gettext_lazy("waits: cap a minute"),
    "pacing_hour": gettext_lazy("waits: cap an hour"),
    "pacing_warmup": gettext_lazy("waits: warm-up"),
    "content": gettext_lazy("waits: distance to the same content"),
    "workspace": gettext_lazy("all sending is stopped"),
    "no_access": gettext_lazy("no valid access token"),
    "clock": gettext_lazy("clocks differ"),
    "safe_mode": gettext_lazy("safe mode: somebody has to look"),
}


@dataclass(frozen=True, slots=True)
class State:
    """How a number is now. `tone` good, accent, warn, bad; `until` when it ends by itself, None = nobody knows."""

    tone: str
    word: Words
    advice: Words = ""
    until: datetime | None = None
    needs_care: bool = False
    is_paused: bool = False


def state_of(number: Number, now: datetime) -> State:
    """The one thing about a number that matters most now. Its account and lane should be loaded."""
    for look in (account_state, pause_state, meta_state, lane_state, name_state, warmup_state, quality_state):
        state = look(number, now)
        if state is not None:
            return state
    return State("good", gettext_lazy("connected"), gettext_lazy("nothing to do"))


def opening(state: State, sent: int, waiting: int) -> str:
    """The first sentence of a number's page: what is true now."""
    if state.is_paused:
        held = ngettext("%(n)s message waits.", "%(n)s messages wait.", waiting) % {"n": waiting}
        return f"{_('Nothing leaves from this number now.')} {held}"
    if not sent:
        return _("Nothing has left from this number in 24 hours.")
    count = number_format(sent, force_grouping=True)
    words = ngettext("%(n)s message went out in 24 hours", "%(n)s messages went out in 24 hours", sent) % {"n": count}
    if waiting:
        return _("%(left)s, %(n)s wait.") % {"left": words, "n": waiting}
    if not state.advice or not state.needs_care:
        return f"{words}."
    return f"{words}. {str(state.advice)[:1].upper()}{str(state.advice)[1:]}."


def account_state(number: Number, now: datetime) -> State | None:
    account = number.account
    if account.status in ("disabled", "deleted"):
        word = _("account disabled") if account.status == "disabled" else _("account gone at Meta")
        return State("bad", word, _("Ask Meta for a review in Business Support"), needs_care=True, is_paused=True)
    if account.token is None:
        return State("bad", _("no access token"), _("Replace the token"), needs_care=True)
    if is_paused(account, now):
        return paused(account, _("account paused"))
    return None


def pause_state(number: Number, now: datetime) -> State | None:
    return paused(number, _("paused")) if is_paused(number, now) else None


def meta_state(number: Number, now: datetime) -> State | None:
    if number.account.restricted_until and number.account.restricted_until > now:
        until = ending(number.account.restricted_until)
        advice = _("No new conversations; answer only")
        return State("bad", _("restricted until") if until else _("restricted"), advice, until, needs_care=True)
    if number.status != "CONNECTED":
        fallback = ("warn", number.status.lower().replace("_", " "), _("Look at it in WhatsApp Manager"))
        tone, word, todo = STATUS.get(number.status, fallback)
        return State(tone, word, todo, needs_care=True)
    return None


def lane_state(number: Number, now: datetime) -> State | None:
    """What the sender says of the number: a breaker that has tripped, or the limit that it waits for."""
    lane = getattr(number, "lane", None)
    if lane is None:
        return None
    if lane.breaker_until and lane.breaker_until > now:
        advice = lane.breaker_reason or _("Too many errors; it tries again by itself")
        return State("warn", _("holds until"), advice, lane.breaker_until, needs_care=True)
    if lane.waiting_for and lane.waiting_until and lane.waiting_until > now + timedelta(seconds=30):
        word = WAITS.get(lane.waiting_for, readable(lane.waiting_for))
        return State("accent", word, _("goes on by itself"), lane.waiting_until)
    return None


def name_state(number: Number, now: datetime) -> State | None:
    if number.name_status in ("PENDING_REVIEW", "PENDING"):
        return State("warn", _("name in review"), _("Meta decides about the name in about 2 days"))
    if number.name_status in ("DECLINED", "REJECTED"):
        return State("warn", _("name refused"), _("Choose another name in WhatsApp Manager"), needs_care=True)
    return None


def warmup_state(number: Number, now: datetime) -> State | None:
    day = warmup_day(number, now)
    if day is None:
        return None
    word = _("warm-up, day %(day)s of %(days)s") % {"day": day, "days": WARMUP_DAYS}
    return State("accent", word, _("%(people)s people a day for now") % {"people": WARMUP_PER_DAY})


def quality_state(number: Number, now: datetime) -> State | None:
    if number.quality == "RED":
        advice = _("People block it: pause marketing, write to open windows only")
        return State("bad", _("connected"), advice, needs_care=True)
    if number.quality == "YELLOW":
        advice = _("Leave out people who have been silent for long")
        return State("warn", _("connected"), advice, needs_care=True)
    if number.is_on_phone_app:
        return State("good", _("connected"), _("also on the phone app: 20 a second"))
    return None


def warmup_day(number: Number, now: datetime) -> int | None:
    """Which day of the warm-up it is, from 1; None when there is none or it is over."""
    if number.warmup_from is None:
        return None
    day = (now.date() - number.warmup_from).days + 1
    return day if 1 <= day <= WARMUP_DAYS else None


def is_paused(thing: Number | Account, now: datetime) -> bool:
    return thing.paused_until is not None and thing.paused_until > now


def paused(thing: Number | Account, word: Words) -> State:
    assert thing.paused_until is not None
    until = ending(thing.paused_until)
    return State(
        "warn",
        _("%(paused)s until") % {"paused": word} if until else word,
        reason_of(thing.pause_reason) or _("Resume it when you like"),
        until,
        needs_care=True,
        is_paused=True,
    )


def reason_of(reason: str) -> Words:
    """Why something is paused: our own marks and Meta's codes in words, a member's reason as it was written."""
    code = code_of(reason)
    if code is not None and rule_for(code).known:
        return _(rule_for(code).happened)
    return PAUSES.get(reason, reason)


def ending(moment: datetime) -> datetime | None:
    """When something ends, None for what has no end."""
    return None if moment >= FOREVER else moment


def quality_of(number: Number) -> tuple[str, Words]:
    return QUALITY.get(number.quality, QUALITY["UNKNOWN"])


def sentence_of(notice: Notice) -> Words:
    """A notice as a sentence."""
    sentence = SENTENCES.get(notice.kind)
    return sentence(notice.data) if sentence else notice.kind


def quality_sentence(data: dict[str, Any]) -> Words:
    known: dict[str, Words] = {
        "THROUGHPUT_UPGRADE": _("Meta raised this number to 1,000 messages a second."),
        "ONBOARDING": _("Meta has taken the number up."),
        "UPGRADE": _("Meta raised the limit of people in 24 hours."),
        "DOWNGRADE": _("Meta lowered the limit of people in 24 hours."),
        "FLAGGED": _("Meta flagged the number: its quality is low."),
        "UNFLAGGED": _("Meta took the flag off: the quality is better."),
    }
    return known.get(
        data.get("event", ""), _("News of the number’s quality: %(event)s.") % {"event": data.get("event")}
    )


def name_sentence(data: dict[str, Any]) -> Words:
    if data.get("decision") == "APPROVED":
        return _("Meta approved the name “%(name)s”.") % {"name": data.get("name") or ""}
    words = {"name": data.get("name") or "", "reason": readable(data.get("reason")) or _("no reason given")}
    return _("Meta did not approve the name “%(name)s”: %(reason)s.") % words


def readable(word: Any) -> str:
    """Meta's NAME_EMPLOYEE_ISSUE as “name employee issue”."""
    return str(word or "").replace("_", " ").lower()


def update_sentence(data: dict[str, Any]) -> Words:
    known: dict[str, Words] = {
        "ACCOUNT_DELETED": _("The account was deleted at Meta. Nothing can be sent from its numbers."),
        "ACCOUNT_OFFBOARDED": _("The account left the Cloud API. Nothing can be sent from its numbers."),
        "ACCOUNT_RECONNECTED": _("The account is connected again."),
        "PARTNER_REMOVED": _("Access to the account was taken away. Connect it again with a new token."),
    }
    words = readable(data.get("event"))
    return known.get(data.get("event", ""), _("Meta tells of the account: %(words)s.") % {"words": words})


def restriction_sentence(data: dict[str, Any]) -> Words:
    names: dict[str, Words] = {
        "RESTRICTED_BIZ_INITIATED_MESSAGING": _("no new conversations"),
        "RESTRICTED_CUSTOMER_INITIATED_MESSAGING": _("no answers to customers"),
        "RESTRICTED_ADD_PHONE_NUMBER_ACTION": _("no new numbers"),
        "RESTRICTED_UTILITY_TEMPLATES": _("no utility templates"),
    }
    found = [str(names.get(each["type"], each["type"])) for each in data.get("restrictions", [])]
    if not found:
        return _("Meta lifted the restriction of the account.")
    return _("Meta restricted the account: %(what)s.") % {"what": ", ".join(found)}


def ban_sentence(data: dict[str, Any]) -> Words:
    known: dict[str, Words] = {
        "SCHEDULE_FOR_DISABLE": _(
            "Meta will disable the account on %(date)s. Ask for a review in Business Support now."
        ),
        "DISABLE": _("Meta has disabled the account. Ask for a review in Business Support."),
        "REINSTATE": _("Meta has let the account in again."),
    }
    sentence = known.get(data.get("ban") or "", _("Meta tells of a ban of the account."))
    return str(sentence) % {"date": data.get("ban_date") or "?"} if "%(date)s" in str(sentence) else sentence


def alert_sentence(data: dict[str, Any]) -> Words:
    return data.get("description") or str(data.get("type", "")).replace("_", " ").capitalize()


SENTENCES: dict[str, Callable[[dict[str, Any]], Words]] = {
    "quality": quality_sentence,
    "name": name_sentence,
    "limit": lambda data: _("Meta set the limit of people in 24 hours to %(limit)s.") % {"limit": data.get("limit")},
    "restriction": restriction_sentence,
    "ban": ban_sentence,
    "violation": lambda data: (
        _("Meta says that the account broke a rule: %(rule)s.") % {"rule": readable(data.get("violation"))}
    ),
    "account": update_sentence,
    "update": update_sentence,
    "alert": alert_sentence,
    "review": lambda data: (
        _("Meta’s review of the account: %(decision)s.") % {"decision": readable(data.get("decision"))}
    ),
    "security": lambda data: (
        _("Two-step PIN: %(event)s. If that was nobody of yours, change it in WhatsApp Manager.")
        % {"event": readable(data.get("event"))}
    ),
}
