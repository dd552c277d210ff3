"""`POST /?batch=[…]`: up to 50 calls in one, answered in their order."""

from typing import Any
from urllib.parse import urlsplit

import orjson

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import PLAIN

MOST = 50


@PLAIN.on("POST", "")
async def batch(call: Call) -> list[dict[str, Any]]:
    """Run each call as if it came alone; bodies are texts, as Graph gives them."""
    from tradewind.simulator.graph.door import answer

    asked = call.params.get("batch")
    calls = orjson.loads(asked) if isinstance(asked, str) else asked
    if not isinstance(calls, list) or not 1 <= len(calls) <= MOST:
        raise GraphError(100, message=f"(#100) Param batch must be an array of 1 to {MOST} calls.")
    results = []
    for item in calls:
        inner = _inner(call, item)
        finished = await answer(inner)
        headers = [{"name": "Content-Type", "value": finished.kind.decode()}]
        results.append({"code": finished.status, "headers": headers, "body": finished.body.decode("utf-8", "replace")})
    return results


def _inner(call: Call, item: Any) -> Call:
    if not isinstance(item, dict) or not isinstance(item.get("relative_url"), str):
        raise GraphError(100, message="(#100) Each call of a batch needs method and relative_url.")
    target = urlsplit(item["relative_url"])
    body = str(item.get("body", "")).encode()
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    headers = {"authorization": f"Bearer {item.get('access_token') or call.bearer}", "content-type": kind}
    method = str(item.get("method", "GET")).upper()
    return Call(call.simulation, method, "/" + target.path.lstrip("/"), target.query.encode(), headers, body)
