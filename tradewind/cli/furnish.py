"""Furnish an installation from a simulator: a workspace, its app, accounts, numbers, templates and people.

Through the same verbs as the console, except for the people, who come by COPY: a million in seconds.
Used by the demo, the chaos run, the benches and the journeys.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from tradewind.campaigns import actions as campaigns
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.numbers import actions as numbers
from tradewind.numbers.models import Account, App, Number
from tradewind.templates import actions as templates
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import variables_of
from tradewind.workspaces.models import Member, Workspace

SENDERS_READ_AGAIN_SECONDS = 7.0
"""Senders look at where Meta is with every fifth beat (sender/keeper.py)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be a contact. `marketing`: unknown, opted_in or opted_out; `phone` E.164, empty with a BSUID only."""

    phone: str
    name: str = ""
    language: str = ""
    country: str = ""
    timezone: str = ""
    city: str = ""
    company: str = ""
    marketing: str = "opted_in"
    fields: dict[str, Any] = field(default_factory=dict)
    tags: tuple[int, ...] = ()


def connect(workspace: Workspace, member: Member | None, simulator: dict[str, Any]) -> App:
    """Connect everything that a simulator's first line tells of; callbacks lead to this console's door."""
    app = numbers.connect_app(
        workspace=workspace,
        meta_id=simulator["app_id"],
        name="Simulator",
        secret=simulator["app_secret"],
        graph_url=simulator["address"],
        member=member,
    )
    for waba_id in sorted({number["waba_id"] for number in simulator["numbers"]}):
        account = numbers.connect_account(app=app, waba_id=waba_id, token=simulator["token"], member=member)
        numbers.subscribe(account, member=member)
        templates.sync(account)
    return app


def connect_again(workspace: Workspace, member: Member | None, simulator: dict[str, Any]) -> None:
    """A simulator that was started anew is another one: it has forgotten our callbacks, and its address may differ."""
    apps = App.objects.filter(workspace=workspace, meta_id=simulator["app_id"])
    has_moved = apps.exclude(graph_url=simulator["address"]).update(graph_url=simulator["address"])
    for account in Account.objects.filter(app__in=apps).select_related("app").order_by("pk"):
        numbers.subscribe(account, member=member)
    if has_moved:
        # A sender that calls the old address in vain gives its numbers a rest of half a minute.
        time.sleep(SENDERS_READ_AGAIN_SECONDS)


def add_people(workspace: Workspace, people: Iterable[Person], *, at: datetime | None = None) -> int:
    """Make contacts with their phone, tags and the proof of their consent; returns how many."""
    at = at or clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(
            "COPY staged (phone, name, language, country, timezone, city, company, marketing, fields, tags) FROM STDIN"
        ) as copy:
            for person in people:
                copy.write_row(row_of(person))
        for statement in UNSTAGE:
            cursor.execute(statement, {"workspace": workspace.pk, "at": at})
        count = cursor.rowcount
        cursor.execute("DROP TABLE staged")
    return count


def row_of(person: Person) -> tuple[Any, ...]:
    return (
        person.phone, person.name, person.language, person.country, person.timezone, person.city, person.company,
        person.marketing, orjson.dumps(person.fields).decode(), list(person.tags),
    )  # fmt: skip


STAGE = """
CREATE TEMP TABLE staged (
  id bigint DEFAULT nextval(pg_get_serial_sequence('contact', 'id')), phone text, name text, language text,
  country text, timezone text, city text, company text, marketing text, fields jsonb, tags int[]
)
"""

UNSTAGE = (
    """
    INSERT INTO contact (id, workspace_id, name, language, country, timezone, city, company, marketing, marketing_at,
                         fields, created_at)
    SELECT id, %(workspace)s, name, language, country, timezone, city, company, marketing,
           CASE WHEN marketing <> 'unknown' THEN %(at)s END, fields, %(at)s
    FROM staged
    """,
    """
    INSERT INTO consent (workspace_id, contact_id, state, source, wording, at, recorded_at)
    SELECT %(workspace)s, id, marketing, 'import', 'Newsletter box at the till, ticked by the customer', %(at)s, %(at)s
    FROM staged WHERE marketing <> 'unknown'
    """,
    """
    INSERT INTO contact_tags (contact_id, workspace_id, tags)
    SELECT id, %(workspace)s, tags FROM staged WHERE tags <> '{}'
    """,
    """
    INSERT INTO identity (workspace_id, contact_id, kind, value, seen_at)
    SELECT %(workspace)s, id, 'phone', phone, %(at)s FROM staged WHERE phone <> ''
    """,
)


def draft_campaign(
    workspace: Workspace,
    member: Member | None,
    *,
    name: str,
    template: Template,
    audience: dict[str, Any],
    senders: list[Number],
    values: dict[str, dict[str, str]] | None = None,
    preset: str = "fast",
    pacing: dict[str, Any] | None = None,
) -> Campaign:
    """A campaign with every variable bound: by `values` (key → binding), else to the first name."""
    campaign = campaigns.create(workspace=workspace, member=member, name=name)
    bindings = [
        {"key": variable.slot, "field": "first_name", "fallback": "friend", **(values or {}).get(variable.slot, {})}
        for variable in variables_of(template.components)
    ]
    return campaigns.change(
        campaign,
        member=member,
        template=template,
        audience=audience,
        bindings=bindings,
        numbers=senders,
        preset=preset,
        pacing=pacing,
    )
