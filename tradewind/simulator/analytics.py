"""Counts for the analytics endpoints: messages by number, price and template, in buckets of half an hour."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradewind.simulator.outcomes import Outgoing

BUCKET_SECONDS = 1800


class Analytics:
    """Small counters; a million messages cost no more than a thousand."""

    def __init__(self) -> None:
        self.messages: Counter[tuple[int, str, str, str]] = Counter()  # (bucket, number, country, status)
        self.prices: Counter[tuple[int, str, str, str, str]] = Counter()  # (bucket, number, country, type, category)
        self.templates: Counter[tuple[int, str, str]] = Counter()  # (bucket, template id, status)
        self.clicks: Counter[tuple[int, str, str]] = Counter()  # (bucket, template id, button text)
        self.statuses: Counter[str] = Counter()

    def note(self, message: Outgoing, word: str, at: float) -> None:
        """One status of a message."""
        bucket = int(at) // BUCKET_SECONDS * BUCKET_SECONDS
        self.statuses[word] += 1
        number, country = message.number.phone_number_id, message.person.country
        self.messages[bucket, number, country, word] += 1
        if message.template:
            self.templates[bucket, message.template.template_id, word] += 1
        if word == "delivered" and message.price:
            self.prices[bucket, number, country, message.price["type"], message.price["category"]] += 1

    def note_click(self, message: Outgoing, text: str, at: float) -> None:
        """One tap on a template's button."""
        if message.template:
            self.clicks[int(at) // BUCKET_SECONDS * BUCKET_SECONDS, message.template.template_id, text] += 1
