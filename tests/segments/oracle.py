"""Who fits a tree, by plain Python over rows: the other opinion against which the SQL is held.

It reads whole tables with plain selects, knows nothing of nodes, compilation or indexes, and takes the tree as the JSON
it is written in. Everything is a set of contact ids.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from tradewind.lib import publicid

BUILT_IN = {"name", "language", "country", "city", "timezone", "company", "marketing"}
MOMENTS = {"created_at", "last_inbound_at"}
RECKONED = {"grade", "stage", "zone_group", "dialect", "climate", "habit", "matrix"}
NUMBER = re.compile(r"\s*[+-]?\d{1,15}(\.\d{1,10})?\s*", re.ASCII)


def table(name: str, workspace: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} WHERE workspace_id = %s", [workspace])
        heads = [column.name for column in cursor.description]
        return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]


def texts(workspace: int, sql: str) -> dict[Any, Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace])
        return dict(cursor.fetchall())


@dataclass
class World:
    """All rows of one workspace, and the moment at which it is looked at."""

    workspace: int
    now: datetime
    zone: ZoneInfo
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def read(cls, workspace: int, now: datetime, zone: str) -> "World":
        names = ("contact", "contact_tags", "tag", "tag_term", "contact_standing", "identity", "journal", "message",
                 "service_window", "number", "recipient", "campaign", "segment", "segment_member", "contact_field",
                 "member")  # fmt: skip
        world = cls(workspace, now, ZoneInfo(zone), {name: table(name, workspace) for name in names})
        for row in world.rows["contact"]:
            row["fields"] = decoded(row["fields"])
        for row in world.rows["journal"]:
            row["data"] = decoded(row["data"])
        for row in world.rows["segment"]:
            row["tree"] = decoded(row["tree"])
        return world

    @property
    def everybody(self) -> set[int]:
        """All people but those who were erased, of whom a nameless row stays."""
        return {row["id"] for row in self.rows["contact"] if row["suppressed_reason"] != "erased"}

    def fits(self, tree: dict[str, Any]) -> set[int]:
        """The people who fit."""
        for kind, answer in ANSWERS.items():
            if kind in tree:
                return answer(self, tree) & self.everybody
        raise AssertionError(f"no leaf: {tree}")

    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def decoded(value: Any) -> Any:
    import json

    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value


def all_(world: World, tree: dict[str, Any]) -> set[int]:
    found = world.everybody
    for each in tree["all"]:
        found = found & world.fits(each)
    return found


def any_(world: World, tree: dict[str, Any]) -> set[int]:
    found: set[int] = set()
    for each in tree["any"]:
        found = found | world.fits(each)
    return found


def not_(world: World, tree: dict[str, Any]) -> set[int]:
    return world.everybody - world.fits(tree["not"])


def tag(world: World, tree: dict[str, Any]) -> set[int]:
    path = tree["tag"].lower()
    ids = {
        row["id"]
        for row in world.rows["tag"]
        if row["name"].lower() == path or row["name"].lower().startswith(f"{path}/")
    }
    over = {(row["contact_id"], row["tag_id"]) for row in world.rows["tag_term"] if row["until"] <= world.now}
    return {
        row["contact_id"]
        for row in world.rows["contact_tags"]
        if any(each in ids and (row["contact_id"], each) not in over for each in row["tags"])
    }


def field_(world: World, tree: dict[str, Any]) -> set[int]:
    tests = {op: given for op, given in tree.items() if op != "field"}
    found = world.everybody
    for op, given in tests.items():
        found = found & one_field(world, tree["field"], op, given)
    return found


def one_field(world: World, key: str, op: str, given: Any) -> set[int]:
    if op == "is_not":
        return world.everybody - one_field(world, key, "is", given)
    if op == "is_set" and given is False:
        return world.everybody - one_field(world, key, "is_set", True)
    if key in BUILT_IN:
        return {row["id"] for row in world.rows["contact"] if text_fits(row[key], op, given)}
    if key in MOMENTS:
        return {row["id"] for row in world.rows["contact"] if moment_fits(world, row[key], op, given)}
    if key in RECKONED or key in ("growth", "potential_vip"):
        return reckoned(world, key, op, given)
    if key == "phone":
        rows = [row for row in world.rows["identity"] if row["kind"] == "phone" and row["is_current"]]
        return {row["contact_id"] for row in rows if text_fits(row["value"], op, given)}
    if key == "owner":
        if op == "is_set":
            return {row["id"] for row in world.rows["contact"] if row["owner_id"] is not None}
        owner = publicid.decode("member", given)
        return {row["id"] for row in world.rows["contact"] if row["owner_id"] == owner}
    key = key.removeprefix("fields.")
    kinds = {row["key"]: row["kind"] for row in world.rows["contact_field"]}
    kind = kinds.get(key, "text")
    return {row["id"] for row in world.rows["contact"] if json_fits(world, row["fields"].get(key), op, given, kind)}


def reckoned(world: World, key: str, op: str, given: Any) -> set[int]:
    rows = world.rows["contact_standing"]
    if key == "growth":
        known = [row for row in rows if row["growth"] is not None]
        return {row["contact_id"] for row in known if json_fits(world, row["growth"], op, given, "number")}
    if key == "potential_vip":
        vips = {row["contact_id"] for row in rows if row["is_potential_vip"]}
        return vips if given else world.everybody - vips
    return {row["contact_id"] for row in rows if text_fits(row[key], op, given)}


def text_fits(value: str, op: str, given: Any) -> bool:
    if op == "is_set":
        return value != ""
    if value == "":
        return False
    value = value.lower()
    if op == "in":
        return value in [str(each).lower() for each in given]
    given = str(given).lower()
    return {"is": value == given, "contains": given in value, "starts_with": value.startswith(given)}[op]


def moment_fits(world: World, value: datetime | None, op: str, given: Any) -> bool:
    if op == "is_set":
        return value is not None
    if value is None:
        return False
    if op == "within_days":
        return world.now - timedelta(days=given) <= value <= world.now
    if op == "older_than_days":
        return value < world.now - timedelta(days=given)
    day = value.astimezone(world.zone).date()
    if op == "anniversary_within_days":
        return anniversary(world, day.month, day.day, given)
    if op == "between":
        return moment_fits(world, value, "gte", given[0]) and moment_fits(world, value, "lte", given[1])
    if op == "in":
        return any(moment_fits(world, value, "is", each) for each in given)
    if len(given) == 10:
        return ordered(day, op, date.fromisoformat(given))
    return ordered(value, op, datetime.fromisoformat(given).astimezone(UTC))


def anniversary(world: World, month: int, day: int, given: int) -> bool:
    """Whether the day comes back within so many days, today included."""
    for year in (world.today().year, world.today().year + 1, world.today().year + 2):
        try:
            coming = date(year, month, day)
        except ValueError:
            coming = date(year, 2, 28)
        if world.today() <= coming <= world.today() + timedelta(days=given):
            return True
    return False


def ordered(value: Any, op: str, given: Any) -> bool:
    return {
        "is": value == given, "gt": value > given, "gte": value >= given, "lt": value < given, "lte": value <= given,
    }[op]  # fmt: skip


def json_fits(world: World, value: Any, op: str, given: Any, kind: str) -> bool:
    """A value of the business's own, or one of an event."""
    if op == "is_set":
        return value not in (None, "")
    if value in (None, ""):
        return False
    if op in ("contains", "starts_with") or (op == "in" and is_text(given, kind)):
        return not isinstance(value, list | dict) and text_fits(plain(value), op, given)
    if op == "in":
        return any(json_fits(world, value, "is", each, kind) for each in given)
    if op == "between":
        return all(json_fits(world, value, *each, kind) for each in (("gte", given[0]), ("lte", given[1])))
    if op in ("within_days", "older_than_days", "anniversary_within_days"):
        return day_fits(world, day_of(value), op, given)
    return json_compares(value, op, given, kind)


def is_text(given: list[Any], kind: str) -> bool:
    """Whether a list is compared as texts."""
    return kind == "text" and not all(isinstance(each, bool) for each in given) and not all(map(is_number, given))


def json_compares(value: Any, op: str, given: Any, kind: str) -> bool:
    if kind == "yes_no" or isinstance(given, bool):
        word = plain(value).lower()
        return word in (("true", "yes") if given else ("false", "no"))
    if kind == "number" or is_number(given):
        number = number_of(value)
        return number is not None and ordered(number, op, Decimal(str(given)))
    if kind == "date" or op != "is":
        day = day_of(value)
        return day is not None and ordered(day, op, date.fromisoformat(given[:10]))
    return not isinstance(value, list | dict) and text_fits(plain(value), op, given)


def day_fits(world: World, day: date | None, op: str, given: int) -> bool:
    if day is None:
        return False
    if op == "anniversary_within_days":
        return anniversary(world, day.month, day.day, given)
    edge = world.today() - timedelta(days=given)
    return day < edge if op == "older_than_days" else edge <= day <= world.today()


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def plain(value: Any) -> str:
    """As the value is written: true, 5, text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def number_of(value: Any) -> Decimal | None:
    if is_number(value):
        return Decimal(str(value))
    return Decimal(value.strip()) if isinstance(value, str) and NUMBER.fullmatch(value) else None


def day_of(value: Any) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def event(world: World, tree: dict[str, Any]) -> set[int]:
    counts = dict.fromkeys(world.everybody, 0)
    for row in world.rows["journal"]:
        if row["contact_id"] in counts and event_fits(world, row, tree):
            counts[row["contact_id"]] += 1
    times = tree.get("times", {"gte": 1})
    times = {"is": times} if isinstance(times, int) else times
    return {contact for contact, n in counts.items() if all(often(n, op, given) for op, given in times.items())}


def often(n: int, op: str, given: Any) -> bool:
    return given[0] <= n <= given[1] if op == "between" else ordered(n, op, given)


def event_fits(world: World, row: dict[str, Any], tree: dict[str, Any]) -> bool:
    at = row["at"]
    day = at.astimezone(world.zone).date()
    if row["kind"] != tree["event"]:
        return False
    if "within_days" in tree and at < world.now - timedelta(days=tree["within_days"]):
        return False
    if "older_than_days" in tree and at >= world.now - timedelta(days=tree["older_than_days"]):
        return False
    if "since" in tree and day < date.fromisoformat(tree["since"]):
        return False
    if "until" in tree and day > date.fromisoformat(tree["until"]):
        return False
    data = row["data"] or {}
    return all(
        where_fits(world, data.get(key), op, given)
        for key, tests in tree.get("where", {}).items()
        for op, given in (tests if isinstance(tests, dict) else {"is": tests}).items()
    )


def where_fits(world: World, value: Any, op: str, given: Any) -> bool:
    if op == "is_not":
        return not json_fits(world, value, "is", given, "text")
    if op == "is_set" and given is False:
        return not json_fits(world, value, "is_set", True, "text")
    return json_fits(world, value, op, given, "text")


def score(world: World, tree: dict[str, Any]) -> set[int]:
    figures: dict[int, Any] = dict.fromkeys(world.everybody, 0)
    figures |= {row["contact_id"]: row[tree["score"]] for row in world.rows["contact_standing"]}
    tests = {op: given for op, given in tree.items() if op != "score"}
    return {contact for contact, n in figures.items() if all(score_fits(n, op, given) for op, given in tests.items())}


def score_fits(n: Any, op: str, given: Any) -> bool:
    if op == "is_not":
        return bool(n != given)
    if op == "in":
        return n in given
    return often(n, op, given)


def segment(world: World, tree: dict[str, Any]) -> set[int]:
    row = next(
        each
        for each in world.rows["segment"]
        if tree["segment"] in (each["name"], publicid.encode("segment", each["id"]))
    )
    if row["frozen_at"] is None:
        return world.fits(row["tree"])
    return {each["contact_id"] for each in world.rows["segment_member"] if each["segment_id"] == row["id"]}


def campaign(world: World, tree: dict[str, Any]) -> set[int]:
    pk = publicid.decode("campaign", tree["campaign"])
    run = next(row["run_id"] for row in world.rows["campaign"] if row["id"] == pk)
    outcome = tree.get("outcome", "accepted")
    if outcome == "excluded":
        return {r["contact_id"] for r in world.rows["recipient"] if r["campaign_id"] == pk and r["excluded"]}
    if run is None:
        return set()
    if outcome in ("replied", "clicked"):
        kinds = ["message.received"] if outcome == "replied" else ["link.clicked", "message.clicked"]
        return {r["contact_id"] for r in world.rows["journal"] if r["kind"] in kinds and r["run_id"] == run}
    has: dict[str, Callable[[dict[str, Any]], bool]] = {
        "accepted": lambda row: row["accepted_at"] is not None,
        "sent": lambda row: row["rank"] >= 2,
        "delivered": lambda row: row["rank"] >= 3,
        "read": lambda row: row["rank"] >= 4,
        "failed": lambda row: row["state"] == "failed",
    }
    rows = [row for row in world.rows["message"] if row["run_id"] == run and row["direction"] == "out"]
    return {row["contact_id"] for row in rows if has[outcome](row)}


def opted_in(world: World, tree: dict[str, Any]) -> set[int]:
    return {r["id"] for r in world.rows["contact"] if (r["marketing"] == "opted_in") == tree["opted_in"]}


def window_open(world: World, tree: dict[str, Any]) -> set[int]:
    numbers = {row["id"] for row in world.rows["number"] if row["removed_at"] is None}
    open_ = {
        row["contact_id"]
        for row in world.rows["service_window"]
        if row["closes_at"] > world.now and row["number_id"] in numbers
    }
    return open_ if tree["window_open"] else world.everybody - open_


ANSWERS: dict[str, Callable[[World, dict[str, Any]], set[int]]] = {
    "all": all_, "any": any_, "not": not_, "tag": tag, "field": field_, "event": event, "score": score,
    "segment": segment, "campaign": campaign, "opted_in": opted_in, "window_open": window_open,
}  # fmt: skip
