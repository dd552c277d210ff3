"""Make the sample business once; a second start finds it there."""

from dataclasses import dataclass
from typing import Any

from tradewind.campaigns import actions as campaigns
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.rates import example
from tradewind.cli import furnish
from tradewind.cli.sample import facts
from tradewind.cli.sample.people import Tags, people_of
from tradewind.contacts import actions as contacts
from tradewind.contacts.models import Contact, Tag
from tradewind.lib import clock
from tradewind.numbers.models import Number
from tradewind.simulator.world import demo_world
from tradewind.templates.models import Template
from tradewind.workspaces import actions as workspaces
from tradewind.workspaces.models import Member, User, Workspace

EMAIL = "lena@nordlicht.example"
COLLEAGUE = "bruno@nordlicht.example"
# Ten a second from each of three numbers: the ready campaign takes about a minute, long enough to watch it.
READY_PACING = {"per_minute": 600}
TAGS = {
    "newsletter": "Newsletter",
    "awake": "Autumn preview",
    "orders": "Orders this week",
    "vip": "VIP",
    "wholesale": "Wholesale",
}
COLOURS = {
    "newsletter": "series-1",
    "awake": "series-3",
    "orders": "series-2",
    "vip": "series-4",
    "wholesale": "series-6",
}


@dataclass(frozen=True, slots=True)
class Sample:
    workspace: Workspace
    owner: Member
    finished: Campaign
    ready: Campaign


def make(simulator: dict[str, Any], *, password: str, seed: int) -> Sample:
    """The workspace with numbers, templates, people and two campaigns, both planned in the background.

    Idempotent: when the workspace is there already, it is returned as it stands, at the simulator of now.
    """
    if (existing := Workspace.objects.filter(name="Nordlicht").first()) is not None:
        made = found(existing)
        furnish.connect_again(existing, made.owner, simulator)
        return made
    owner = workspaces.set_up(
        name="Nordlicht",
        country="DE",
        timezone="Europe/Berlin",
        locale="en",
        owner_name="Lena Brandt",
        email=EMAIL,
        password=password,
    )
    colleague = User.objects.create_user(COLLEAGUE, password, name="Bruno Keller", timezone="Europe/Berlin")
    workspaces.add_member(workspace=owner.workspace, user=colleague, role="agent", by=owner)
    furnish.connect(owner.workspace, owner, simulator)
    tags = make_tags(owner.workspace)
    customers = demo_world(seed).customers
    furnish.add_people(owner.workspace, people_of(customers, tags, clock.now(), seed))
    leave_some_alone(owner)
    facts.tell(owner.workspace, seed=seed)
    example.add(owner.workspace, owner)
    return Sample(owner.workspace, owner, finished_campaign(owner, tags), ready_campaign(owner, tags))


def found(workspace: Workspace) -> Sample:
    first, second = Campaign.objects.filter(workspace=workspace).order_by("id")[:2]
    owner = Member.objects.get(workspace=workspace, user__email=EMAIL)
    return Sample(workspace, owner, first, second)


def ready_again(made: Sample) -> Campaign:
    """The ready campaign; when it went out at an earlier start, another one like it."""
    if made.ready.state in ("planning", "planned"):
        return made.ready
    named = Tag.objects.filter(workspace=made.workspace, name__in=TAGS.values()).values_list("name", "pk")
    ids = dict(named)
    return ready_campaign(made.owner, Tags(**{key: ids[name] for key, name in TAGS.items()}))


def leave_some_alone(owner: Member) -> None:
    """A few people asked for silence altogether: the plan shows what becomes of them."""
    for contact in Contact.objects.filter(workspace=owner.workspace).order_by("id")[::230]:
        contacts.suppress(contact, reason="asked for silence", member=owner)


def make_tags(workspace: Workspace) -> Tags:
    return Tags(
        **{
            key: Tag.objects.create(workspace=workspace, name=name, colour=COLOURS[key], created_at=clock.now()).pk
            for key, name in TAGS.items()
        }
    )


def finished_campaign(owner: Member, tags: Tags) -> Campaign:
    """Marketing to people who are awake now; goes out as soon as its plan stands."""
    template = Template.objects.get(workspace=owner.workspace, name="autumn_offer")
    campaign = furnish.draft_campaign(
        owner.workspace,
        owner,
        name="Autumn preview",
        template=template,
        audience={"kind": "tag", "tag": tags.awake},
        senders=senders_of(template),
        values={"body.rabatt": {"field": "", "fallback": "20 %"}},
    )
    return campaigns.plan(campaign, member=owner)


def ready_campaign(owner: Member, tags: Tags) -> Campaign:
    """An order update to most people, planned and ready to launch."""
    template = Template.objects.get(workspace=owner.workspace, name="order_shipped")
    campaign = furnish.draft_campaign(
        owner.workspace,
        owner,
        name="Your order is on its way",
        template=template,
        audience={"kind": "tag", "tag": tags.orders},
        senders=senders_of(template),
        values={
            "body.2": {"field": "fields.order_number", "fallback": ""},
            "button.0.1": {"field": "fields.order_number", "fallback": "start"},
        },
        preset="custom",
        pacing=READY_PACING,
    )
    return campaigns.plan(campaign, member=owner)


def senders_of(template: Template) -> list[Number]:
    return list(Number.objects.filter(account=template.account, removed_at=None).order_by("phone_number_id"))
