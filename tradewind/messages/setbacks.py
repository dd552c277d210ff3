"""What a failed status does beyond its message: the same table of errors as for refusals, told a moment later.

Everything happens in the caller's transaction. The verbs of other rooms run over Django's connection, which must be the
cursor's own (`journal.connections.hot_cursor`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from tradewind.contacts import consent
from tradewind.journal.actions import Line, record_many
from tradewind.messages import runs
from tradewind.messages.models import Run
from tradewind.numbers import actions as numbers
from tradewind.numbers.models import Account, Number
from tradewind.whatsapp.errors import Action, Scope, Verdict, classify

Cursor = psycopg.Cursor[Any]

UNREACHABLE = 131026
# `message.reason` of a message that is in its second try: there is no third.
AGAIN = "again"

COUNTRIES = "SELECT id, country FROM contact WHERE id = ANY(%b::bigint[])"
UNREACHED = """
UPDATE contact SET unreachable_count = least(contact.unreachable_count + 1, 100),
  unreachable_at = to_timestamp(given.at)
FROM (SELECT id, max(at) AS at FROM unnest(%b::bigint[], %b::float8[]) AS g (id, at) GROUP BY id) AS given
WHERE contact.id = given.id
"""
SUPPRESS = """
UPDATE contact SET suppressed_at = %s, suppressed_reason = %s
WHERE id = ANY(%b::bigint[]) AND suppressed_at IS NULL RETURNING workspace_id, id
"""
PLAN_SECOND_TRY = """
INSERT INTO second_try (message_id, workspace_id, code, due_at)
SELECT given.id, message.workspace_id, given.code, to_timestamp(given.due)
FROM unnest(%b::bigint[], %b::int[], %b::float8[]) AS given (id, code, due)
JOIN message ON message.id = given.id
JOIN run ON run.id = message.run_id AND run.state <> 'closed'
WHERE message.expires_at IS NULL OR message.expires_at > to_timestamp(given.due)
ON CONFLICT (message_id) DO NOTHING
"""
FORGET_SECOND_TRY = "DELETE FROM second_try WHERE message_id = ANY(%b::bigint[])"
CANCEL_SECOND_TRY = "DELETE FROM outbox WHERE message_id = ANY(%b::bigint[]) AND stage IN ('waiting', 'claimed')"
COUNT_OPT_OUT = "INSERT INTO tally (workspace_id, run_id, number_id, name, n) VALUES (%s, %s, %s, 'opted_out', 1)"


@dataclass(frozen=True, slots=True)
class Setback:
    """A message that has just failed by a status. `reason` is the message's own ("again" in a second try)."""

    workspace_id: int
    number_id: int
    contact_id: int
    message_id: int
    run_id: int | None
    category: str
    reason: str
    code: int
    detail: str
    at: datetime


Judged = tuple[Setback, Verdict]


def react(cursor: Cursor, setbacks: Sequence[Setback], *, now: datetime) -> None:
    """Opt-outs, suppressions, people out of reach, second tries and pauses, as the codes of these failures ask."""
    if not setbacks:
        return
    judged = judge(cursor, setbacks)
    opt_out(cursor, having(judged, Action.OPT_OUT), now)
    suppress(cursor, [each for each in having(judged, Action.SUPPRESS) if each[1].scope == Scope.RECIPIENT], now)
    unreached = sorted((each.contact_id, each.at.timestamp()) for each in setbacks if each.code == UNREACHABLE)
    if unreached:
        cursor.execute(UNREACHED, [[contact for contact, _ in unreached], [at for _, at in unreached]])
    plan_second_tries(cursor, having(judged, Action.LATER_ONCE), now)
    pause_runs(having(judged, Action.PAUSE_CAMPAIGN, Action.STOP_CAMPAIGN))
    pause_numbers(having(judged, Action.PAUSE_NUMBER), now)
    pause_accounts(having(judged, Action.PAUSE_ACCOUNT), now)


def judge(cursor: Cursor, setbacks: Sequence[Setback]) -> list[Judged]:
    cursor.execute(COUNTRIES, [sorted({each.contact_id for each in setbacks})])
    countries = dict(cursor.fetchall())
    return [
        (each, classify(each.code, each.detail, category=each.category, country=countries.get(each.contact_id)))
        for each in setbacks
    ]


def having(judged: Sequence[Judged], *actions: Action) -> list[Judged]:
    return [each for each in judged if each[1].action in actions]


def opt_out(cursor: Cursor, judged: Sequence[Judged], now: datetime) -> None:
    """The person stopped marketing in WhatsApp itself; Meta tells it as the failure of a message."""
    said = [
        consent.Said(
            each.workspace_id, each.contact_id, "opted_out", "meta", each.at,
            proof={"code": each.code, "message": each.message_id}, number_id=each.number_id, run_id=each.run_id,
        )
        for each, _ in judged
    ]  # fmt: skip
    count_opt_outs(cursor, consent.record_many(cursor, said, now=now))


def count_opt_outs(cursor: Cursor, turned: Sequence[consent.Said]) -> None:
    """Tally the people whom a run turned away."""
    for said in turned:
        if said.state == "opted_out" and said.run_id is not None and said.number_id is not None:
            cursor.execute(COUNT_OPT_OUT, [said.workspace_id, said.run_id, said.number_id])


def suppress(cursor: Cursor, judged: Sequence[Judged], now: datetime) -> None:
    for code, reason in sorted({(verdict.code, verdict.rule.name) for _, verdict in judged}):
        contacts = sorted({each.contact_id for each, verdict in judged if verdict.code == code})
        cursor.execute(SUPPRESS, [now, reason[:60], contacts])
        told = cursor.fetchall()
        record_many(
            cursor,
            [Line(workspace, now, "contact.suppressed", contact, data={"code": code}) for workspace, contact in told],
        )


def plan_second_tries(cursor: Cursor, judged: Sequence[Judged], now: datetime) -> None:
    """Messages of a run only, and once: what a member or a program sent is theirs to repeat."""
    due = []
    for each, verdict in judged:
        delay = verdict.delay_seconds(1)
        if each.run_id is not None and each.reason != AGAIN and delay is not None:
            due.append((each.message_id, each.code, (max(each.at, now) + timedelta(seconds=delay)).timestamp()))
    if due:
        cursor.execute(PLAN_SECOND_TRY, [list(column) for column in zip(*sorted(due), strict=True)])


def take_back(cursor: Cursor, messages: Sequence[int]) -> None:
    """These have arrived after all: no second try, whether it is planned or waits already."""
    if messages:
        cursor.execute(CANCEL_SECOND_TRY, [sorted(messages)])
        cursor.execute(FORGET_SECOND_TRY, [sorted(messages)])


def pause_runs(judged: Sequence[Judged]) -> None:
    """For codes that end a campaign too: it is held with its reason, and a person decides."""
    reasons = {each.run_id: reason_of(verdict) for each, verdict in judged if each.run_id is not None}
    for run in Run.objects.filter(pk__in=reasons).order_by("pk"):
        runs.pause(run, reason=reasons[run.pk], by_brake=True)


def pause_numbers(judged: Sequence[Judged], now: datetime) -> None:
    verdicts = {each.number_id: verdict for each, verdict in judged}
    for number in Number.objects.filter(pk__in=verdicts).order_by("pk"):
        pause(number, verdicts[number.pk], now)


def pause_accounts(judged: Sequence[Judged], now: datetime) -> None:
    verdicts = {each.number_id: verdict for each, verdict in judged}
    of_account = {number.account_id: verdicts[number.pk] for number in Number.objects.filter(pk__in=verdicts)}
    for account in Account.objects.filter(pk__in=of_account).order_by("pk"):
        pause(account, of_account[account.pk], now)


def pause(thing: Number | Account, verdict: Verdict, now: datetime) -> None:
    """A pause that is there already stays as it is: hundreds of messages may fail alike."""
    if thing.paused_until is None or thing.paused_until <= now:
        until = now + timedelta(seconds=verdict.hold_seconds) if verdict.hold_seconds else None
        numbers.pause(thing, member=None, until=until, reason=reason_of(verdict))


def reason_of(verdict: Verdict) -> str:
    """Meta's code first, then the words: the form that messages/sender/consequences.py writes too."""
    return f"{verdict.code}: {verdict.rule.name}"[:200]
