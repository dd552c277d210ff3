"""What Meta answers about an account and its numbers, read into plain typed values (cloud-api.md §5)."""

from dataclasses import dataclass, field
from typing import Any

from tradewind.whatsapp.limits import tier_of

# Messages a second by Meta's word; NOT_APPLICABLE is told of numbers that are not registered (cloud-api.md §8).
THROUGHPUT = {"STANDARD": 80, "HIGH": 1000, "NOT_APPLICABLE": 80}
ON_PHONE_APP = 20  # fixed for numbers that are also on the WhatsApp Business app


@dataclass(slots=True)
class FoundNumber:
    """One number. `throughput` is messages a second, `tier` Meta's word or "" when it said nothing."""

    phone_number_id: str
    phone: str
    name: str
    status: str = ""
    name_status: str = ""
    quality: str = "UNKNOWN"
    throughput: int = 80
    is_on_phone_app: bool = False
    tier: str = ""
    health: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] | None = None  # None: not asked or not answered


@dataclass(slots=True)
class Found:
    """An account with its numbers. Without a portfolio from Meta the account stands for its own."""

    waba_id: str
    name: str
    portfolio_id: str = ""
    portfolio_name: str = ""
    tier: str = ""
    health: dict[str, Any] = field(default_factory=dict)
    numbers: list[FoundNumber] = field(default_factory=list)


def read_account(answer: dict[str, Any], numbers: list[dict[str, Any]]) -> Found:
    """An account from `GET /{waba}` and `GET /{waba}/phone_numbers`."""
    owner = answer.get("owner_business_info") or {}
    found = [read_number(each) for each in numbers]
    return Found(
        waba_id=text(answer, "id"),
        name=text(answer, "name") or text(answer, "id"),
        portfolio_id=text(owner, "id"),
        portfolio_name=text(owner, "name"),
        tier=text(answer, "whatsapp_business_manager_messaging_limit") or next((n.tier for n in found if n.tier), ""),
        health=answer.get("health_status") or {},
        numbers=found,
    )


def read_number(answer: dict[str, Any]) -> FoundNumber:
    """A number from its node, in any of Meta's spellings; what is missing or odd gets the safe value."""
    is_on_phone_app = answer.get("is_on_biz_app") is True
    level = text(answer.get("throughput") or {}, "level").upper()
    quality = text(answer, "quality_rating").upper()
    tier = tier_of(answer.get("whatsapp_business_manager_messaging_limit") or answer.get("messaging_limit_tier"))
    return FoundNumber(
        phone_number_id=text(answer, "id"),
        phone=e164(text(answer, "display_phone_number")),
        name=text(answer, "verified_name") or text(answer, "display_phone_number"),
        status=text(answer, "status").upper(),
        name_status=text(answer, "name_status").upper(),
        quality=quality if quality in ("GREEN", "YELLOW", "RED") else "UNKNOWN",
        throughput=ON_PHONE_APP if is_on_phone_app else THROUGHPUT.get(level, 80),
        is_on_phone_app=is_on_phone_app,
        tier=tier.name if tier else "",
        health=answer.get("health_status") or {},
    )


def e164(display: str) -> str:
    """ "+1 (555) 078-3881" or "15550783881" as "+15550783881"; "" stays ""."""
    digits = "".join(letter for letter in display if letter.isascii() and letter.isdigit())
    return f"+{digits}" if digits else ""


def text(answer: Any, name: str) -> str:
    """A value as text; "" when it is missing or no plain value."""
    value = answer.get(name) if isinstance(answer, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
