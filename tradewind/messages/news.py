"""What a batch of webhooks says of messages: all statuses of one message come together to one piece of news."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tradewind.messages import marks
from tradewind.messages.lattice import NOTHING, WORDS, Failure, Standing, join, told
from tradewind.whatsapp.webhooks import Status

KNOWN_WORDS = frozenset({*WORDS.values(), "failed"})


@dataclass(slots=True, eq=False)
class Heard:
    """A status and where it came in: the number's row, its workspace, and our time."""

    event: Status
    workspace_id: int
    number_id: int
    received_at: datetime


@dataclass(slots=True)
class News:
    """All that a batch says of one message under one of Meta's ids."""

    wamid: str
    attempt: bytes | None
    message_id: int
    number_id: int
    standing: Standing
    # The earliest time of each word, for the journal.
    words: dict[str, datetime] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)


def merge(heard: Iterable[Heard]) -> list[News]:
    """One piece of news for each message and id."""
    found: dict[tuple[str, str | None], News] = {}
    for each in heard:
        event = each.event
        news = found.get((event.id, event.callback))
        if news is None:
            news = found[event.id, event.callback] = news_of(each)
        add(news, each)
    return list(found.values())


def news_of(heard: Heard) -> News:
    """The place for what is said of a message; callback data of our own names it."""
    attempt = marks.open_mark(heard.event.callback)
    message_id = marks.message_of(attempt) if attempt else 0
    return News(heard.event.id, attempt, message_id, heard.number_id, NOTHING)


def add(news: News, heard: Heard) -> None:
    event = heard.event
    at = datetime.fromtimestamp(event.at, UTC) if event.at is not None else heard.received_at
    failure = failure_of(event, at) if event.status == "failed" else None
    news.standing = join(news.standing, told(event.status, at, failure=failure, pricing=pricing_of(event)))
    if event.status in KNOWN_WORDS:
        news.words[event.status] = min(news.words.get(event.status, at), at)
    news.heard.append(heard)


def failure_of(event: Status, at: datetime) -> Failure:
    if not event.errors:
        return Failure(at, -1)
    error = event.errors[0]
    return Failure(at, error.code, error.details or error.message or error.title)


def pricing_of(event: Status) -> dict[str, Any] | None:
    price = event.pricing
    if price is None:
        return None
    known = {"billable": price.billable, "model": price.model, "type": price.type, "category": price.category}
    return {name: value for name, value in known.items() if value is not None}
