"""A bucket of people into the database, in one transaction: who is new is made set-wise (`staging`), who is there and
of whom the file may know something new is held against it person by person.

The only writers of an import are here, in `staging` and in `undoing`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from tradewind.contacts.imports import staging
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.lines import SEVERAL_SPELLINGS, Person, array_of, person_of
from tradewind.contacts.imports.problems import Reject
from tradewind.contacts.imports.spool import Bucket
from tradewind.contacts.keys import others, spellings
from tradewind.contacts.suppressed import suppressed_among
from tradewind.contacts.tags import assign
from tradewind.contacts.tags.assign import By, Change
from tradewind.journal.actions import Line, record_many

Cursor = psycopg.Cursor[Any]
COLUMNS = ("name", "language", "country", "city", "timezone", "company")

# Held in one order against others who change the same people.
HOLD = """
SELECT c.id, c.name, c.language, c.country, c.city, c.timezone, c.company, c.fields::text, c.marketing,
       coalesce((SELECT tags FROM contact_tags t WHERE t.contact_id = c.id), '{}')
FROM contact c WHERE c.workspace_id = %s AND c.id = ANY(%b::bigint[]) ORDER BY c.id
"""
PROOFS = """
SELECT contact_id, extract(epoch FROM at)::float8, state FROM consent WHERE contact_id = ANY(%b::bigint[])
"""
NAMES = "SELECT name FROM tag WHERE workspace_id = %s AND id = ANY(%b::int[]) ORDER BY id"
CHANGE = """
UPDATE contact SET name = g.name, language = g.language, country = g.country, city = g.city, timezone = g.timezone,
                   company = g.company, fields = g.fields::jsonb
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
  AS g (id, name, language, country, city, timezone, company, fields)
WHERE contact.id = g.id
"""
CONSENT = """
INSERT INTO consent (workspace_id, contact_id, state, source, wording, proof, member_id, at, recorded_at)
SELECT %s, contact_id, state, source, wording, proof::jsonb, %s, to_timestamp(at), %s
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::float8[])
  AS g (contact_id, state, source, wording, proof, at)
"""
# What stood last is what the youngest proof says; of two with the same time, the one that came later.
STAND = """
UPDATE contact SET marketing = g.state, marketing_at = to_timestamp(g.at)
FROM unnest(%b::bigint[], %b::text[], %b::float8[]) AS g (id, state, at)
WHERE contact.id = g.id AND (contact.marketing_at IS NULL OR contact.marketing_at <= to_timestamp(g.at))
"""


@dataclass(frozen=True, slots=True)
class Job:
    """What every bucket of an import needs to know."""

    import_id: int
    workspace_id: int
    member_id: int | None
    file_name: str
    now: datetime
    everybody_gets: tuple[int, ...] = ()  # tags of every row
    made_tags: dict[int, int] = field(default_factory=dict)  # number below 0 → of the tag made for it
    source: str = "import"
    knows_suppressed: bool = False
    columns: tuple[Column, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What came of a bucket: rows by outcome, whom it made and changed, how those stood before."""

    new: int = 0
    updated: int = 0
    same: int = 0
    doubles: int = 0
    rejects: list[Reject] = field(default_factory=list)
    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)


class ContactGone(Exception):
    """Somebody whom the file names was erased at this very moment: the bucket is to be done again."""


@dataclass(slots=True)
class There:
    """A contact as it stands."""

    id: int
    values: list[str]  # of COLUMNS
    fields: dict[str, Any]
    marketing: str
    tags: list[int]
    proofs: set[tuple[float, str]] = field(default_factory=set)


def merge(cursor: Cursor, job: Job, bucket: Bucket, *, only_looks: bool = False) -> Outcome:
    """Bring people in, in the caller's transaction. With `only_looks` nothing is written, and the outcome is what would
    come of it.
    """
    people = with_tags(job, bucket.people)
    known, differing = staging.stage(cursor, job.workspace_id, people.values(), spellings_of(people))
    outcome = Outcome(new=len(people) - known, doubles=bucket.doubles)
    changes = list(changes_of(cursor, job, people, differing, outcome, is_held=not only_looks))
    outcome.updated = len(changes)
    outcome.same = known - len(changes) - len(outcome.rejects)
    if not only_looks:
        tags = staging.tags_of_new(cursor) if known else tags_in(people.values())
        outcome.created = make(cursor, job, tags) if outcome.new else []
        change_all(cursor, job, changes)
        outcome.changed = [each.contact.id for each in changes]
        outcome.before = {str(each.contact.id): each.before for each in changes if each.before}
        tell(cursor, job, outcome)
    return outcome


def changes_of(
    cursor: Cursor, job: Job, people: dict[str, str], differing: dict[str, int], outcome: Outcome, *, is_held: bool
) -> Iterator["Difference"]:
    """What the file changes about those who are there; who opted out and is to be opted in is refused."""
    there = hold(cursor, job, sorted(set(differing.values())), is_held=is_held)
    for key, number in differing.items():
        person, contact = person_of(people[key]), there.get(number)
        if contact is None:
            raise ContactGone(number)
        if person.state == "opted_in" and contact.marketing == "opted_out":
            outcome.rejects.append(Reject(person.row, "", "opted_out", "", cells_of(cursor, job, person)))
        elif change := difference(person, contact):
            yield change


def with_tags(job: Job, people: dict[str, str]) -> dict[str, str]:
    """The lines with the numbers that their tags have by now, and with what everybody gets."""
    if not (job.everybody_gets or job.made_tags):
        return people
    known: dict[str, str] = {}
    found = {}
    for key, line in people.items():
        rest, tab, tags = line.rpartition("\t")
        if tags not in known:
            known[tags] = array_of(tags_of(job, tags))
        found[key] = f"{rest}{tab}{known[tags]}"
    return found


def tags_of(job: Job, written: str) -> Iterable[int]:
    own = [int(each) for each in written[1:-1].split(",") if each]
    return dict.fromkeys([*job.everybody_gets, *(job.made_tags.get(number, number) for number in own)])


def tags_in(lines: Iterable[str]) -> set[int]:
    sets = {line.rpartition("\t")[2] for line in lines}
    return {int(number) for numbers in sets for number in numbers[1:-1].split(",") if number}


def spellings_of(people: Iterable[str]) -> list[tuple[str, str]]:
    """Other forms under which somebody may be known."""
    several = [key for key in people if key.startswith(SEVERAL_SPELLINGS)]
    return [(key, form) for key in several for form in {key, *spellings(key), *others(key)}]


def cells_of(cursor: Cursor, job: Job, person: Person) -> list[str]:
    """The row as it was understood, in the columns of the file."""
    said = {"opt_in": person.state, "opt_in_at": moment(person.at), "opt_in_source": person.source}
    said |= {"opt_in_wording": person.wording, **person._asdict()}
    cursor.execute(NAMES, [job.workspace_id, [*set(person.tags) - set(job.everybody_gets)]])
    names = [row[0] for row in cursor.fetchall()]
    prefixes = [column.prefix for column in job.columns if column.to == "tags" and column.prefix]
    found = []
    for column in job.columns:
        if column.to == "field":
            found.append(str(person.fields.get(column.key, "")))
        elif column.to == "tags":
            found.append("; ".join(below(column.prefix, prefixes, names)))
        else:
            found.append(str(said.get(column.to, "")))
    return found


def below(prefix: str, prefixes: list[str], names: list[str]) -> list[str]:
    """The tags that stand in the column of this prefix, as they are written there; the rest stand in one without."""
    if prefix:
        return [name[len(prefix) + 1 :] for name in names if name.startswith(f"{prefix}/")]
    return [name for name in names if not name.startswith(tuple(f"{each}/" for each in prefixes))]


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at else ""


def hold(cursor: Cursor, job: Job, contacts: list[int], *, is_held: bool) -> dict[int, There]:
    if not contacts:
        return {}
    cursor.execute(HOLD + (" FOR NO KEY UPDATE OF c" if is_held else ""), [job.workspace_id, contacts])
    found = {
        row[0]: There(row[0], list(row[1:7]), orjson.loads(row[7]), row[8], list(row[9])) for row in cursor.fetchall()
    }
    cursor.execute(PROOFS, [contacts])
    for contact, at, state in cursor.fetchall():
        if contact in found:
            found[contact].proofs.add((at, state))
    return found


@dataclass(slots=True)
class Difference:
    """What a row changes about a contact that is there."""

    contact: There
    person: Person
    before: dict[str, Any]
    values: list[str]
    fields: dict[str, Any]
    tags: list[int]  # to put on
    says: bool  # a word about marketing that is not known yet


def difference(person: Person, contact: There) -> Difference | None:
    """None when the row says nothing new. An empty cell takes nothing away."""
    given = [person.name, person.language, person.country, person.city, person.timezone, person.company]
    values = [said or stood for said, stood in zip(given, contact.values, strict=True)]
    before: dict[str, Any] = {
        name: [stood, value]
        for name, stood, value in zip(COLUMNS, contact.values, values, strict=True)
        if stood != value
    }
    fields = contact.fields
    if any(contact.fields.get(key) != value for key, value in person.fields.items()):
        fields = {**contact.fields, **person.fields}
        turned = {key: [contact.fields.get(key), value] for key, value in person.fields.items()}
        before["fields"] = {key: pair for key, pair in turned.items() if pair[0] != pair[1]}
    tags = [tag for tag in person.tags if tag not in contact.tags]
    says = is_news(person, contact)
    if says:
        before["marketing"] = [contact.marketing, person.state]
    if not (before or tags or says):
        return None
    return Difference(contact, person, before, values, fields, tags, says)


def is_news(person: Person, contact: There) -> bool:
    """Whether the row's word about marketing is one that the passport does not hold."""
    if not person.state:
        return False
    if person.at:
        return (person.at, person.state) not in contact.proofs
    return person.state != contact.marketing


def make(cursor: Cursor, job: Job, tags: set[int]) -> list[int]:
    """New contacts with their number, tags and consent; their ids."""
    # Tags are held before people, as everywhere (contacts.tags.assign).
    wanted = [Change(0, tag, True) for tag in tags]
    held = assign.tags_held(cursor, job.workspace_id, wanted, by_of(job))
    if job.knows_suppressed:
        suppress(cursor, job)
    facts = {
        "workspace": job.workspace_id,
        "now": job.now,
        "import": job.import_id,
        "member": job.member_id,
        "source": job.source,
        "file": job.file_name,
        "reason": by_of(job).reason,
    }
    ids = staging.make(cursor, facts)
    if held:
        ends = {tag: end for tag, each in held.items() if (end := assign.end_of(each, job.now, by_of(job)))}
        until = {tag: datetime.fromtimestamp(end, UTC) for tag, end in ends.items()}
        first, last, people = staging.log_tags(cursor, facts, until)
        said = {"import": job.import_id, "tags": sorted(held), "people": people, "changes": [first, last]}
        record_many(cursor, [Line(job.workspace_id, job.now, "tags.changed", member_id=job.member_id, data=said)])
    return ids


def suppress(cursor: Cursor, job: Job) -> None:
    """Whose data was erased comes back, but nothing is sent to them."""
    phones = staging.new_ones(cursor)
    reasons = suppressed_among(cursor, job.workspace_id, [[*spellings(phone)] for phone in phones.values()])
    staging.suppress(cursor, {key: reason for key, reason in zip(phones, reasons, strict=True) if reason})


def by_of(job: Job) -> By:
    return By(member_id=job.member_id, import_id=job.import_id, reason=job.file_name[:200])


def change_all(cursor: Cursor, job: Job, changes: list[Difference]) -> None:
    """Bring contacts up to date that are there."""
    changes.sort(key=lambda each: each.contact.id)
    written = [each for each in changes if each.before.keys() - {"marketing"}]
    if written:
        columns = zip(
            *[[each.contact.id, *each.values, orjson.dumps(each.fields).decode()] for each in written], strict=True
        )
        cursor.execute(CHANGE, [list(column) for column in columns])
    tags = [Change(each.contact.id, tag, True) for each in changes for tag in each.tags]
    if tags:
        assign.change_many(cursor, job.workspace_id, tags, by=by_of(job))
    said = [(each.contact.id, each.person) for each in changes if each.says]
    write_consents(cursor, job, said)
    if said:
        times = [person.at or job.now.timestamp() for _id, person in said]
        cursor.execute(STAND, [[id for id, _person in said], [person.state for _id, person in said], times])


def write_consents(cursor: Cursor, job: Job, said: list[tuple[int, Person]]) -> None:
    """The proofs for the passport. The number of the row leads back to the file."""
    if not said:
        return
    columns = [
        [id for id, _person in said],
        [person.state for _id, person in said],
        [(person.source or job.source)[:40] for _id, person in said],
        [person.wording for _id, person in said],
        [orjson.dumps({"import": job.import_id, "file": job.file_name, "row": p.row}).decode() for _id, p in said],
        [person.at or job.now.timestamp() for _id, person in said],
    ]
    cursor.execute(CONSENT, [job.workspace_id, job.member_id, job.now, *columns])


def tell(cursor: Cursor, job: Job, outcome: Outcome) -> None:
    """One entry for all people of a bucket; who they are stands in `contact_import_stretch`."""
    if outcome.new or outcome.updated:
        data = {"import": job.import_id, "file": job.file_name, "new": outcome.new, "updated": outcome.updated}
        line = Line(job.workspace_id, job.now, "contacts.imported", member_id=job.member_id, data=data)
        record_many(cursor, [line])
