"""Answers with Meta's headers."""

from typing import Any

import orjson

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.ids import trace_id

Headers = list[tuple[bytes, bytes]]
JSON_TYPE = b"application/json; charset=UTF-8"
_FIXED: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"private, no-cache, no-store, must-revalidate"),
    (b"x-fb-rev", b"1040404040"),
    (b"strict-transport-security", b"max-age=15552000; preload"),
]


class Answer:
    """A finished HTTP answer."""

    __slots__ = ("body", "headers", "kind", "status")

    def __init__(self, status: int, body: bytes, kind: bytes = JSON_TYPE, headers: Headers | None = None) -> None:
        self.status, self.body, self.kind, self.headers = status, body, kind, headers or []

    def all_headers(self, count: int, version: str) -> Headers:
        """Headers for the `count`-th request."""
        trace = trace_id(count).encode()
        return [
            (b"content-type", self.kind),
            (b"content-length", b"%d" % len(self.body)),
            (b"facebook-api-version", version.encode()),
            (b"x-fb-trace-id", trace),
            (b"x-fb-request-id", trace),
            *_FIXED,
            *self.headers,
        ]


def ok(value: Any, headers: Headers | None = None) -> Answer:
    """200 with JSON."""
    return Answer(200, orjson.dumps(value), headers=headers)


def refused(error: GraphError, count: int) -> Answer:
    """A refusal in Meta's envelope."""
    headers: Headers = []
    if error.status == 401:
        words = error.message.replace('"', "'").encode("ascii", "replace")
        headers.append((b"www-authenticate", b'OAuth "Facebook Platform" "invalid_token" "' + words + b'"'))
    return Answer(error.status, orjson.dumps(error.envelope(trace_id(count))), headers=headers)


def usage(count: int, most: int, waba_id: str = "") -> Headers:
    """`x-app-usage`, and for an account's management calls `x-business-use-case-usage`, in percent of the hour's
    allowance.
    """
    share = min(100, count * 100 // most)
    numbers = {"call_count": share, "total_cputime": share // 2, "total_time": share // 2}
    headers = [(b"x-app-usage", orjson.dumps(numbers))]
    if waba_id:
        case = {"type": "whatsapp", **numbers, "estimated_time_to_regain_access": 60 if share >= 100 else 0}
        headers.append((b"x-business-use-case-usage", orjson.dumps({waba_id: [case]})))
    return headers
