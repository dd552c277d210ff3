"""A bucket of people into the database, in one transaction: who is new comes by COPY, who is there is held against it.

Hot path: plain SQL over psycopg, about 50 µs a new person in PostgreSQL. The only writers of an import are here and in
`undoing`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from tradewind.contacts.imports.cleaning import Person
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.problems import Reject
from tradewind.contacts.keys import spellings
from tradewind.contacts.suppressed import suppressed_among
from tradewind.contacts.tags import assign
from tradewind.contacts.tags.assign import By, Change
from tradewind.journal.actions import Line, record_many

Cursor = psycopg.Cursor[Any]
COLUMNS = ("name", "language", "country", "city", "timezone", "company")

FIND = """
SELECT value, contact_id FROM identity
WHERE workspace_id = %s AND kind = 'phone' AND scope = 0 AND value = ANY(%b::text[])
"""
# Held in one order against others who change the same people.
HOLD = """
SELECT c.id, c.name, c.language, c.country, c.city, c.timezone, c.company, c.fields::text, c.marketing,
       coalesce((SELECT tags FROM contact_tags t WHERE t.contact_id = c.id), '{}')
FROM contact c WHERE c.workspace_id = %s AND c.id = ANY(%b::bigint[]) ORDER BY c.id
"""
PROOFS = """
SELECT contact_id, extract(epoch FROM at)::float8, state FROM consent WHERE contact_id = ANY(%b::bigint[])
"""
DRAW = "SELECT nextval(pg_get_serial_sequence('contact', 'id')) FROM generate_series(1, %s)"
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
COPY_CONTACTS = """
COPY contact (id, workspace_id, name, language, country, city, timezone, company, fields, created_at, marketing,
              marketing_at, suppressed_at, suppressed_reason, import_id, unreachable_count) FROM STDIN
"""
COPY_IDENTITIES = "COPY identity (workspace_id, contact_id, kind, scope, value, is_current, seen_at) FROM STDIN"
COPY_TAG_ROWS = "COPY contact_tags (contact_id, workspace_id, tags) FROM STDIN"
COPY_TAG_CHANGES = (
    "COPY tag_change (workspace_id, contact_id, tag_id, is_on, at, until, member_id, import_id, reason) FROM STDIN"
)
COPY_TERMS = "COPY tag_term (workspace_id, contact_id, tag_id, until) FROM STDIN"
TAG_CHANGES_OF = "SELECT min(id), max(id) FROM tag_change WHERE contact_id = ANY(%b::bigint[]) AND import_id = %s"


@dataclass(frozen=True, slots=True)
class Job:
    """What every bucket of an import needs to know."""

    import_id: int
    workspace_id: int
    member_id: int | None
    file_name: str
    now: datetime
    everybody_gets: tuple[int, ...] = ()  # tags of every row
    new_tags: dict[str, int] = field(default_factory=dict)  # lower path → number, made for this import
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


@dataclass(slots=True)
class There:
    """A contact as it stands."""

    id: int
    values: list[str]  # of COLUMNS
    fields: dict[str, Any]
    marketing: str
    tags: list[int]
    proofs: set[tuple[float, str]] = field(default_factory=set)


def merge(cursor: Cursor, job: Job, people: Sequence[tuple[Person, int]], *, only_looks: bool = False) -> Outcome:
    """Bring people in, in the caller's transaction. `people`: each once, with how many rows they had.

    With `only_looks` nothing is written, and the outcome is what would come of it.
    """
    outcome = Outcome()
    known = find(cursor, job, people)
    there = hold(cursor, job, sorted(set(known.values())), is_held=not only_looks)
    new, old = [], []
    for person, rows in people:
        outcome.doubles += rows - 1
        contact = there.get(known.get(person.phone, 0))
        if contact is None:
            new.append(person)
        elif person.state == "opted_in" and contact.marketing == "opted_out":
            outcome.rejects.append(Reject(person.row, "", "opted_out", "", cells_of(job, person)))
        else:
            old.append((person, contact))
    outcome.new = len(new)
    changes = [change for person, contact in old if (change := difference(job, person, contact))]
    outcome.updated, outcome.same = len(changes), len(old) - len(changes)
    if not only_looks:
        outcome.created = make(cursor, job, new)
        change_all(cursor, job, changes)
        outcome.changed = [each.contact.id for each in changes]
        outcome.before = {str(each.contact.id): each.before for each in changes if each.before}
        tell(cursor, job, outcome)
    return outcome


def cells_of(job: Job, person: Person) -> list[str]:
    """The row as it was understood, in the columns of the file."""
    said = {"opt_in": person.state, **person._asdict()}
    return [
        str(person.fields.get(column.key, ""))
        if column.to == "field"
        else str(said.get(column.to, ""))
        if column.to != "tags"
        else ""
        for column in job.columns
    ]


def find(cursor: Cursor, job: Job, people: Iterable[tuple[Person, int]]) -> dict[str, int]:
    """Whose numbers are known already: number as in the file → contact."""
    also: dict[str, str] = {}
    values = []
    for person, _rows in people:
        phone = person.phone
        values.append(phone)
        if phone.startswith(("+55", "+52", "+54")):
            for spelling in spellings(phone)[1:]:
                also[spelling] = phone
                values.append(spelling)
    values.sort()
    cursor.execute(FIND, [job.workspace_id, values])
    return {also.get(value, value): contact for value, contact in cursor.fetchall()}


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


def difference(job: Job, person: Person, contact: There) -> Difference | None:
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
    tags = [tag for tag in tags_of(job, person) if tag not in contact.tags]
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


def tags_of(job: Job, person: Person) -> list[int]:
    numbers = [*job.everybody_gets]
    for tag in person.tags:
        number = job.new_tags.get(tag[1:].lower(), 0) if tag[0] == "+" else int(tag)
        numbers.append(number)
    return list(dict.fromkeys(numbers)) if len(numbers) > 1 else numbers


def make(cursor: Cursor, job: Job, people: list[Person]) -> list[int]:
    """New contacts with their number, tags and consent; their ids."""
    if not people:
        return []
    cursor.execute(DRAW, [len(people)])
    ids = [row[0] for row in cursor.fetchall()]
    tags = [tags_of(job, person) for person in people]
    # Tags are held before people, as everywhere (contacts.tags.assign).
    held = assign.tags_held(
        cursor, job.workspace_id, [Change(0, tag, True) for tag in {tag for some in tags for tag in some}], by_of(job)
    )
    reasons = [""] * len(people)
    if job.knows_suppressed:
        reasons = suppressed_among(cursor, job.workspace_id, [[*spellings(person.phone)] for person in people])
    now, workspace = job.now.isoformat(), job.workspace_id
    copy(cursor, COPY_CONTACTS, map(contact_line, ids, people, reasons, [job] * len(ids), [now] * len(ids)))
    by_number = sorted(zip((person.phone for person in people), ids, strict=True))
    copy(cursor, COPY_IDENTITIES, (f"{workspace}\t{id}\tphone\t0\t{phone}\tt\t{now}\n" for phone, id in by_number))
    copy(cursor, COPY_TAG_ROWS, (f"{id}\t{workspace}\t{{{','.join(map(str, some))}}}\n" for id, some in zip(ids, tags, strict=True)))  # fmt: skip  # noqa: E501
    put_on(cursor, job, ids, tags, held)
    consents = [(id, person) for id, person in zip(ids, people, strict=True) if person.state]
    write_consents(cursor, job, consents)
    return ids


def contact_line(id: int, person: Person, reason: str, job: Job, now: str) -> str:
    fields = escaped(orjson.dumps(person.fields).decode()) if person.fields else "{}"
    state, at = (person.state, stamp(person.at, job)) if person.state else ("unknown", "\\N")
    name = person.name
    if "\\" in name:
        name = escaped(name)
    missing = "\\N"
    return (
        f"{id}\t{job.workspace_id}\t{name}\t{person.language}\t{person.country or person.home}\t"
        f"{escaped(person.city)}\t{person.timezone or person.zone}\t{escaped(person.company)}\t{fields}\t"
        f"{now}\t{state}\t{at}\t{now if reason else missing}\t{escaped(reason)}\t{job.import_id}\t0\n"
    )


def stamp(at: float, job: Job) -> str:
    return (datetime.fromtimestamp(at, UTC) if at else job.now).isoformat()


def escaped(text: str) -> str:
    """For COPY's text format; cleaned cells have no tabs and line breaks."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def copy(cursor: Cursor, statement: str, lines: Iterable[str]) -> None:
    with cursor.copy(statement) as writer:
        writer.write("".join(lines).encode())


def put_on(cursor: Cursor, job: Job, ids: list[int], tags: list[list[int]], held: dict[int, Any]) -> None:
    """The log of the tags that new people are born with; nobody else can have seen these people yet."""
    if not held:
        return
    now = job.now.isoformat()
    who = "\\N" if job.member_id is None else str(job.member_id)
    ends = {tag: assign.end_of(each, job.now, by_of(job)) for tag, each in held.items()}
    until = {tag: "\\N" if end is None else datetime.fromtimestamp(end, UTC).isoformat() for tag, end in ends.items()}
    reason = escaped(by_of(job).reason)
    copy(
        cursor,
        COPY_TAG_CHANGES,
        (
            f"{job.workspace_id}\t{id}\t{tag}\tt\t{now}\t{until[tag]}\t{who}\t{job.import_id}\t{reason}\n"
            for id, some in zip(ids, tags, strict=True)
            for tag in some
        ),
    )
    if any(ends.values()):
        pairs = ((id, tag) for id, some in zip(ids, tags, strict=True) for tag in some if ends[tag])
        copy(cursor, COPY_TERMS, (f"{job.workspace_id}\t{id}\t{tag}\t{until[tag]}\n" for id, tag in pairs))
    cursor.execute(TAG_CHANGES_OF, [ids, job.import_id])
    first, last = cursor.fetchone() or (0, 0)
    said = {"import": job.import_id, "tags": sorted(held), "people": sum(map(bool, tags)), "changes": [first, last]}
    record_many(cursor, [Line(job.workspace_id, job.now, "tags.changed", member_id=job.member_id, data=said)])


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
