# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""What each leaf means in SQL: one small function a leaf, each bound to one workspace by itself.

Statements name tables of rooms above (message, campaign's run, service_window) and the journal by their table names.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tradewind.segments import compare, figures, then
from tradewind.segments.nodes import Event, Field, OptedIn, Saved, Score, Sent, Tagged, Test, WindowOpen
from tradewind.segments.sets import NOBODY, Found, Ground, Here, People, all_of, any_of, rest

# What the narrow row says of a person: texts in small letters, and moments that hardly ever change.
FOLDED = ("country", "language", "city", "marketing", "grade", "stage")
STANDING = ("grade", "stage")
# The bits of tags in one number of the narrow row (TagPlace).
WORD = 64
# How many people a condition may fit, by experience: it decides only what is asked first.
SHARE_OF_TAG, SHARE_OF_VALUE, SHARE_OF_OWN = 0.1, 0.2, 0.2
MOMENTS = ("created_at", "last_inbound_at")
# Kinds of the hot path that the index of events leaves out (journal migration); they are looked up row by row.
UNINDEXED = ("message.queued", "message.accepted", "message.sent", "message.delivered")


@dataclass(slots=True)
class Desk:
    """What a compilation works with: values by placeholder, the moment, the ground."""

    prefix: str
    workspace_id: int
    now: datetime
    values: dict[str, Any] = field(default_factory=dict)
    ground: Ground = field(init=False)

    def __post_init__(self) -> None:
        self.ground = Ground(self.add(self.workspace_id))

    def add(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def tagged(leaf: Tagged, desk: Desk) -> People:
    """The tag or one below it, without those whose time is over though nobody has taken them off yet."""
    if leaf.at is not None:
        return then.tagged(leaf, has_tag(leaf, desk), leaf.at, desk)
    ids = f"{desk.add(list(leaf.ids))}::int[]"
    over = f"o.until <= {desk.add(desk.now)} AND o.tag_id = ANY({ids})"
    gone = f"SELECT o.contact_id FROM tag_term o WHERE {desk.ground.of('o', 'contact_id')} AND {over}"
    if len(leaf.ids) > 1:  # all of these that the person has are over
        gone = (
            "SELECT h.contact_id FROM contact_tags h CROSS JOIN unnest(h.tags) AS held (tag) LEFT JOIN tag_term o"
            f" ON o.contact_id = h.contact_id AND o.tag_id = held.tag AND {over} WHERE h.contact_id IN ({gone})"
            f" AND held.tag = ANY({ids}) GROUP BY h.contact_id HAVING count(*) = count(o.contact_id)"
        )
    # Nearly always nobody's is over: that is asked once, not once a person.
    return all_of(
        [has_tag(leaf, desk), Here(f"(NOT EXISTS ({gone}) OR n.contact_id NOT IN ({gone}))", weight=2, share=1.0)]
    )


def has_tag(leaf: Tagged, desk: Desk) -> People:
    """By the narrow row's bits, and for tags that have none by the list of them."""
    share = 1 - (1 - SHARE_OF_TAG) ** len(leaf.places)
    has: list[People] = [Here(bits(leaf.places, desk), share=share)] if leaf.places else []
    if leaf.unplaced:
        held = f"t.tags && {desk.add(list(leaf.unplaced))}::int[]"
        has.append(
            Found(f"SELECT t.contact_id FROM contact_tags t WHERE {desk.ground.of('t', 'contact_id')} AND {held}")
        )
    return any_of(has)


def bits(places: tuple[int, ...], desk: Desk) -> str:
    """Whether the narrow row has one of these bits."""
    masks: dict[int, int] = defaultdict(int)
    for place in places:
        masks[place // WORD] |= 1 << place % WORD
    signed = {word: mask - (1 << WORD) if mask >> (WORD - 1) else mask for word, mask in masks.items()}
    # As texts: a number that is written -9223372036854775808 in SQL is one too great for a bigint, negated.
    return " OR ".join(f"n.tags{word} & {desk.add(str(mask))}::bigint <> 0" for word, mask in sorted(signed.items()))


def known(leaf: Field, desk: Desk) -> People:
    """All comparisons of a field hold."""
    parts = []
    for test in leaf.tests:
        people = known_one(leaf, compare.positive(test) if compare.is_negative(test) else test, desk)
        parts.append(rest(people) if compare.is_negative(test) else people)
    return all_of(parts)


def known_one(leaf: Field, test: Test, desk: Desk) -> People:
    if leaf.is_own:
        fits = compare.own_value("n.fields", f"{desk.add(leaf.key)}::text", test, desk, desk.now)
        return Here(f"({fits}) IS TRUE", weight=9, share=SHARE_OF_OWN)
    if leaf.key in FOLDED:
        share = 1 - (1 - SHARE_OF_VALUE) ** len(test.operands)
        return Here(compare.folded_column(f"n.{leaf.key}", test, desk), weight=4, share=share)
    if leaf.key == "created_at":
        return Here(compare.moment_column("n.created_at", test, desk, desk.now))
    if leaf.key in MOMENTS:
        return of_contact(compare.moment_column(f"c.{leaf.key}", test, desk, desk.now), desk)
    if leaf.key in figures.COLUMNS:
        return figures.reckoned(leaf.key, test, desk, desk.ground)
    if leaf.key == "phone":
        return phone(test, desk)
    if leaf.key == "owner":
        owned = f"c.owner_id = ANY({desk.add(list(test.operands))}::bigint[])"
        return of_contact("c.owner_id IS NOT NULL" if test.op == "is_set" else owned, desk)
    return of_contact(compare.text_column(f"c.{leaf.key}", test, desk), desk)


def of_contact(condition: str, desk: Desk) -> People:
    """What the narrow row does not say: asked of the wide one."""
    return Found(f"SELECT c.id AS contact_id FROM contact c WHERE {desk.ground.of('c', 'id')} AND ({condition})")


def phone(test: Test, desk: Desk) -> People:
    """Any number that reaches the person now."""
    fits = compare.phone_column("i.value", test, desk)
    return Found(
        f"SELECT i.contact_id FROM identity i WHERE {desk.ground.of('i', 'contact_id')}"
        f" AND i.kind = 'phone' AND i.is_current AND {fits}"
    )


def events(leaf: Event, desk: Desk, ground: Ground | None = None) -> str:
    """The condition that finds the journal's entries."""
    conditions = [
        (ground or desk.ground).of("j", "contact_id"), f"j.kind = {desk.add(leaf.kind)}", "j.contact_id IS NOT NULL"
    ]  # fmt: skip
    conditions += [f"j.at {sign} {desk.add(at)}" for sign, at in edges(leaf, desk.now)]
    for key, tests in leaf.where:
        conditions += [of_event(key, test, desk) for test in tests]
    return " AND ".join(conditions)


def edges(leaf: Event, now: datetime) -> list[tuple[str, datetime]]:
    """The stretch of time as comparisons with `at`."""
    found = []
    if leaf.within_days is not None:
        found.append((">=", now - timedelta(days=leaf.within_days)))
    if leaf.older_than_days is not None:
        found.append(("<", now - timedelta(days=leaf.older_than_days)))
    if leaf.since is not None:
        found.append((">=", leaf.since.begin))
    if leaf.until is not None:
        found.append(("<=" if leaf.until.begin == leaf.until.end else "<", leaf.until.end))
    return found


def of_event(key: str, test: Test, desk: Desk) -> str:
    test, is_negative = (compare.positive(test), True) if compare.is_negative(test) else (test, False)
    fits = compare.own_value("j.data", f"{desk.add(key)}::text", test, desk, desk.now)
    return f"({fits}) IS NOT TRUE" if is_negative else f"({fits})"


def scored(leaf: Score, desk: Desk) -> People:
    """Who has no standing has 0, which is what their row says."""
    parts = []
    for test in leaf.tests:
        is_negative = test.op == "is_not"
        test = compare.positive(test) if is_negative else test
        people = Here(compare.ordered(f"n.{leaf.name}", test, desk, number_type(leaf.name, test)))
        parts.append(rest(people) if is_negative else people)
    return all_of(parts)


def number_type(name: str, test: Test) -> str:
    """As what the operands go out, so that the column is compared as it is kept."""
    if name == "intent":
        return "float8"
    return "bigint" if all(Decimal(str(each)) % 1 == 0 for each in test.operands) else "numeric"


def frozen(leaf: Saved, desk: Desk) -> People:
    """The people that a frozen segment keeps."""
    return Found(
        f"SELECT m.contact_id FROM segment_member m WHERE {desk.ground.of('m', 'contact_id')}"
        f" AND m.segment_id = {desk.add(leaf.segment_id)}"
    )


# What became of a campaign's message, by the row of the message; ranks as in messages/lattice.py.
MESSAGES = {
    "accepted": "m.accepted_at IS NOT NULL", "sent": "m.rank >= 2", "delivered": "m.rank >= 3", "read": "m.rank >= 4",
    "failed": "m.state = 'failed'",
}  # fmt: skip
ANSWERS = {"replied": ("message.received",), "clicked": ("link.clicked", "message.clicked")}


def sent(leaf: Sent, desk: Desk) -> People:
    """One outcome of one campaign. A campaign that was never launched has none but those it leaves out."""
    if leaf.outcome == "excluded":
        return Found(
            f"SELECT r.contact_id FROM recipient r WHERE {desk.ground.of('r', 'contact_id')}"
            f" AND r.campaign_id = {desk.add(leaf.campaign_id)} AND r.excluded <> '' AND r.contact_id IS NOT NULL"
        )
    if leaf.run_id is None:
        return NOBODY
    run = desk.add(leaf.run_id)
    if leaf.outcome in ANSWERS:
        kinds = desk.add(list(ANSWERS[leaf.outcome]))
        until = f" AND j.at <= {desk.add(leaf.at)}" if leaf.at is not None else ""
        return Found(
            f"SELECT j.contact_id FROM journal j WHERE {desk.ground.of('j', 'contact_id')}"
            f" AND j.kind = ANY({kinds}::text[]) AND j.run_id = {run} AND j.contact_id IS NOT NULL{until}"
            " GROUP BY j.contact_id"
        )
    came = MESSAGES[leaf.outcome] if leaf.at is None else then.outcome(leaf, leaf.at, desk)
    return Found(
        f"SELECT m.contact_id FROM message m WHERE {desk.ground.of('m', 'contact_id')}"
        f" AND m.run_id = {run} AND m.direction = 'out' AND ({came})"
    )


def opted_in(leaf: OptedIn, desk: Desk) -> People:
    people = Here("n.marketing = 'opted_in'", weight=2)
    if leaf.at is not None:
        return then.opted_in(leaf, people, leaf.at, desk)
    return people if leaf.is_so else rest(people)


def window_open(leaf: WindowOpen, desk: Desk) -> People:
    """A free-form message may go to them now, from at least one number."""
    people = Found(
        f"SELECT w.contact_id FROM service_window w JOIN number n ON n.id = w.number_id AND n.removed_at IS NULL"
        f" WHERE {desk.ground.of('w', 'contact_id')} AND w.closes_at > {desk.add(desk.now)}"
    )
    return people if leaf.is_so else rest(people)
