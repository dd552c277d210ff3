"""Writing down what Meta answered about an account: each change once, with a journal entry that names it."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.phone import country_of
from tradewind.numbers.found import Found, FoundNumber
from tradewind.numbers.models import Account, Number, Portfolio
from tradewind.whatsapp.limits import tier_of

# A number that Meta no longer lists gets this word: nothing can be sent from it, what it did stays readable.
GONE = "DELETED"


def portfolio_of(workspace_id: int, found: Found) -> Portfolio:
    """The portfolio of an account that Meta described, made when it is new here."""
    tier = tier_of(found.tier)
    portfolio, made = Portfolio.objects.get_or_create(
        workspace_id=workspace_id,
        meta_id=found.portfolio_id or found.waba_id,
        defaults={"name": (found.portfolio_name or found.name)[:120]}
        | ({"tier": tier.name, "people_limit": tier.people} if tier else {}),
    )
    if made:
        journal(portfolio, "account.changed", {"verb": "portfolio.found"})
    return portfolio


def apply(account: Account, found: Found) -> None:
    """Bring account, portfolio and numbers up to Meta's answer, in the caller's transaction. Safe to repeat."""
    now = clock.now()
    change(account, {"name": found.name[:120]}, kind="account.changed")
    set_tier(account.portfolio, found.tier, account=account)
    if found.portfolio_name:
        change(account.portfolio, {"name": found.portfolio_name[:120]}, kind="account.changed")
    known = {number.phone_number_id: number for number in Number.objects.filter(account=account)}
    taken = [
        each.phone for each in found.numbers if not keep_number(account, each, known.pop(each.phone_number_id, None))
    ]
    for number in known.values():
        change(number, {"status": GONE}, kind="number.changed")
    Number.objects.filter(account=account).update(synced_at=now)
    account.synced_at = now
    account.sync_error = taken_sentence(taken)
    account.save(update_fields=["synced_at", "sync_error"])


def taken_sentence(phones: list[str]) -> str:
    """Numbers that another workspace of this installation has: said, never taken from it."""
    if not phones:
        return ""
    return _("%(numbers)s: connected in another workspace already, so not here.") % {"numbers": ", ".join(phones)}


def keep_number(account: Account, found: FoundNumber, number: Number | None) -> bool:
    """Bring one number up to date or add it; False when another workspace has it."""
    if number is None:
        return add_number(account, found) is not None
    change(number, facts_of(found), kind="number.changed")
    return True


def set_tier(portfolio: Portfolio, word: str | int | None, *, account: Account) -> bool:
    """Set the portfolio's limit of people per 24 h from any of Meta's spellings; says whether it changed."""
    tier = tier_of(word)
    if tier is None:
        return False
    reserve = portfolio.service_reserve if tier.people is None else min(portfolio.service_reserve, tier.people)
    facts = {"tier": tier.name, "people_limit": tier.people, "service_reserve": reserve}
    return change(portfolio, facts, kind="account.changed")


def add_number(account: Account, found: FoundNumber) -> Number | None:
    """A number new to this account; one of another account of the workspace moves here with its history."""
    mine = Number.objects.filter(workspace_id=account.workspace_id, phone_number_id=found.phone_number_id).first()
    if mine is not None:
        moved = {"account_id": account.pk, "portfolio_id": account.portfolio_id}
        change(mine, {**facts_of(found), **moved}, kind="number.changed")
        return mine
    try:
        with transaction.atomic():
            number = Number.objects.create(
                phone_number_id=found.phone_number_id,
                workspace_id=account.workspace_id,
                account=account,
                portfolio_id=account.portfolio_id,
                created_at=clock.now(),
                **facts_of(found),
            )
    except IntegrityError:
        return None
    journal(number, "number.changed", {"verb": "number.found"})
    return number


def facts_of(found: FoundNumber) -> dict[str, Any]:
    """The columns of a number that Meta decides. A profile that was not answered leaves the one before."""
    facts: dict[str, Any] = {
        "phone": found.phone,
        "name": found.name[:120],
        "country": country_of(found.phone) or "",
        "status": found.status[:24] or "CONNECTED",
        "name_status": found.name_status[:40],
        "quality": found.quality,
        "throughput": found.throughput,
        "is_on_phone_app": found.is_on_phone_app,
        "health": found.health,
    }
    return facts if found.profile is None else {**facts, "profile": found.profile}


def change(row: Account | Number | Portfolio, facts: dict[str, Any], *, kind: str) -> bool:
    """Set what differs and journal it as {field: [before, now]}; says whether anything differed."""
    differing = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if not differing:
        return False
    changes = {name: [getattr(row, name), value] for name, value in differing.items() if name not in SILENT}
    for name, value in differing.items():
        setattr(row, name, value)
    row.save(update_fields=[*differing])
    if changes:
        journal(row, kind, {"changes": changes})
    return True


# Long and dull: kept, but not told as a change.
SILENT = frozenset({"health", "profile"})


def journal(row: Account | Number | Portfolio, kind: str, data: dict[str, Any]) -> None:
    number_id = row.pk if isinstance(row, Number) else None
    record(kind, workspace_id=row.workspace_id, number_id=number_id, data={"name": str(row), **data})
