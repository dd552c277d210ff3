"""Operators and what stands behind them: each operand checked and turned into what is compared.

A text that reads as a number or as a day is taken as one where numbers and days are compared. Days are those of the
workspace's time zone: "after 3 March" means from the midnight that ends that day there.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tradewind.segments.errors import TreeError
from tradewind.segments.nodes import Days, Operand, Reading, Test

TEXT_OPS = ("is", "is_not", "in", "contains", "starts_with")
ORDER_OPS = ("gt", "gte", "lt", "lte", "between")
DAY_OPS = ("within_days", "older_than_days", "anniversary_within_days")
OPS = (*TEXT_OPS, *ORDER_OPS, "is_set", *DAY_OPS)

LONGEST_TEXT = 200
LONGEST_LIST = 1_000
MOST_DAYS = 36_500
MOST_ANNIVERSARY = 366
GREATEST = Decimal(10) ** 15
FIRST_YEAR, LAST_YEAR = 1000, 9990

NUMBER = re.compile(r"\s*[+-]?[0-9]{1,15}(\.[0-9]{1,10})?\s*")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
YES, NO = ("true", "yes"), ("false", "no")


def read_tests(
    leaf: Mapping[str, Any], *, kind: str, zone: str, path: str, owners: Callable[[str], int | None] | None = None
) -> tuple[Test, ...]:
    """The comparisons of a leaf, all of which must hold. `kind`: text, number, date, yes_no, moment, member, or "" when
    nothing is known of the value's kind, which then follows from the operand. Raises TreeError."""
    if not leaf:
        raise TreeError(_("Say what to compare with: is, is_not, in, gt, …"), path)
    return tuple(read_test(op, given, kind, zone, f"{path}.{op}", owners) for op, given in leaf.items())


def read_test(
    op: str, given: Any, kind: str, zone: str, path: str, owners: Callable[[str], int | None] | None = None
) -> Test:
    if op not in OPS:
        raise TreeError(
            _("There is no comparison “%(op)s”. Use one of: %(ops)s.") % {"op": op[:40], "ops": ", ".join(OPS)}, path
        )
    if op == "is_set":
        return Test(op, (flag(given, path),), reading_of_kind(kind) or "text", zone)
    if op in DAY_OPS:
        return Test(op, (days(op, given, kind, path),), "moment" if kind == "moment" else "date", zone)
    items = listed(op, given, path)
    reading = reading_of(op, items, kind, path)
    operands = tuple(operand(item, reading, zone, path, owners) for item in items)
    if op == "between" and ordering(operands[0]) > ordering(operands[1]):
        raise TreeError(_("The first of the two must be the smaller one."), path)
    return Test(op, operands, reading, zone)


def listed(op: str, given: Any, path: str) -> list[Any]:
    """One operand as a list of one; two for `between`; at most a thousand for `in`."""
    if op == "between":
        if not isinstance(given, list) or len(given) != 2:
            raise TreeError(_("“between” needs a list of two: from and to."), path)
        return given
    if op == "in":
        if not isinstance(given, list) or not given:
            raise TreeError(_("“in” needs a list with at least one value."), path)
        if len(given) > LONGEST_LIST:
            raise TreeError(_("At most %(most)s values can stand in a list.") % {"most": LONGEST_LIST}, path)
        return given
    return [given]


def reading_of_kind(kind: str) -> Reading | None:
    readings: dict[str, Reading] = {
        "text": "text", "number": "number", "date": "date", "yes_no": "yes_no", "moment": "moment", "member": "member",
    }  # fmt: skip
    return readings.get(kind)


def reading_of(op: str, items: list[Any], kind: str, path: str) -> Reading:
    """As what the values are compared: by what the field is, else by what the operand is."""
    if op in ("contains", "starts_with"):
        if kind in ("moment", "member"):
            raise TreeError(_("“%(op)s” compares texts, and this is none.") % {"op": op}, path)
        return "text"
    if kind == "text" and op in ORDER_OPS:
        raise TreeError(_("“%(op)s” compares numbers and dates, and this is a text.") % {"op": op}, path)
    if kind == "yes_no" and op in ORDER_OPS:
        raise TreeError(_("“%(op)s” compares numbers and dates, and this is yes or no.") % {"op": op}, path)
    if kind == "member" and op not in ("is", "is_not", "in"):
        raise TreeError(_("A colleague can be compared with is, is_not, in and is_set."), path)
    return reading_of_kind(kind) or guessed(op, items, path)


def guessed(op: str, items: list[Any], path: str) -> Reading:
    if all(isinstance(item, bool) for item in items):
        return "yes_no"
    if all(is_number(item) for item in items):
        return "number"
    if op in TEXT_OPS:
        return "text"
    if all(isinstance(item, str) and NUMBER.fullmatch(item) for item in items):
        return "number"
    if all(isinstance(item, str) and moment_of(item) is not None for item in items):
        return "date"
    raise TreeError(_("“%(op)s” needs a number or a date such as 2026-03-01.") % {"op": op}, path)


def is_number(item: Any) -> bool:
    return isinstance(item, int | float | Decimal) and not isinstance(item, bool)


def operand(
    item: Any, reading: Reading, zone: str, path: str, owners: Callable[[str], int | None] | None = None
) -> Operand:
    if reading == "number":
        return number(item, path)
    if reading == "yes_no":
        return yes_no(item, path)
    if reading == "date":
        return day(item, zone, path)
    if reading == "moment":
        return stretch(item, zone, path)
    if reading == "member":
        return colleague(item, owners, path)
    return text(item, path)


def text(item: Any, path: str) -> str:
    """A text of a sensible length; numbers are taken as they are written."""
    if is_number(item):
        item = str(item)
    if not isinstance(item, str):
        raise TreeError(_("This needs a text."), path)
    if not item.strip():
        raise TreeError(_("The text is empty. To find what is missing, use is_set: false."), path)
    if len(item) > LONGEST_TEXT:
        raise TreeError(_("The text is too long: %(most)s letters at most.") % {"most": LONGEST_TEXT}, path)
    if _UNFIT.search(item):
        raise TreeError(_("The text holds a character that no text may have (NUL or half of one)."), path)
    return item


def number(item: Any, path: str) -> Decimal:
    if is_number(item):
        try:
            found = Decimal(str(item))
        except InvalidOperation:
            found = Decimal("NaN")
    elif isinstance(item, str) and NUMBER.fullmatch(item):
        found = Decimal(item.strip())
    else:
        raise TreeError(_("This needs a number."), path)
    if not found.is_finite() or abs(found) > GREATEST:
        raise TreeError(_("This number is out of range."), path)
    return found


def whole(item: Any, path: str, most: int) -> int:
    """A whole number from 0 to `most`."""
    if not isinstance(item, int) or isinstance(item, bool):
        raise TreeError(_("This needs a whole number."), path)
    if not 0 <= item <= most:
        raise TreeError(_("This number must be from 0 to %(most)s.") % {"most": most}, path)
    return item


def flag(item: Any, path: str) -> bool:
    if not isinstance(item, bool):
        raise TreeError(_("This needs true or false."), path)
    return item


def yes_no(item: Any, path: str) -> bool:
    if isinstance(item, str) and item.strip().lower() in (*YES, *NO):
        return item.strip().lower() in YES
    return flag(item, path)


def days(op: str, item: Any, kind: str, path: str) -> int:
    if kind not in ("", "text", "date", "moment"):
        raise TreeError(_("“%(op)s” counts days, and this is no date.") % {"op": op}, path)
    return whole(item, path, MOST_ANNIVERSARY if op == "anniversary_within_days" else MOST_DAYS)


def day(item: Any, zone: str, path: str) -> date:
    """The day meant, in the workspace's time zone."""
    found = dated(item, path)
    return found.astimezone(ZoneInfo(zone)).date() if isinstance(found, datetime) else found


def stretch(item: Any, zone: str, path: str) -> Days:
    """A whole day for a date, no time at all for a moment: begin = end."""
    found = dated(item, path)
    if isinstance(found, datetime):
        return Days(found, found, found)
    return Days(midnight(found, zone), midnight(found + timedelta(days=1), zone), found)


def midnight(of: date, zone: str) -> datetime:
    return datetime.combine(of, time(), ZoneInfo(zone)).astimezone(UTC)


def dated(item: Any, path: str) -> date | datetime:
    found = moment_of(item) if isinstance(item, str) else None
    if found is None:
        raise TreeError(_("This needs a date such as 2026-03-01, or a time with its zone."), path)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise TreeError(_("This date is out of range."), path)
    return found


def moment_of(text: str) -> date | datetime | None:
    """A day ("2026-03-01"), a moment with its zone (without one it is UTC), or None for anything else."""
    text = text.strip()
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
        if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", text) or len(text) > 40:
            return None
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def colleague(item: Any, owners: Callable[[str], int | None] | None, path: str) -> int:
    """The member of that address or public id."""
    found = owners(item) if owners and isinstance(item, str) else None
    if found is None:
        raise TreeError(_("There is no such colleague here. Name one by their email address."), path)
    return found


def ordering(of: Operand) -> Any:
    return of.begin if isinstance(of, Days) else of
