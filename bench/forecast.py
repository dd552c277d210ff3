"""`tradewind bench forecast`: campaigns drawn by chance, played by a whole installation on a virtual clock.

Does each end when its plan said, cost what it said, and keep quiet hours, caps and opt-outs? Several go out at the same
time, each from numbers of its own and to people some of whom are in another one's audience as well.

Meta is the simulator: it prices each message, some people are not on WhatsApp, and what it says is the truth that the
plan's cost is held against. An audience is large enough that chance alone stays well below the bar of 2 %: with 1,200
people of whom 2 % cannot be reached, and prices that differ tenfold, half a per cent.
"""

import math
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.hurry import FASTEST, Hurry
from bench.stage import Scene, stage

PROCESSES = {"web": 1, "sender": 1, "worker": 1}
ENVIRONMENT = {"TRADEWIND_LEASE_SECONDS": "300"}
"""Real seconds, by the speed at which a lease was taken: it outlives a sudden leap of the clock."""
TOGETHER, NUMBERS = 10, 4
BEGINS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAST = 3_000
"""Messages of the past from which the plan learns what arrives as a rule."""
GIVE_UP_SECONDS = 600.0
SETTLE_SECONDS = 60.0
CAP_72H = 1
SHARES = {"reads": 0.977, "not_on_whatsapp": 0.02, "stops": 0.003}
OPT_OUTS = 0.002
"""The part of an audience that says STOP on another way while the campaign goes on."""
AGAIN, ALSO = 30, 4
"""People who got one of the campaigns before, and who are in the audience of one that is going out just now."""
# Where people live, with a phone of each place: the same chance for each.
PLACES = (
    ("DE", "Europe/Berlin", "+4915{:09}"), ("IT", "Europe/Rome", "+3934{:08}"), ("GB", "Europe/London", "+447{:09}"),
    ("AE", "Asia/Dubai", "+97150{:07}"), ("CO", "America/Bogota", "+57310{:07}"), ("IN", "Asia/Kolkata", "+919{:09}"),
)  # fmt: skip

# `started_at`: the intent, which is what the promises speak of; what is in flight may arrive a moment later.
SENT = """
SELECT attempt.started_at, message.category, recipient.zone, contact.marketing, contact.marketing_at
FROM message JOIN recipient ON recipient.campaign_id = %s AND recipient.contact_id = message.contact_id
JOIN contact ON contact.id = message.contact_id
JOIN attempt ON attempt.message_id = message.id AND attempt.outcome = 'accepted'
WHERE message.run_id = %s
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


@dataclass(slots=True)
class Flight:
    """A campaign of one seed, and who leaves when."""

    seed: int
    campaign: Any
    drawn: dict[str, Any]
    leaving: list[tuple[float, int]]  # (unix time, contact), the next one last


def run(*, seeds: int = 30, first_seed: int = 1, people: int = 1_200, data: Path | None = None) -> dict[str, Any]:
    """Figures: for each seed end_error and cost_error (shares of the truth) and breaches; and the worst of all."""
    from tradewind.lib import clock

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clock.json"
        clock.write(path, at=BEGINS, speed=1.0)
        clock.use(f"file:{path}")
        env = {"TRADEWIND_CLOCK": f"file:{path}", **ENVIRONMENT}
        with stage(data=data, numbers=TOGETHER * NUMBERS, people=0, processes=PROCESSES, env=env) as scene:
            player = Player(scene, path)
            player.make_a_past()
            waves = parted(list(range(first_seed, first_seed + seeds)), TOGETHER)
            lines = [line for wave in waves for line in player.play(wave, people)]
    return {
        "seeds": lines,
        "worst_end_error": max(line["end_error"] for line in lines),
        "worst_cost_error": max(line["cost_error"] for line in lines),
        "breaches": sum(sum(line["breaches"].values()) for line in lines),
        "messages": sum(line["sent"] for line in lines),
        "seconds": round(time.monotonic() - began),
    }


class Player:
    """Plays wave after wave of campaigns in the same installation."""

    def __init__(self, scene: Scene, path: Path) -> None:
        from tradewind.campaigns.rates import example
        from tradewind.cli.simulated import Simulated

        self.scene, self.path, self.hurry = scene, path, Hurry(scene, path)
        self.serial = 0
        self.groups = [group for account in accounts_of(scene) for group in parted(account, NUMBERS)]
        self.waves: list[list[Flight]] = [[]]
        scene.workspace.cap_72h = CAP_72H
        scene.workspace.save()
        example.add(scene.workspace, scene.owner)
        Simulated(scene.stack.simulator["address"]).tell("customers", {"shares": SHARES})

    def make_a_past(self) -> None:
        """A campaign of each category that went out at full speed."""
        for category, group in zip(("MARKETING", "UTILITY"), self.groups, strict=False):
            tag = self.some_people(PAST, random.Random(0))
            campaign = self.draft(tag, category, group, preset="fast", quiet_hours=False)
            self.launch(campaign)
            self.hurry.until_done({campaign.pk: [math.inf]}, lambda now: None, GIVE_UP_SECONDS)
            self.settle([campaign])

    def play(self, seeds: list[int], people: int) -> list[dict[str, Any]]:
        """A wave, launched at one hour drawn by chance: each plan held against what became of it."""
        from tradewind.lib import clock

        chance = random.Random(seeds[0])
        later = timedelta(hours=chance.randint(0, 23), minutes=chance.randint(80, 140))
        clock.write(self.path, at=clock.now() + later, speed=1.0)
        flights: list[Flight] = []
        for seed, group in zip(seeds, self.groups, strict=False):
            flights.append(self.take_off(seed, group, people, flights))
        paces: dict[int, Sequence[float]] = {
            each.campaign.pk: [each.drawn["per_minute"] / 60] * each.drawn["numbers"] for each in flights
        }
        self.hurry.until_done(paces, lambda now: self.let_leave(flights, now), GIVE_UP_SECONDS)
        self.settle([each.campaign for each in flights])
        self.waves.append(flights)
        return [{"seed": each.seed, **each.drawn, **self.judge(each.campaign)} for each in flights]

    def take_off(self, seed: int, group: list[Any], people: int, others: list[Flight]) -> Flight:
        """Draw a campaign, plan it and launch it."""
        from tradewind.lib import clock

        chance = random.Random(seed)
        category = chance.choice(("MARKETING", "MARKETING", "UTILITY"))
        timing = chance.choice(({"kind": "now"}, {"kind": "now"}, {"kind": "local", "time": "10:00", "next_day": True},
                                {"kind": "best_hour"}, {"kind": "now", "no_holidays": True}))  # fmt: skip
        numbers, per_minute = chance.randint(2, NUMBERS), chance.randint(20, 60)
        tag = self.some_people(chance.randint(people, people * 3 // 2), chance)
        self.add_known_people(tag, others, chance)
        campaign = self.draft(
            tag, category, group[:numbers], preset="custom", pacing={"per_minute": per_minute}, timing=timing
        )
        self.launch(campaign)
        drawn = {"category": category, "timing": timing["kind"], "numbers": numbers, "per_minute": per_minute}
        return Flight(seed, campaign, drawn, self.draw_leaving(campaign, chance, clock.time()))

    def some_people(self, count: int, chance: random.Random) -> Any:
        """New contacts with a tag of their own; the tag."""
        from tradewind.cli import furnish
        from tradewind.contacts.models import Tag
        from tradewind.lib import clock

        self.serial += 1
        tag = Tag.objects.create(workspace=self.scene.workspace, name=f"Seed {self.serial}", created_at=clock.now())
        base = self.serial * 10_000
        furnish.add_people(self.scene.workspace, (person(base + rank, tag.pk, chance) for rank in range(count)))
        return tag

    def add_known_people(self, tag: Any, others: list[Flight], chance: random.Random) -> None:
        """Some who got a campaign of the wave before, and some who are to get another one just now."""
        from tradewind.contacts import actions
        from tradewind.contacts.models import Contact

        found: list[int] = []
        for flights, most in ((self.waves[-1], AGAIN), (others, ALSO)):
            if flights:
                known = self.people_of(chance.choice(flights).campaign)
                found += chance.sample(known, min(most, len(known)))
        for contact in Contact.objects.filter(pk__in=found):
            actions.tag(contact, tag=tag, member=self.scene.owner)

    def draft(self, tag: Any, category: str, numbers: list[Any], **given: Any) -> Any:
        from tradewind.campaigns import actions
        from tradewind.templates.models import Template
        from tradewind.whatsapp.payloads import variables_of

        template = Template.objects.get(account_id=numbers[0].account_id, category=category)
        campaign = actions.create(workspace=self.scene.workspace, member=self.scene.owner, name="Forecast")
        return actions.change(
            campaign, member=self.scene.owner, template=template, audience={"kind": "tag", "tag": tag.pk},
            bindings=[{"key": each.slot, "field": "first_name", "fallback": "friend"}
                      for each in variables_of(template.components)],
            numbers=numbers, **given,
        )  # fmt: skip

    def launch(self, campaign: Any) -> None:
        self.scene.plan(campaign)
        self.scene.launch(campaign)

    def draw_leaving(self, campaign: Any, chance: random.Random, now: float) -> list[tuple[float, int]]:
        """Who says STOP while a marketing campaign goes on, at any moment until its planned end."""
        if campaign.template.category != "MARKETING":
            return []
        known = self.people_of(campaign)
        leaving = chance.sample(known, max(1, round(OPT_OUTS * len(known))))
        return sorted(
            ((now + chance.random() * campaign.plan["seconds"], contact) for contact in leaving), reverse=True
        )

    def let_leave(self, flights: list[Flight], now: float) -> float | None:
        """Opt out whose moment has come; when the next one's comes."""
        from tradewind.contacts import actions
        from tradewind.contacts.models import Contact

        for flight in flights:
            while flight.leaving and flight.leaving[-1][0] <= now:
                contact = Contact.objects.get(pk=flight.leaving.pop()[1])
                actions.opt_out(contact, source="console", member=self.scene.owner)
        return min((flight.leaving[-1][0] for flight in flights if flight.leaving), default=None)

    def people_of(self, campaign: Any) -> list[int]:
        rows = self.scene.sql(
            "SELECT contact_id FROM recipient WHERE campaign_id = %s AND excluded = '' ORDER BY 1", campaign.pk
        )
        return [pk for (pk,) in rows]

    def settle(self, campaigns: list[Any]) -> None:
        """Until every message has its last word. Raises RuntimeError for a campaign that was stopped."""
        open_ones = "SELECT count(*) FROM message WHERE run_id = ANY(%s) AND state IN ('accepted', 'sent', 'queued')"
        runs = []
        for campaign in campaigns:
            campaign.refresh_from_db()
            if campaign.state != "done":
                raise RuntimeError(f"campaign {campaign.pk} is {campaign.state}: {campaign.state_reason}")
            runs.append(campaign.run_id)
        give_up = time.monotonic() + SETTLE_SECONDS
        while self.scene.sql(open_ones, runs)[0][0]:
            if time.monotonic() > give_up:
                raise TimeoutError("messages have no last word")
            time.sleep(0.1)

    def judge(self, campaign: Any) -> dict[str, Any]:
        from tradewind.campaigns import outcomes

        figures = outcomes.count(campaign)
        plan = campaign.plan
        true_cost = figures["cost"]["sum"]
        return {
            "people": plan["recipients"],
            "sent": figures["gone"],
            "left_out_on_the_way": figures["left_out"],
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
        marketing = [row for row in rows if row[1] == "marketing"]
        # The word is written down half a real second after it was said, at the most.
        breath = timedelta(seconds=FASTEST / 2)
        return {
            "quiet_hours": sum(is_quiet(at, zone, workspace.quiet_from, workspace.quiet_to)
                               for at, _, zone, *_ in marketing),
            "cap": int(self.scene.sql(MOST_IN_72H, campaign.run_id, workspace.cap_72h)[0][0]),
            "opted_out": sum(state == "opted_out" and at > since + breath for at, _, _, state, since in marketing),
        }  # fmt: skip


def parted(items: list[Any], size: int) -> list[list[Any]]:
    """In parts of so many; the last may be smaller."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def accounts_of(scene: Scene) -> list[list[Any]]:
    """The numbers of each account: a template belongs to one."""
    accounts: dict[int, list[Any]] = {}
    for number in scene.numbers:
        accounts.setdefault(number.account_id, []).append(number)
    return list(accounts.values())


def person(rank: int, tag: int, chance: random.Random) -> Any:
    from tradewind.cli.furnish import Person

    country, zone, phone = chance.choice(PLACES)
    return Person(phone.format(rank), f"Person {rank}", "en", country, zone, tags=(tag,))
