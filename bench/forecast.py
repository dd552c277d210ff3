"""`tradewind bench forecast`: campaigns drawn by chance, played by a whole installation on a virtual clock.

Does each end when its plan said, cost what it said, and keep quiet hours, caps and opt-outs?

Meta is the simulator: it prices each message, and what it says is the truth that the plan's cost is held against.
"""

import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.stage import Scene, stage

PROCESSES = {"web": 1, "sender": 1, "worker": 1}
NUMBERS = 3
BEGINS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SPEED, LEAP = 20.0, 1_500.0
"""Virtual seconds in a real one: while messages leave, and while nothing comes due for a while. A sender renews its
leases by this clock: on a machine that does other things as well, a faster one makes it lose them."""
PAST = 1_500
"""Messages of the past from which the plan learns what arrives as a rule."""
GIVE_UP_SECONDS = 240.0
# Where people live, with a phone of each place: the same chance for each.
PLACES = (
    ("DE", "Europe/Berlin", "+4915{:09}"), ("IT", "Europe/Rome", "+3934{:08}"), ("GB", "Europe/London", "+447{:09}"),
    ("AE", "Asia/Dubai", "+97150{:07}"), ("CO", "America/Bogota", "+57310{:07}"), ("IN", "Asia/Kolkata", "+919{:09}"),
)  # fmt: skip

NEXT_DUE = """
SELECT least(
  (SELECT min(due_at) FROM outbox WHERE run_id = %s AND stage <> 'unknown'),
  (SELECT min(due_at) FROM recipient WHERE campaign_id = %s AND excluded = ''
     AND NOT EXISTS (SELECT FROM message WHERE run_id = %s AND contact_id = recipient.contact_id)))
"""
SENT = """
SELECT message.contact_id, message.accepted_at, message.category, recipient.zone, contact.marketing,
       contact.marketing_at
FROM message JOIN recipient ON recipient.campaign_id = %s AND recipient.contact_id = message.contact_id
JOIN contact ON contact.id = message.contact_id
WHERE message.run_id = %s AND message.accepted_at IS NOT NULL
"""
MOST_IN_72H = """
SELECT count(*) FROM (
  SELECT a.contact_id FROM message a JOIN message b
    ON b.contact_id = a.contact_id AND b.direction = 'out' AND b.category = 'marketing'
   AND b.accepted_at > a.accepted_at - interval '72 hours' AND b.accepted_at <= a.accepted_at
  WHERE a.run_id = %s AND a.accepted_at IS NOT NULL AND a.category = 'marketing'
  GROUP BY a.contact_id, a.id HAVING count(*) > %s
) over_it
"""


def run(*, seeds: int = 30, first_seed: int = 1, people: int = 200, data: Path | None = None) -> dict[str, Any]:
    """Figures: for each seed end_error and cost_error (shares of the truth) and breaches; and the worst of all."""
    from tradewind.lib import clock

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clock.json"
        clock.write(path, at=BEGINS, speed=1.0)
        clock.use(f"file:{path}")
        env = {"TRADEWIND_CLOCK": f"file:{path}"}
        with stage(data=data, numbers=NUMBERS, people=0, processes=PROCESSES, env=env) as scene:
            player = Player(scene, path)
            player.make_a_past()
            lines = [player.play(seed, people) for seed in range(first_seed, first_seed + seeds)]
    return {
        "seeds": lines,
        "worst_end_error": max(line["end_error"] for line in lines),
        "worst_cost_error": max(line["cost_error"] for line in lines),
        "breaches": sum(sum(line["breaches"].values()) for line in lines),
    }


class Player:
    """Plays one campaign after the other in the same installation."""

    def __init__(self, scene: Scene, path: Path) -> None:
        from tradewind.campaigns.rates import example
        from tradewind.templates.models import Template

        self.scene, self.path = scene, path
        self.serial = 0
        self.templates = {
            category: Template.objects.filter(workspace=scene.workspace, category=category).order_by("pk")[0]
            for category in ("MARKETING", "UTILITY")
        }
        scene.workspace.cap_72h = 2
        scene.workspace.save()
        example.add(scene.workspace, scene.owner)

    def make_a_past(self) -> None:
        """A campaign of each category that went out at full speed."""
        for category in self.templates:
            campaign = self.draft(self.some_people(PAST, random.Random(0)), category, preset="fast", quiet_hours=False)
            self.launch_and_wait(campaign, random.Random(0), 0, speed=1.0)

    def play(self, seed: int, people: int) -> dict[str, Any]:
        """One campaign: its plan held against what became of it."""
        from tradewind.lib import clock

        chance = random.Random(seed)
        hours = chance.randint(0, 23)
        clock.write(self.path, at=clock.now() + timedelta(hours=hours, minutes=chance.randint(80, 140)), speed=1.0)
        category = chance.choice(("MARKETING", "MARKETING", "UTILITY"))
        timing = chance.choice(({"kind": "now"}, {"kind": "now"}, {"kind": "local", "time": "10:00", "next_day": True},
                                {"kind": "best_hour"}, {"kind": "now", "no_holidays": True}))  # fmt: skip
        numbers = chance.randint(1, NUMBERS)
        campaign = self.draft(
            self.some_people(chance.randint(people, 2 * people), chance), category, preset="custom",
            pacing={"per_minute": chance.randint(10, 30)}, timing=timing, numbers=numbers,
        )  # fmt: skip
        campaign = self.launch_and_wait(campaign, chance, opt_outs=1 if category == "MARKETING" else 0)
        return {
            "seed": seed,
            "category": category,
            "timing": timing["kind"],
            "numbers": numbers,
            **self.judge(campaign),
        }

    def some_people(self, count: int, chance: random.Random) -> int:
        """New contacts with a tag of their own; the tag's row."""
        from tradewind.cli import furnish
        from tradewind.contacts.models import Tag
        from tradewind.lib import clock

        self.serial += 1
        tag = Tag.objects.create(workspace=self.scene.workspace, name=f"Seed {self.serial}", created_at=clock.now())
        base = self.serial * 10_000
        furnish.add_people(self.scene.workspace, (person(base + rank, tag.pk, chance) for rank in range(count)))
        return tag.pk

    def draft(self, tag: int, category: str, *, numbers: int = NUMBERS, **given: Any) -> Any:
        from tradewind.campaigns import actions
        from tradewind.whatsapp.payloads import variables_of

        template = self.templates[category]
        campaign = actions.create(workspace=self.scene.workspace, member=self.scene.owner, name="Forecast")
        return actions.change(
            campaign, member=self.scene.owner, template=template, audience={"kind": "tag", "tag": tag},
            bindings=[{"key": each.slot, "field": "first_name", "fallback": "friend"}
                      for each in variables_of(template.components)],
            numbers=self.scene.numbers[:numbers], **given,
        )  # fmt: skip

    def launch_and_wait(self, campaign: Any, chance: random.Random, opt_outs: int, *, speed: float = SPEED) -> Any:
        """Some say STOP while it runs; the clock runs on quickly while nothing comes due."""
        from tradewind.lib import clock

        self.scene.plan(campaign)
        self.scene.launch(campaign)
        clock.write(self.path, speed=speed)
        leaving = chance.sample(self.people_of(campaign), opt_outs)
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while self.scene.state_of(campaign) == "running":
            if time.monotonic() > give_up:
                raise TimeoutError(f"campaign {campaign.pk} does not end")
            self.go_on(campaign, leaving, speed)
        clock.write(self.path, speed=1.0)
        self.settle(campaign)
        return campaign

    def go_on(self, campaign: Any, leaving: list[int], speed: float) -> None:
        from tradewind.contacts import actions as contacts
        from tradewind.contacts.models import Contact
        from tradewind.lib import clock

        if leaving:
            contacts.opt_out(Contact.objects.get(pk=leaving.pop()), source="console", member=self.scene.owner)
        due_at = self.scene.sql(NEXT_DUE, campaign.run_id, campaign.pk, campaign.run_id)[0][0]
        left = (due_at - clock.now()).total_seconds() if due_at is not None else 0.0
        wanted = max(
            speed, min(LEAP, left / 2)
        )  # never past what comes due: others look at the clock five times a second
        if clock.speed() != wanted:
            clock.write(self.path, speed=wanted)
        time.sleep(0.05)

    def people_of(self, campaign: Any) -> list[int]:
        rows = self.scene.sql("SELECT contact_id FROM recipient WHERE campaign_id = %s AND excluded = ''", campaign.pk)
        return [pk for (pk,) in rows]

    def settle(self, campaign: Any) -> None:
        """Until every message has its last word."""
        open_ones = "SELECT count(*) FROM message WHERE run_id = %s AND state IN ('accepted', 'sent', 'queued')"
        give_up = time.monotonic() + 60
        while self.scene.sql(open_ones, campaign.run_id)[0][0] and time.monotonic() < give_up:
            time.sleep(0.1)

    def judge(self, campaign: Any) -> dict[str, Any]:
        from tradewind.campaigns import outcomes

        figures = outcomes.count(campaign)
        plan = campaign.plan
        true_cost = figures["cost"]["sum"]
        return {
            "people": plan["recipients"],
            "planned_seconds": plan["seconds"],
            "seconds": figures["seconds"],
            "end_error": round(abs(plan["seconds"] - figures["seconds"]) / figures["seconds"], 4),
            "planned_micros": plan["cost"]["expected"],
            "micros": true_cost,
            "cost_error": round(abs(plan["cost"]["expected"] - true_cost) / true_cost, 4),
            "breaches": self.breaches(campaign),
        }

    def breaches(self, campaign: Any) -> dict[str, int]:
        from tradewind.lib.zones import is_quiet

        workspace = self.scene.workspace
        rows = self.scene.sql(SENT, campaign.pk, campaign.run_id)
        marketing = [row for row in rows if row[2] == "marketing"]
        return {
            "quiet_hours": sum(is_quiet(at, zone, workspace.quiet_from, workspace.quiet_to)
                               for _, at, _, zone, *_ in marketing),
            "cap": int(self.scene.sql(MOST_IN_72H, campaign.run_id, workspace.cap_72h)[0][0]),
            # A call that was on its way when the word came may still arrive.
            "opted_out": sum(state == "opted_out" and at > since + timedelta(seconds=SPEED)
                             for _, at, _, _, state, since in marketing),
        }  # fmt: skip


def person(rank: int, tag: int, chance: random.Random) -> Any:
    from tradewind.cli.furnish import Person

    country, zone, phone = chance.choice(PLACES)
    return Person(phone.format(rank), f"Person {rank}", "en", country, zone, tags=(tag,))
