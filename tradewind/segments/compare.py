# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""One comparison as SQL: what holds of a value, never NULL-minded: a missing value fits nothing.

`is_not` and `is_set: false` are the plain opposite of `is` and `is_set`: the caller takes what is left.
A value of the business's own is JSON: it is read as what it is compared with, and fits nothing when it cannot be.
"""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tradewind.segments.nodes import Days, Test
from tradewind.segments.operands import NO, YES

SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

NUMBER = r"^\s*[+-]?[0-9]{1,15}(\.[0-9]{1,10})?\s*$"
# A day that the calendar has, alone or before a time.
DAY = (
    r"^(?!0000)[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8])|02-29)([T ].*)?$"
)
LEAP = r"^([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
# So many spellings of words are looked up as constants; more are folded row by row.
MOST_SPELLINGS = 256


class Binds(Protocol):
    """Keeps a value and says the placeholder for it."""

    def add(self, value: Any) -> str: ...


def is_negative(test: Test) -> bool:
    return test.op == "is_not" or (test.op == "is_set" and test.operands == (False,))


def positive(test: Test) -> Test:
    """The test whose opposite this one is."""
    return Test("is_set" if test.op == "is_set" else "is", (True,) if test.op == "is_set" else test.operands,
                test.reading, test.zone)  # fmt: skip


def text_column(column: str, test: Test, binds: Binds) -> str:
    """A test of a text column, '' being the missing value."""
    if test.op == "is_set":
        return f"{column} <> ''"
    return like(column, test, binds) or f"lower({column}) = {lowered(test, binds)}"


def folded_column(column: str, test: Test, binds: Binds) -> str:
    """The same for a column that is kept in small letters."""
    if test.op == "is_set":
        return f"{column} <> ''"
    return like(column, test, binds) or f"{column} = {lowered(test, binds)}"


def phone_column(column: str, test: Test, binds: Binds) -> str:
    """A test of a phone number in E.164: whole numbers and their beginnings use the index of identities."""
    words = [str(each) for each in test.operands]
    if test.op in ("is", "in"):
        return f"{column} = ANY({binds.add(words)}::text[])"
    if test.op == "starts_with" and words[0].startswith("+") and words[0][1:].isdecimal():
        after = words[0][:-1] + chr(ord(words[0][-1]) + 1)
        return f"{column} >= {binds.add(words[0])} AND {column} < {binds.add(after)}"
    return text_column(column, test, binds)


def like(value: str, test: Test, binds: Binds) -> str:
    """contains and starts_with, with % and _ as letters; "" for other tests."""
    if test.op not in ("contains", "starts_with"):
        return ""
    escaped = str(test.operands[0]).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%" if test.op == "contains" else f"{escaped}%"
    return f"{value} ILIKE {binds.add(pattern)}"


def lowered(test: Test, binds: Binds) -> str:
    """What must be equal to one of the operands, folded as the database folds: by itself where its language might
    matter, else as constants, which it looks up in a hash when they are many."""
    words = [str(each) for each in test.operands]
    if not all(word.isascii() for word in words):
        return f"ANY(ARRAY(SELECT lower(each) FROM unnest({binds.add(words)}::text[]) AS each))"
    if len(words) == 1:
        return f"{binds.add(words[0].lower())}::text"
    return f"ANY({binds.add([word.lower() for word in words])}::text[])"


def spelled(text: str, test: Test, binds: Binds) -> str:
    """Is one of these words in any spelling. Few short words are looked up as constants in all their spellings, which
    takes a third of the time of folding a million texts."""
    words = [str(each) for each in test.operands]
    letters = [sum(letter.isalpha() for letter in word) for word in words]
    if not all(word.isascii() for word in words) or sum(2**each for each in letters) > MOST_SPELLINGS:
        return f"lower({text}) = {lowered(test, binds)}"
    ways = {"".join(way) for word in words for way in product(*({one.lower(), one.upper()} for one in word))}
    return f"{text} = ANY({binds.add(sorted(ways))}::text[])"


def moment_column(column: str, test: Test, binds: Binds, now: datetime) -> str:
    """A test of a time; days are stretches of time in the workspace's zone."""
    if test.op == "is_set":
        return f"{column} IS NOT NULL"
    if test.op in ("within_days", "older_than_days"):
        edge = binds.add(now - timedelta(days=int(str(test.operands[0]))))
        return (
            f"{column} >= {edge} AND {column} <= {binds.add(now)}" if test.op == "within_days" else f"{column} < {edge}"
        )
    if test.op == "anniversary_within_days":
        return f"to_char({column} AT TIME ZONE {binds.add(test.zone)}, 'MM-DD') = ANY({coming(test, now, binds)})"
    return "(" + " OR ".join(stretch_of(column, test.op, each, test, binds) for each in spans(test)) + ")"


def spans(test: Test) -> list[Days]:
    """The stretches of a test; the two of `between` make one."""
    found = [each for each in test.operands if isinstance(each, Days)]
    return [Days(found[0].begin, found[1].end, found[0].said)] if test.op == "between" else found


def stretch_of(column: str, op: str, days: Days, test: Test, binds: Binds) -> str:
    if op in ("is", "in", "between"):
        # A moment is a stretch without length: it fits itself.
        upper = "<=" if days.begin == days.end or (op == "between" and ends_in_a_moment(test)) else "<"
        return f"({column} >= {binds.add(days.begin)} AND {column} {upper} {binds.add(days.end)})"
    edge = days.begin if op in ("gte", "lt") else days.end
    sign = {"gte": ">=", "lt": "<", "gt": ">" if days.begin == days.end else ">=",
            "lte": "<=" if days.begin == days.end else "<"}[op]  # fmt: skip
    return f"{column} {sign} {binds.add(edge)}"


def ends_in_a_moment(test: Test) -> bool:
    last = test.operands[-1]
    return isinstance(last, Days) and last.begin == last.end


def coming(test: Test, now: datetime, binds: Binds) -> str:
    """The days "MM-DD" of which the anniversary is today or in the days that come; who was born on 29 February
    celebrates on the 28th in common years."""
    today = now.astimezone(ZoneInfo(test.zone)).date()
    found: set[str] = set()
    for ahead in range(int(str(test.operands[0])) + 1):
        each = today + timedelta(days=ahead)
        found.add(f"{each:%m-%d}")
        if f"{each:%m-%d}" == "02-28" and (each + timedelta(days=1)).month == 3:
            found.add("02-29")
    return f"{binds.add(sorted(found))}::text[]"


def own_value(json: str, key: str, test: Test, binds: Binds, now: datetime) -> str:
    """A test of `json` ->> key, where `json` is a jsonb column. A list or an object fits only is_set."""
    value, text = f"{json} -> {key}", f"{json} ->> {key}"
    if test.op == "is_set":
        return f"coalesce({text}, '') <> ''"
    if test.reading == "number":
        return number_value(value, text, test, binds)
    if test.reading == "yes_no":
        words = [word for each in test.operands for word in (YES if each else NO)]
        return f"lower({text}) = ANY({binds.add(words)}::text[])"
    if test.reading == "date":
        return day_value(value, text, test, binds, now)
    found = like(f"({text})", test, binds) or spelled(text, test, binds)
    # CASE: whether it is a list is asked of what fits only. Nothing fits an empty text: no operand is one.
    return f"CASE WHEN {found} THEN jsonb_typeof({value}) NOT IN ('array', 'object') END"


def number_value(value: str, text: str, test: Test, binds: Binds) -> str:
    """JSON numbers, and texts that are written as one."""
    number = (
        f"CASE jsonb_typeof({value}) WHEN 'number' THEN ({value})::numeric"
        f" WHEN 'string' THEN CASE WHEN {text} ~ {binds.add(NUMBER)} THEN ({text})::numeric END END"
    )
    return ordered(f"({number})", test, binds, "numeric")


def day_value(value: str, text: str, test: Test, binds: Binds, now: datetime) -> str:
    """Texts that begin with a day of the calendar; ISO days are in order as texts."""
    day = f'left({text}, 10) COLLATE "C"'
    is_day = (
        f"jsonb_typeof({value}) = 'string' AND {text} ~ {binds.add(DAY)}"
        f" AND (substr({text}, 6, 5) <> '02-29' OR {text} ~ {binds.add(LEAP)})"
    )
    if test.op == "anniversary_within_days":
        fits = f"substr({text}, 6, 5) = ANY({coming(test, now, binds)})"
    elif test.op in ("within_days", "older_than_days"):
        today = now.astimezone(ZoneInfo(test.zone)).date()
        edge = binds.add((today - timedelta(days=int(str(test.operands[0])))).isoformat())
        until = f" AND {day} <= {binds.add(today.isoformat())}" if test.op == "within_days" else ""
        fits = f"{day} {'>=' if until else '<'} {edge}{until}"
    else:
        fits = ordered(day, test, binds, "text")
    return f"CASE WHEN {fits} THEN {is_day} END"  # CASE, because the patterns cost more than all the rest


def ordered(value: str, test: Test, binds: Binds, kind: str) -> str:
    """is, in, gt, gte, lt, lte and between of something that has an order."""
    items = [each.isoformat() if isinstance(each, date) else each for each in test.operands]
    if test.op == "between":
        return f"{value} BETWEEN {binds.add(items[0])}::{kind} AND {binds.add(items[1])}::{kind}"
    if test.op in SIGNS:
        return f"{value} {SIGNS[test.op]} {binds.add(items[0])}::{kind}"
    return f"{value} = ANY({binds.add(items)}::{kind}[])"
