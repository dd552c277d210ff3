"""P13, P14, P15, P27 together: real senders on a virtual clock, through the nights in which clocks change.

What is right is judged by the wall clock of each person, by the moment at which each of them opted out, and by the
simulator's accept log: nothing of the sender's own sums.
"""

import random
import time as real
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.messages.test_promises_out import sent_to
from tests.simulator.running import Running
from tradewind.contacts import actions as contacts
from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages import recover
from tradewind.messages.models import Attempt, Message, Outbox, Run
from tradewind.simulator.world import bench_world
from tradewind.workspaces.models import Member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPRING, AUTUMN = datetime(2026, 3, 28, 22, 0, tzinfo=UTC), datetime(2026, 10, 24, 21, 0, tzinfo=UTC)
HOURS = 12.0
ZONES = ("Europe/Berlin", "Europe/Lisbon", "America/New_York", "Asia/Kolkata")
NIGHTS = ((time(22), time(8)), (time(1, 30), time(2, 45)), (time(2, 15), time(2, 50)))
CAP = 2
SPEED, STEP_SECONDS = 30.0, 0.05
IN_FLIGHT = timedelta(seconds=SPEED)
"""A real second: what has its intent when the word is written may still leave."""


@pytest.fixture(scope="module")
def tireless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Meta that does not mind how fast our clock runs."""
    running = Running(world=bench_world(numbers=2), directory=tmp_path_factory.mktemp("world"))
    yield running
    running.stop()


@dataclass
class Night:
    """Some people in several zones, and runs that come due at any moment of a night."""

    scene: Scene
    path: Path
    begins: datetime
    chance: random.Random
    people: list[Contact] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    leaving: dict[datetime, Contact] = field(default_factory=dict)
    left_at: dict[int, datetime] = field(default_factory=dict)
    ends: dict[int, datetime] = field(default_factory=dict)

    def prepare(self) -> None:
        for zone in ZONES:
            self.people += self.scene.people(12, timezone=zone)
        for quiet_from, quiet_to in (*NIGHTS, NIGHTS[0]):
            run = self.scene.run(quiet_from=quiet_from, quiet_to=quiet_to, cap_72h=CAP)
            self.runs.append(run)
            for due_at in (self.moment() for _ in range(3)):
                for zone in ZONES:
                    self.queue(run, zone, due_at)
        for person in self.chance.sample(self.people, 12):
            self.leaving[self.moment()] = person

    def queue(self, run: Run, zone: str, due_at: datetime) -> None:
        """A few people of the zone who are not in the run yet."""
        some = [person for person in self.people if person.timezone == zone and self.has_none(run, person)]
        ends = due_at + timedelta(hours=self.chance.choice((1, 9, 24)))
        chosen = self.chance.sample(some, min(3, len(some)))
        for message in self.scene.queue(run, chosen, zone=zone, due_at=due_at, expires_at=ends):
            self.ends[message.pk] = ends

    def moment(self) -> datetime:
        return self.begins + timedelta(seconds=self.chance.uniform(60, 6 * 3600))

    @staticmethod
    def has_none(run: Run, person: Contact) -> bool:
        return not Message.objects.filter(run=run, contact=person).exists()

    def play(self) -> None:
        """Until its end; where nothing comes due the clock leaps."""
        ends = self.begins + timedelta(hours=HOURS)
        with sending(lease_seconds=600.0):
            wait_for(lambda: not Outbox.objects.filter(due_at__lte=clock.now()).exists())
            while (now := clock.now()) < ends:
                self.let_leave(now)
                recover.step()
                following = min([*self.leaving, *Outbox.objects.values_list("due_at", flat=True), ends])
                if following - now > 2 * IN_FLIGHT:
                    clock.write(self.path, at=following - IN_FLIGHT / 3, speed=SPEED)
                real.sleep(STEP_SECONDS)

    def let_leave(self, now: datetime) -> None:
        for moment in [moment for moment in self.leaving if moment <= now]:
            person = self.leaving.pop(moment)
            contacts.opt_out(person, source="message", at=now)
            self.left_at[person.pk] = now


def in_night(at: datetime, zone: str, quiet: tuple[time, time]) -> bool:
    wall, (begins, ends) = at.astimezone(ZoneInfo(zone)).time(), quiet
    return begins <= wall < ends if begins < ends else wall >= begins or wall < ends


@pytest.mark.parametrize("begins", [SPRING, AUTUMN], ids=["clocks go on", "clocks go back"])
def test_p13_p14_p15_p27_no_night_no_cap_no_word_is_passed_when_clocks_change(
    transactional_db: None, alice: Member, tireless: Running, tmp_path: Path, begins: datetime
) -> None:
    path = tmp_path / "clock.json"
    clock.write(path, at=begins, speed=SPEED)
    clock.use(f"file:{path}")
    before = len(tireless.lines())
    try:
        night = Night(Scene.make(alice.workspace, tireless.about, numbers=2), path, begins, random.Random(begins.month))
        night.prepare()
        night.play()
    finally:
        clock.forget()
    attempts = list(Attempt.objects.filter(outcome="accepted"))
    messages = Message.objects.select_related("contact", "run").in_bulk([each.message_id for each in attempts])
    for attempt in attempts:
        message = messages[attempt.message_id]
        assert message.run is not None and message.run.quiet_from and message.run.quiet_to
        quiet = (message.run.quiet_from, message.run.quiet_to)
        assert not in_night(attempt.started_at, message.contact.timezone, quiet), (attempt.started_at, quiet)
        assert attempt.started_at < night.ends[message.pk]
        left_at = night.left_at.get(message.contact_id)
        assert left_at is None or attempt.started_at < left_at + IN_FLIGHT
    per_person = Counter(message.contact_id for message in messages.values())
    assert max(per_person.values()) <= CAP  # the whole night lies within 72 hours
    assert set(sent_to(tireless.lines()[before:]).values()) == {1}, "once, never twice"
    reasons = Counter(Message.objects.exclude(state="accepted").values_list("state", "reason"))
    assert len(attempts) > 40 and len(night.left_at) == 12
    assert (
        reasons["skipped", "cap_72h"] > 0 and reasons["skipped", "opted_out"] > 0 and reasons["expired", "expired"] > 0
    )
    assert set(reasons) <= {
        ("skipped", "cap_72h"), ("skipped", "opted_out"), ("expired", "expired"), ("queued", ""),
    }, reasons  # fmt: skip
