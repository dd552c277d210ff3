"""A part of the audience is let go: the rest gets the winner's text, at its time, and who was late comes along.

In short steps, each a transaction that can be repeated: `ready_upto` says up to which person the part is ready. Who of
an earlier part has not been fed yet (their morning comes later) moves into the part that opens, with the text that
they were given.
"""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns.models import REST, Campaign, Trial, Variant
from tradewind.campaigns.timing import rules as timing
from tradewind.campaigns.trials.assigning import PERSON, STRETCH, base, filled_of
from tradewind.campaigns.trials.draw import DRAW

NEXT_EDGE = """
SELECT max(contact_id), count(*) FROM (
  SELECT contact_id FROM recipient
  WHERE campaign_id = %(campaign)s AND contact_id > %(after)s ORDER BY contact_id LIMIT %(stretch)s
) near
"""
# The winner's text, for whoever still has all its values; else they keep A, whose values they have.
GIVE_TEXT = (
    """
UPDATE recipient SET variant = %(place)s, variables = {variables}
FROM ("""
    + PERSON
    + """) person
WHERE recipient.campaign_id = %(campaign)s AND recipient.contact_id = person.id AND recipient.excluded = ''
  AND recipient.part = 0 AND NOT (({missing}) OR ({unfit}))
"""
)
# Whose hour has passed while others were tried gets it at the same hour of the next day that is left, by the clock on
# their wall (campaigns/timing/).
NEXT_DAY = """
UPDATE recipient SET
  due_at = ((due_at AT TIME ZONE late.place) + make_interval(days => late.days)) AT TIME ZONE late.place,
  expires_at = ((expires_at AT TIME ZONE late.place) + make_interval(days => late.days)) AT TIME ZONE late.place
FROM (
  SELECT id, 1 + floor(extract(epoch FROM %(from)s::timestamptz - expires_at) / 86400)::int AS days,
         CASE WHEN zone IN (SELECT name FROM pg_timezone_names) THEN zone
              WHEN %(zone)s::text IN (SELECT name FROM pg_timezone_names) THEN %(zone)s::text ELSE 'UTC' END AS place
  FROM recipient
  WHERE campaign_id = %(campaign)s AND excluded = '' AND expires_at <= %(from)s AND {these}
) late WHERE recipient.id = late.id
"""
OF_STRETCH = "part = %(part)s AND contact_id > %(after)s AND contact_id <= %(upto)s"
THOSE = "id = ANY(%(those)s)"
SPREAD = f"""
UPDATE recipient SET due_at = greatest(recipient.due_at, later.due_at),
  expires_at = CASE WHEN later.due_at <= recipient.due_at THEN recipient.expires_at END
FROM (
  SELECT recipient.id, %(from)s::timestamptz + draw.text * %(over)s::interval AS due_at
  FROM recipient {DRAW.format(id="recipient.contact_id")}
  WHERE recipient.campaign_id = %(campaign)s AND recipient.excluded = '' AND recipient.part = 0
    AND recipient.contact_id > %(after)s AND recipient.contact_id <= %(upto)s
) later WHERE recipient.id = later.id
"""  # noqa: S608
LATE = """
UPDATE recipient SET part = %(part)s WHERE id IN (
  SELECT late.id FROM campaign_number place JOIN recipient late
    ON late.campaign_id = place.campaign_id AND late.number_id = place.number_id AND late.excluded = ''
  WHERE place.campaign_id = %(campaign)s AND late.part < %(part)s
    AND (late.part, late.due_at, late.id)
      > (place.fed_part, coalesce(place.fed_due_at, '-infinity'::timestamptz), place.fed_recipient)
  LIMIT %(stretch)s
) RETURNING id
"""


def step(trial: Trial) -> bool:
    """Get a stretch of the part ready, or open it; False when it is open."""
    campaign = trial.campaign
    if is_to_prepare(trial) and prepare(campaign, trial):
        return True
    return not let_go(campaign, trial)


def is_to_prepare(trial: Trial) -> bool:
    """Whether anything about its people changes: only the rest gets another text or is spread over hours."""
    is_changed = trial.opening == REST and (trial.winner or trial.spread_hours)
    return bool(is_changed or timing.read(trial.campaign.timing).late_hours)


def prepare(campaign: Campaign, trial: Trial) -> bool:
    """The next stretch of the part gets its text and its time; False when nobody is left."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEXT_EDGE, {**base(campaign), "after": trial.ready_upto, "stretch": STRETCH})
        edge, people = cursor.fetchone()
        if not people:
            return False
        bounds = {**opens(campaign, trial), "after": trial.ready_upto, "upto": edge}
        if trial.opening == REST and trial.winner:
            give_text(campaign.variants.select_related("template").get(place=trial.winner), bounds)
        cursor.execute(NEXT_DAY.format(these=OF_STRETCH), bounds)
        if trial.opening == REST and trial.spread_hours:
            over = f"{timedelta(hours=trial.spread_hours).total_seconds():.0f} seconds"
            cursor.execute(SPREAD, {**bounds, "key": trial.key, "over": over})
        trial.ready_upto = edge
        trial.save(update_fields=["ready_upto"])
    return True


def opens(campaign: Campaign, trial: Trial) -> dict[str, Any]:
    """Which part, and from when on."""
    zone = campaign.workspace.timezone
    return {**base(campaign), "part": trial.opening, "from": trial.stage_at, "zone": zone}


def give_text(variant: Variant, bounds: dict[str, Any]) -> None:
    filled = filled_of(variant)
    sql = GIVE_TEXT.format(
        columns=filled.columns, variables=filled.variables, missing=filled.missing, unfit=filled.unfit
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**bounds, **filled.params, "place": variant.place})


def let_go(campaign: Campaign, trial: Trial) -> bool:
    """Bring the late ones along and open the part; False while there are more of them than one step takes.

    Behind the locks of the feeder, so that nobody is fed while he moves.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        row = Campaign.objects.select_for_update().get(pk=campaign.pk)
        list(row.senders.select_for_update().order_by("pk"))
        bounds = opens(campaign, trial)
        cursor.execute(LATE, {**bounds, "stretch": STRETCH})
        late = [pk for (pk,) in cursor.fetchall()]
        if late:
            cursor.execute(NEXT_DAY.format(these=THOSE), {**bounds, "those": late})
        if len(late) == STRETCH:
            return False
        assert trial.opening is not None
        Campaign.objects.filter(pk=row.pk).update(open_part=trial.opening)
    return True
