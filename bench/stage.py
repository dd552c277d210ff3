"""The stage of a bench: a whole installation in a folder of its own, furnished with numbers and people."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.usage import cpu_seconds
from tradewind.cli.simulated import Simulated
from tradewind.cli.stack import Stack, wait_until
from tradewind.simulator.world import bench_world

PASSWORD = "a bench needs no secrets"  # noqa: S105 - nor has it any
EMAIL = "owner@bench.example"


class Scene:
    """What a bench can do and ask. Made by `stage`."""

    def __init__(self, stack: Stack, people: int) -> None:
        self.stack = stack
        self.host, self.port = stack.host, stack.port
        self.furnish(people)

    def furnish(self, people: int) -> None:
        from tradewind.cli import furnish
        from tradewind.numbers.models import Number
        from tradewind.workspaces import actions

        self.owner = actions.set_up(
            name="Bench", country="DE", timezone="Europe/Berlin", locale="en", owner_name="Owner",
            email=EMAIL, password=PASSWORD,
        )  # fmt: skip
        self.workspace = self.owner.workspace
        self.app = furnish.connect(self.workspace, self.owner, self.stack.simulator)
        furnish.add_people(self.workspace, (person(rank) for rank in range(people)))
        self.sql("ANALYZE")
        self.numbers = list(Number.objects.filter(workspace=self.workspace).order_by("phone_number_id"))
        self.waba_id, self.phone_number_id = self.numbers[0].account.waba_id, self.numbers[0].phone_number_id

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def people(self) -> list[int]:
        """Everybody's number, in order."""
        return [
            id for (id,) in self.sql("SELECT id FROM contact WHERE workspace_id = %s ORDER BY id", self.workspace.pk)
        ]

    def reckon(self, people: list[int]) -> float:
        """Reckon where these stand, as many at once as the worker does; how many seconds it took."""
        from django.db import transaction

        from tradewind.contacts.standing import reckon
        from tradewind.contacts.standing.loops import AT_ONCE
        from tradewind.journal.connections import hot_cursor

        began = time.perf_counter()
        for start in range(0, len(people), AT_ONCE):
            with transaction.atomic(), hot_cursor() as cursor:
                reckon(cursor, self.workspace.pk, people[start : start + AT_ONCE])
        return time.perf_counter() - began

    def drafted_campaign(self, category: str = "UTILITY") -> Any:
        from tradewind.cli import furnish
        from tradewind.templates.models import Template

        template = Template.objects.filter(workspace=self.workspace, category=category).order_by("id").first()
        assert template is not None
        senders = [number for number in self.numbers if number.account_id == template.account_id]
        return furnish.draft_campaign(
            self.workspace, self.owner, name="Bench", template=template, audience={"kind": "everybody"}, senders=senders
        )

    def plan(self, campaign: Any, *, seconds: float = 120) -> None:
        """Ask the worker for the plan and wait for it."""
        from tradewind.campaigns import actions

        actions.plan(campaign, member=self.owner)
        wait_until(lambda: self.state_of(campaign) == "planned", "the plan did not come", seconds)

    def planned_campaign(self) -> Any:
        campaign = self.drafted_campaign()
        self.plan(campaign)
        return campaign

    def state_of(self, campaign: Any) -> str:
        campaign.refresh_from_db()
        return str(campaign.state)

    def launch(self, campaign: Any) -> None:
        from tradewind.campaigns import actions

        actions.launch(campaign, member=self.owner)
        campaign.refresh_from_db()

    def reached(self, campaign: Any, name: str) -> int:
        """How many have ever reached this state, from the tallies."""
        rows = self.sql("SELECT coalesce(sum(n), 0) FROM tally WHERE run_id = %s AND name = %s", campaign.run_id, name)
        return int(rows[0][0])

    def first_attempt_after(self, campaign: Any) -> float | None:
        """Seconds from the launch to the first call, when there was one."""
        rows = self.sql(
            "SELECT extract(epoch FROM min(accepted_at) - min(campaign.launched_at)) FROM campaign"
            " JOIN message USING (run_id) WHERE campaign.id = %s AND accepted_at IS NOT NULL",
            campaign.pk,
        )
        return None if rows[0][0] is None else float(rows[0][0])

    def pause_and_measure(self, campaign: Any) -> float:
        """Pause; seconds from the pause to the last call that still began."""
        from tradewind.campaigns import actions

        actions.pause(campaign, member=self.owner)
        (paused_at,) = self.sql("SELECT state_at FROM run WHERE id = %s", campaign.run_id)[0]
        wait_until(lambda: not self.in_flight(campaign), "calls went on after the pause", 30)
        (last,) = self.sql(
            "SELECT max(attempt.started_at) FROM attempt JOIN message ON message.id = message_id WHERE run_id = %s",
            campaign.run_id,
        )[0]
        return max(0.0, (last - paused_at).total_seconds())

    def in_flight(self, campaign: Any) -> bool:
        return bool(self.sql("SELECT 1 FROM outbox WHERE run_id = %s AND stage = 'inflight' LIMIT 1", campaign.run_id))

    def pages_of(self, campaign: Any) -> list[str]:
        from django.urls import reverse

        from tradewind.workspaces.door import public_id

        args = [public_id(campaign)]
        return [reverse(f"campaigns:{page}", args=args) for page in ("live", "progress", "plan", "log")]

    @contextmanager
    def browser(self) -> Iterator[Callable[[str], int]]:
        """A signed-in session over one keep-alive connection; get(path) returns the status."""
        import http.client

        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        headers = {"Cookie": session_cookie(self.owner)}

        def get(path: str) -> int:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{path} answered {answer.status}")
            return answer.status

        yield get
        connection.close()

    def cpu_parts(self) -> dict[str, float]:
        """CPU seconds so far of each kind of process and of PostgreSQL, without the simulator and this process."""
        parts = {kind: cpu_seconds(self.stack.pids(kind)) for kind in ("web", "sender", "worker")}
        return {**parts, "postgres": cpu_seconds([self.postmaster()])}

    def cpu_seconds(self) -> float:
        return sum(self.cpu_parts().values())

    def postmaster(self) -> int:
        assert self.stack.cluster is not None
        pid = self.stack.cluster.status().pid
        assert pid is not None
        return pid

    def simulator_state(self) -> dict[str, Any]:
        return Simulated(self.stack.simulator["address"]).state()

    def request(self, body: bytes) -> bytes:
        """A signed webhook for this installation's door, as raw HTTP."""
        from bench.webhook_load import request_of

        path, secret = f"/webhooks/{self.app.webhook_path}", self.stack.simulator["app_secret"]
        return request_of(f"{self.host}:{self.port}", path, body, secret)

    def projected(self) -> int:
        return int(
            self.sql("SELECT (SELECT count(*) FROM webhook_inbox) - (SELECT count(*) FROM webhook_waiting)")[0][0]
        )

    def sent_messages(self, count: int) -> list[str]:
        """Messages that Meta has accepted, as if a campaign had just gone out; returns their wamids."""
        self.sql(
            "INSERT INTO message (workspace_id, number_id, contact_id, direction, kind, category, state, rank, wamid,"
            " created_at, accepted_at) SELECT %s, %s, id, 'out', 'template', 'utility', 'accepted', 1,"
            " 'wamid.bench.' || id, now(), now() FROM contact WHERE workspace_id = %s ORDER BY id LIMIT %s",
            self.workspace.pk, self.numbers[0].pk, self.workspace.pk, count,
        )  # fmt: skip
        self.sql("ANALYZE message")
        return [
            wamid for (wamid,) in self.sql("SELECT wamid FROM message WHERE wamid LIKE 'wamid.bench.%%' ORDER BY id")
        ]


def person(rank: int) -> Any:
    from tradewind.cli.furnish import Person

    return Person(f"+4915{1_000_000_000 + rank}", f"Person {rank}", "de", "DE", "Europe/Berlin")


def session_cookie(member: Any) -> str:
    """A real session, made as sign-in makes it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from tradewind.workspaces.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def stage(
    *,
    data: Path | None,
    numbers: int,
    people: int,
    processes: dict[str, int],
    lifted: bool = True,
    env: dict[str, str] | None = None,
) -> Iterator[Scene]:
    """Bring everything up, furnish it, and take it down again."""
    world = bench_world(numbers=numbers, limits_lifted=lifted)
    for number in world.numbers:
        number.throughput = "HIGH" if lifted else "STANDARD"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "world.json"
        path.write_text(json.dumps(world.as_json()))
        settings = {"TRADEWIND_ENV": "demo", **(env or {})}
        with Stack(data=data, simulator={"world": path}, processes=processes, env=settings) as stack:
            stack.use_here()
            yield Scene(stack, people)
