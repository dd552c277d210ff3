"""What becomes of campaigns by themselves: held by a brake, done, settled, and how many left in each ten seconds."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import actions
from tradewind.campaigns.models import Campaign
from tradewind.journal import cursors
from tradewind.lib import clock
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive
from tradewind.messages import runs

# Everybody is through: fed, and out of the outbox. A doubt (`unknown`) that lasts does not hold a campaign open, nor
# does a second try tomorrow (messages/second_tries.py): the page tells of both.
FINISHED = """
SELECT id FROM campaign
WHERE state IN ('running', 'paused')
  AND NOT EXISTS (SELECT FROM campaign_number WHERE campaign_id = campaign.id AND fed < total)
  AND NOT EXISTS (SELECT FROM outbox WHERE outbox.run_id = campaign.run_id AND stage <> 'unknown')
"""
BRAKED = """
SELECT campaign.id FROM campaign JOIN run ON run.id = campaign.run_id
WHERE campaign.state = 'running' AND run.state = 'paused'
"""
# A done campaign's run stays open for second tries and for what is told late; then it is closed too.
SETTLED = """
SELECT campaign.id FROM campaign JOIN run ON run.id = campaign.run_id
WHERE campaign.state = 'done' AND run.state <> 'closed' AND campaign.finished_at < %(before)s
  AND NOT EXISTS (SELECT FROM outbox WHERE outbox.run_id = run.id)
  AND NOT EXISTS (SELECT FROM second_try JOIN message ON message.id = second_try.message_id
                  WHERE message.run_id = run.id)
"""
SETTLING = timedelta(hours=48)
"""A failure may be told a day late, and is tried again a day later."""
DEPARTURES = "departures"
BATCH = 20_000
# Reads the journal like every other reaction; counting and moving on are one transaction, so nothing counts twice.
COUNT_DEPARTURES = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, workspace_id, run_id, kind, at FROM journal
  WHERE (tx, id) > (%s, %s) AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
  ORDER BY tx, id LIMIT %s
), counted AS (
  INSERT INTO departure AS d (workspace_id, run_id, at, n)
  SELECT min(workspace_id), run_id, date_bin('10 seconds', at, 'epoch'::timestamptz), count(*)
  FROM fresh WHERE kind = 'message.accepted' AND run_id IS NOT NULL GROUP BY 2, 3
  ON CONFLICT (run_id, at) DO UPDATE SET n = d.n + excluded.n
)
SELECT tx, id, (SELECT count(*) FROM fresh) FROM fresh ORDER BY tx DESC, id DESC LIMIT 1
"""


def look_after() -> bool:
    """Note brakes and ends; never asks to go on at once."""
    acts = [(note_brake, campaign_id) for campaign_id in found(BRAKED)]
    acts += [(finish, campaign_id) for campaign_id in found(FINISHED)]
    acts += [(settle, campaign_id) for campaign_id in found(SETTLED, before=clock.now() - SETTLING)]
    each_by_itself(acts, lambda one: one[0](one[1]))
    return False


def found(sql: str, **params: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [pk for (pk,) in cursor.fetchall()]


def note_brake(campaign_id: int) -> None:
    """A brake has paused the run: the campaign is paused too, with the brake's reason."""
    alive()
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(of=("self",)).select_related("run").get(pk=campaign_id)
        if campaign.state == "running" and campaign.run is not None and campaign.run.state == "paused":
            actions.set_state(campaign, "paused", campaign.run.state_reason, by=None)
            actions.note(campaign, "campaign.paused", None, reason=campaign.run.state_reason)


def finish(campaign_id: int) -> None:
    """Everybody is through; looked at once more behind the lock, so that nothing can have come in between."""
    alive()
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
        if campaign.state in ("running", "paused") and campaign_id in found(FINISHED):
            campaign.finished_at = clock.now()
            actions.set_state(campaign, "done", by=None)
            actions.note(campaign, "campaign.finished", None)


def settle(campaign_id: int) -> None:
    """Nothing of it can go any more."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(of=("self",)).select_related("run").get(pk=campaign_id)
        if campaign.state == "done" and campaign.run is not None:
            runs.close(campaign.run, reason="finished")


def count_departures() -> bool:
    """Count what Meta has taken of each run, by ten seconds of its answer; True when there may be more."""
    return cursors.step(DEPARTURES, COUNT_DEPARTURES, batch=BATCH)
