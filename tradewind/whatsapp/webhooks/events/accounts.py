"""Events of templates, numbers and accounts."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from tradewind.whatsapp.webhooks.events.base import Event, Json


@dataclass(slots=True, kw_only=True)
class TemplateEvent(Event):
    """News of a message template, known by Meta's id, or by name and language ("en_US", always with "_")."""

    template_id: str | None
    name: str | None
    language: str | None


@dataclass(slots=True, kw_only=True)
class TemplateStatus(TemplateEvent):
    """`event`: APPROVED, REJECTED, PAUSED, DISABLED, … `title` tells a first from a second pause."""

    kind: ClassVar[str] = "template_status"

    event: str
    reason: str | None = None
    category: str | None = None
    title: str | None = None
    description: str | None = None
    disabled_at: float | None = None
    recommendation: str | None = None


@dataclass(slots=True, kw_only=True)
class TemplateQuality(TemplateEvent):
    """GREEN, YELLOW, RED or UNKNOWN, before and now."""

    kind: ClassVar[str] = "template_quality"

    previous: str | None
    current: str | None


@dataclass(slots=True, kw_only=True)
class TemplateComponents(TemplateEvent):
    """The template's text was changed at Meta."""

    kind: ClassVar[str] = "template_components"

    body: str | None = None
    title: str | None = None
    footer: str | None = None
    buttons: list[Json] | None = None


@dataclass(slots=True, kw_only=True)
class TemplateCategory(TemplateEvent):
    """The category changed (`previous` → `current`), or will at `changes_at` (`current` → `correct`)."""

    kind: ClassVar[str] = "template_category"

    previous: str | None = None
    current: str | None = None
    correct: str | None = None
    changes_at: float | None = None


@dataclass(slots=True, kw_only=True)
class NumberQuality(Event):
    """`event`: ONBOARDING, THROUGHPUT_UPGRADE, older FLAGGED, … `limit` as `limits.tier_of` reads it."""

    kind: ClassVar[str] = "number_quality"

    event: str
    limit: str | int | None = None
    previous_limit: str | int | None = None


@dataclass(slots=True, kw_only=True)
class NumberName(Event):
    """The decision about a display name: APPROVED, REJECTED, …"""

    kind: ClassVar[str] = "number_name"

    decision: str
    requested_name: str | None = None
    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class Capability(Event):
    """What the portfolio may do. `limit` as `limits.tier_of` reads it ("TIER_2K", 2000 or -1)."""

    kind: ClassVar[str] = "capability"

    limit: str | int | None = None
    numbers_per_portfolio: int | None = None
    numbers_per_account: int | None = None


@dataclass(slots=True, kw_only=True)
class Restriction:
    """One thing that an account may not do, until `expires_at` (None = not said)."""

    type: str
    expires_at: float | None = None


@dataclass(slots=True, kw_only=True)
class AccountUpdate(Event):
    """`event` is Meta's word: ACCOUNT_RESTRICTION, DISABLED_UPDATE, ACCOUNT_VIOLATION, PARTNER_ADDED, …"""

    kind: ClassVar[str] = "account_update"

    event: str
    restrictions: list[Restriction] = dataclasses.field(default_factory=list)
    violation: str | None = None
    ban_state: str | None = None
    ban_date: str | None = None


@dataclass(slots=True, kw_only=True)
class AccountAlert(Event):
    """A warning about a number, an account or the business."""

    kind: ClassVar[str] = "account_alert"

    type: str
    severity: str | None = None
    status: str | None = None
    description: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None


@dataclass(slots=True, kw_only=True)
class AccountReview(Event):
    """The decision about the account: APPROVED, REJECTED, …"""

    kind: ClassVar[str] = "account_review"

    decision: str


@dataclass(slots=True, kw_only=True)
class SecurityNotice(Event):
    """The two-step PIN was changed, or someone asks to reset it."""

    kind: ClassVar[str] = "security"

    event: str
    requester: str | None = None
