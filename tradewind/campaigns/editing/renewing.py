"""Puts new values in for everybody who has not got it, in short steps, and takes back what waits in the outbox.

Nothing of the campaign moves meanwhile: it is paused, and it goes on only when this is done (verbs.check_ready). Each
step can be repeated; `ready_upto` says how far they came. What waits in the outbox stays the same message with other
words, so that nobody can get both: a sender that still holds the old words has a content that the intent refuses
(messages/sql/intent.sql).
"""

from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import values
from tradewind.campaigns.editing.models import Revision
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.trials import assigning
from tradewind.campaigns.trials.assigning import PERSON, base
from tradewind.campaigns.wording import parts_of
from tradewind.lib import clock
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive

# Who has not got it: not fed yet, or in the outbox. Of the latter some are in flight: what they get stands in their
# message; should they come back, the values are here.
LEFT = """
  FROM recipient JOIN campaign_number place
    ON place.campaign_id = recipient.campaign_id AND place.number_id = recipient.number_id
  WHERE recipient.campaign_id = %(campaign)s AND recipient.excluded = ''
    AND recipient.contact_id > %(after)s AND recipient.contact_id <= %(upto)s
    AND ((recipient.part, recipient.due_at, recipient.id)
           > (place.fed_part, coalesce(place.fed_due_at, '-infinity'::timestamptz), place.fed_recipient)
         OR EXISTS (SELECT FROM outbox WHERE run_id = %(run)s AND contact_id = recipient.contact_id))
"""
NEXT_EDGE = """
SELECT max(contact_id), count(*) FROM (
  SELECT contact_id FROM recipient WHERE campaign_id = %(campaign)s AND contact_id > %(after)s
  ORDER BY contact_id LIMIT %(stretch)s
) near
"""
# Everybody gets new values, also whose own fit no more since they were counted: the sender refuses those and says why,
# while the old values in the new words would say something wrong.
RENEW = f"""
UPDATE recipient SET variables = renewed.variables
FROM (
  SELECT left_.id, jsonb_strip_nulls({{variables}}) AS variables
  FROM (SELECT recipient.id, recipient.contact_id {LEFT}) left_
  JOIN ({PERSON}) person ON person.id = left_.contact_id
) renewed WHERE recipient.id = renewed.id
"""  # noqa: S608
COUNT_UNFIT = f"""
SELECT count(*) FILTER (WHERE coalesce({{missing}}, true)), count(*) FILTER (WHERE coalesce({{unfit}}, false)), count(*)
FROM (SELECT recipient.contact_id {LEFT}) left_ JOIN ({PERSON}) person ON person.id = left_.contact_id
"""  # noqa: S608
# The same messages with the run's present content. The stage goes back to `waiting`: a sender that has claimed one has
# the old words in hand, and its intent finds another content (sql/intent.sql). What is in flight or in doubt stays.
TAKE_BACK = """
WITH held AS MATERIALIZED (
  SELECT outbox.message_id, outbox.contact_id, run.content_id, content.payload ->> 'kind' AS kind
  FROM outbox JOIN run ON run.id = outbox.run_id JOIN content ON content.id = run.content_id
  WHERE outbox.run_id = %(run)s AND outbox.stage IN ('waiting', 'claimed')
    AND outbox.content_id IS DISTINCT FROM run.content_id
  ORDER BY outbox.message_id FOR UPDATE OF outbox
), worded AS (
  UPDATE message SET content_id = held.content_id, variables = recipient.variables,
    kind = coalesce(held.kind, message.kind)
  FROM held JOIN recipient ON recipient.campaign_id = %(campaign)s AND recipient.contact_id = held.contact_id
  WHERE message.id = held.message_id
)
UPDATE outbox SET content_id = held.content_id, stage = 'waiting', holder = '', lease_until = NULL
FROM held WHERE outbox.message_id = held.message_id
"""


def unfit(campaign: Campaign) -> tuple[int, int, int]:
    """Of those who have not got it: for how many a value is empty, for how many one does not fit, and how many in all.

    By the campaign's message and bindings as they are set on it, saved or not. Stretch by stretch, and it only reads:
    among a million it takes seconds, and holds nobody up.
    """
    filled = filled_of(campaign)
    sql = COUNT_UNFIT.format(columns=filled.columns, missing=filled.missing, unfit=filled.unfit)
    missing = misfits = people = 0
    with connection.cursor() as cursor:
        for bounds in assigning.stretches(campaign):
            cursor.execute(sql, {**base(campaign), **filled.params, **bounds, "run": campaign.run_id})
            empty, wrong, some = cursor.fetchone()
            missing, misfits, people = missing + empty, misfits + wrong, people + some
    return missing, misfits, people


def step_all() -> bool:
    """The worker's step: one stretch of each campaign that is getting new words; True while there is more."""
    return each_by_itself(list(Revision.objects.filter(ready_at=None).values_list("pk", flat=True)), step)


def step(revision_id: int) -> bool:
    """The next stretch of one; False when all is ready."""
    alive()
    with transaction.atomic(), connection.cursor() as cursor:
        revision = Revision.objects.select_for_update(of=("self",)).select_related("campaign__run").get(pk=revision_id)
        if revision.ready_at is not None:
            return False
        campaign = revision.campaign
        cursor.execute(NEXT_EDGE, {**base(campaign), "after": revision.ready_upto, "stretch": assigning.STRETCH})
        edge, people = cursor.fetchone()
        if not people:
            take_back(campaign)
            revision.ready_at = clock.now()
            revision.save(update_fields=["ready_at"])
            return False
        filled = filled_of(campaign)
        sql = RENEW.format(columns=filled.columns, variables=filled.variables)
        bounds: dict[str, Any] = {"after": revision.ready_upto, "upto": edge, "run": campaign.run_id}
        cursor.execute(sql, {**base(campaign), **filled.params, **bounds})
        revision.ready_upto = edge
        revision.save(update_fields=["ready_upto"])
    return True


def take_back(campaign: Campaign) -> int:
    """What waits in the outbox gets the run's present words, with the values of its recipient; returns how many.

    Behind a feeder that was at work when the campaign was paused: what it fed is taken back, too.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        list(campaign.senders.select_for_update().order_by("pk"))
        cursor.execute(TAKE_BACK, {"run": campaign.run_id, "campaign": campaign.pk})
        return int(cursor.rowcount)


def filled_of(campaign: Campaign) -> values.Values:
    assert campaign.said is not None
    zone = campaign.workspace.timezone
    return values.values_in(parts_of(campaign.said).parts, campaign.bindings, zone=zone, at=clock.now())
