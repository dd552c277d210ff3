"""The wire for everything but sending (that is lines.py): one HTTP call becomes one outcome, and is never repeated.

aiohttp repeats a call by itself only for idempotent methods on a stale connection, so never a POST; redirects are off,
cookies and proxies of the environment too, and an answer has a greatest size.
"""

import re
from functools import lru_cache
from typing import Any, Self

import aiohttp
import orjson
from yarl import URL

from tradewind.whatsapp.client.outcome import (
    GRAPH,
    MOST_BYTES,
    TOKEN,
    USUAL,
    VERSION,
    Failed,
    Outcome,
    Replied,
    Timeouts,
    appsecret_proof,
    sentence,
)

MOST_LIST_BYTES = 16 * 1024 * 1024
"""A page of 200 templates with all their components stays far below."""
_NODE = re.compile(r"[A-Za-z0-9_-]{1,128}(?:/[a-z_]{1,64})?")
_UPLOAD = re.compile(r"upload:[A-Za-z0-9_.:=+?&%~-]{1,4096}")
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "Tradewind",
}


class Wire:
    """The connections to one Graph address. Made and closed inside a running event loop."""

    def __init__(
        self,
        base_url: str = GRAPH,
        version: str = VERSION,
        *,
        timeouts: Timeouts = USUAL,
        connections: int = 500,
    ) -> None:
        self.root = f"{base_url.rstrip('/')}/{version.strip('/')}"
        self._timeout = aiohttp.ClientTimeout(
            total=timeouts.total, connect=timeouts.connect, sock_connect=timeouts.connect, sock_read=timeouts.read
        )
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, ttl_dns_cache=60, keepalive_timeout=15),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=self._timeout,
            auto_decompress=False,
        )
        self._url = lru_cache(maxsize=4096)(self._make_url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; later calls are not sent."""
        await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        token: str,
        *,
        json: Any = None,
        form: aiohttp.FormData | None = None,
        query: tuple[tuple[str, str], ...] = (),
        app_secret: str | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> Outcome:
        """One call of `path` ("123/messages") below the version. `json` may be bytes that are encoded already."""
        if not _NODE.fullmatch(path):
            return Failed(f"“{path[:80]}” is no address within the Graph API.", was_sent=False)
        if not TOKEN.fullmatch(token):
            return Failed("The access token has characters that no token has.", was_sent=False)
        if app_secret:
            query = (*query, ("appsecret_proof", appsecret_proof(token, app_secret)))
        headers = {"Authorization": f"Bearer {token}"}
        data: Any = form
        if json is not None:
            headers["Content-Type"] = "application/json"
            data = json if isinstance(json, bytes) else orjson.dumps(json)
        return await self._exchange(method, self._url(path, query), headers, data, most_bytes)

    async def upload(self, path: str, token: str, content: bytes) -> Outcome:
        """POST raw bytes to an upload session ("upload:…"), which has an Authorization of its own form."""
        if not _UPLOAD.fullmatch(path) or not TOKEN.fullmatch(token):
            return Failed("The upload's address or the access token is not valid.", was_sent=False)
        headers = {"Authorization": f"OAuth {token}", "file_offset": "0", "Content-Type": "application/octet-stream"}
        return await self._exchange("POST", self._make_url(path, ()), headers, content, MOST_BYTES)

    async def fetch(self, url: str, token: str, *, most_bytes: int) -> Outcome:
        """GET a media address that Meta gave (it lives 5 minutes and needs the token)."""
        if not url.startswith(("https://", self.root.rsplit("/", 1)[0] + "/")):
            return Failed("A media address must begin with https://.", was_sent=False)
        if not TOKEN.fullmatch(token):
            return Failed("The access token has characters that no token has.", was_sent=False)
        return await self._exchange("GET", URL(url), {"Authorization": f"Bearer {token}"}, None, most_bytes)

    def _make_url(self, path: str, query: tuple[tuple[str, str], ...]) -> URL:
        url = URL(f"{self.root}/{path}")
        return url.with_query(query) if query else url

    async def _exchange(self, method: str, url: URL, headers: dict[str, str], data: Any, most_bytes: int) -> Outcome:
        if self._session.closed:
            return Failed("The connection to Meta has been closed.", was_sent=False)
        http: int | None = None
        try:
            async with self._session.request(
                method, url, headers=headers, data=data, allow_redirects=False
            ) as response:
                http = response.status
                return await _read(response, most_bytes)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as problem:
            return Failed(sentence("Meta could not be reached", problem), was_sent=False)
        except TimeoutError:
            return Failed("Meta did not answer in time.", was_sent=True, http=http)
        except (aiohttp.ClientError, OSError) as problem:
            return Failed(sentence("The connection broke before an answer came", problem), was_sent=True, http=http)


async def _read(response: aiohttp.ClientResponse, most_bytes: int) -> Outcome:
    """The body, read piece by piece so that no answer fills the memory."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > most_bytes:
            response.close()
            return Failed(f"Meta's answer is longer than {most_bytes} bytes.", was_sent=True, http=response.status)
    return Replied(response.status, bytes(body), response.headers.get("x-business-use-case-usage"))


def regain_access_seconds(usage: str | None) -> float | None:
    """The longest `estimated_time_to_regain_access` (minutes) in the x-business-use-case-usage header, in seconds."""
    if not usage:
        return None
    try:
        accounts = orjson.loads(usage)
    except orjson.JSONDecodeError:
        return None
    minutes = [
        each.get("estimated_time_to_regain_access")
        for entries in (accounts.values() if isinstance(accounts, dict) else ())
        for each in (entries if isinstance(entries, list) else ())
        if isinstance(each, dict)
    ]
    longest = max((each for each in minutes if isinstance(each, int | float)), default=0)
    return longest * 60.0 if longest > 0 else None
