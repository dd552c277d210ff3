"""The stage of `bench segments`: people with ten tags each, their standing, a campaign, and a year of journal.

Made set-wise in SQL and kept in the bench's data folder, so that the next run finds it. The journal's months are
filled as tables of their own, indexed, and then attached: three times as quick as inserting into indexed partitions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

MONTHS = 12
TAGS_EACH = 10
# Twelve dimensions with ten tags each; in a dimension the first tag is common and the last is rare.
DIMENSIONS = (
    "Interest", "Stage", "Source", "Frequency", "Spend", "Place", "Language", "Product", "Service", "Season",
    "Channel", "Mood",
)  # fmt: skip
TAGS_A_DIMENSION = 10
# Of a hundred journal entries so many are of this kind.
KINDS = {
    "message.accepted": 24, "message.delivered": 22, "message.read": 15, "message.received": 5, "page.viewed": 18,
    "link.clicked": 7, "cart.updated": 4, "order.placed": 3, "order.paid": 1, "quote.sent": 1,
}  # fmt: skip
RUN_SHARE = 10  # every so many-th person got the campaign

PEOPLE = """
INSERT INTO contact (workspace_id, name, language, country, city, timezone, company, marketing, fields, created_at,
                     last_inbound_at)
SELECT %(workspace)s,
  (ARRAY['Anna','Marco','Ahmed','Wei','Somchai','João','Katharina','Fatima','Olivia'])[1 + (n * 7) %% 9] || ' '
    || (ARRAY['Vogel','Rossi','Hassan','Chen','Pereira','Schmidt','Ali','Hart'])[1 + (n * 11) %% 8] || ' ' || n,
  (ARRAY['de','it','ar','en','de','it','es','pt'])[1 + n %% 8],
  CASE WHEN n %% 3000 = 17 THEN 'NP' ELSE (ARRAY['DE','IT','AE','GB','DE','AT','ES','BR'])[1 + n %% 8] END,
  'City ' || (n * 37) %% 60, 'Europe/Berlin', CASE WHEN n %% 5 = 0 THEN 'Company ' || n %% 1000 ELSE '' END,
  (ARRAY['unknown','opted_in','opted_in','opted_in','opted_out'])[1 + (n / 7) %% 5],
  CASE WHEN n %% 2 = 0 THEN jsonb_build_object(
    'size', (ARRAY['S','M','L','XL'])[1 + (n / 2) %% 4], 'points', (n * 13) %% 1000,
    'birthday', to_char(date '1960-01-01' + (n * 17) %% 16000, 'YYYY-MM-DD')) ELSE '{}' END,
  %(now)s::timestamptz - (n * 31 %% 1000) * interval '1 day',
  CASE WHEN n %% 3 = 0 THEN %(now)s::timestamptz - (n * 7 %% 400) * interval '1 day' END
FROM generate_series(1, %(contacts)s) AS n
"""
IDENTITIES = """
INSERT INTO identity (workspace_id, contact_id, kind, value, seen_at)
SELECT workspace_id, id, 'phone', '+49' || 15000000000 + id, created_at FROM contact WHERE workspace_id = %(workspace)s
"""
# Ten of the twelve dimensions each, in each of them one tag, by a square of chance: the first is had by a third.
TAGGED = """
INSERT INTO contact_tags (contact_id, workspace_id, tags)
SELECT id, workspace_id, ARRAY(
  SELECT %(first_tag)s + ((id + d * 5) %% 12)::int * 10 + floor(10 * power(random(), 2))::int
  FROM generate_series(1, %(tags_each)s) AS d WHERE id IS NOT NULL)
FROM contact WHERE workspace_id = %(workspace)s
"""
STANDING = """
INSERT INTO contact_standing (contact_id, workspace_id, engagement, intent, heat, grade, recency, frequency, monetary,
                              stage, orders, reasons, reckoned_at)
SELECT id, workspace_id, floor(100 * power(random(), 2))::int, round((random() * 9)::numeric, 1),
  floor(4 * power(random(), 3))::int, (ARRAY['A','B','C','C','C'])[1 + id %% 5], 1 + id %% 5, 1 + id / 5 %% 5,
  1 + id / 25 %% 5, (ARRAY['new','growing','at_risk','sleeping','history'])[1 + id / 7 %% 5],
  floor(20 * power(random(), 3))::int,
  '{"engagement": [["opened 4 of 10 messages", 16], ["answered within an hour", 20]], "intent": [["asked", 1.5]]}',
  %(now)s
FROM contact WHERE workspace_id = %(workspace)s
"""
WINDOWS = """
INSERT INTO service_window (workspace_id, number_id, contact_id, last_inbound_at, closes_at)
SELECT workspace_id, %(number)s, id, last_inbound_at, last_inbound_at + interval '24 hours'
FROM contact WHERE workspace_id = %(workspace)s AND last_inbound_at IS NOT NULL
"""
MESSAGES = """
INSERT INTO message (workspace_id, number_id, contact_id, direction, kind, category, state, rank, run_id, created_at,
                     accepted_at, sent_at, delivered_at, read_at)
SELECT workspace_id, %(number)s, id, 'out', 'template', 'marketing',
  (ARRAY['read','delivered','read','failed','accepted'])[1 + id %% 5], (ARRAY[4, 3, 4, 1, 1])[1 + id %% 5], %(run)s,
  at, at, CASE WHEN id %% 5 < 3 THEN at END, CASE WHEN id %% 5 < 3 THEN at END,
  CASE WHEN id %% 5 IN (0, 2) THEN at END
FROM contact, (SELECT %(now)s::timestamptz - interval '9 days' AS at) AS moment
WHERE workspace_id = %(workspace)s AND id %% %(run_share)s = 0
"""
# Times grow with n, as they do in a journal that is lived; who it is about is chance, some people more than others.
MONTH = """
INSERT INTO {table} (workspace_id, at, kind, contact_id, data)
SELECT %(workspace)s, %(begin)s::timestamptz + n * %(step)s::interval, kind,
  %(first_contact)s + floor(%(contacts)s * power(chance, 1.5))::bigint,
  CASE WHEN kind IN ('order.placed', 'order.paid', 'cart.updated', 'quote.sent') THEN jsonb_build_object(
    'amount', (n %% 100000 * 7919) %% 500000 / 100.0, 'currency', (ARRAY['EUR','EUR','USD'])[1 + n %% 3],
    'product', 'product ' || n %% 500)
  WHEN kind IN ('page.viewed', 'link.clicked') THEN jsonb_build_object('product', 'product ' || n %% 500) END
FROM (SELECT n, random() AS chance, (%(kinds)s::text[])[1 + floor(100 * random())::int] AS kind
      FROM generate_series(0, %(entries)s - 1) AS n OFFSET 0) AS drawn
"""


@dataclass(frozen=True)
class Stage:
    """What the bench asks about."""

    workspace: Any
    campaign: Any
    tags: list[str]
    now: datetime


def stand(contacts: int, entries: int, now: datetime) -> Stage:
    """The stage in Django's database, made when it is not there. Raises ValueError for one of another size."""
    from tradewind.campaigns.models import Campaign
    from tradewind.contacts.models import Tag
    from tradewind.workspaces.models import Workspace

    name = f"Bench {contacts} {entries}"
    workspace = Workspace.objects.first()
    if workspace is not None and workspace.name != name:
        raise ValueError(f"This folder holds the stage “{workspace.name}”. Choose another with --data.")
    if workspace is None:
        make(name, contacts, entries, now)
        workspace = Workspace.objects.get()
    campaign = Campaign.objects.get(workspace=workspace)
    tags = list(Tag.objects.filter(workspace=workspace).order_by("pk").values_list("name", flat=True))
    return Stage(workspace, campaign, tags, campaign.created_at)


def make(name: str, contacts: int, entries: int, now: datetime) -> None:
    """All of it; the workspace gets its name last, so that a stage that was not finished is not taken for one."""
    from tradewind.workspaces.models import Workspace

    workspace = Workspace.objects.create(name="unfinished", timezone="Europe/Berlin", country="DE", created_at=now)
    values = {"workspace": workspace.pk, "now": now, "contacts": contacts, "tags_each": TAGS_EACH,
              "run_share": RUN_SHARE, **furniture(workspace, now)}  # fmt: skip
    for statement in (PEOPLE, IDENTITIES, TAGGED, STANDING, WINDOWS, MESSAGES):
        run(statement, values)
    values["first_contact"] = run("SELECT min(id) FROM contact WHERE workspace_id = %(workspace)s", values)[0][0]
    for begin, end in months(now):
        fill_month(begin, end, entries // MONTHS, values)
    run("VACUUM ANALYZE", None)
    Workspace.objects.filter(pk=workspace.pk).update(name=name)


def furniture(workspace: Any, now: datetime) -> dict[str, int]:
    """The few rows that the many point at: tags, a number, a campaign with its run."""
    from tradewind.campaigns.models import Campaign
    from tradewind.contacts.models import Tag
    from tradewind.messages.models import Content, Run
    from tradewind.numbers.models import Account, App, Number, Portfolio

    app = App.objects.create(workspace=workspace, meta_id="1", webhook_path="bench", created_at=now)
    portfolio = Portfolio.objects.create(workspace=workspace, meta_id="2", name="P")
    account = Account.objects.create(
        workspace=workspace, app=app, portfolio=portfolio, waba_id="3", name="A", created_at=now
    )
    number = Number.objects.create(workspace=workspace, account=account, portfolio=portfolio, phone_number_id="4",
                                   name="Shop", phone="+4940123", country="DE", created_at=now)  # fmt: skip
    content = Content.objects.create(workspace=workspace, payload={}, created_at=now)
    engine = Run.objects.create(workspace=workspace, content=content, category="marketing", created_at=now)
    Campaign.objects.create(workspace=workspace, name="Spring", state="done", run=engine, created_at=now)
    heads = Tag.objects.bulk_create(Tag(workspace=workspace, name=name, created_at=now) for name in DIMENSIONS)
    tags = Tag.objects.bulk_create(
        Tag(workspace=workspace, parent=head, name=f"{head.name}/{n}", created_at=now)
        for head in heads
        for n in range(TAGS_A_DIMENSION)
    )
    return {"number": number.pk, "run": engine.pk, "first_tag": tags[0].pk}


def months(now: datetime) -> Iterator[tuple[date, date]]:
    """The last twelve months, the current one first: first days."""
    from tradewind.journal.partitions import month_after

    this = now.date().replace(day=1)
    for back in range(MONTHS):
        yield month_after(this, -back), month_after(this, 1 - back)


def fill_month(begin: date, end: date, entries: int, values: dict[str, Any]) -> None:
    """One month's table, filled up to now, indexed and attached."""
    table = f"journal_{begin:%Y_%m}"
    if run("SELECT to_regclass(%s)", [table])[0][0] is None:
        run(f"CREATE TABLE {table} (LIKE journal INCLUDING DEFAULTS)", None)
        fill(table, begin, end, entries, values)
        run(f"ALTER TABLE journal ATTACH PARTITION {table}"
            f" FOR VALUES FROM ('{begin} 00:00+00') TO ('{end} 00:00+00')", None)  # fmt: skip
        run(f"REVOKE ALL ON {table} FROM tradewind_web", None)
    else:
        fill("journal", begin, end, entries, values)


def fill(table: str, begin: date, end: date, entries: int, values: dict[str, Any]) -> None:
    from datetime import UTC

    first = datetime(begin.year, begin.month, begin.day, tzinfo=UTC)
    last = min(datetime(end.year, end.month, end.day, tzinfo=UTC), values["now"])
    step = (last - first) / max(entries, 1)
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    more = {"begin": first, "step": max(step, timedelta(microseconds=1)), "entries": entries, "kinds": kinds}
    run(MONTH.format(table=table), {**values, **more})


def run(sql: str, values: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def open_database(data: Path) -> None:
    """PostgreSQL of this folder, Django in this process, tables up to date."""
    from tradewind.cli import environment
    from tradewind.cli.commands.migrate import bring_up_to_date

    environment.django(environment.of_data(data))
    bring_up_to_date()
