"""A business with numbers, people and runs in the database, wired to a simulator."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tradewind.contacts.models import Contact, Identity
from tradewind.lib import clock
from tradewind.messages.models import PRIORITY_MARKETING, PRIORITY_UTILITY, Content, Message, Run, ServiceWindow
from tradewind.numbers import access
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.workspaces.models import Workspace

_serial = itertools.count(1)

EACH = 50
STANDING = (
    """
    CREATE TEMP TABLE crowd ON COMMIT PRESERVE ROWS AS
    SELECT nextval(pg_get_serial_sequence('contact', 'id')) AS id, n FROM generate_series(1, %(people)s) AS n
    """,
    """
    INSERT INTO contact (id, workspace_id, name, marketing, timezone, created_at, fields)
    SELECT id, %(workspace)s, 'Person ' || n, 'opted_in', 'UTC', %(now)s, '{}' FROM crowd
    """,
    """
    INSERT INTO identity (workspace_id, contact_id, kind, value, seen_at)
    SELECT %(workspace)s, id, 'phone', '+' || (%(phone)s + n), %(now)s FROM crowd
    """,
    """
    WITH made AS (
      INSERT INTO message (workspace_id, number_id, contact_id, direction, kind, category, state, run_id, step,
                           content_id, variables, created_at)
      SELECT %(workspace)s, %(number)s, id, 'out', 'template', %(category)s, 'queued', %(run)s, step, %(content)s,
             '{"body.1": "Ada", "body.2": "A1"}', %(now)s
      FROM generate_series(0, %(each)s - 1) AS step CROSS JOIN crowd LIMIT %(count)s
      RETURNING id, contact_id
    )
    INSERT INTO outbox (message_id, workspace_id, number_id, portfolio_id, contact_id, run_id, content_id, priority,
                        due_at, zone, is_marketing)
    SELECT id, %(workspace)s, %(number)s, %(portfolio)s, contact_id, %(run)s, %(content)s, %(priority)s, %(now)s,
           'UTC', %(is_marketing)s FROM made
    """,
    """
    INSERT INTO tally (workspace_id, run_id, number_id, name, n)
    VALUES (%(workspace)s, %(run)s, %(number)s, 'queued', %(count)s)
    """,
    "DROP TABLE crowd",
)

COMPONENTS = [{"type": "BODY", "text": "Hello {{1}}, your code is {{2}}."}]


@dataclass
class Scene:
    """What the tests of the way out stand on. `numbers` are the simulator's, in its order."""

    workspace: Workspace
    address: str
    about: dict[str, Any]
    numbers: list[Number] = field(default_factory=list)

    @classmethod
    def make(
        cls, workspace: Workspace, about: dict[str, Any], *, numbers: int = 1, per_second: int = 80,
        people_limit: int | None = None, address: str = "",
    ) -> "Scene":  # fmt: skip
        scene = cls(workspace, address or about["address"], about)
        now = clock.now()
        app = App.objects.create(
            workspace=workspace, meta_id=about["app_id"], webhook_path=f"path-{next(_serial)}",
            graph_url=scene.address, created_at=now,
        )  # fmt: skip
        app.secret = access.seal_secret(app, about["app_secret"])
        app.save()
        for shown in about["numbers"][:numbers]:
            scene.numbers.append(scene._number(app, shown, per_second, people_limit, now))
        return scene

    def _number(
        self, app: App, shown: dict[str, Any], per_second: int, people_limit: int | None, now: datetime
    ) -> Number:
        portfolio, _ = Portfolio.objects.get_or_create(
            workspace=self.workspace, meta_id=shown["portfolio_id"],
            defaults={"name": "Portfolio", "people_limit": people_limit},
        )  # fmt: skip
        account = Account.objects.filter(waba_id=shown["waba_id"]).first()
        if account is None:
            account = Account.objects.create(
                workspace=self.workspace, app=app, portfolio=portfolio, waba_id=shown["waba_id"], name="Account",
                created_at=now, subscribed_at=now,
            )  # fmt: skip
            account.token = access.seal_token(account, self.about["token"])
            account.save()
        return Number.objects.create(
            workspace=self.workspace, account=account, portfolio=portfolio, phone_number_id=shown["phone_number_id"],
            phone="+" + "".join(filter(str.isdigit, shown["display_phone_number"])), name=shown["verified_name"],
            throughput=per_second, created_at=now,
        )  # fmt: skip

    def people(self, count: int, **fields: Any) -> list[Contact]:
        """Contacts with phones, opted in unless it is said otherwise."""
        now = clock.now()
        given = {"marketing": "opted_in", "timezone": "UTC", **fields}
        people = Contact.objects.bulk_create(
            Contact(workspace=self.workspace, name=f"Person {n}", created_at=now, **given) for n in range(count)
        )
        Identity.objects.bulk_create(
            Identity(
                workspace=self.workspace,
                contact=person,
                kind="phone",
                value=f"+4915{next(_serial) + 200000000}",
                seen_at=now,
            )
            for person in people
        )
        return people

    def run(self, **fields: Any) -> Run:
        """An open run of the simulator's bench template."""
        now = clock.now()
        content = Content.objects.create(
            workspace=self.workspace, created_at=now,
            payload={"name": "bench_marketing", "language": "en_US", "parameter_format": "POSITIONAL",
                     "components": self.components()},
        )  # fmt: skip
        given = {"category": "marketing", "stop_unknown_share": None, **fields}
        return Run.objects.create(workspace=self.workspace, content=content, created_at=now, **given)

    def components(self) -> list[dict[str, Any]]:
        return next(t["components"] for t in self.about["templates"] if t["name"] == "bench_marketing")

    def queue(self, run: Run, people: list[Contact], **fields: Any) -> list[Message]:
        """What the feeder does: a message and an outbox row for each person, spread over the numbers."""
        now = clock.now()
        messages = Message.objects.bulk_create(
            Message(
                workspace=self.workspace, number=self.numbers[rank % len(self.numbers)], contact=person,
                direction="out",
                kind="template", category=run.category, state="queued", run=run, content=run.content,
                variables={"body.1": "Ada", "body.2": "A1"}, created_at=now,
            )
            for rank, person in enumerate(people)
        )  # fmt: skip
        is_marketing = run.category == "marketing"
        given = {
            "due_at": now, "expires_at": None, "zone": "UTC", "is_marketing": is_marketing,
            "priority": PRIORITY_MARKETING if is_marketing else PRIORITY_UTILITY, **fields,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO outbox (message_id, workspace_id, number_id, portfolio_id, contact_id, run_id, content_id,"
                " priority, due_at, expires_at, zone, is_marketing)"
                " SELECT m.id, m.workspace_id, m.number_id, n.portfolio_id, m.contact_id, m.run_id, m.content_id,"
                " %(priority)s, %(due_at)s, %(expires_at)s, %(zone)s, %(is_marketing)s"
                " FROM message m JOIN number n ON n.id = m.number_id WHERE m.id = ANY(%(ids)s)",
                {**given, "ids": [message.pk for message in messages]},
            )
            cursor.execute(
                "INSERT INTO tally (workspace_id, run_id, number_id, name, n)"
                " SELECT workspace_id, run_id, number_id, 'queued', count(*) FROM message WHERE id = ANY(%s)"
                " GROUP BY 1, 2, 3",
                [[message.pk for message in messages]],
            )
        return messages

    def standing(self, run: Run, count: int) -> None:
        """A queue of so many that waits for the first number: fifty messages to each person, made by the database."""
        number, people = self.numbers[0], -(-count // EACH)
        given = {
            "workspace": self.workspace.pk, "number": number.pk, "portfolio": number.portfolio_id, "run": run.pk,
            "content": run.content_id, "category": run.category, "is_marketing": run.category == "marketing",
            "priority": PRIORITY_MARKETING if run.category == "marketing" else PRIORITY_UTILITY,
            "now": clock.now(), "people": people, "count": count, "each": EACH,
            "phone": 49152000000000 + next(_serial) * 10_000_000,
        }  # fmt: skip
        with connection.cursor() as cursor:
            for statement in STANDING:
                cursor.execute(statement, given)

    def hear(self, simulator: Any, person: Contact) -> None:
        """The person writes to the first number, so that Meta, too, has an open window."""
        phone = person.identities.get().value
        simulator.admin(
            "inbound",
            {"phone_number_id": self.numbers[0].phone_number_id, "from": phone, "type": "text", "text": {"body": "Hi"}},
        )

    def open_window(self, person: Contact, number: Number | None = None) -> None:
        now = clock.now()
        ServiceWindow.objects.update_or_create(
            number=number or self.numbers[0], contact=person, workspace=self.workspace,
            defaults={"last_inbound_at": now, "closes_at": now + timedelta(hours=24)},
        )  # fmt: skip
