"""What a simulated world consists of: plain dataclasses that can be written to and read from JSON."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

T = TypeVar("T")

ALL_SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management", "business_management")

# Behaviours a virtual customer can have; customers/behaviours.py says what each does.
BEHAVIOURS = (
    "reads",
    "delivered_only",
    "slow",
    "never_online",
    "replies",
    "clicks",
    "reacts",
    "sends_image",
    "sends_voice",
    "sends_location",
    "stops",
    "stops_natively",
    "blocks",
    "not_on_whatsapp",
    "opted_out",
    "capped",
    "experiment",
    "changes_number",
    "username_only",
)

# Shares of a made-up but plausible audience, used for people that no file or call describes.
DEFAULT_SHARES = {
    "reads": 0.52,
    "delivered_only": 0.14,
    "slow": 0.05,
    "never_online": 0.03,
    "replies": 0.07,
    "clicks": 0.05,
    "reacts": 0.02,
    "sends_image": 0.01,
    "sends_voice": 0.01,
    "sends_location": 0.005,
    "stops": 0.015,
    "stops_natively": 0.005,
    "blocks": 0.005,
    "not_on_whatsapp": 0.03,
    "opted_out": 0.01,
    "capped": 0.01,
    "experiment": 0.005,
    "changes_number": 0.005,
    "username_only": 0.02,
}


@dataclass(slots=True)
class App:
    """A Meta app: where webhooks go, and the secret that signs them."""

    app_id: str
    app_secret: str
    verify_token: str
    name: str = "Tradewind"
    callback_url: str = ""
    require_proof: bool = False
    webhook_fields: list[str] = field(default_factory=list)  # none named = all


@dataclass(slots=True)
class Token:
    """An access token. No `waba_ids` means every account; `expires_at` is unix seconds, 0 = never."""

    value: str
    app_id: str
    scopes: list[str] = field(default_factory=lambda: list(ALL_SCOPES))
    waba_ids: list[str] = field(default_factory=list)
    expires_at: float = 0.0
    revoked: bool = False


@dataclass(slots=True)
class Portfolio:
    """A business portfolio. The unique-people limit of 24 hours is shared by all its numbers."""

    portfolio_id: str
    name: str
    messaging_limit_tier: str = "TIER_2K"
    verified: bool = True
    upgrades_by_itself: bool = True


@dataclass(slots=True)
class Account:
    """A WhatsApp Business Account (WABA)."""

    waba_id: str
    portfolio_id: str
    name: str
    currency: str = "EUR"
    country: str = "DE"
    timezone_id: str = "1"
    namespace: str = ""
    status: str = "ACTIVE"
    subscribed_app_ids: list[str] = field(default_factory=list)
    override_callback_uri: str = ""
    marketing_messages_onboarding_status: str = "ONBOARDED"
    marketing_on_messages: bool = True
    payment_method: bool = True


@dataclass(slots=True)
class Number:
    """A business phone number. `throughput` is STANDARD (80/s), HIGH (1,000/s) or COEXISTENCE (20/s)."""

    phone_number_id: str
    waba_id: str
    portfolio_id: str
    display_phone_number: str
    verified_name: str
    country_code: str
    throughput: str = "STANDARD"
    quality_rating: str = "GREEN"
    status: str = "CONNECTED"
    name_status: str = "APPROVED"
    code_verification_status: str = "VERIFIED"
    registered: bool = True
    pin: str = ""
    override_callback_uri: str = ""
    username: str = ""

    @property
    def digits(self) -> str:
        """The number in digits only, as customers' `to` and `context.from` carry it."""
        return "".join(letter for letter in self.display_phone_number if letter.isdigit())


@dataclass(slots=True)
class Template:
    """A message template in one language. `pacing_after` = sends after which Meta holds for quality (None: no
    pacing).
    """

    template_id: str
    waba_id: str
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    parameter_format: str = "POSITIONAL"
    status: str = "APPROVED"
    quality: str = "GREEN"
    rejected_reason: str = "NONE"
    previous_category: str = ""
    pacing_after: int | None = None


@dataclass(slots=True)
class Customer:
    """A virtual person. Times are seconds after acceptance (delivery) or delivery (reading, replying); None = by
    chance.
    """

    phone: str
    behaviour: str = "reads"
    name: str = ""
    language: str = "en"
    timezone: str = "UTC"
    username: str = ""
    delivers_after_seconds: float | None = None
    reads_after_seconds: float | None = None
    replies_after_seconds: float | None = None
    reply: dict[str, Any] | None = None
    receipts: bool = True


@dataclass(slots=True)
class Timing:
    """Ranges in seconds from which waits are drawn (log-uniform): sent and delivered after acceptance, the rest
    after delivery.
    """

    sent: tuple[float, float] = (0.1, 0.6)
    delivered: tuple[float, float] = (0.6, 6.0)
    slow: tuple[float, float] = (600.0, 21600.0)
    read: tuple[float, float] = (2.0, 300.0)
    reply: tuple[float, float] = (4.0, 600.0)
    review: tuple[float, float] = (20.0, 300.0)


@dataclass(slots=True)
class Rules:
    """Which of Meta's limits hold. `lifted` leaves throughput, pair and portfolio limits unenforced (for benches)."""

    lifted: bool = False
    inbound_uses_throughput: bool = True
    window_refusal: str = "sync"  # "async": accepted, then failed 131047, as is also seen in the wild
    webhook_timeout_seconds: float = 10.0
    webhook_connections: int = 4
    webhook_batch: int = 100


@dataclass(slots=True)
class World:
    """Everything a simulator starts with."""

    seed: int
    apps: list[App]
    tokens: list[Token]
    portfolios: list[Portfolio]
    accounts: list[Account]
    numbers: list[Number]
    templates: list[Template] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=lambda: dict(DEFAULT_SHARES))
    stranger_prefixes: list[str] = field(default_factory=lambda: [""])
    receipts_share: float = 0.9  # of strangers who let others see that they read
    skips_delivered_share: float = 0.02  # of messages read at once: `read` comes without `delivered`
    timing: Timing = field(default_factory=Timing)
    rules: Rules = field(default_factory=Rules)

    def as_json(self) -> dict[str, Any]:
        """The world as JSON values; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "World":
        """Read a world; raises ValueError that names the first part which does not fit."""
        lists = {
            "apps": App,
            "tokens": Token,
            "portfolios": Portfolio,
            "accounts": Account,
            "numbers": Number,
            "templates": Template,
            "customers": Customer,
        }
        known = dict(value)
        for part, shape in lists.items():
            known[part] = [read(shape, item, part) for item in known.get(part, [])]
        known["timing"] = _read_timing(known.get("timing", {}))
        known["rules"] = read(Rules, known.get("rules", {}), "rules")
        return read(cls, known, "world")


def read(shape: type[T], value: Any, where: str) -> T:
    """Make one dataclass from JSON, refusing unknown and missing keys with a ValueError that names `where`."""
    if not isinstance(value, dict):
        raise ValueError(f"{where}: expected an object, got {type(value).__name__}")
    unknown = set(value) - {part.name for part in fields(shape)}  # type: ignore[arg-type]
    if unknown:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")
    try:
        return shape(**value)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from None


def _read_timing(value: Any) -> Timing:
    timing = read(Timing, value, "timing")
    for part in fields(Timing):
        low, high = getattr(timing, part.name)
        if not 0 < low <= high:
            raise ValueError(f"timing: {part.name} needs 0 < low <= high")
        setattr(timing, part.name, (float(low), float(high)))
    return timing
