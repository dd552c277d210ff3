"""From the rows of numbers, accounts and workspaces to what a lane may do."""

import re
from datetime import datetime
from typing import Any, Final

from tradewind.messages.sender.lane import HOLD_CAMPAIGNS, HOLD_NOTHING, HOLD_TEMPLATES, Facts
from tradewind.whatsapp.errors import RULES, Holds

CAMPAIGN_CODES: Final = sorted(code for code, rule in RULES.items() if rule.holds == Holds.CAMPAIGNS)
TEMPLATE_CODES: Final = sorted(code for code, rule in RULES.items() if rule.holds == Holds.TEMPLATES)
_CODE = re.compile(r"\d{1,7}(?=:)")
NEVER = 1e11
"""A time that does not come, in unix seconds."""


def facts_of(row: tuple[Any, ...], now: float) -> Facts:
    """One row of sql/lanes_look.sql (without its first column, the number)."""
    (workspace, portfolio, account, phone_number_id, per_second, warmup_from, number_until, number_reason,
     account_until, account_reason, stopped_at, zone, people_limit) = row  # fmt: skip
    facts = Facts(workspace, portfolio, account, phone_number_id, max(1, per_second), warmup_from,
                  zone=zone, people_limit=people_limit)  # fmt: skip
    for name, until, reason in (("account", account_until, account_reason), ("number", number_until, number_reason)):
        if until is not None and seconds(until) > now:
            held = held_by(reason)
            facts.held = max(facts.held, held)
            if held == HOLD_NOTHING:
                facts.stopped_by, facts.stopped_until = name, seconds(until)
    if stopped_at is not None:
        facts.stopped_by, facts.stopped_until = "workspace", 0.0
    return facts


def held_by(pause_reason: str) -> int:
    """What a pause with this reason holds, when it is not everything: our own pauses begin with Meta's code."""
    found = _CODE.match(pause_reason)
    code = int(found.group()) if found else None
    if code in CAMPAIGN_CODES:
        return HOLD_CAMPAIGNS
    return HOLD_TEMPLATES if code in TEMPLATE_CODES else HOLD_NOTHING


def seconds(at: datetime) -> float:
    """Unix seconds, with "for ever" as a time that does not come."""
    return NEVER if at.year >= 9000 else at.timestamp()
