# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""Events as conditions of a tree: whole days by their bits, the rest of the time by the journal itself.

"At least twice in 90 days" is: twice in the whole days, or twice in what is beside them (the beginning of the first
day, and entries that the bits do not say yet), or once in each. What asks for the data of events, for more than three
times, or about a few people only, is asked of the journal alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from tradewind.segments import leaves
from tradewind.segments.days.kept import PEOPLE
from tradewind.segments.leaves import Desk, edges
from tradewind.segments.nodes import Event
from tradewind.segments.sets import EVERYBODY, Found, Here, People, all_of, any_of, rest

MOST_TIMES = 3
"""So many times are kept apart."""
NONE = f"B'0'::bit({PEOPLE})"
# Day after day: who had done it before, and who so does it for the second time, by the bits of all days up to there.
BEFORE = "OVER (PARTITION BY stretch ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
EACH = "SELECT d.stretch, d.day, d.once, d.twice, d.thrice FROM event_day d WHERE {days}"
SECOND = f"SELECT *, coalesce(bit_or(once) {BEFORE}, {NONE}) AS before FROM ({EACH}) each"
THIRD = f"SELECT *, coalesce(bit_or(twice | (once & before)) {BEFORE}, {NONE}) AS twice_before FROM ({SECOND}) second"
SUMS = {
    1: f"SELECT stretch, bit_or(once) AS bits FROM ({EACH}) each GROUP BY stretch",
    2: f"SELECT stretch, bit_or(twice | (once & before)) AS bits FROM ({SECOND}) second GROUP BY stretch",
    3: "SELECT stretch, bit_or(thrice | (twice & before) | (once & twice_before)) AS bits"
       f" FROM ({THIRD}) third GROUP BY stretch",
}  # fmt: skip
"""Who did it at least once, twice, three times in all of the days, stretch by stretch."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time: from `begin` on, before `end`; None: without an end on that side."""

    begin: datetime | None
    end: datetime | None

    @property
    def is_empty(self) -> bool:
        return self.begin is not None and self.end is not None and self.begin >= self.end


def happened(leaf: Event, desk: Desk) -> People:
    """So often in that time. What may have happened no time at all is the opposite of its happening more often."""
    if leaf.least == 0:
        return EVERYBODY if leaf.most is None else rest(at_least(leaf, leaf.most + 1, desk))
    often = at_least(leaf, leaf.least, desk)
    return often if leaf.most is None else all_of([often, rest(at_least(leaf, leaf.most + 1, desk))])


def at_least(leaf: Event, times: int, desk: Desk) -> People:
    """Who did it so often or more often."""
    has_no_bits = leaf.where or times > MOST_TIMES or leaf.kind in leaves.UNINDEXED
    if has_no_bits or desk.ground.only or whole_days(stretch_of(leaf, desk.now)).is_empty:
        return by_journal(leaf, times, desk)
    return by_days(leaf, times, desk)


def by_journal(leaf: Event, times: int, desk: Desk) -> People:
    found = f"SELECT j.contact_id FROM journal j WHERE {leaves.events(leaf, desk)}"
    if times == 1:  # what is joined with it takes each person once: no need to group before
        return Found(found)
    return Found(f"{found} GROUP BY j.contact_id HAVING count(*) >= {desk.add(times)}")


def by_days(leaf: Event, times: int, desk: Desk) -> People:
    """Any way in which the times in whole days and those beside them make so many."""
    asked = Asked(leaf, desk)
    ways: list[People] = []
    for beside in range(times + 1):
        within = [Here(asked.in_whole_days(times - beside), weight=6)] if beside < times else []
        ways.append(all_of([*within, *([asked.beside(beside)] if beside else [])]))
    return any_of(ways)


class Asked:
    """One event asked about: which days are whole, and what is beside them."""

    def __init__(self, leaf: Event, desk: Desk) -> None:
        self.desk = desk
        self.workspace = desk.ground.workspace
        self.kind = desk.add(leaf.kind)
        self.all = stretch_of(leaf, desk.now)
        self.days = whole_days(self.all)

    def in_whole_days(self, times: int) -> str:
        """The bit of a person. Rows of other workspaces, whose numbers may lie beyond, are not asked for theirs."""
        return (
            f"CASE WHEN n.workspace_id = {self.workspace}"
            f" THEN get_bit(({self.bits(times)}), (n.contact_id - ({self.first()}))::int) = 1 ELSE false END"
        )

    def first(self) -> str:
        """The number of the first person of the first stretch."""
        return (
            f"SELECT min(r.contact_id) / {PEOPLE} * {PEOPLE} FROM contact_row r WHERE r.workspace_id = {self.workspace}"
        )

    def bits(self, times: int) -> str:
        """All stretches of the workspace's people one after the other, those without a row, too."""
        ends = (
            f"SELECT min(r.contact_id) / {PEOPLE} AS first, max(r.contact_id) / {PEOPLE} AS last FROM contact_row r"
            f" WHERE r.workspace_id = {self.workspace}"
        )
        days = f"d.workspace_id = {self.workspace} AND d.kind = {self.kind}{self.of_days()}"
        return (
            f"SELECT bits_joined(coalesce(s.bits, {NONE}) ORDER BY place.stretch)"
            f" FROM ({ends}) ends CROSS JOIN generate_series(ends.first, ends.last) AS place (stretch)"
            f" LEFT JOIN ({SUMS[times].format(days=days)}) s ON s.stretch = place.stretch"
        )

    def of_days(self) -> str:
        begin = f" AND d.day >= {self.desk.add(self.days.begin.date())}" if self.days.begin else ""
        return begin + (f" AND d.day < {self.desk.add(self.days.end.date())}" if self.days.end else "")

    def beside(self, times: int) -> People:
        """Who did it so often at the ends of the time, or since the days were noted."""
        parts = [self.tail()] + [self.journal(each) for each in ends_of(self.all, self.days)]
        found = " UNION ALL ".join(parts)
        if times == 1:
            return Found(found)
        return Found(
            f"SELECT b.contact_id FROM ({found}) b GROUP BY b.contact_id HAVING count(*) >= {self.desk.add(times)}"
        )

    def tail(self) -> str:
        begin, end = (self.desk.add(each) for each in (self.days.begin, self.days.end))
        return (
            f"SELECT t.contact_id FROM event_tail({self.workspace}, {self.kind}, {begin}::timestamptz,"
            f" {end}::timestamptz) AS t (contact_id)"
        )

    def journal(self, of: Stretch) -> str:
        begin = f" AND j.at >= {self.desk.add(of.begin)}" if of.begin else ""
        end = f" AND j.at < {self.desk.add(of.end)}" if of.end else ""
        return (
            f"SELECT j.contact_id FROM journal j WHERE j.workspace_id = {self.workspace} AND j.kind = {self.kind}"
            f" AND j.contact_id IS NOT NULL{begin}{end}"
        )


def stretch_of(leaf: Event, now: datetime) -> Stretch:
    """The time of a leaf. Times are kept to the microsecond: up to one is before the next."""
    begin, end = None, None
    for sign, at in edges(leaf, now):
        if sign == ">=":
            begin = at if begin is None else max(begin, at)
        else:
            until = at + timedelta(microseconds=1) if sign == "<=" else at
            end = until if end is None else min(end, until)
    return Stretch(begin, end)


def whole_days(of: Stretch) -> Stretch:
    """The days (UTC) that lie in it from midnight to midnight; none of them: an empty stretch."""
    begin = of.begin and midnight(of.begin + timedelta(days=1, microseconds=-1))
    end = of.end and midnight(of.end)
    return Stretch(begin, max(begin, end) if begin and end else end)


def midnight(at: datetime) -> datetime:
    """The one that begins the day."""
    return datetime.combine(at.astimezone(UTC).date(), time(), UTC)


def ends_of(of: Stretch, days: Stretch) -> list[Stretch]:
    """What is left of a time beside its whole days: before them and after them."""
    if days.is_empty:
        return [] if of.is_empty else [of]
    ends = []
    if of.begin != days.begin:
        ends.append(Stretch(of.begin, days.begin))
    if of.end != days.end:
        ends.append(Stretch(days.end, of.end))
    return ends
