"""The simulation: one world, its clock and its registers. Everything that the doors do, they do to this."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradewind.simulator.analytics import Analytics
from tradewind.simulator.clock import Clock
from tradewind.simulator.customers.chance import Chance
from tradewind.simulator.customers.people import People, Person
from tradewind.simulator.faults import Faults
from tradewind.simulator.graph.errors import GraphError, no_such_object
from tradewind.simulator.ids import MessageIds, SerialIds, UserIds
from tradewind.simulator.limits.audit import Audit
from tradewind.simulator.limits.people import Ledger, Windows
from tradewind.simulator.limits.rates import MESSAGES_PER_SECOND, Bucket, PairRate
from tradewind.simulator.line_log import LineLog
from tradewind.simulator.media import MediaStore
from tradewind.simulator.pricing import Pricing
from tradewind.simulator.quality import Quality
from tradewind.simulator.shelf import Shelf
from tradewind.simulator.webhooks.envelope import Event
from tradewind.simulator.webhooks.mischief import Mischief
from tradewind.simulator.webhooks.posting import PostOffice
from tradewind.simulator.wheel import Wheel
from tradewind.simulator.world.shapes import Account, App, Number, Portfolio, Token, World

if TYPE_CHECKING:
    from tradewind.simulator.outcomes import Outgoing


def _stay(_seconds: float) -> None:
    """A simulation without a port cannot go away."""
    raise ValueError("down_seconds: there is no port to close")


class Simulation:
    """All state of a running simulator. Must be made inside a running event loop."""

    def __init__(self, world: World, *, accept_log: Path | None = None, webhook_log: Path | None = None) -> None:
        self.address = ""
        self.accept_log = LineLog(accept_log)
        self._webhook_log = LineLog(webhook_log)
        self.clock = Clock()
        self.wheel = Wheel(self.clock)
        self.mischief = Mischief(world.seed)
        self.office = PostOffice(self.clock, self.wheel, world.rules, self.mischief, self._webhook_log)
        self.wamids = MessageIds(world.seed)
        self.serials = SerialIds(world.seed)
        self.go_away: Callable[[float], None] = _stay
        self.build(world)

    def build(self, world: World) -> None:
        """Begin with a world, forgetting the one before (logs go on)."""
        self.world, self.rules = world, world.rules
        self.chance, self.user_ids = Chance(world.seed), UserIds(world.seed)
        self.people = People(world, self.user_ids, self.chance)
        self.faults = Faults(world.seed)
        self.dice = random.Random(world.seed)
        self.windows, self.pairs, self.pricing, self.audit = Windows(), PairRate(), Pricing(), Audit()
        self.media = MediaStore(self.serials)
        self.shelf = Shelf(world.templates)
        self.apps = {app.app_id: app for app in world.apps}
        self.tokens = {token.value: token for token in world.tokens}
        self.portfolios = {portfolio.portfolio_id: portfolio for portfolio in world.portfolios}
        self.accounts = {account.waba_id: account for account in world.accounts}
        self.numbers = {number.phone_number_id: number for number in world.numbers}
        self.ledgers = {portfolio_id: Ledger() for portfolio_id in self.portfolios}
        self.buckets: dict[str, Bucket] = {}
        self.quality = Quality(self)
        self.analytics = Analytics()
        self.phones_used: dict[
            tuple[str, str], float
        ] = {}  # (portfolio, wa_id) of hidden phones → when we last wrote to it
        self.last_wamid = ""
        self.calls: Counter[tuple[str, str, int]] = Counter()  # management calls by (app, account, hour)
        self.extras: dict[str, dict[str, Any]] = {}  # what routes keep for a node: profile, settings, block list …

    def reset(self) -> None:
        """Back to the world as it was given: faults off, nothing pending, counters at 0.

        The logs go on, and so do the apps' webhooks: who has subscribed stays subscribed.
        """
        world = World.from_json(self._given)
        for app in world.apps:
            known = self.apps[app.app_id]
            app.callback_url, app.verify_token, app.webhook_fields = (
                known.callback_url,
                known.verify_token,
                known.webhook_fields,
            )
        self.wheel.clear()
        self.office.forget()
        self.mischief.clear()
        self.build(world)

    def remember_world(self) -> None:
        """Keep the world as it is now for `reset`."""
        self._given = self.world.as_json()

    def number(self, phone_number_id: str) -> Number:
        """The number with this id; GraphError 100/33 when there is none."""
        try:
            return self.numbers[phone_number_id]
        except KeyError:
            raise no_such_object(phone_number_id) from None

    def account_of(self, number: Number) -> Account:
        """The account of a number."""
        return self.accounts[number.waba_id]

    def portfolio_of(self, number: Number) -> Portfolio:
        """The portfolio of a number."""
        return self.portfolios[number.portfolio_id]

    def kept(self, node_id: str, name: str, default: Any) -> Any:
        """What a route keeps for a node under a name; `default` is kept the first time."""
        return self.extras.setdefault(node_id, {}).setdefault(name, default)

    def app_of(self, token: Token) -> App:
        """The app that a token belongs to."""
        return self.apps[token.app_id]

    def bucket(self, number: Number, now: float) -> Bucket:
        """The throughput bucket of a number."""
        bucket = self.buckets.get(number.phone_number_id)
        rate = MESSAGES_PER_SECOND.get(number.throughput, 80)
        if bucket is None or bucket.rate != rate:
            bucket = self.buckets[number.phone_number_id] = Bucket(rate, now)
        return bucket

    def tell(
        self, number: Number, part: str, payload: dict[str, Any], at: float, contact: dict[str, Any] | None = None
    ) -> None:
        """Send one item of the `messages` field (part: messages, statuses, errors, user_actions) to whom it
        concerns.
        """
        self._post(Event(number.waba_id, number, "messages", part, payload, contact, at))

    def tell_field(self, waba_id: str, field: str, value: dict[str, Any], at: float) -> None:
        """Send a change of any other field of an account."""
        self._post(Event(waba_id, None, field, "", value, None, at))

    def note_status(self, message: "Outgoing", word: str, at: float) -> None:
        """Count a status for analytics."""
        self.analytics.note(message, word, at)

    def contact_of(self, person: Person, number: Number, *, phone_shown: bool) -> dict[str, Any]:
        """The `contacts[]` item of a person who wrote or acted."""
        profile = {"name": person.customer.name or person.wa_id}
        if person.customer.username:
            profile["username"] = person.customer.username
        contact: dict[str, Any] = {"profile": profile}
        if phone_shown:
            contact["wa_id"] = person.wa_id
        contact["user_id"] = self.people.user_id(person, number.portfolio_id)
        if self.checks_identity(number):
            contact["identity_key_hash"] = person.identity_hash
        return contact

    def checks_identity(self, number: Number) -> bool:
        """True when the number's settings ask for identity hashes in webhooks."""
        settings = self.extras.get(number.phone_number_id, {}).get("settings", {})
        return bool(settings.get("user_identity_change", {}).get("enable_identity_key_check"))

    def _post(self, event: Event) -> None:
        account = self.accounts.get(event.waba_id)
        if account is None:
            raise GraphError(100, f"Unknown account {event.waba_id}")
        override = event.number.override_callback_uri if event.number and event.field == "messages" else ""
        for app_id in account.subscribed_app_ids:
            app = self.apps[app_id]
            if app.webhook_fields and event.field not in app.webhook_fields:
                self.office.counts["field_not_subscribed"] += 1
                continue
            url = override or account.override_callback_uri or app.callback_url
            if url:
                self.office.send(url, app.app_secret, event)
            else:
                self.office.counts["without_callback"] += 1
