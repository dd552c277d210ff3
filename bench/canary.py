"""`tradewind bench canary`: a template that draws blocks, and how few people get it before the canary stops it.

A whole installation against the simulator, whose strangers block the number after a marketing message with the given
chance. Meta tells no block by itself: it shows in the colour of template and number, and as failures
of what is sent to these people later.
"""

import time
from pathlib import Path
from typing import Any

from bench.stage import Scene, stage
from tradewind.cli.simulated import Simulated
from tradewind.cli.stack import wait_until

PROCESSES = {"web": 1, "sender": 1, "worker": 1}


def run(
    *,
    people: int = 10_000,
    blocks: float = 0.05,
    watch_minutes: int = 1,
    seconds: float = 150.0,
    data: Path | None = None,
) -> dict[str, Any]:
    """Figures: sent when it was judged, its share of the audience, the verdict and why."""
    with stage(data=data, numbers=2, people=people, processes=PROCESSES) as scene:
        Simulated(scene.stack.simulator["address"]).tell(
            "customers", {"shares": {"blocks": blocks, "reads": 1.0 - blocks}}
        )
        campaign = tried_first(scene, watch_minutes)
        began = time.monotonic()
        scene.launch(campaign)
        wait_until(lambda: bool(verdict(scene, campaign)["canary"]), "the canary said nothing", seconds)
        judged = time.monotonic() - began
        found = verdict(scene, campaign)
        at_verdict = gone(scene, campaign)
        time.sleep(5)
        return {
            "audience": people,
            "blocks": blocks,
            "canary_people": found["people"],
            "verdict": found["canary"],
            "why": found["why"],
            "seconds": round(judged, 1),
            "sent_at_verdict": at_verdict,
            "sent_five_seconds_later": gone(scene, campaign),
            "share_of_audience": round(at_verdict / people, 4),
        }


def tried_first(scene: Scene, watch_minutes: int) -> Any:
    """A marketing campaign to everybody of which a fiftieth goes first, planned."""
    from tradewind.campaigns.models import Campaign
    from tradewind.campaigns.trials import verbs

    campaign = scene.drafted_campaign("MARKETING")
    wishes = verbs.Wishes(has_canary=True, canary_share=0.02, canary_least=50, watch_minutes=watch_minutes)
    verbs.set_up(campaign, member=scene.owner, wishes=wishes)
    Campaign.objects.filter(pk=campaign.pk).update(quiet_hours=False)
    campaign.refresh_from_db()
    scene.plan(campaign)
    return campaign


def verdict(scene: Scene, campaign: Any) -> dict[str, Any]:
    from tradewind.campaigns.models import Trial

    trial = Trial.objects.get(campaign=campaign)
    why = trial.canary_seen.get("verdict", {})
    return {
        "canary": trial.canary,
        "people": trial.canary_people,
        "why": f"{why.get('why')} {why.get('what', '')}".strip(),
    }


def gone(scene: Scene, campaign: Any) -> int:
    return scene.reached(campaign, "accepted")
