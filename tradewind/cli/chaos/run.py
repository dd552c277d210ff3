"""Bring an installation up, send a campaign through the storm, and judge what came of it."""

import json
import random
import signal
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tradewind.cli.chaos import full_disk, oracle
from tradewind.cli.simulated import Simulated
from tradewind.cli.stack import Stack, wait_until
from tradewind.simulator.world import bench_world

# Two senders, so that numbers change hands; kills fall mostly on them.
PROCESSES = {"web": 1, "sender": 2, "worker": 1}
TARGETS = ("sender", "sender", "sender", "worker", "web")
# 4 numbers at 80 messages a second: 10,000 messages take over half a minute, long enough for the storm.
NUMBERS = 4
# Doubt is settled in half a minute instead of ten; everything else is as in production. (With less, a machine that is
# busy with something else makes the simulator answer later than proof is waited for, and doubles are no fault of ours.)
ENVIRONMENT = {
    "TRADEWIND_ENV": "demo",
    "TRADEWIND_LEASE_SECONDS": "4",
    "TRADEWIND_READ_SECONDS": "2",
    "TRADEWIND_CONNECT_SECONDS": "1",
    "TRADEWIND_NEGATIVE_PROOF_MINUTES": "0.5",
    "TRADEWIND_NEGATIVE_PROOF_LATER": "5",
}
FAULTS = {"webhooks": {"double": 0.05, "shuffle": True}}
PATIENCE_SECONDS = 300.0
# How long all that Meta has to tell may take to arrive and to become rows, once nothing is left to send.
NEWS_SECONDS = 60.0


@dataclass(slots=True)
class Storm:
    """When which process dies, drawn from the seed over the time that the campaign takes."""

    seed: int
    kills: int
    database_crashes: int
    seconds: float
    full_disks: int = 0
    while_full: list[full_disk.Seen] = field(default_factory=list)
    moments: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice = random.Random(self.seed)
        kills = [(dice.uniform(0.3, self.seconds), dice.choice(TARGETS)) for _ in range(self.kills)]
        crashes = [(dice.uniform(1.0, self.seconds), "database") for _ in range(self.database_crashes)]
        disks = [(dice.uniform(0.2, 0.6 * self.seconds), "disk") for _ in range(self.full_disks)]
        self.moments = sorted(kills + crashes + disks)

    def rage(self, stack: Stack) -> None:
        began = time.monotonic()
        for moment, target in self.moments:
            time.sleep(max(0.0, began + moment - time.monotonic()))
            if target == "database":
                stack.crash_database()
            elif target == "disk":
                self.while_full.append(full_disk.strike(stack))
            else:
                stack.kill(target, signal.SIGKILL, index=random.Random(moment).randrange(8))


def run(
    *, messages: int, kills: int, database_crashes: int, seed: int, full_disks: int = 0, data: Path | None = None
) -> dict[str, Any]:
    """The figures of one run; see the package. Takes about a minute for 10,000 messages."""
    started = time.monotonic()
    if full_disks:
        full_disk.check_is_small(data)
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world.json"
        world.write_text(json.dumps(bench_world(numbers=NUMBERS, limits_lifted=False, seed=seed).as_json()))
        options = {"world": world, "seed": seed}
        with Stack(data=data, simulator=options, processes=PROCESSES, env=ENVIRONMENT) as stack:
            stack.use_here()
            campaign = prepare(stack, messages)
            storm = Storm(seed, kills, database_crashes, messages / (NUMBERS * 80), full_disks)
            result = go_through(stack, campaign, storm)
    return {"messages": messages, "seed": seed, **result, "seconds": round(time.monotonic() - started, 1)}


def prepare(stack: Stack, messages: int) -> Any:
    """A workspace with people and a planned campaign."""
    from tradewind.campaigns import actions
    from tradewind.cli import furnish
    from tradewind.cli.furnish import Person
    from tradewind.numbers.models import Number
    from tradewind.templates.models import Template
    from tradewind.workspaces import actions as workspaces

    owner = workspaces.set_up(
        name="Chaos", country="DE", timezone="Europe/Berlin", locale="en", owner_name="Owner",
        email="owner@chaos.example", password="nothing here is secret",  # noqa: S106 - as it says
    )  # fmt: skip
    furnish.connect(owner.workspace, owner, stack.simulator)
    people = (
        Person(f"+4915{1_000_000_000 + rank}", f"Person {rank}", timezone="Europe/Berlin") for rank in range(messages)
    )
    furnish.add_people(owner.workspace, people)
    campaign = furnish.draft_campaign(
        owner.workspace,
        owner,
        name="Through the storm",
        template=Template.objects.get(workspace=owner.workspace, category="UTILITY"),
        audience={"kind": "everybody"},
        senders=list(Number.objects.filter(workspace=owner.workspace)),
    )
    actions.plan(campaign, member=owner)
    wait_until(lambda: state_of(campaign) == "planned", "the plan did not come")
    Simulated(stack.simulator["address"]).tell("faults", FAULTS)
    actions.launch(campaign, member=owner)
    campaign.refresh_from_db()
    release_brakes(campaign.run)
    return campaign


def release_brakes(run: Any) -> None:
    """A storm is just what the brakes are for: they would pause the run and wait for a person, who is not here."""
    run.stop_unknown_share = run.stop_failed_share = None
    run.save(update_fields=["stop_unknown_share", "stop_failed_share"])


def state_of(campaign: Any) -> str:
    campaign.refresh_from_db()
    return str(campaign.state)


def go_through(stack: Stack, campaign: Any, storm: Storm) -> dict[str, Any]:
    thread = threading.Thread(target=storm.rage, args=(stack,), name="storm")
    thread.start()
    watch = Watch(stack, campaign.pk, campaign.run_id)
    slowest = watch.until_over(thread)
    thread.join()
    simulated = Simulated(stack.simulator["address"])
    wait_until(lambda: has_told_all(simulated), "webhooks stayed undelivered", NEWS_SECONDS)
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        wait_until(lambda: not oracle.unprojected(connection), "webhooks stayed unprojected", NEWS_SECONDS)
        final = oracle.verdict(connection, campaign.run_id, campaign.plan["recipients"], simulated.accepted())
    return {
        **final,
        "invariant_breaks": watch.breaks,
        "instants_checked": watch.instants,
        "restarts": stack.restarts,
        "kills": storm.kills,
        "database_crashes": storm.database_crashes,
        "full_disks": storm.full_disks,
        "refused_while_full": sum(seen.refused for seen in storm.while_full),
        "pages_while_full": sorted(set().union(*(seen.pages for seen in storm.while_full))),
        "longest_stall_seconds": round(slowest, 1),
    }


def has_told_all(simulated: Simulated) -> bool:
    """Whether nothing more happens to any message, and all that happened was answered 200. Here everybody reads."""
    state = simulated.state()
    return not state["events_to_come"] and not state["webhooks"]["pending"]


class Watch:
    """Looks at the sums a few times a second, through crashes, until nothing waits any more."""

    def __init__(self, stack: Stack, campaign: int, run: int) -> None:
        self.stack, self.campaign, self.run = stack, campaign, run
        self.breaks = self.instants = 0

    def until_over(self, storm: threading.Thread) -> float:
        """Returns the longest time in which nothing at all moved while something waited."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        moved_at, last, longest = time.monotonic(), None, 0.0
        while time.monotonic() < give_up:
            seen = self.look()
            if seen is not None:
                if (seen["waiting"], seen["unfed"]) != last:
                    last, moved_at = (seen["waiting"], seen["unfed"]), time.monotonic()
                longest = max(longest, time.monotonic() - moved_at)
                if last == (0, 0) and not storm.is_alive():
                    return longest
            time.sleep(0.2)
        return longest

    def look(self) -> dict[str, int] | None:
        try:
            with psycopg.connect(self.stack.database_url, connect_timeout=2) as connection:
                seen = oracle.instant(connection, self.campaign, self.run)
        except psycopg.OperationalError:
            return None  # the database is just being crashed
        self.instants += 1
        self.breaks += seen["breaks"]
        return seen
