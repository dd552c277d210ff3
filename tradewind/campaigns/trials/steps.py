"""The worker's side: looks at every trial under way, judges, and opens part after part."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction

from tradewind.campaigns import actions
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import SAMPLE, Campaign, Trial
from tradewind.campaigns.trials import counting, opening, past, watch
from tradewind.campaigns.trials.counting import Left, Text
from tradewind.campaigns.trials.intervals import compare
from tradewind.lib import clock, logs
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive

log = logs.get(__name__)

LOOK_EVERY = timedelta(seconds=5)
"""A sample of a hundred thousand is counted in a quarter of a second: not more often than this."""
LONGEST = timedelta(hours=48)
"""People whom nothing reaches do not hold a test open for ever."""


def step() -> bool:
    """Look at each trial under way once; True while a part is being got ready.

    A campaign may be done before its trial is judged: when everybody is in the sample.
    """
    rows = Trial.objects.filter(campaign__state__in=("running", "done"), stage__in=("canary", "test", "opening"))
    return each_by_itself(list(rows.select_related("campaign__run", "campaign__template")), look)


def look(trial: Trial) -> bool:
    alive()
    if trial.campaign.run is None or trial.campaign.run.state != "open":
        return False
    if trial.stage == "opening":
        return go_on(trial)
    if trial.stage == "canary":
        return look_at_canary(trial)
    return look_at_test(trial)


def go_on(trial: Trial) -> bool:
    """One more step of the opening; when the part is open, the trial stands in it."""
    if opening.step(trial):
        return True
    stage = "test" if trial.opening == SAMPLE else "open"
    changed = Trial.objects.filter(pk=trial.pk, stage="opening").update(
        stage=stage, stage_at=clock.now(), opening=None, ready_upto=0
    )
    if changed:
        actions.note(trial.campaign, "campaign.part_opened", None, part=trial.opening)
    return False


def look_at_canary(trial: Trial) -> bool:
    """A canary that was held and that a person let go on is overruled."""
    if trial.canary in ("hold", "stop"):
        return decide_canary(trial, {**trial.canary_seen}, "overruled")
    if trial.canary_at is not None and clock.now() - trial.canary_at < LOOK_EVERY and not trial.canary:
        return False
    left, sight = counting.left(trial.campaign), counting.sight_of(trial.campaign)
    found = watch.judge(sight, trial.past, past.qualities(trial.campaign), is_time_up=is_watched(trial, left))
    seen = {"sight": sight._asdict(), "verdict": asdict(found)}
    if not found.word:
        Trial.objects.filter(pk=trial.pk).update(canary_at=clock.now(), canary_seen=seen)
        return False
    return decide_canary(trial, seen, found.word)


def is_watched(trial: Trial, left: Left) -> bool:
    """Whether the canary has been looked at for as long as was set, since the last of it left."""
    return is_through(trial, left, trial.canary_people) and has_waited(trial, left, trial.watch_minutes)


def is_through(trial: Trial, left: Left, people: int) -> bool:
    return left.fed >= people and not left.waiting


def has_waited(trial: Trial, left: Left, minutes: int) -> bool:
    began = left.last_at or trial.stage_at or clock.now()
    return clock.now() - began >= timedelta(minutes=minutes)


def decide_canary(trial: Trial, seen: dict[str, Any], word: str) -> bool:
    """Write the verdict down; hold and stop pause the campaign, which a person may let go on all the same."""
    with transaction.atomic():
        row = Trial.objects.select_for_update().get(pk=trial.pk)
        if row.stage != "canary":
            return False
        row.canary, row.canary_at, row.canary_seen = word, clock.now(), seen
        row.save(update_fields=["canary", "canary_at", "canary_seen"])
        actions.note(trial.campaign, "campaign.canary_judged", None, verdict=word)
        if word in ("hold", "stop"):
            return hold(trial.campaign, f"canary {word}")
        open_next(row)
    return True


def hold(campaign: Campaign, reason: str) -> bool:
    try:
        actions.pause(campaign, member=None, reason=reason)
    except CampaignError:
        log.info("a canary's verdict found the campaign held already", campaign=campaign.pk)
    return False


def open_next(trial: Trial) -> None:
    """Begin to open the part after the one under way; in the caller's transaction."""
    here = trial.campaign.open_part if trial.stage != "test" else SAMPLE
    trial.opening = next(part for part in trial.parts if part > here)
    trial.stage, trial.stage_at, trial.ready_upto = "opening", clock.now(), 0
    trial.save(update_fields=["opening", "stage", "stage_at", "ready_upto"])


def look_at_test(trial: Trial) -> bool:
    if trial.verdict == "even":
        return False  # a person chooses
    now = clock.now()
    counted_at = trial.result.get("at")
    if counted_at is not None and now.timestamp() - counted_at < LOOK_EVERY.total_seconds():
        return False
    left, texts = counting.left(trial.campaign), counting.texts_of(trial.campaign)
    is_due = is_through(trial, left, trial.test_people) and has_waited(trial, left, trial.wait_minutes)
    is_late = trial.stage_at is not None and now - trial.stage_at > LONGEST + timedelta(minutes=trial.wait_minutes)
    if is_due or is_late:
        return decide_test(trial, texts)
    Trial.objects.filter(pk=trial.pk, stage="test").update(result={**result_of(trial, texts), "at": now.timestamp()})
    return False


def decide_test(trial: Trial, texts: list[Text]) -> bool:
    """The one look: a winner, or no difference. What then goes to the rest is as it was set."""
    found = result_of(trial, texts)
    with transaction.atomic():
        row = Trial.objects.select_for_update().select_related("campaign").get(pk=trial.pk)
        if row.stage != "test" or row.verdict:
            return False
        row.verdict = "even" if found["winner"] is None else "winner"
        row.result, row.decided_at, row.winner = found, clock.now(), found["winner"]
        if row.verdict == "even" and row.when_even == "a":
            row.winner = 0
        row.save(update_fields=["verdict", "result", "decided_at", "winner"])
        actions.note(row.campaign, "campaign.test_decided", None, verdict=row.verdict, winner=row.winner)
        if row.winner is not None:
            open_next(row)
    return row.winner is not None


def result_of(trial: Trial, texts: list[Text]) -> dict[str, Any]:
    """Counts of each text and what they say, as the page and the API show it."""
    found = compare([text.did(trial.measure) for text in texts], trial.confidence)
    return {
        "measure": trial.measure,
        "texts": [asdict(text) for text in texts],
        "winner": found.winner,
        "best": found.best,
        "intervals": [list(each) for each in found.intervals],
        "differences": [asdict(each) for each in found.differences],
        "confidence": found.confidence,
    }
