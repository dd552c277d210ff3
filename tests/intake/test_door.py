"""The door and what people try at it: every request through its ASGI interface, on a real PostgreSQL."""

import asyncio
import hashlib
import hmac

import orjson
import psycopg
import pytest

from tests.intake.world import SECRET, TOKEN, Desk, broken, business, close_door, post, request, signed
from tradewind.intake import door, known_apps, links, store
from tradewind.intake.models import WebhookInbox, WebhookWaiting
from tradewind.intake.store import NotStored
from tradewind.journal.connections import address
from tradewind.lib import crypto
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


@pytest.fixture
def theirs(charlie: Member) -> Desk:
    return business(charlie.workspace)


@pytest.fixture(autouse=True)
async def _closed():
    yield
    await close_door()


def door_here() -> door.Door:
    """The door of this test's event loop."""
    return door._doors[asyncio.get_running_loop()]


async def stored() -> int:
    return await WebhookInbox.objects.acount()


# The handshake.


async def handshake(desk: Desk, query: bytes) -> tuple[int, bytes, dict[bytes, bytes]]:
    return await request(desk.path, method="GET", query=query)


async def test_the_handshake_gives_the_challenge_back_as_plain_text(desk: Desk) -> None:
    status, body, headers = await handshake(
        desk, f"hub.mode=subscribe&hub.verify_token={TOKEN}&hub.challenge=1158201444".encode()
    )
    assert (status, body) == (200, b"1158201444")
    assert headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"hub.mode=subscribe&hub.challenge=1",
        b"hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1",
        b"hub.mode=unsubscribe&hub.verify_token=verify-me&hub.challenge=1",
        b"hub.mode=subscribe&hub.verify_token=verify-me",
        b"hub.mode=subscribe&hub.verify_token=%ff%fe&hub.challenge=1",
        b"&".join([b"a=1"] * 50),
    ],
)
async def test_a_wrong_handshake_is_refused(desk: Desk, query: bytes) -> None:
    assert (await handshake(desk, query))[0] == 403


async def test_html_in_the_challenge_is_not_echoed(desk: Desk) -> None:
    query = f"hub.mode=subscribe&hub.verify_token={TOKEN}&hub.challenge=%3Cscript%3Ealert(1)%3C/script%3E".encode()
    status, body, _ = await handshake(desk, query)
    assert status == 403
    assert b"script" not in body


async def test_an_app_without_a_verify_token_shakes_no_hands(desk: Desk) -> None:
    desk.app.verify_token = None
    await desk.app.asave()
    assert (await handshake(desk, b"hub.mode=subscribe&hub.verify_token=&hub.challenge=1"))[0] == 403


# Signatures.


async def refused(desk: Desk, headers: list[tuple[bytes, bytes]], content: bytes = b'{"entry":[]}') -> int:
    status, _, _ = await request(desk.path, content, headers=headers)
    assert await stored() == 0
    return status


async def test_no_signature_is_refused_and_nothing_stored(desk: Desk) -> None:
    assert await refused(desk, []) == 401


async def test_a_wrong_signature_is_refused(desk: Desk) -> None:
    assert await refused(desk, signed(b'{"entry":[]}', "another secret")) == 401


async def test_a_truncated_signature_is_refused(desk: Desk) -> None:
    ((name, value),) = signed(b'{"entry":[]}')
    assert await refused(desk, [(name, value[:-1])]) == 401
    assert await refused(desk, [(name, b"sha256=")]) == 401
    assert await refused(desk, [(name, b"\xff\xfe")]) == 401


async def test_a_doubled_signature_is_refused(desk: Desk) -> None:
    assert await refused(desk, signed(b'{"entry":[]}') * 2) == 401


async def test_the_old_sha1_signature_is_not_enough(desk: Desk) -> None:
    content = b'{"entry":[]}'
    sha1 = hmac.new(SECRET.encode(), content, hashlib.sha1).hexdigest()
    assert await refused(desk, [(b"x-hub-signature", f"sha1={sha1}".encode())], content) == 401


async def test_a_reserialised_body_is_refused(desk: Desk) -> None:
    """Meta escapes slashes and letters beyond ASCII; the signature covers the raw bytes, not their meaning."""
    raw = b'{"entry": [], "note": "https:\\/\\/caf\\u00e9"}'
    assert await refused(desk, signed(raw), orjson.dumps(orjson.loads(raw))) == 401
    status, _, _ = await request(desk.path, raw, headers=signed(raw))
    assert status == 200


async def test_another_tenants_secret_opens_nothing(desk: Desk, theirs: Desk) -> None:
    theirs.app.secret = crypto.seal("their own secret", bound_to=f"app:{theirs.app.pk}:secret")
    await theirs.app.asave()
    assert await refused(desk, signed(b'{"entry":[]}', "their own secret")) == 401


async def test_both_secrets_count_while_one_replaces_the_other(desk: Desk) -> None:
    desk.app.previous_secret = desk.app.secret
    desk.app.previous_secret = crypto.seal("the old secret", bound_to=f"app:{desk.app.pk}:previous_secret")
    await desk.app.asave()
    assert await post(desk, {"entry": [1]}) == 200
    assert await post(desk, {"entry": [2]}, secret="the old secret") == 200


async def test_a_secret_that_does_not_open_here_is_our_trouble_not_theirs(desk: Desk) -> None:
    desk.app.secret = crypto.seal(SECRET, bound_to="app:0:secret")
    await desk.app.asave()
    assert await post(desk, {"entry": []}) == 503


# Requests of other forms.


async def test_an_unknown_path_is_404(desk: Desk) -> None:
    status, _, _ = await request("/webhooks/nowhere", b"{}", headers=signed(b"{}"))
    assert status == 404


async def test_a_path_that_was_just_made_is_known_at_once(desk: Desk, theirs: Desk) -> None:
    theirs.app.webhook_path = "made-later"
    assert await post(desk, {"entry": []}) == 200
    assert await post(theirs, {"entry": []}) == 404
    await theirs.app.asave()
    await asyncio.sleep(known_apps.LEAST_SECONDS_BETWEEN + 0.05)  # strangers cannot make the door ask more often
    assert await post(theirs, {"entry": []}) == 200


async def test_other_methods_are_405(desk: Desk) -> None:
    status, _, headers = await request(desk.path, b"{}", method="PUT", headers=signed(b"{}"))
    assert (status, headers[b"allow"]) == (405, b"GET, POST")


async def test_five_mebibytes_are_too_many(desk: Desk) -> None:
    content = b" " * (5 * 1024 * 1024)
    status, _, _ = await request(desk.path, content, headers=signed(content), parts=50)
    assert status == 413
    status, _, _ = await request(desk.path, b"", headers=[*signed(b""), (b"content-length", b"5242880")])
    assert status == 413
    assert await stored() == 0


async def test_three_mebibytes_are_stored(desk: Desk) -> None:
    assert await post(desk, orjson.dumps({"entry": [], "filler": "x" * 3_000_000})) == 200
    assert await stored() == 1


async def test_a_slow_body_is_given_up(desk: Desk) -> None:
    content = b'{"entry":[]}' * 10
    assert (await request(desk.path, content, headers=signed(content)))[0] == 200
    door_here().read_seconds = 0.2
    status, _, _ = await request(desk.path, content, headers=signed(content), parts=10, delay_seconds=0.1)
    assert status == 408


async def test_a_client_that_hangs_up_is_not_answered(desk: Desk) -> None:
    said: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        said.append(message)

    scope = {"type": "http", "path": desk.path, "method": "POST", "headers": signed(b"{}"), "query_string": b""}
    await door.door(scope, receive, send)
    assert said == []


# Storing.


async def test_what_is_answered_is_stored_as_it_came(desk: Desk) -> None:
    raw = b'{"entry": [], "note": "caf\\u00e9", "n": 1e999}\n'
    assert (await request(desk.path, raw, headers=signed(raw), parts=7))[0] == 200
    row = await WebhookInbox.objects.aget()
    assert bytes(row.body) == raw
    assert bytes(row.digest) == hashlib.sha256(raw).digest()
    assert row.app_id == desk.app.pk
    assert await WebhookWaiting.objects.acount() == 1


async def test_the_same_body_twice_is_one_row_and_twice_200(desk: Desk) -> None:
    assert [await post(desk, {"entry": []}) for _ in range(3)] == [200, 200, 200]
    assert (await stored(), await WebhookWaiting.objects.acount()) == (1, 1)


async def test_p6_the_same_webhook_at_once_from_two_processes_is_one_row(desk: Desk) -> None:
    assert set(await asyncio.gather(*(post(desk, {"entry": []}) for _ in range(100)))) == {200}
    assert (await stored(), await WebhookWaiting.objects.acount()) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\xfd",
        b'{"entry": "\\u0000"}',
        b'{"entry": "\\ud800"}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"entry": [], "entry": {}}',
        b'{"entry": NaN}',
        b'{"entry": ' + b"9" * 5_000 + b"}",
        b'{"entry": {}}',
        b'{"entry": null}',
        b'{"entry": []}',
        b'{"entry": [' + b"{}," * 9_999 + b"{}]}",
        b'{"entry": [{"changes": [{"field": "messages", "value": {"messages": "STOP"}}]}]}',
    ],
    ids=[
        "empty", "no_json", "invalid_utf8", "nul", "lone_surrogate", "depth_10000", "doubled_key", "nan", "huge_int",
        "entry_dict", "entry_null", "entry_empty", "entry_10000", "messages_text",
    ],
)  # fmt: skip
async def test_a_signed_body_of_any_bytes_is_stored(desk: Desk, body: bytes) -> None:
    assert await post(desk, body) == 200
    assert await stored() == 1


# When the database fails.


async def test_p28_a_full_disk_is_503_and_heals_by_itself(desk: Desk) -> None:
    async def full(*_: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    assert await post(desk, {"entry": [0]}) == 200
    here = door_here()
    write, here.store.write = here.store.write, full
    assert [await post(desk, {"entry": [n]}) for n in (1, 2)] == [503, 503]
    here.store.write = write
    assert await post(desk, {"entry": [1]}) == 200
    assert await stored() == 2


async def test_a_database_that_is_away_is_503_never_404(desk: Desk) -> None:
    with broken(links, "address", lambda **_: "host=/nowhere dbname=none"):
        assert await post(desk, {"entry": []}) == 503
    assert await post(desk, {"entry": []}) == 200


async def test_a_connection_that_broke_is_made_anew(desk: Desk) -> None:
    assert await post(desk, {"entry": [1]}) == 200
    here = door_here()
    pids = [link.open.info.backend_pid for link in here.links if link.open]
    assert pids
    async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(unnest(%s::int[]))", [pids])
    assert await post(desk, {"entry": [2]}) == 200
    assert await stored() == 2


async def test_memory_does_not_grow_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_WAITING_BYTES", 10)
    assert await post(desk, {"entry": [1]}) == 503
    with pytest.raises(NotStored):
        await store.Store([], None, wait_seconds=0).put(store.body_of(1, desk.app.created_at, b"x" * 11))  # type: ignore[arg-type]
