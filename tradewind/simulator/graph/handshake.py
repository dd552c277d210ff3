"""The GET handshake by which a callback proves that it is meant."""

import hashlib
from typing import Any

import aiohttp

from tradewind.simulator.graph.errors import GraphError

WAIT_SECONDS = 10.0
MOST_LENGTH = 200


async def verify(url: Any, verify_token: Any) -> str:
    """Ask the callback for the challenge; the address when it answers it, else GraphError 2200."""
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or len(url) > MOST_LENGTH:
        raise GraphError(100, message=f"(#100) The callback must be a web address of at most {MOST_LENGTH} characters.")
    if not isinstance(verify_token, str) or not verify_token:
        raise GraphError(100, message="(#100) The parameter verify_token is required.")
    challenge = str(int(hashlib.blake2b(f"{url}{verify_token}".encode(), digest_size=4).hexdigest(), 16))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        timeout = aiohttp.ClientTimeout(total=WAIT_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, params=query, allow_redirects=False) as answer,
        ):
            status, body = answer.status, await answer.content.read(1000)
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        raise GraphError(2200, message=f"(#2200) Callback verification failed: {type(problem).__name__}") from None
    if status != 200 or body.decode("utf-8", "replace").strip() != challenge:
        raise GraphError(
            2200,
            message=f"(#2200) Callback verification failed with the following errors: HTTP Status Code = {status}",
        )
    return url
