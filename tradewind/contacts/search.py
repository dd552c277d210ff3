"""Finding contacts among a million: what somebody types, the filters of the list, one page at a time.

The SQL is the function `contacts_found` (migration 0004): it keeps to one workspace by itself, because under row-level
security a page's own query could not use the indexes on names and tags.
"""

import re
from dataclasses import dataclass

from django.db import connection

from tradewind.contacts.keys import EVERYWHERE, spellings
from tradewind.contacts.models import MARKETING, Contact, Identity, Tag
from tradewind.contacts.privacy import masking
from tradewind.contacts.tags import tree
from tradewind.lib.phone import regions
from tradewind.lib.text import storable

PAGE = 50
COUNTED = 1000  # more than that is "1,000+"
NEWEST = 2**63 - 1
GRADES = ("A", "B", "C")
# In what order a list can come, beside the newest first: who wrote last, by grade, by engagement. Whoever has no such
# figure comes behind, in the last stretch.
LAST_STRETCHES = {"heard": 2, "grade": 4, "engagement": 2}
ORDERS = tuple(LAST_STRETCHES)
MOST_WORDS = 6
FEWEST_LAST = 4
"""So many last digits of a number find it; the index has as many (migration 0062)."""

_NUMBER = re.compile(r"[+＋]?[\d\s().\-/…]{3,}")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; "" and None = not narrowed. `country` is that of the workspace, to read numbers."""

    text: str = ""
    tag: int | None = None
    country: str = ""
    language: str = ""
    marketing: str = ""
    grade: str = ""
    # One of ORDERS; "" = the newest first.
    order: str = ""
    home: str = ""
    # Numbers only as a whole: for who may not see them, and could else read them piece by piece.
    is_whole_only: bool = False

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.tag is not None or self.country or self.language or self.marketing or self.grade)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: behind this person; of an order that is not by row number also in which stretch of it, and
    behind which value (migration 0057)."""

    below: int = NEWEST
    stretch: int = 0
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page in the order that was asked for. `count` is None on later pages, and at most COUNTED + 1."""

    contacts: list[Contact]
    has_more: bool
    count: int | None


def page(wanted: Wanted, *, behind: Place | None = None) -> Page:
    """The contacts of the current workspace that fit, from the place on where another page ended."""
    most = COUNTED + 1 if behind is None else PAGE + 1
    ids = found(wanted, behind or Place(), most)
    rows = Contact.objects.select_related("tag_row", "standing").prefetch_related("identities").in_bulk(ids[:PAGE])
    some = [rows[pk] for pk in ids[:PAGE] if pk in rows]
    return Page(some, len(ids) > PAGE, len(ids) if behind is None else None)


def place_of(contact: Contact, order: str) -> Place:
    """Where a page ends that ends with this person, who comes with their standing."""
    standing = getattr(contact, "standing", None)
    if order == "heard" and contact.last_inbound_at is not None:
        return Place(contact.pk, 1, contact.last_inbound_at.isoformat())
    if order == "grade" and standing is not None and standing.grade in GRADES:
        return Place(contact.pk, 1 + GRADES.index(standing.grade))
    if order == "engagement" and standing is not None and standing.engagement > 0:
        return Place(contact.pk, 1, str(standing.engagement))
    return Place(contact.pk, LAST_STRETCHES.get(order, 0))


def found(wanted: Wanted, behind: Place, most: int) -> list[int]:
    """Row numbers in the order that is asked for."""
    if wanted.is_whole_only and _NUMBER.fullmatch(storable(wanted.text).strip()):
        return [row for row in bearers_of(wanted) if row < behind.below]
    words, handles = parts_of(wanted)
    if wanted.text.strip() and not words and not handles:
        return []  # "000" is nobody's number, and no reason to show everybody
    marketing = wanted.marketing if wanted.marketing in MARKETING else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM contacts_found(%s::text[], %s::text[], %s::int[], %s, %s, %s, %s, %s, %s::int, %s::text,"
            " %s::bigint, %s::int)",
            [words, handles, family(wanted.tag), wanted.country, wanted.language, marketing, wanted.grade,
             wanted.order, behind.stretch, behind.value, behind.below, most],
        )  # fmt: skip
        ids = [row[0] for row in cursor.fetchall()]
        return ids if wanted.order else sorted(ids, reverse=True)


def bearers_of(wanted: Wanted) -> list[int]:
    """Who has exactly this number, in any of its spellings; other filters do not count."""
    number = masking.whole_number(storable(wanted.text).strip(), wanted.home)
    known = Identity.objects.filter(kind="phone", scope=EVERYWHERE, value__in=spellings(number) if number else ())
    return sorted(set(known.values_list("contact_id", flat=True)), reverse=True)


def family(tag: int | None) -> list[int] | None:
    """A tag's number with those below it; None when no tag is asked for."""
    if tag is None:
        return None
    found = Tag.objects.filter(pk=tag).first()
    return [tag, *tree.below(found).values_list("pk", flat=True)] if found else [tag]


def parts_of(wanted: Wanted) -> tuple[list[str], list[str]]:
    """(words of a name, handles): what is typed is a number, a user name, a user id, or a name."""
    text = storable(wanted.text).strip()
    if _USER_ID.fullmatch(text):
        return [], [text]
    if text.startswith("@") and len(text) > 1:
        return [], [text.split()[0]]
    if _NUMBER.fullmatch(text):
        return [], handles_of(text, wanted.home)
    return [pattern(word) for word in text.split()[:MOST_WORDS]], []


def handles_of(text: str, home: str) -> list[str]:
    """The beginnings that a number may have in E.164, as it stands and as one of the business's own country, and what
    it may end with ("%4711")."""
    digits = "".join(str(int(letter)) for letter in text if letter.isdecimal())
    if text.lstrip().startswith(("+", "＋")):
        return [f"+{digits}"] if digits else []
    international = digits.removeprefix("00")
    handles = set() if international.startswith("0") or not international else {f"+{international}"}
    return sorted(handles | national(digits, home) | ends(digits))


def ends(digits: str) -> set[str]:
    """With and without the 0 that a number has at home, in whatever country that is."""
    return {f"%{last}" for last in (digits, digits.lstrip("0")) if len(last) >= FEWEST_LAST}


def national(digits: str, home: str) -> set[str]:
    """What a national number ("0151 28") begins with abroad. Most countries drop the 0, Italy keeps it."""
    code = next((region.calling_code for region in regions() if region.code == home), None)
    if code is None or digits.startswith("00"):
        return set()
    return {f"+{code}{rest}" for rest in (digits, digits.lstrip("0")) if rest}


def pattern(word: str) -> str:
    """A word for the function: % and _ are letters; one of one or two letters must begin a word of the name."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"^{escaped}" if len(word) < 3 else escaped


def values_of(column: str) -> list[str]:
    """The countries or languages that the workspace's contacts have: one step on the index for each."""
    assert column in ("country", "language")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE step AS (
              SELECT min({column}) AS value FROM contact WHERE workspace_id = {HERE}
              UNION ALL
              SELECT (SELECT min({column}) FROM contact WHERE workspace_id = {HERE} AND {column} > step.value)
              FROM step WHERE step.value IS NOT NULL
            ) SELECT value FROM step WHERE value <> '' LIMIT 300
            """  # noqa: S608  the column is one of two, the rest is ours
        )
        return [row[0] for row in cursor.fetchall()]


HERE = "nullif(current_setting('tradewind.workspace', true), '')::bigint"
