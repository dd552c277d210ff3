"""Who is behind a live stream: asked when it opens and at each heartbeat, in one thread with one connection.

A stream itself holds no connection, however long it lives. Who a session belongs to is known on a higher floor: the
ASGI application brings the look-up (`workspaces.live.listener_of`).
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.db import close_old_connections, connection

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live visitors")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member in their workspace, and what they may do."""

    workspace_id: int
    rights: frozenset[str]


LookUp = Callable[[str], Visitor | None]


async def visitor_of(headers: Iterable[tuple[bytes, bytes]], look_up: LookUp) -> Visitor | None:
    """Who sends these headers; None for nobody who is signed in and a member. Raises what the database raises."""
    key = session_key_of(headers)
    if not key:
        return None
    return await asyncio.get_running_loop().run_in_executor(_thread, look_up_safely, look_up, key)


def session_key_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The session's key in the cookies; "" when there is none that can be read."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return ""
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def look_up_safely(look_up: LookUp, session_key: str) -> Visitor | None:
    """In the thread: with a connection that is alive, and left in good order."""
    close_old_connections()
    try:
        return look_up(session_key)
    except BaseException:
        connection.close()
        raise


def close() -> None:
    """Close the thread's connection; for tests, which drop their database."""
    _thread.submit(lambda: connection.close()).result()  # the connection is the thread's own
