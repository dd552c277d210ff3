"""Reply-aware pacing (product.md X3): a campaign slows down while people wait too long for the team, and goes on.

Who waits: wrote within the last 24 h, and no member, program or phone has answered since. It slows when the longest
of at least three waits passes the campaign's target, and goes on at full speed when that has fallen well below it, so
that it does not swing. The engine reads the slower pace from the run within two seconds.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import actions, forecasting
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive
from tradewind.messages.models import Run
from tradewind.messages.pacing import Pacing

FEWEST = 3
"""One who writes "ok" and gets no answer is no queue."""
BACK_BELOW = 0.6
SLOWER = 4
"""A quarter of the pace: the answers that come meanwhile stay few, and the campaign still moves."""
MOST_KEPT = 50

# A STOP needs no answer, nor does a thumb.
WAITING = """
SELECT count(*), min(talk.last_inbound_at),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY talk.last_inbound_at)
FROM service_window talk
CROSS JOIN LATERAL (
  SELECT kind FROM message WHERE contact_id = talk.contact_id AND number_id = talk.number_id AND direction = 'in'
  ORDER BY id DESC LIMIT 1
) said
WHERE talk.workspace_id = %(workspace)s AND talk.last_inbound_at > %(since)s AND said.kind <> 'reaction'
  AND NOT EXISTS (SELECT FROM message WHERE contact_id = talk.contact_id AND number_id = talk.number_id
                  AND direction = 'out' AND run_id IS NULL AND created_at >= talk.last_inbound_at)
  AND NOT EXISTS (SELECT FROM consent WHERE consent.contact_id = talk.contact_id
                  AND consent.state = 'opted_out' AND consent.at = talk.last_inbound_at)
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits for the team: how many, and since when the first and the middle one."""

    people: int
    oldest: timedelta
    median: timedelta


def queue_of(workspace_id: int, now: datetime) -> Queue:
    """As it is now, over all numbers of the workspace."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"workspace": workspace_id, "since": now - timedelta(hours=24)})
        people, oldest, median = cursor.fetchone()
    nothing = timedelta(0)
    return Queue(people, now - oldest if oldest else nothing, now - median if median else nothing)


def step() -> bool:
    """Look at every workspace in which a campaign minds the team; never asks to go on at once."""
    rows = Campaign.objects.filter(state="running", answer_minutes__isnull=False).select_related("run")
    queues: dict[int, Queue] = {}
    each_by_itself(list(rows), lambda campaign: mind(campaign, queues))
    return False


def mind(campaign: Campaign, queues: dict[int, Queue]) -> None:
    """Let it go slowly or at full speed. `queues`: those of the workspaces that were looked at already."""
    alive()
    if campaign.workspace_id not in queues:
        queues[campaign.workspace_id] = queue_of(campaign.workspace_id, clock.now())
    queue = queues[campaign.workspace_id]
    if is_slow(campaign) and has_caught_up(campaign, queue):
        speed_up(campaign)
    elif not is_slow(campaign) and is_behind(campaign, queue):
        slow_down(campaign, queue)


def target_of(campaign: Campaign) -> timedelta:
    return timedelta(minutes=campaign.answer_minutes or 0)


def is_behind(campaign: Campaign, queue: Queue) -> bool:
    return queue.people >= FEWEST and queue.oldest > target_of(campaign)


def has_caught_up(campaign: Campaign, queue: Queue) -> bool:
    return queue.people < FEWEST or queue.oldest < BACK_BELOW * target_of(campaign)


def is_slow(campaign: Campaign) -> bool:
    """Whether it goes slowly now because of the team."""
    return bool(campaign.slowdowns) and campaign.slowdowns[-1]["to"] is None


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which a campaign went slowly: since when, until when (None: still), who waited, and how long."""

    began_at: datetime
    ended_at: datetime | None
    people: int
    longest: timedelta


def spells_of(campaign: Campaign) -> list[Spell]:
    """When it went slowly because of the team, and why; the first one first."""
    return [
        Spell(
            moment(each["from"]),
            moment(each["to"]) if each["to"] is not None else None,
            each["waiting"],
            timedelta(seconds=each["longest"]),
        )
        for each in campaign.slowdowns
    ]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def slow_down(campaign: Campaign, queue: Queue) -> None:
    with transaction.atomic():
        row = actions.locked(campaign, "running", "paused", verb="change")
        spell = {"from": clock.time(), "to": None, "waiting": queue.people, "longest": queue.oldest.total_seconds()}
        row.slowdowns = [*row.slowdowns, spell][-MOST_KEPT:]
        row.save(update_fields=["slowdowns"])
        apply_pace(row)
        actions.note(row, "campaign.slowed", None, waiting=queue.people)


def speed_up(campaign: Campaign) -> None:
    with transaction.atomic():
        row = actions.locked(campaign, "running", "paused", verb="change")
        row.slowdowns[-1]["to"] = clock.time()
        row.save(update_fields=["slowdowns"])
        apply_pace(row)
        actions.note(row, "campaign.at_full_speed", None)


def apply_pace(campaign: Campaign) -> None:
    """Write the pace of now into the run, where the senders read it."""
    assert campaign.run_id is not None
    Run.objects.filter(pk=campaign.run_id).update(pacing=pace_of(campaign))


def pace_of(campaign: Campaign) -> dict[str, Any]:
    """The campaign's own pace, or a quarter of it while the team is behind."""
    usual = forecasting.pacing_of(campaign)
    if not is_slow(campaign):
        return usual
    numbers = [sender.number for sender in campaign.senders.select_related("number")]
    a_minute = max(1, int(60 * min(forecasting.per_second(number, campaign) for number in numbers) / SLOWER))
    return Pacing.from_json({**usual, "per_minute": a_minute}).to_json()
