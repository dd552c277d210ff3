"""Reads for pages and reports: why a message waits, how a run stands, what is in doubt, whether the senders work."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.lib import clock, zones
from tradewind.messages import ledger
from tradewind.messages.models import Lane, Message, Outbox, Run
from tradewind.numbers.models import Portfolio
from tradewind.workspaces.models import Member

# What holds a lane (Lane.waiting_for), in plain words. The time is said beside it.
WAITS = {
    "throughput": gettext_lazy("Meta's limit of messages a second"),
    "portfolio": gettext_lazy("the portfolio's limit of people in 24 hours"),
    "portfolio_service": gettext_lazy("the portfolio's limit of people in 24 hours"),
    "pacing_delay": gettext_lazy("the pause between two messages"),
    "pacing_pulse": gettext_lazy("the pause after a pulse"),
    "pacing_minute": gettext_lazy("the cap of messages a minute"),
    "pacing_hour": gettext_lazy("the cap of messages an hour"),
    "pacing_warmup": gettext_lazy("the warm-up of a new number"),
    "content": gettext_lazy("the distance to the same content from another number"),
    "breaker": gettext_lazy("a rest after too many failed calls"),
    "restricted": gettext_lazy("Meta's restriction of the account"),
    "workspace": gettext_lazy("all sending is stopped"),
    "account": gettext_lazy("the account is paused"),
    "number": gettext_lazy("the number is paused"),
    "no_access": gettext_lazy("the account has no valid access token"),
    "clock": gettext_lazy("the clocks of machine and database differ"),
    "safe_mode": gettext_lazy("safe mode: a person has to look first"),
}
SENDER_ALIVE = timedelta(seconds=15)


def words_for(waiting_for: str) -> str:
    """A lane's reason in plain words."""
    return str(WAITS.get(waiting_for.partition(":")[0], waiting_for))


@dataclass(frozen=True, slots=True)
class Why:
    """Why a message has not left: a sentence, and when that ends (None = not known)."""

    sentence: str
    until: datetime | None = None


def why_waiting(message: Message) -> Why | None:
    """Why a message waits, in plain words; None when it does not wait."""
    row = Outbox.objects.filter(pk=message.pk).first()
    if row is None:
        return None
    if row.stage == "unknown":
        return Why(_("It was perhaps sent: Meta's answer did not arrive. We wait for proof before sending again."))
    if row.stage == "inflight":
        return Why(_("It is on its way to Meta."))
    return (
        _held_by_run(message) or _held_by_time(message, row) or _held_by_lane(row) or Why(_("It is next in the queue."))
    )


def _held_by_run(message: Message) -> Why | None:
    run = Run.objects.filter(pk=message.run_id).first() if message.run_id else None
    if run is None or run.state == "open":
        return None
    return Why(_("The campaign is paused: %(why)s.") % {"why": run.state_reason or _("by a member")})


def _held_by_time(message: Message, row: Outbox) -> Why | None:
    now = clock.now()
    if row.due_at <= now:
        return None
    if _is_night(message.run, row.zone, now):
        return Why(_("It is night where this person lives."), row.due_at)
    if row.tries:
        return Why(_("The last try was refused; it is tried again."), row.due_at)
    return Why(_("Its time has not come yet."), row.due_at)


def _is_night(run: Run | None, zone: str, now: datetime) -> bool:
    if run is None or run.quiet_from is None or run.quiet_to is None or not zones.is_zone(zone):
        return False
    return zones.is_quiet(now, zone, run.quiet_from, run.quiet_to)


def _held_by_lane(row: Outbox) -> Why | None:
    lane = Lane.objects.filter(pk=row.number_id).first()
    if lane is None or not lane.waiting_for:
        return None if lane is not None and lane.holder else Why(_("No sender is running for this number."))
    return Why(_("Waiting: %(why)s.") % {"why": words_for(lane.waiting_for)}, lane.waiting_until)


@dataclass(slots=True)
class Progress:
    """How a run stands: `counts` as in tally (accepted, sent, delivered, read, failed, …; failed:131026, …)."""

    counts: dict[str, int] = field(default_factory=dict)
    by_number: dict[int, dict[str, int]] = field(default_factory=dict)
    waits: list[tuple[int, str, datetime | None]] = field(default_factory=list)  # number, words, until

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)


def progress(run: Run) -> Progress:
    """From the tallies and lanes, in milliseconds."""
    found = Progress()
    with connection.cursor() as cursor:
        cursor.execute("SELECT number_id, name, sum(n)::bigint FROM tally WHERE run_id = %s GROUP BY 1, 2", [run.pk])
        for number_id, name, n in cursor.fetchall():
            found.counts[name] = found.counts.get(name, 0) + n
            found.by_number.setdefault(number_id, {})[name] = n
    for lane in Lane.objects.filter(pk__in=found.by_number).exclude(waiting_for=""):
        found.waits.append((lane.pk, words_for(lane.waiting_for), lane.waiting_until))
    return found


def truth(run: Run) -> dict[str, int]:
    """Messages by state, counted from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM message WHERE run_id = %s GROUP BY 1", [run.pk])
        return dict(cursor.fetchall())


def ledger_use(portfolio: Portfolio) -> ledger.Use:
    """How full a portfolio is: used, left and when places free."""
    with connection.cursor() as cursor:
        return ledger.use_of(
            cursor, portfolio.pk, clock.now(), limit=portfolio.people_limit, reserve=portfolio.service_reserve
        )


def in_doubt(member: Member) -> QuerySet[Message]:
    """Messages that a person has to decide: perhaps sent, no proof within a day; a member's own at once."""
    unknown = Message.objects.filter(workspace_id=member.workspace_id, state="unknown", run__isnull=True)
    held = Message.objects.filter(workspace_id=member.workspace_id, state="unknown", reason="held_for_a_person")
    own = unknown.filter(author__isnull=False)
    return (held | own).exclude(reason="left_by_member").select_related("contact", "number", "run").order_by("-pk")


def safe_mode() -> tuple[datetime, str] | None:
    """Since when and why nothing is sent until a person has looked; None when it is not on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT since, reason FROM tradewind_safe_mode()")
        row: tuple[datetime, str] | None = cursor.fetchone()
    return row


def senders() -> list[dict[str, Any]]:
    """The senders that have beaten lately, with what they say of themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT process, at, detail FROM beat WHERE name = 'sender' AND at > %s ORDER BY started_at",
            [clock.now() - SENDER_ALIVE],
        )
        rows = [{"process": process, "at": at, **as_dict(detail)} for process, at, detail in cursor.fetchall()]
    return [row for row in rows if not row.get("stopped")]


def as_dict(detail: Any) -> dict[str, Any]:
    """JSON as Django's raw cursors give it: text."""
    found = json.loads(detail) if isinstance(detail, str) else detail
    return found if isinstance(found, dict) else {}
