"""A business with two numbers, two templates and a handful of people, each left out for another reason."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tradewind.campaigns import actions, planner
from tradewind.campaigns.models import Campaign
from tradewind.contacts.models import Contact, ContactTags, Identity, Tag
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BODY = [{"type": "BODY", "text": "Hi {{1}}, your order {{2}} is here.", "example": {"body_text": [["Ada", "A1"]]}}]
BINDINGS = [
    {"key": "body.1", "field": "first_name", "fallback": "there"},
    {"key": "body.2", "field": "fields.order", "fallback": ""},
]


@dataclass
class Shop:
    """Alice's shop."""

    owner: Member
    portfolio: Portfolio
    numbers: list[Number]
    marketing: Template
    utility: Template
    people: dict[str, Contact] = field(default_factory=dict)

    def person(self, name: str, phone: str = "", **fields: Any) -> Contact:
        """A contact who opted in, has an order and can be reached, unless the fields say otherwise."""
        given = {"marketing": "opted_in", "fields": {"order": "A-17"}, "timezone": "Europe/Berlin", **fields}
        contact = Contact.objects.create(workspace=self.owner.workspace, name=name, created_at=NOON, **given)
        if phone:
            Identity.objects.create(
                workspace=self.owner.workspace, contact=contact, kind="phone", value=phone, seen_at=NOON
            )
        self.people[name] = contact
        return contact

    def tag(self, *names: str) -> Tag:
        tag = Tag.objects.create(workspace=self.owner.workspace, name="Tagged", created_at=NOON)
        for name in names:
            ContactTags.objects.create(contact=self.people[name], workspace=self.owner.workspace, tags=[tag.pk])
        return tag

    def draft(self, audience: dict[str, Any] | None = None, template: Template | None = None, **more: Any) -> Campaign:
        campaign = actions.create(workspace=self.owner.workspace, member=self.owner, name="Spring")
        given = {"bindings": BINDINGS, "numbers": self.numbers, "preset": "fast", **more}
        return actions.change(
            campaign,
            member=self.owner,
            template=template or self.utility,
            audience=audience or {"kind": "everybody"},
            **given,
        )

    def planned(
        self, audience: dict[str, Any] | None = None, template: Template | None = None, **more: Any
    ) -> Campaign:
        """A campaign whose plan was made here and now, as the job makes it."""
        return self.replanned(self.draft(audience, template, **more))

    def replanned(self, campaign: Campaign) -> Campaign:
        """Planned (again), here and now."""
        Campaign.objects.filter(pk=campaign.pk).update(state="planning", plan_started_at=NOON)
        planner.work(campaign.pk)
        return Campaign.objects.get(pk=campaign.pk)


def template(account: Account, name: str, category: str) -> Template:
    return Template.objects.create(
        workspace=account.workspace, account=account, meta_id=name, name=name, language="en", category=category,
        status="APPROVED", components=BODY, synced_at=NOON,
    )  # fmt: skip


@pytest.fixture
def shop(alice: Member) -> Shop:
    workspace = alice.workspace
    app = App.objects.create(workspace=workspace, meta_id="1", webhook_path="alice", created_at=NOON)
    portfolio = Portfolio.objects.create(
        workspace=workspace, meta_id="2", name="P", tier="TIER_UNLIMITED", people_limit=None
    )
    account = Account.objects.create(
        workspace=workspace, app=app, portfolio=portfolio, waba_id="3", name="A", created_at=NOON
    )
    numbers = [
        Number.objects.create(
            workspace=workspace, account=account, portfolio=portfolio, phone_number_id=f"4{rank}",
            name=f"Number {rank}",
            phone=f"+4940000000{rank}", country="DE", created_at=NOON,
        )
        for rank in range(2)
    ]  # fmt: skip
    return Shop(alice, portfolio, numbers, template(account, "sale", "MARKETING"), template(account, "news", "UTILITY"))
