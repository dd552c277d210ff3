"""Pages with cursors, as Graph lists them."""

import base64
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.request import Call


def page(
    call: Call, items: Sequence[Any], show: Callable[[Any], Any], *, bad_cursor: int = 100, most: int = 1000
) -> dict[str, Any]:
    """The asked page of `items` as `{"data", "paging"}`; GraphError `bad_cursor` for a cursor that is none."""
    limit = call.whole("limit", 25, most)
    start = _start(call, items, limit, bad_cursor)
    chosen = items[start : start + limit]
    answer: dict[str, Any] = {"data": [show(item) for item in chosen]}
    if not chosen:
        return answer
    cursors = {"before": _cursor(start), "after": _cursor(start + len(chosen) - 1)}
    answer["paging"] = {"cursors": cursors}
    if start + limit < len(items):
        answer["paging"]["next"] = _link(call, after=cursors["after"])
    if start:
        answer["paging"]["previous"] = _link(call, before=cursors["before"])
    return answer


def _start(call: Call, items: Sequence[Any], limit: int, bad_cursor: int) -> int:
    after, before = call.params.get("after"), call.params.get("before")
    if after:
        return _place(str(after), len(items), bad_cursor) + 1
    if before:
        return max(0, _place(str(before), len(items), bad_cursor) - limit)
    return 0


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(b"c%d" % place).decode().rstrip("=")


def _place(cursor: str, length: int, code: int) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        place = int(text.removeprefix("c"))
    except ValueError:
        raise GraphError(code, "The cursor is not valid; restart without it.") from None
    if not text.startswith("c") or not 0 <= place < max(length, 1):
        raise GraphError(code, "The cursor is not valid; restart without it.")
    return place


def _link(call: Call, **cursor: str) -> str:
    query = {name: value for name, value in call.query.items() if name not in ("after", "before", "access_token")}
    path = "/".join(part for part in (call.version, call.node, call.edge) if part)
    return f"{call.simulation.address}/{path}?{urlencode(query | cursor)}"
