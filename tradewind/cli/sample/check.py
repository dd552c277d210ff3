"""`demo --check`: launch the ready campaign, wait for its end, and see whether everything adds up."""

import time
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tradewind.campaigns import actions, queries
from tradewind.campaigns.models import Campaign
from tradewind.workspaces.models import Member

PATIENCE_SECONDS = 300
SETTLE_SECONDS = 12
TOLERANCE = 0.10

# Everybody who stands somewhere after the answer "accepted" was given.
ARRIVED = ("accepted", "held", "sent", "delivered", "read", "played")


class CheckFailed(Exception):
    """The check came to no end; the message says at what it waited."""


def wait_for_state(campaign: Campaign, *states: str, seconds: float = PATIENCE_SECONDS) -> Campaign:
    """Wait until the campaign is in one of these states; raises CheckFailed when it takes too long."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        campaign.refresh_from_db()
        if campaign.state in states:
            return campaign
        if campaign.state == "draft":
            raise CheckFailed(f"{campaign.name} could not be planned: {campaign.state_reason}")
        time.sleep(0.2)
    raise CheckFailed(f"{campaign.name} is {campaign.state} after {seconds:.0f} s, not {' or '.join(states)}")


def launch_and_wait(campaign: Campaign, member: Member) -> dict[str, Any]:
    """Launch, wait for the end and for the last statuses; returns the result that is printed."""
    wait_for_state(campaign, "planned")
    actions.launch(campaign, member=member)
    wait_for_state(campaign, "done")
    settle(campaign)
    return result_of(campaign)


def settle(campaign: Campaign) -> None:
    """Statuses trickle in after the last message, reads for minutes: go on after a quiet while, or a while at most."""
    seen, since = None, time.monotonic()
    give_up = since + SETTLE_SECONDS
    while time.monotonic() - since < SETTLE_SECONDS / 4 and time.monotonic() < give_up:
        now = queries.truth(campaign)["states"]
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.5)


def result_of(campaign: Campaign) -> dict[str, Any]:
    counts = queries.truth(campaign)
    states = counts["states"]
    delivered = sum(states.get(state, 0) for state in ("delivered", "read", "played"))
    return {
        "audience": counts["audience"],
        "excluded": counts["excluded"],
        "accepted": accepted(campaign),
        "delivered": delivered,
        "read": states.get("read", 0) + states.get("played", 0),
        "failed": counts["failed"],
        "unknown": states.get("unknown", 0),
        "left_out": {state: states[state] for state in ("skipped", "expired", "cancelled") if state in states},
        "tried_again_later": states.get("queued", 0),
        "on_the_way": sum(states.get(state, 0) for state in ("accepted", "held", "sent")),
        "opted_out": opted_out(campaign),
        "planned_seconds": round(float(campaign.plan["seconds"]), 1) if campaign.plan else None,
        "actual_seconds": round(actual_seconds(campaign), 1),
        "waiting_or_lost": counts["unfed"],
    }


def accepted(campaign: Campaign) -> int:
    """Messages that Meta said "accepted" to, whatever became of them."""
    return one("SELECT count(*) FROM message WHERE run_id = %s AND accepted_at IS NOT NULL", campaign)


def opted_out(campaign: Campaign) -> int:
    return one(
        "SELECT count(DISTINCT consent.contact_id) FROM consent JOIN message USING (contact_id)"
        " WHERE message.run_id = %s AND consent.state = 'opted_out' AND consent.recorded_at >= message.created_at",
        campaign,
    )


def actual_seconds(campaign: Campaign) -> float:
    """From the launch to the last first call: later second tries are not part of what was planned."""
    return float(
        one(
            "SELECT coalesce(extract(epoch FROM max(attempt.started_at) - min(campaign.launched_at)), 0)"
            " FROM campaign JOIN message USING (run_id) JOIN attempt ON attempt.message_id = message.id"
            " WHERE campaign.run_id = %s",
            campaign,
        )
    )


def one(sql: str, campaign: Campaign) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [campaign.run_id])
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    problems: list[str]

    @property
    def is_good(self) -> bool:
        return not self.problems


def judge(result: dict[str, Any], logged: int) -> Verdict:
    """`logged` = how many messages to this campaign's people the simulator's own accept log holds."""
    problems = []
    failed = sum(result["failed"].values())
    placed = (
        sum(result["excluded"].values()) + result["delivered"] + result["on_the_way"] + failed + result["unknown"]
        + sum(result["left_out"].values()) + result["tried_again_later"]
    )  # fmt: skip
    if placed != result["audience"]:
        problems.append(f"{result['audience']} people in the audience, but {placed} are accounted for")
    if result["waiting_or_lost"]:
        problems.append(f"{result['waiting_or_lost']} people were never fed to the outbox")
    if logged != result["accepted"]:
        problems.append(f"the simulator accepted {logged} messages, we know of {result['accepted']}")
    planned, actual = result["planned_seconds"], result["actual_seconds"]
    if not planned or abs(actual - planned) > TOLERANCE * planned:
        problems.append(f"planned {planned} s, took {actual} s")
    return Verdict(problems)
