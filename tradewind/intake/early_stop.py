"""A STOP counts from the moment it is answered, not from the moment it is projected (P14, docs/decisions/0005).

The door looks into the few bodies that hold inbound messages. Where a person says STOP, the contact is marked as opted
out in the same transaction that stores the body; the proof, the journal and the rest follow when it is projected.
"""

from dataclasses import dataclass
from typing import Any

from tradewind.contacts.keys import spellings
from tradewind.intake.store import STORE, Body, Connection, arrays
from tradewind.messages.inbound import wish_of
from tradewind.whatsapp import webhooks

# Bodies of statuses say "messages" too, but only as the value of "field": never followed by a colon.
SIGNS = (b'"messages":', b'"messages" :', b'"user_preferences"')

# The same rule as in contacts/consent.py: what was said later counts. Other workspaces' people are out of reach: the
# number must belong to an account of the app that signed.
OPT_OUT = """
UPDATE contact SET marketing = 'opted_out', marketing_at = said.at
FROM (
  SELECT identity.contact_id, to_timestamp(max(given.at)) AS at
  FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::float8[])
         AS given (app_id, phone_number_id, kind, value, at)
  JOIN number ON number.phone_number_id = given.phone_number_id
  JOIN account ON account.id = number.account_id AND account.app_id = given.app_id
  JOIN identity ON identity.workspace_id = number.workspace_id AND identity.kind = given.kind
    AND identity.value = given.value AND identity.scope IN (0, number.portfolio_id)
  GROUP BY identity.contact_id
) AS said
WHERE contact.id = said.contact_id AND (contact.marketing_at IS NULL OR contact.marketing_at <= said.at)
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody who wants no more marketing: one of their identities, the number they wrote to, and when (unix)."""

    phone_number_id: str
    kind: str
    value: str
    at: float | None


def stops_in(content: bytes) -> list[Stop]:
    """The opt-outs in a body; none in one that cannot be read (the projector will say so)."""
    if not any(sign in content for sign in SIGNS):
        return []
    try:
        return [stop for event in webhooks.parse(content) for stop in stops_of(event)]
    except webhooks.WebhookError:
        return []


def stops_of(event: webhooks.Event) -> list[Stop]:
    if isinstance(event, webhooks.InboundMessage) and not event.group_id:
        person = event.sender
    elif isinstance(event, webhooks.UserPreference):
        person = event.person
    else:
        return []
    if event.phone_number_id is None or wish_of(event) != "stop":
        return []
    known = [("phone", phone) for phone in spellings(person.phone)] if person.phone else []
    known += [("bsuid", person.bsuid)] if person.bsuid else []
    return [Stop(event.phone_number_id, kind, value, event.at) for kind, value in known]


async def write_with_stops(connection: Connection, batch: list[Body]) -> None:
    """Store bodies and what they say about marketing, in one transaction."""
    async with connection.transaction():
        await connection.execute(STORE, arrays(batch))
        await connection.execute(OPT_OUT, stop_arrays(batch))


def stop_arrays(batch: list[Body]) -> list[list[Any]]:
    found = [(body, stop) for body in batch for stop in body.stops]
    return [
        [body.app_id for body, _ in found],
        [stop.phone_number_id for _, stop in found],
        [stop.kind for _, stop in found],
        [stop.value for _, stop in found],
        [stop.at if stop.at is not None else body.received_at.timestamp() for body, stop in found],
    ]
