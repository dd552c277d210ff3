"""Who lives at a wa_id: people that the world or the admin describes, and strangers made on the fly from the seed.

A stranger costs no memory until something about them has to be remembered, so a million recipients are free.
"""

import base64
import hashlib
from dataclasses import fields
from itertools import accumulate
from typing import Any

from tradewind.simulator.customers.chance import Chance
from tradewind.simulator.customers.voices import NAMES
from tradewind.simulator.ids import UserIds
from tradewind.simulator.phones import country_of, wa_id_of
from tradewind.simulator.world.shapes import BEHAVIOURS, Customer, World

LANGUAGE_OF_COUNTRY = {
    "DE": "de",
    "AT": "de",
    "CH": "de",
    "IT": "it",
    "ES": "es",
    "MX": "es",
    "CO": "es",
    "AR": "es",
    "FR": "fr",
    "BR": "pt",
    "PT": "pt",
    "AE": "ar",
    "EG": "ar",
    "SA": "ar",
    "JO": "ar",
    "MA": "ar",
    "TH": "th",
}


class Person:
    """A customer at a wa_id, with what has to be remembered about them."""

    __slots__ = ("blocked_numbers", "country", "customer", "heard", "moved", "stopped_marketing", "wa_id")

    def __init__(self, wa_id: str, customer: Customer) -> None:
        self.wa_id, self.customer = wa_id, customer
        self.country = country_of(wa_id)
        self.blocked_numbers: set[str] = set()  # business numbers that this person blocked
        self.stopped_marketing = customer.behaviour == "opted_out"
        self.moved = False
        self.heard = 0  # messages that made them react, so that each reaction differs

    @property
    def identity_hash(self) -> str:
        """The hash of their identity key, as webhooks tell it and `recipient_identity_key_hash` may ask for."""
        return base64.b64encode(hashlib.blake2b(self.wa_id.encode(), digest_size=8).digest()).decode()

    @property
    def behaviour(self) -> str:
        """The word for how they act."""
        return self.customer.behaviour


class People:
    """The register."""

    def __init__(self, world: World, user_ids: UserIds, chance: Chance) -> None:
        self._user_ids, self._chance = user_ids, chance
        self._known: dict[str, Person] = {}
        self._prefixes = tuple(prefix.lstrip("+") for prefix in world.stranger_prefixes)
        self._receipts_share = world.receipts_share
        self.share(world.shares)
        for customer in world.customers:
            self.define(customer)

    def share(self, shares: dict[str, float]) -> None:
        """Set the shares of behaviours among strangers; raises ValueError for an unknown behaviour."""
        unknown = set(shares) - set(BEHAVIOURS)
        if unknown or not sum(shares.values()) > 0:
            raise ValueError(f"shares: {', '.join(sorted(unknown)) or 'the sum is 0'}")
        total = sum(shares.values())
        self._steps = list(zip(accumulate(share / total for share in shares.values()), shares, strict=True))

    def define(self, customer: Customer) -> Person:
        """Describe one person; raises ValueError when the behaviour or phone is not one."""
        digits = customer.phone.lstrip("+").replace(" ", "")
        if customer.behaviour not in BEHAVIOURS:
            raise ValueError(f"customers: unknown behaviour {customer.behaviour!r}")
        if not digits.isascii() or not digits.isdigit():
            raise ValueError(f"customers: {customer.phone!r} is no phone number")
        wa_id = wa_id_of(digits)
        person = self._known[wa_id] = Person(wa_id, customer)
        return person

    def at(self, wa_id: str) -> Person:
        """The person at a wa_id: described, remembered, or made up now."""
        return self._known.get(wa_id) or Person(wa_id, self._stranger(wa_id))

    def by_user_id(self, portfolio_id: str, user_id: str) -> Person | None:
        """The person behind a business-scoped user id of this portfolio, or None."""
        wa_id = self._user_ids.phone_of(portfolio_id, user_id)
        return self.at(wa_id) if wa_id else None

    def user_id(self, person: Person, portfolio_id: str) -> str:
        """The person's business-scoped user id towards a portfolio."""
        return self._user_ids.of(portfolio_id, person.wa_id, person.country)

    def remember(self, person: Person) -> None:
        """Keep a person whose state changed."""
        self._known[person.wa_id] = person

    def change(self, wish: dict[str, Any]) -> Person:
        """Define a person from JSON, keeping what is not named of one already described."""
        if "phone" not in wish:
            raise ValueError("customers: phone is missing")
        names = {part.name for part in fields(Customer)}
        unknown = set(wish) - names
        if unknown:
            raise ValueError(f"customers: unknown {', '.join(sorted(unknown))}")
        digits = str(wish["phone"]).lstrip("+").replace(" ", "")
        old = self._known.get(wa_id_of(digits)) if digits.isdigit() else None
        base = {name: getattr(old.customer, name) for name in names} if old else {}
        return self.define(Customer(**(base | wish)))

    def _stranger(self, wa_id: str) -> Customer:
        country_draw, name_draw, last_draw, receipts, behaviour_draw = self._chance.draw(wa_id)
        behaviour = "not_on_whatsapp"
        if wa_id.startswith(self._prefixes):
            behaviour = next((name for step, name in self._steps if behaviour_draw < step), self._steps[-1][1])
        language = LANGUAGE_OF_COUNTRY.get(country_of(wa_id), "en")
        first, last = NAMES[language]
        name = f"{first[int(name_draw * len(first))]} {last[int(last_draw * len(last))]}"
        username = f"user{int(country_draw * 1e9)}" if behaviour == "username_only" else ""
        return Customer(
            "+" + wa_id, behaviour, name, language, username=username, receipts=receipts < self._receipts_share
        )
