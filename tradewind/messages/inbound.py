"""What people write to us: messages of every type, service windows, replies, STOP and START, in batches.

Hot path: every statement takes arrays. Meta's message id is the natural key, so a webhook that comes again, whole or in
other company, adds nothing; all that follows from a message follows from the row that is new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson
import psycopg

from tradewind.contacts import consent, people
from tradewind.contacts.consent_phrases import Wish
from tradewind.contacts.consent_words import classify
from tradewind.journal.actions import Line, record_many
from tradewind.messages.setbacks import count_opt_outs
from tradewind.whatsapp.errors import rule_for
from tradewind.whatsapp.webhooks import Echo, Event, InboundMessage, UserPreference

Cursor = psycopg.Cursor[Any]

WINDOW = timedelta(hours=24)
# How long after a run's message an answer, or a STOP, that quotes nothing is still taken as one to it.
ANSWER_WITHIN = timedelta(hours=72)
MARKETING = "marketing_messages"
# Why somebody is suppressed who blocked us: the words that setbacks and the sender write.
BLOCKED = rule_for(130403).name
# Types whose words are the person's own answer; a caption or a forwarded file is none.
TYPES_WITH_WISH = frozenset({"text", "button", "interactive"})
# They tell of messages that were, and open no window.
OPENS_NO_WINDOW = frozenset({"edit", "revoke", "unsupported", "unknown"})

STORE = """
INSERT INTO message (workspace_id, number_id, contact_id, direction, kind, state, payload, text, wamid, reply_to_wamid,
                     created_at)
SELECT workspace_id, number_id, contact_id, direction, kind, state, payload::jsonb, text, wamid, reply_to,
       to_timestamp(at)
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
            %b::text[], %b::text[], %b::float8[]) WITH ORDINALITY
  AS given (workspace_id, number_id, contact_id, direction, kind, state, payload, text, wamid, reply_to, at, place)
ORDER BY given.place
ON CONFLICT (wamid) WHERE wamid IS NOT NULL DO NOTHING
RETURNING id, wamid
"""
OPEN_WINDOWS = """
INSERT INTO service_window (workspace_id, number_id, contact_id, last_inbound_at, closes_at)
SELECT workspace_id, number_id, contact_id, to_timestamp(at), to_timestamp(at) + %s
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::float8[]) AS given (workspace_id, number_id, contact_id, at)
ORDER BY number_id, contact_id
ON CONFLICT (number_id, contact_id) DO UPDATE SET
  last_inbound_at = greatest(service_window.last_inbound_at, excluded.last_inbound_at),
  closes_at = greatest(service_window.closes_at, excluded.closes_at)
"""
# Who writes can be reached, and has unblocked us if they had blocked us; any other suppression stays.
HEARD_FROM = """
UPDATE contact SET last_inbound_at = greatest(contact.last_inbound_at, to_timestamp(given.at)), unreachable_count = 0,
  unreachable_at = NULL,
  suppressed_at = CASE WHEN contact.suppressed_reason <> %s THEN contact.suppressed_at END,
  suppressed_reason = CASE WHEN contact.suppressed_reason <> %s THEN contact.suppressed_reason ELSE '' END
FROM (SELECT id, at FROM unnest(%b::bigint[], %b::float8[]) AS g (id, at) ORDER BY id) AS given
WHERE contact.id = given.id
"""
QUOTED = "SELECT wamid, id, run_id FROM message WHERE wamid = ANY(%b::text[]) AND direction = 'out'"
LAST_OF_RUN = """
SELECT given.contact_id, given.number_id, last.id, last.run_id
FROM unnest(%b::bigint[], %b::bigint[], %b::float8[]) AS given (contact_id, number_id, at)
CROSS JOIN LATERAL (
  SELECT id, run_id, created_at, accepted_at FROM message
  WHERE contact_id = given.contact_id AND number_id = given.number_id AND direction = 'out' AND state <> 'queued'
  ORDER BY id DESC LIMIT 1
) AS last
WHERE last.run_id IS NOT NULL AND coalesce(last.accepted_at, last.created_at) > to_timestamp(given.at) - %s
"""
ANSWERED_BEFORE = """
SELECT DISTINCT contact_id, run_id FROM journal
WHERE contact_id = ANY(%b::bigint[]) AND kind = 'message.received' AND run_id IS NOT NULL
"""
COUNT_REPLIES = """
INSERT INTO tally (workspace_id, run_id, number_id, name, n)
SELECT workspace_id, run_id, number_id, 'replied', count(*)
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[]) AS given (workspace_id, run_id, number_id) GROUP BY 1, 2, 3
"""
# A tap on a button of ours is an answer and a click; each message counts once for either.
NOTE_ANSWERED = """
WITH told AS (
  SELECT id, min(at) AS at, min(at) FILTER (WHERE is_tap) AS tapped
  FROM unnest(%b::bigint[], %b::float8[], %b::bool[]) AS given (id, at, is_tap) GROUP BY id
), before AS MATERIALIZED (
  SELECT message.id, message.clicked_at IS NULL AND told.tapped IS NOT NULL AS is_new_click
  FROM told JOIN message ON message.id = told.id WHERE message.run_id IS NOT NULL
  ORDER BY message.id FOR NO KEY UPDATE OF message
), noted AS (
  UPDATE message SET replied_at = least(message.replied_at, to_timestamp(told.at)),
    clicked_at = least(message.clicked_at, to_timestamp(told.tapped))
  FROM before JOIN told USING (id) WHERE message.id = before.id
  RETURNING message.workspace_id, message.run_id, message.number_id, before.is_new_click
)
INSERT INTO tally (workspace_id, run_id, number_id, name, n)
SELECT workspace_id, run_id, number_id, 'clicked', count(*) FROM noted WHERE is_new_click GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message, an echo or a preference, and where it came in."""

    event: Event
    workspace_id: int
    portfolio_id: int
    number_id: int
    received_at: datetime


@dataclass(slots=True)
class Letter:
    """A message on its way into the table."""

    arrived: Arrived
    event: InboundMessage
    contact_id: int
    at: datetime
    direction: Literal["in", "out"]
    message_id: int = 0
    answers: tuple[int, int | None] | None = None  # (message, run)

    @property
    def run_id(self) -> int | None:
        return self.answers[1] if self.answers else None


def store(cursor: Cursor, arrived: Sequence[Arrived], *, now: datetime) -> int:
    """Store messages and echoes with all that follows from them, in the caller's transaction; how many were new.

    Within the batch the oldest comes first, by Meta's time; messages of one second stay in the order of arrival.
    Raises people.Nobody for a message that names no person.
    """
    letters = sorted(letters_of(cursor, arrived, now), key=lambda letter: letter.at)
    new = insert(cursor, letters)
    inbound = [letter for letter in new if letter.direction == "in"]
    if inbound:
        find_answered(cursor, inbound)
        count_replies(cursor, inbound)
        note_answered(cursor, inbound)
        open_windows(cursor, inbound)
        hear_wishes(cursor, inbound, now)
    record_many(cursor, [line for letter in new for line in lines_of(letter)])
    return len(new)


def letters_of(cursor: Cursor, arrived: Sequence[Arrived], now: datetime) -> list[Letter]:
    """With their contacts, which are found or made: one call for all of a workspace and portfolio."""
    letters = []
    for place, group in grouped(arrived).items():
        senders = [each.event.sender for each in group]  # type: ignore[attr-defined]
        contacts = people.find_or_create(cursor, *place, senders, now=now, seen=[time_of(each) for each in group])
        letters += [letter_of(each, contact) for each, contact in zip(group, contacts, strict=True)]
    return letters


def grouped(arrived: Iterable[Arrived]) -> dict[tuple[int, int], list[Arrived]]:
    groups: dict[tuple[int, int], list[Arrived]] = {}
    for each in arrived:
        groups.setdefault((each.workspace_id, each.portfolio_id), []).append(each)
    return groups


def letter_of(arrived: Arrived, contact_id: int) -> Letter:
    event = arrived.event
    assert isinstance(event, InboundMessage)
    return Letter(arrived, event, contact_id, time_of(arrived), "out" if isinstance(event, Echo) else "in")


def time_of(arrived: Arrived) -> datetime:
    """Meta's time; that of receipt when it is missing, absurd or in the future."""
    at = getattr(arrived.event, "at", None)
    return min(datetime.fromtimestamp(at, UTC), arrived.received_at) if at is not None else arrived.received_at


def insert(cursor: Cursor, letters: list[Letter]) -> list[Letter]:
    """Store what is not there yet; returns those, with their ids, in order."""
    by_wamid = {letter.event.id: letter for letter in reversed(letters)}
    letters = [letter for letter in letters if by_wamid[letter.event.id] is letter]
    if not letters:
        return []
    cursor.execute(STORE, [list(column) for column in zip(*map(columns_of, letters), strict=True)])
    for message_id, wamid in cursor.fetchall():
        by_wamid[wamid].message_id = message_id
    return [letter for letter in letters if letter.message_id]


def columns_of(letter: Letter) -> tuple[Any, ...]:
    event, arrived = letter.event, letter.arrived
    quoted = event.context.message_id if event.context else None
    return (
        arrived.workspace_id,
        arrived.number_id,
        letter.contact_id,
        letter.direction,
        event.type[:24],
        "received" if letter.direction == "in" else "sent",
        orjson.dumps(event.raw, default=str).decode(),
        event.text,
        event.id,
        quoted or "",
        letter.at.timestamp(),
    )


def find_answered(cursor: Cursor, letters: list[Letter]) -> None:
    """What each answers: the message that it quotes, else the last one we wrote, if that was a run's and is recent."""
    quotes = {letter.event.context.message_id for letter in letters if letter.event.context}
    cursor.execute(QUOTED, [sorted(quote for quote in quotes if quote)])
    quoted = {wamid: (message, run) for wamid, message, run in cursor.fetchall()}
    for letter in letters:
        letter.answers = quoted.get(letter.event.context.message_id or "") if letter.event.context else None
    open_ones = [letter for letter in letters if letter.answers is None and letter.event.type != "reaction"]
    places = [(letter.contact_id, letter.arrived.number_id, letter.at.timestamp()) for letter in open_ones]
    if places:
        cursor.execute(LAST_OF_RUN, [*map(list, zip(*places, strict=True)), ANSWER_WITHIN])
        last = {(contact, number): (message, run) for contact, number, message, run in cursor.fetchall()}
        for letter in open_ones:
            letter.answers = last.get((letter.contact_id, letter.arrived.number_id))


def count_replies(cursor: Cursor, letters: list[Letter]) -> None:
    """Each person counts once as having replied to a run."""
    answers = {(letter.contact_id, letter.run_id): letter for letter in reversed(letters) if letter.run_id is not None}
    if not answers:
        return
    cursor.execute(ANSWERED_BEFORE, [sorted({contact for contact, _ in answers})])
    before = set(cursor.fetchall())
    new = [letter for pair, letter in answers.items() if pair not in before]
    rows = [(letter.arrived.workspace_id, letter.run_id, letter.arrived.number_id) for letter in new]
    if rows:
        cursor.execute(COUNT_REPLIES, [list(column) for column in zip(*rows, strict=True)])


def note_answered(cursor: Cursor, letters: list[Letter]) -> None:
    """Which messages of runs were answered, and on which a button was tapped."""
    told = [
        (letter.answers[0], letter.at.timestamp(), letter.event.type == "button")
        for letter in letters
        if letter.answers and letter.answers[1] is not None
    ]
    if told:
        cursor.execute(NOTE_ANSWERED, [list(column) for column in zip(*told, strict=True)])


def open_windows(cursor: Cursor, letters: list[Letter]) -> None:
    """24 hours from the person's own time, per number; reactions and buttons open it too (cloud-api.md §8)."""
    latest: dict[tuple[int, int, int], datetime] = {}
    heard: dict[int, datetime] = {}
    for letter in letters:
        heard[letter.contact_id] = max(letter.at, heard.get(letter.contact_id, letter.at))
        if letter.event.type not in OPENS_NO_WINDOW:
            place = (letter.arrived.workspace_id, letter.arrived.number_id, letter.contact_id)
            latest[place] = max(letter.at, latest.get(place, letter.at))
    if latest:
        rows = [(*place, at.timestamp()) for place, at in latest.items()]
        cursor.execute(OPEN_WINDOWS, [WINDOW, *map(list, zip(*rows, strict=True))])
    cursor.execute(HEARD_FROM, [BLOCKED, BLOCKED, list(heard), [at.timestamp() for at in heard.values()]])


def hear_wishes(cursor: Cursor, letters: list[Letter], now: datetime) -> None:
    """STOP and START: after this transaction no marketing leaves for who said STOP."""
    said = [said_by(letter, wish) for letter in letters if (wish := wish_of(letter.event)) != "none"]
    count_opt_outs(cursor, consent.record_many(cursor, said, now=now))


def said_by(letter: Letter, wish: Wish) -> consent.Said:
    return consent.Said(
        letter.arrived.workspace_id,
        letter.contact_id,
        "opted_out" if wish == "stop" else "opted_in",
        "button" if letter.event.reply else "message",
        letter.at,
        wording=letter.event.text[:500],
        proof={"wamid": letter.event.id},
        number_id=letter.arrived.number_id,
        run_id=letter.run_id,
    )


def wish_of(event: Event) -> Wish:
    """What an event says about marketing: "stop", "start" or "none"."""
    if isinstance(event, UserPreference):
        value = event.value if event.category in (MARKETING, "") else ""
        return {"stop": "stop", "resume": "start", "signup": "start"}.get(value, "none")  # type: ignore[return-value]
    if not isinstance(event, InboundMessage) or isinstance(event, Echo) or event.type not in TYPES_WITH_WISH:
        return "none"
    reply = event.reply
    said = [event.text] if reply is None else [reply.id or "", reply.title or "", event.text]
    wishes = [wish for text in said if (wish := classify(text)) != "none"]
    return "stop" if "stop" in wishes else wishes[0] if wishes else "none"


def lines_of(letter: Letter) -> list[Line]:
    """The journal's entry: of an echo that it was sent, of a reaction what it is put to."""
    event, arrived = letter.event, letter.arrived
    place = (letter.contact_id, arrived.number_id, letter.message_id, letter.run_id)
    if letter.direction == "out":
        return [Line(arrived.workspace_id, letter.at, "message.sent", *place, data={"echo": True})]
    data: dict[str, Any] = {"kind": event.type[:24]}
    if letter.answers:
        data["answers"] = letter.answers[0]
    if event.field == "standby":
        data["standby"] = True
    lines = [Line(arrived.workspace_id, letter.at, "message.received", *place, data=data)]
    if event.reaction is not None:
        reaction = {"wamid": event.reaction.message_id, "emoji": event.reaction.emoji}
        lines.append(Line(arrived.workspace_id, letter.at, "conversation.reaction", *place, data=reaction))
    return lines


def prefer(cursor: Cursor, arrived: Sequence[Arrived], *, now: datetime) -> None:
    """Meta's own switch: people stopped or resumed marketing in WhatsApp itself."""
    said = []
    for place, group in grouped(arrived).items():
        wishing = [each for each in group if wish_of(each.event) != "none"]
        persons = [each.event.person for each in wishing]  # type: ignore[attr-defined]
        contacts = people.find_or_create(cursor, *place, persons, now=now, seen=[time_of(each) for each in wishing])
        said += [preference(each, contact) for each, contact in zip(wishing, contacts, strict=True)]
    count_opt_outs(cursor, consent.record_many(cursor, said, now=now))


def preference(arrived: Arrived, contact_id: int) -> consent.Said:
    event = arrived.event
    assert isinstance(event, UserPreference)
    return consent.Said(
        arrived.workspace_id,
        contact_id,
        "opted_out" if wish_of(event) == "stop" else "opted_in",
        "meta",
        time_of(arrived),
        wording=event.detail[:500],
        proof={"value": event.value},
        number_id=arrived.number_id,
    )
