"""A small workspace in which everything that a leaf can ask about is mixed by chance, in all odd ways."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tradewind.campaigns.models import Campaign, Recipient
from tradewind.contacts.models import Contact, ContactField, ContactTags, Identity, Standing, Tag, TagTerm
from tradewind.journal.actions import Line, record_many
from tradewind.journal.connections import hot_cursor
from tradewind.lib import publicid
from tradewind.messages.models import Content, Message, Run, ServiceWindow
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.segments.models import FrozenMember, Segment, TagPlace
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member, Workspace

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PEOPLE = 70

TAGS = ("Interest", "Interest/Cosmetics", "Interest/Cosmetics/Lips", "Interest/Tea", "interests", "VIP", "100%_off")
NAMES = ("", "Anna Vogel", "anna", "ÉMILE Zola", "Straße 5%", "O'Brien", "_under_", "100% Müller", "علي", "สมชาย")
CITIES = ("", "Berlin", "BERLIN", "Roma", "München", "Mün%chen")
COUNTRIES = ("", "DE", "IT", "de", "AE")
LANGUAGES = ("", "de", "it", "pt_BR", "zh-Hant-TW", "EN")
# What a field of the business's own may hold: right, odd, and plainly wrong.
VALUES = (
    None, "", " ", "red", "Red", "RED%", 5, 5.0, 5.5, -3, 0, "5", " 7 ", "5.50", "1e3", "NaN", True, False, "true",
    "YES", "no", "2026-03-02", "2026-02-20", "2024-02-29", "2025-02-29", "2026-02-31", "1980-03-05T10:00:00Z",
    "2026-03-02x", "0000-01-01", "2027-01-01", [], ["red"], {"a": 1}, 123456789012345, "١٢",
)  # fmt: skip
KEYS = ("colour", "points", "birthday", "member", "country")
EVENTS = ("order.placed", "page.viewed", "message.read", "message.delivered", "cart.updated")
KINDS = {"points": "number", "birthday": "date", "member": "yes_no", "colour": "text"}


@dataclass
class Made:
    """What the trees may name."""

    workspace: Workspace
    owner: Member
    campaigns: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)


def furnish(owner: Member, seed: int) -> Made:
    """Fill the owner's workspace; the same seed makes the same people."""
    chance, made = random.Random(seed), Made(owner.workspace, owner)
    tags = [Tag.objects.create(workspace=made.workspace, name=name, created_at=NOW) for name in TAGS]
    TagPlace.objects.get(tag_id=chance.choice(tags).pk).delete()  # as if there were more tags than bits
    people = [person(made, chance) for _ in range(PEOPLE)]
    for contact in people:
        tag(contact, tags, chance)
        stand(contact, chance)
    for key, kind in KINDS.items():
        if chance.random() < 0.5:
            ContactField.objects.create(workspace=made.workspace, key=key, kind=kind, created_at=NOW)
    numbers = [number(made, serial) for serial in range(2)]
    talk(made, people, numbers, chance)
    campaigns(made, people, numbers, chance)
    happen(made, people, chance)
    segments(made, people, chance)
    return made


def person(made: Made, chance: random.Random) -> Contact:
    contact = Contact.objects.create(
        workspace=made.workspace,
        name=chance.choice(NAMES),
        language=chance.choice(LANGUAGES),
        country=chance.choice(COUNTRIES),
        city=chance.choice(CITIES),
        company=chance.choice(("", "ACME", "acme")),
        timezone=chance.choice(("", "Europe/Berlin")),
        marketing=chance.choice(("unknown", "opted_in", "opted_out")),
        fields={key: chance.choice(VALUES) for key in KEYS if chance.random() < 0.8},
        created_at=moment(chance),
        last_inbound_at=moment(chance) if chance.random() < 0.6 else None,
        owner=made.owner if chance.random() < 0.3 else None,
        suppressed_reason=chance.choice(("", "", "", "blocked us", "erased")),
    )
    for _ in range(chance.choice((0, 1, 1, 2))):
        Identity.objects.create(
            workspace=made.workspace, contact=contact, kind="phone", seen_at=NOW, is_current=chance.random() < 0.8,
            value=f"+{chance.choice(('49151', '39333', '97150'))}{chance.randrange(10**7):07}",
        )  # fmt: skip
    return contact


def moment(chance: random.Random) -> datetime:
    """Often on an edge: exactly n days ago, or at the midnight of Berlin."""
    edges = [timedelta(days=n) for n in (0, 1, 7, 30, 90, 365, 366)] + [
        timedelta(hours=13),
        timedelta(days=1, hours=13),
    ]
    if chance.random() < 0.5:
        return NOW - chance.choice(edges)
    return NOW - timedelta(seconds=chance.randrange(500 * 86_400))


def tag(contact: Contact, tags: list[Tag], chance: random.Random) -> None:
    if chance.random() < 0.2:
        return  # no row at all
    has = [each.pk for each in tags if chance.random() < 0.35]
    ContactTags.objects.create(contact=contact, workspace=contact.workspace, tags=has)
    for pk in has:
        if chance.random() < 0.4:
            until = NOW + chance.choice((timedelta(0), timedelta(seconds=1), timedelta(days=-1), timedelta(days=9)))
            TagTerm.objects.create(workspace=contact.workspace, contact=contact, tag_id=pk, until=until)


def stand(contact: Contact, chance: random.Random) -> None:
    if chance.random() < 0.3:
        return
    Standing.objects.create(
        contact=contact, workspace=contact.workspace, engagement=chance.choice((0, 40, 79, 80, 100)),
        intent=chance.choice((0, 0.3, 1.5, 5, 5.1)), heat=chance.randrange(4), grade=chance.choice(("", "A", "B")),
        recency=chance.randrange(6), frequency=chance.randrange(6), monetary=chance.randrange(6),
        stage=chance.choice(("", "new", "at_risk")), orders=chance.choice((0, 1, 3)), reckoned_at=NOW,
        zone_group=chance.choice(("", "europe_africa", "americas")),
        dialect=chance.choice(("", "de", "de-CH", "en-GB")),
        climate=chance.choice(("", "cold", "warm")), habit=chance.choice(("", "evening", "wed_evening")),
        matrix=chance.choice(("", "low_rare", "high_often")), growth=chance.choice((None, -100, 0, 5, 80)),
        is_potential_vip=chance.random() < 0.3,
    )  # fmt: skip


def number(made: Made, serial: int) -> Number:
    """The second one is not connected any more."""
    n = made.workspace.pk * 10 + serial
    app = App.objects.create(workspace=made.workspace, meta_id=f"1{n}", webhook_path=f"w{n}", created_at=NOW)
    portfolio = Portfolio.objects.create(workspace=made.workspace, meta_id=f"2{n}", name="P")
    account = Account.objects.create(
        workspace=made.workspace, app=app, portfolio=portfolio, waba_id=f"3{n}", name="A", created_at=NOW
    )
    return Number.objects.create(
        workspace=made.workspace, account=account, portfolio=portfolio, phone_number_id=f"4{n}", name="N",
        phone=f"+4940{n}", country="DE", created_at=NOW, removed_at=NOW if serial else None,
    )  # fmt: skip


def talk(made: Made, people: list[Contact], numbers: list[Number], chance: random.Random) -> None:
    for contact in people:
        for each in numbers:
            if chance.random() < 0.3:
                closes = NOW + chance.choice(
                    (timedelta(0), timedelta(seconds=1), timedelta(hours=-3), timedelta(hours=9))
                )
                ServiceWindow.objects.create(
                    workspace=made.workspace, number=each, contact=contact, closes_at=closes,
                    last_inbound_at=closes - timedelta(hours=24),
                )  # fmt: skip


def campaigns(made: Made, people: list[Contact], numbers: list[Number], chance: random.Random) -> None:
    """One that ran, one that was only planned."""
    content = Content.objects.create(workspace=made.workspace, payload={}, created_at=NOW)
    run = Run.objects.create(workspace=made.workspace, content=content, category="marketing", created_at=NOW)
    ran = Campaign.objects.create(workspace=made.workspace, name="Ran", state="done", run=run, created_at=NOW)
    draft = Campaign.objects.create(workspace=made.workspace, name="Draft", created_at=NOW)
    made.campaigns = [public_id(ran), public_id(draft)]
    for contact in people:
        if chance.random() < 0.3:
            Recipient.objects.create(
                workspace_id=made.workspace.pk, campaign=ran, contact_id=contact.pk, excluded=chance.choice(("", "cap"))
            )
        if chance.random() < 0.6:
            rank = chance.randrange(5)
            Message.objects.create(
                workspace=made.workspace, number=numbers[0], contact=contact, direction="out", kind="template",
                run=run, rank=rank, created_at=NOW, accepted_at=NOW if rank else None,
                state=chance.choice(("queued", "failed")) if not rank else "delivered",
            )  # fmt: skip


def happen(made: Made, people: list[Contact], chance: random.Random) -> None:
    """Events of the people, of people who are gone, and of nobody."""
    run = Run.objects.filter(workspace=made.workspace).values_list("pk", flat=True).first()
    ids: list[int | None] = [contact.pk for contact in people for _ in range(4)]
    lines = []
    for contact in [*ids, None, 2**40]:
        kind = chance.choice((*EVENTS, "message.received", "link.clicked"))
        data = {
            key: chance.choice(VALUES) for key in ("amount", "currency", "product") if chance.random() < 0.7
        } if chance.random() < 0.9 else None  # fmt: skip
        in_run, at = run if chance.random() < 0.4 else None, moment(chance)
        for hours in sorted(chance.sample(range(30), chance.choice((1, 1, 1, 2, 5)))):  # again, on that day or the next
            again = at - timedelta(hours=hours)
            lines.append(Line(made.workspace.pk, again, kind, contact, run_id=in_run, data=data))
    chance.shuffle(lines)
    with hot_cursor() as cursor:
        record_many(cursor, lines)


def segments(made: Made, people: list[Contact], chance: random.Random) -> None:
    live = {"any": [{"tag": "VIP"}, {"not": {"field": "country", "is": "DE"}}]}
    nested = {"all": [{"segment": "Live"}, {"score": "engagement", "lt": 80}]}
    for name, tree, frozen_at in (("Live", live, None), ("Nested", nested, None), ("Frozen", live, NOW)):
        kept = Segment.objects.create(
            workspace=made.workspace, name=name, tree=tree, frozen_at=frozen_at, created_at=NOW, changed_at=NOW
        )
        made.segments += [name, publicid.encode("segment", kept.pk)]
        if frozen_at:
            FrozenMember.objects.bulk_create(
                FrozenMember(workspace=made.workspace, segment=kept, contact=each)
                for each in people
                if chance.random() < 0.4
            )
