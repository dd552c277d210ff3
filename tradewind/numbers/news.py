"""What Meta tells of numbers and accounts by webhook. The projector calls `apply` inside its transaction.

Every event leaves one notice, however often it comes. An event that is older than the last of its kind changes
nothing any more: Meta does not keep the order.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tradewind.numbers import facts
from tradewind.numbers.actions import FOREVER
from tradewind.numbers.found import e164
from tradewind.numbers.models import Account, Notice, Number
from tradewind.whatsapp.webhooks.events import (
    AccountAlert,
    AccountReview,
    AccountUpdate,
    Capability,
    Event,
    NumberName,
    NumberQuality,
    SecurityNotice,
)

# Pauses that Meta's word made bear this mark: only they end by Meta's word.
BY_META = "meta:"
ALERT_TONES = {"CRITICAL": "bad", "WARNING": "warn"}
# What an account_update means for the account's state; events that are not here are only told.
STATUS_OF = {
    "ACCOUNT_DELETED": "deleted",
    "ACCOUNT_OFFBOARDED": "deleted",
    "PARTNER_REMOVED": "deleted",
    "ACCOUNT_RECONNECTED": "connected",
    "PARTNER_ADDED": "connected",
}
NO_NEW_CONVERSATIONS = "RESTRICTED_BIZ_INITIATED_MESSAGING"
NO_REPLIES = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"


def apply(event: Event, *, account: Account, at: datetime) -> bool:
    """Apply one event of the account; False when this room has nothing to do with its kind. Safe to repeat.

    `at` is Meta's time of the entry, or that of receipt where Meta gave none.
    """
    handler = HANDLERS.get(type(event))
    if handler is None:
        return False
    account = Account.objects.select_for_update(of=("self",)).select_related("portfolio").get(pk=account.pk)
    handler(event, account, at)
    return True


def apply_number_quality(event: NumberQuality, account: Account, at: datetime) -> None:
    number = number_of(account, event.display_phone_number)
    word = event.event.upper()
    tone = "warn" if word in ("FLAGGED", "DOWNGRADE") else "good"
    data = {"event": word, "limit": event.limit, "previous": event.previous_limit}
    if not note(account, "quality", at, data, tone, number):
        return
    facts.set_tier(account.portfolio, event.limit, account=account)
    if number is not None and word == "THROUGHPUT_UPGRADE" and not number.is_on_phone_app:
        facts.change(number, {"throughput": 1000}, kind="number.changed")
    if number is not None and word in ("FLAGGED", "UNFLAGGED"):
        told = {"status": "FLAGGED", "quality": "RED"} if word == "FLAGGED" else {"status": "CONNECTED"}
        facts.change(number, told, kind="number.changed")
    ask_again(account)


def apply_number_name(event: NumberName, account: Account, at: datetime) -> None:
    number = number_of(account, event.display_phone_number)
    decision = event.decision.upper()
    data = {"decision": decision, "name": event.requested_name, "reason": event.reason}
    if not note(account, "name", at, data, "good" if decision == "APPROVED" else "warn", number) or number is None:
        return
    told: dict[str, Any] = {"name_status": decision[:40]}
    if decision == "APPROVED" and event.requested_name:
        told["name"] = event.requested_name[:120]
    facts.change(number, told, kind="number.changed")


def apply_capability(event: Capability, account: Account, at: datetime) -> None:
    data = {"limit": event.limit, "numbers": event.numbers_per_portfolio or event.numbers_per_account}
    if note(account, "limit", at, data, "info"):
        facts.set_tier(account.portfolio, event.limit, account=account)


def apply_account_update(event: AccountUpdate, account: Account, at: datetime) -> None:
    word = event.event.upper()
    data = {
        "event": word,
        "restrictions": [{"type": r.type, "expires_at": iso(r.expires_at)} for r in event.restrictions],
        "violation": event.violation,
        "ban": event.ban_state,
        "ban_date": event.ban_date,
    }
    if not note(account, kind_of_update(word), at, data, tone_of_update(event)):
        return
    if word == "ACCOUNT_RESTRICTION":
        restrict(account, event)
    elif word == "DISABLED_UPDATE":
        ban(account, (event.ban_state or "").upper())
    elif word in STATUS_OF:
        set_status(account, STATUS_OF[word])


def kind_of_update(word: str) -> str:
    kinds = {"ACCOUNT_RESTRICTION": "restriction", "DISABLED_UPDATE": "ban", "ACCOUNT_VIOLATION": "violation"}
    return kinds.get(word, "account" if word in STATUS_OF else "update")


def tone_of_update(event: AccountUpdate) -> str:
    word = event.event.upper()
    if word == "DISABLED_UPDATE":
        return "good" if (event.ban_state or "").upper() == "REINSTATE" else "bad"
    if word == "ACCOUNT_RESTRICTION" or STATUS_OF.get(word) == "deleted":
        return "bad"
    return "warn" if word == "ACCOUNT_VIOLATION" else "info"


def restrict(account: Account, event: AccountUpdate) -> None:
    """No new conversations, or no messages at all, until Meta's term is over. An empty list lifts all of it."""
    ends = {r.type: moment(r.expires_at) for r in event.restrictions}
    told: dict[str, Any] = {
        "restrictions": [{"type": r.type, "expires_at": iso(r.expires_at)} for r in event.restrictions],
        "restricted_until": ends.get(NO_NEW_CONVERSATIONS),
        "status": "restricted" if ends else "connected",
    }
    facts.change(account, told, kind="account.changed")
    if NO_NEW_CONVERSATIONS in ends and NO_REPLIES in ends:
        hold(account, min(ends[NO_NEW_CONVERSATIONS], ends[NO_REPLIES]), "restricted")
    elif not ends:
        release(account)


def ban(account: Account, state: str) -> None:
    if state == "DISABLE":
        set_status(account, "disabled")
    elif state == "REINSTATE":
        facts.change(account, {"restrictions": [], "restricted_until": None}, kind="account.changed")
        set_status(account, "connected")


def set_status(account: Account, status: str) -> None:
    """A disabled or deleted account sends nothing; one that is back goes on, unless a member paused it."""
    facts.change(account, {"status": status}, kind="account.changed")
    if status == "connected":
        release(account)
    else:
        hold(account, FOREVER, status)


def hold(account: Account, until: datetime, why: str) -> None:
    if account.paused_until is None or account.paused_until < until:
        facts.change(account, {"paused_until": until, "pause_reason": BY_META + why}, kind="account.changed")


def release(account: Account) -> None:
    if account.pause_reason.startswith(BY_META):
        facts.change(account, {"paused_until": None, "pause_reason": ""}, kind="account.changed")


def apply_account_alert(event: AccountAlert, account: Account, at: datetime) -> None:
    number = None
    if (event.entity_type or "").upper() == "PHONE_NUMBER":
        number = Number.objects.filter(account=account, phone_number_id=event.entity_id or "").first()
    data = {"type": event.type, "status": event.status, "description": event.description}
    note(account, "alert", at, data, ALERT_TONES.get((event.severity or "").upper(), "info"), number)


def apply_account_review(event: AccountReview, account: Account, at: datetime) -> None:
    decision = event.decision.upper()
    note(account, "review", at, {"decision": decision}, "good" if decision == "APPROVED" else "warn")


def apply_security(event: SecurityNotice, account: Account, at: datetime) -> None:
    number = number_of(account, event.display_phone_number)
    note(account, "security", at, {"event": event.event, "requester": event.requester}, "bad", number)


HANDLERS: dict[type[Event], Callable[[Any, Account, datetime], None]] = {
    NumberQuality: apply_number_quality,
    NumberName: apply_number_name,
    Capability: apply_capability,
    AccountUpdate: apply_account_update,
    AccountAlert: apply_account_alert,
    AccountReview: apply_account_review,
    SecurityNotice: apply_security,
}


def note(
    account: Account, kind: str, at: datetime, data: dict[str, Any], tone: str, number: Number | None = None
) -> bool:
    """Keep the notice; says whether its event is news: not told before, and none of its kind is younger."""
    content = json.dumps([kind, at.isoformat(), number and number.pk, data], sort_keys=True)
    _row, made = Notice.objects.get_or_create(
        account=account,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        defaults={
            "workspace_id": account.workspace_id,
            "number": number,
            "at": at,
            "tone": tone,
            "kind": kind,
            "data": data,
        },
    )
    if not made:
        return False
    facts.journal(number or account, "number.changed" if number else "account.changed", {"notice": kind, **data})
    return not Notice.objects.filter(account=account, number=number, kind=kind, at__gt=at).exists()


def number_of(account: Account, display: str | None) -> Number | None:
    """The account's number that Meta names by what it displays; None when there is no such one."""
    phone = e164(display or "")
    return Number.objects.filter(account=account, phone=phone).first() if phone else None


def ask_again(account: Account) -> None:
    """Ask Meta for the whole state soon: the webhook tells only a part of it."""
    from tradewind.numbers import jobs  # jobs use the verbs

    jobs.ask_soon(account.pk)


def moment(seconds: float | None) -> datetime:
    return FOREVER if seconds is None else datetime.fromtimestamp(seconds, UTC)


def iso(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
