"""The pass after the plan: who is in the canary, who in the sample, and who gets which text. Frozen from then on.

Only the canary and the sample are written to; the rest stays as the plan made it, with text A, until the test has
decided (opening.py). Whoever could not be sent one of the texts is left out of the campaign with the plan's own
reasons, so that the texts are compared on alike people and the winner can go to everybody.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns import values
from tradewind.campaigns.models import CANARY, REST, SAMPLE, Campaign, CampaignNumber, Trial, Variant
from tradewind.campaigns.trials.draw import DRAW
from tradewind.lib import clock

STRETCH = 20_000

EDGES = """
SELECT contact_id FROM (
  SELECT contact_id, row_number() OVER (ORDER BY contact_id) AS rank FROM recipient
  WHERE campaign_id = %(campaign)s AND contact_id IS NOT NULL AND excluded = ''
) ranked WHERE rank %% %(stretch)s = 0 ORDER BY 1
"""
COUNT = "SELECT count(*) FROM recipient WHERE campaign_id = %(campaign)s AND excluded = ''"
# It only reads, so it holds nobody back however many there are.
CUT = f"""
SELECT draw.first FROM recipient {DRAW.format(id="recipient.contact_id")}
WHERE campaign_id = %(campaign)s AND excluded = '' ORDER BY 1 OFFSET %(people)s LIMIT 1
"""  # noqa: S608
# People of a stretch with the values of one text, as `person` (campaigns/values.py).
PERSON = """
  SELECT contact.id{columns} FROM contact
  WHERE contact.workspace_id = %(workspace)s AND contact.id > %(after)s AND contact.id <= %(upto)s
  OFFSET 0
"""
LEAVE_OUT = (
    """
UPDATE recipient SET excluded = CASE WHEN {missing} THEN 'missing_variable' WHEN {over} THEN 'offer_over'
    ELSE 'unfit_variable' END,
  number_id = NULL, variables = NULL, due_at = NULL
FROM ("""
    + PERSON
    + """) person
WHERE recipient.campaign_id = %(campaign)s AND recipient.contact_id = person.id AND recipient.excluded = ''
  AND (({missing}) OR ({unfit}))
"""
)
CHOSEN = f"""
  SELECT recipient.id, recipient.contact_id,
         CASE WHEN draw.first < %(canary_cut)s THEN {CANARY} ELSE {SAMPLE} END AS part
  FROM recipient {DRAW.format(id="recipient.contact_id")}
  WHERE recipient.campaign_id = %(campaign)s AND recipient.excluded = ''
    AND recipient.contact_id > %(after)s AND recipient.contact_id <= %(upto)s
    AND draw.first < %(sample_cut)s AND floor(draw.text * %(texts)s) = %(place)s
"""  # noqa: S608
DRAW_A = f"UPDATE recipient SET part = chosen.part FROM ({CHOSEN}) chosen WHERE recipient.id = chosen.id"  # noqa: S608
DRAW_OTHER = (
    "UPDATE recipient SET part = chosen.part, variant = %(place)s, variables = {variables}"  # noqa: S608
    " FROM (" + CHOSEN + ") chosen JOIN (" + PERSON + ") person ON person.id = chosen.contact_id"
    " WHERE recipient.id = chosen.id"
)


def assign(campaign: Campaign) -> None:
    """Put the planned recipients into parts and texts. Without a trial everybody stays in the one part."""
    trial = Trial.objects.filter(campaign=campaign).first()
    others = list(campaign.variants.select_related("template").order_by("place"))
    if trial is None or trial.parts == [REST]:
        start_with(campaign, REST)
        return
    if trial.has_test:
        for variant in others:
            leave_out(campaign, variant)
    people = size_up(campaign, trial)
    cuts = cuts_of(campaign, trial, people)
    texts: list[Variant | None] = [None, *others] if trial.has_test else [None]
    for place, text in enumerate(texts):
        put(campaign, trial, text, {**cuts, "place": place, "texts": len(texts)})
    start_with(campaign, trial.parts[0])


def start_with(campaign: Campaign, part: int) -> None:
    campaign.open_part = part
    Campaign.objects.filter(pk=campaign.pk).update(open_part=part)
    CampaignNumber.objects.filter(campaign=campaign).update(fed_part=part)


def leave_out(campaign: Campaign, variant: Variant) -> None:
    filled = filled_of(variant)
    sql = LEAVE_OUT.format(columns=filled.columns, missing=filled.missing, over=filled.over, unfit=filled.unfit)
    for bounds in stretches(campaign):
        run(sql, {**base(campaign), **filled.params, **bounds})


def size_up(campaign: Campaign, trial: Trial) -> int:
    """How many go first, and how many are in the test, of those who get it."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, base(campaign))
        (people,) = cursor.fetchone()
    trial.canary_people = canary_of(trial, people)
    trial.test_people = max(trial.canary_people, sample_of(trial, people)) if trial.has_test else 0
    trial.stage, trial.stage_at, trial.opening, trial.ready_upto = "planned", None, None, 0
    trial.canary, trial.canary_at, trial.canary_seen = "", None, {}
    trial.verdict, trial.decided_at, trial.decided_by, trial.winner, trial.result = "", None, None, None, {}
    trial.save()
    return int(people)


def canary_of(trial: Trial, people: int) -> int:
    if not trial.has_canary:
        return 0
    return min(people, max(trial.canary_least, int(trial.canary_share * people)))


def sample_of(trial: Trial, people: int) -> int:
    wanted = [people]
    if trial.sample_share is not None:
        wanted.append(int(trial.sample_share * people))
    if trial.sample_people is not None:
        wanted.append(trial.sample_people)
    return min(wanted)


def cuts_of(campaign: Campaign, trial: Trial, people: int) -> dict[str, Any]:
    """Below which draw lie the canary and all who go before the rest: exactly so many people."""

    def cut(count: int) -> float:
        if count >= people:
            return 1.0
        with connection.cursor() as cursor:
            cursor.execute(CUT, {**base(campaign), "key": trial.key, "people": count})
            return float(cursor.fetchone()[0])

    canary = cut(trial.canary_people)
    return {"canary_cut": canary, "sample_cut": max(canary, cut(max(trial.canary_people, trial.test_people)))}


def put(campaign: Campaign, trial: Trial, variant: Variant | None, params: dict[str, Any]) -> None:
    """Write down part and text, with its values, of those whom the draw gives this text."""
    sql = DRAW_A
    params = {**base(campaign), **params, "key": trial.key}
    if variant is not None:
        filled = filled_of(variant)
        sql = DRAW_OTHER.format(columns=filled.columns, variables=filled.variables)
        params |= filled.params
    for bounds in stretches(campaign):
        run(sql, {**params, **bounds})


def filled_of(variant: Variant) -> values.Values:
    campaign, now = variant.campaign, clock.now()
    return values.values_of(
        variant.template.components, variant.bindings, zone=campaign.workspace.timezone,
        at=max(campaign.starts_at or now, now),
    )  # fmt: skip


def base(campaign: Campaign) -> dict[str, Any]:
    return {"campaign": campaign.pk, "workspace": campaign.workspace_id}


def stretches(campaign: Campaign) -> Iterator[dict[str, int]]:
    """Neighbouring ranges of contact ids with at most STRETCH recipients each; the last one is open."""
    with connection.cursor() as cursor:
        cursor.execute(EDGES, {**base(campaign), "stretch": STRETCH})
        edges = [edge for (edge,) in cursor.fetchall()] + [2**62]
    for start, end in zip([0, *edges], edges, strict=False):
        yield {"after": start, "upto": end}


def run(sql: str, params: dict[str, Any]) -> int:
    """One stretch, in a transaction of its own: a long one would hold back every reader of the journal."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
