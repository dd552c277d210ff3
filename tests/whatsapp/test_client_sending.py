"""One send, one call, one of four answers, whatever Graph does ("Graph lies" of delivery.md §4)."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator

import pytest

from tests.whatsapp.graph import FakeGraph, drip, endless, hang, http, raw, reset
from tradewind.whatsapp.client import Accepted, Ambiguous, GraphSender, Lines, NotSent, Refused, Timeouts, Wire
from tradewind.whatsapp.errors import Action
from tradewind.whatsapp.payloads import addressed, text

NUMBER = "106540352242922"
TOKEN = "EAAJB-token"
PAYLOAD = addressed(text("Hi"), phone="+16505551234")
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "+16505551234", "wa_id": "16505551234"}],
    "messages": [{"id": "wamid.1", "message_status": "accepted"}],
}


def graph_error(code, **more):
    return {"error": {"message": f"(#{code}) Oh", "type": "OAuthException", "code": code, "fbtrace_id": "A1", **more}}


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph() as server:
        yield server


@pytest.fixture
async def lines(graph) -> AsyncIterator[Lines]:
    async with Lines(graph.address, "v26.0", timeouts=Timeouts(connect=1, read=0.3, total=0.6)) as lines:
        yield lines


@pytest.fixture
def send(lines):
    return lambda payload=PAYLOAD, token=TOKEN, **more: GraphSender(lines).send(NUMBER, token, payload, **more)


async def test_an_accepted_message_and_the_request_it_took(graph, send):
    graph.answer(http(ACCEPTED))
    assert await send() == Accepted("wamid.1", "16505551234", None, "accepted", 200)
    (request,) = graph.requests
    assert (request.method, request.target) == ("POST", f"/v26.0/{NUMBER}/messages")
    assert request.json == PAYLOAD
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert "cookie" not in request.headers


async def test_encoded_bytes_and_the_marketing_route(graph, send):
    graph.answer(http(ACCEPTED))
    await send(b'{"a":1}', route="marketing_messages")
    assert (graph.requests[0].body, graph.requests[0].path) == (b'{"a":1}', f"/v26.0/{NUMBER}/marketing_messages")


async def test_the_proof_of_the_app_goes_along(graph, send):
    graph.answer(http(ACCEPTED))
    await send(app_secret="app secret")
    proof = hmac.new(b"app secret", TOKEN.encode(), hashlib.sha256).hexdigest()
    assert graph.requests[0].query == {"appsecret_proof": proof}


async def test_a_message_to_a_user_id_has_no_wa_id(graph, send):
    graph.answer(http({"contacts": [{"input": "US.1", "user_id": "US.1"}], "messages": [{"id": "wamid.2"}]}))
    assert await send() == Accepted("wamid.2", None, "US.1", "accepted", 200)


async def test_a_held_message_says_so(graph, send):
    graph.answer(http({"messages": [{"id": "wamid.3", "message_status": "held_for_quality_assessment"}]}))
    assert await send() == Accepted("wamid.3", None, None, "held_for_quality_assessment", 200)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 503])
async def test_a_graph_error_is_a_refusal_under_any_status(graph, send, status):
    error = graph_error(131056, error_data={"messaging_product": "whatsapp", "details": "Too many"}, error_subcode=7)
    graph.answer(http(error, status))
    answer = await send()
    assert answer == Refused(131056, 7, "(#131056) Oh", "Too many", status, "A1")
    assert answer.verdict().action is Action.PAIR_BACKOFF


async def test_error_data_of_old_edges_is_a_plain_string(graph, send):
    graph.answer(http(graph_error(100, error_data="appsecret_proof is wrong"), 400))
    answer = await send()
    assert answer.details == "appsecret_proof is wrong"
    assert answer.verdict().action is Action.PAUSE_NUMBER


async def test_how_long_a_rate_limit_lasts(graph, send):
    usage = '{"1022":[{"type":"whatsapp","call_count":100,"estimated_time_to_regain_access":7}]}'
    graph.answer(http(graph_error(80007), 400, x_business_use_case_usage=usage))
    assert (await send()).regain_access_seconds == 420.0
    graph.answer(http(graph_error(80007), 400, x_business_use_case_usage="[nonsense"))
    assert (await send()).regain_access_seconds is None


@pytest.mark.parametrize(
    ("answer", "reason", "status"),
    [
        (http(b""), "Meta answered 200 without content.", 200),
        (http(b"<html>OK</html>"), "Meta answered 200 with something that is not JSON.", 200),
        (http(b'{"messages":[{"id":"wamid'), "Meta answered 200 with something that is not JSON.", 200),
        (http({}), "Meta answered 200 with neither a message id nor an error.", 200),
        (http(b"[]"), "Meta answered 200 with neither a message id nor an error.", 200),
        (http({"messages": []}), "Meta answered 200 with neither a message id nor an error.", 200),
        (http({"messages": [{"id": ""}]}), "Meta answered 200 with neither a message id nor an error.", 200),
        (http({"messages": {"id": "x"}}), "Meta answered 200 with neither a message id nor an error.", 200),
        (http({"error": "no"}), "Meta answered 200 with neither a message id nor an error.", 200),
        (http({"error": {"code": "1"}}, 500), "Meta answered 500 with neither a message id nor an error.", 500),
        (http(b"<html>Bad gateway</html>", 502), "Meta answered 502 with something that is not JSON.", 502),
        (http(ACCEPTED, 500), "Meta answered 500 with neither a message id nor an error.", 500),
        (http(b"", 204), "Meta answered 204 without content.", 204),
        (reset, "The connection broke before an answer came", None),
        (raw(b"nonsense\r\n\r\n", then_close=True), "The connection broke before an answer came", None),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", then_close=True), "The connection broke", 200),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"), "The connection broke", None),
        (hang, "Meta did not answer in time.", None),
        (drip, "Meta did not answer in time.", 200),
        (endless, "Meta's answer is longer than 262144 bytes.", 200),
    ],
)
async def test_anything_else_after_the_request_is_ambiguous(graph, send, answer, reason, status):
    graph.answer(answer)
    found = await send()
    assert isinstance(found, Ambiguous), found
    assert found.reason.startswith(reason)
    assert found.http == status
    assert len(graph.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(graph, send, status):
    graph.answer(http(b"", status, Location=f"{graph.address}/elsewhere"))
    assert isinstance(await send(), Ambiguous)
    assert [request.path for request in graph.requests] == [f"/v26.0/{NUMBER}/messages"]


@pytest.mark.parametrize("cut", [reset, raw(b"", then_close=True), raw(b"HTTP/1.1 200 OK\r\n", then_close=True)])
async def test_a_kept_connection_that_dies_never_makes_a_second_call(graph, send, cut):
    graph.answer(http(ACCEPTED), cut, http(ACCEPTED))
    assert isinstance(await send(), Accepted)
    assert isinstance(await send(), Ambiguous)
    await asyncio.sleep(0.05)
    assert len(graph.requests) == 2  # not three: what was written once is not written again
    assert graph.connections == 1
    assert isinstance(await send(), Accepted)


async def test_a_get_on_a_general_wire_may_be_repeated_which_shows_that_the_test_above_can_fail(graph):
    graph.answer(http({"a": 1}), reset, http({"a": 2}))
    async with Wire(graph.address) as wire:
        await wire.call("GET", "1", TOKEN)
        assert (await wire.call("GET", "1", TOKEN)).json() == {"a": 2}
    assert len(graph.requests) == 3


async def test_nobody_listens():
    async with FakeGraph() as gone:
        address = gone.address
    async with Lines(address) as lines:
        answer = await GraphSender(lines).send(NUMBER, TOKEN, PAYLOAD)
    assert isinstance(answer, NotSent)
    assert answer.reason.startswith("Meta could not be reached")


async def test_no_such_host():
    async with Lines("http://graph.invalid", timeouts=Timeouts(connect=2)) as lines:
        assert isinstance(await GraphSender(lines).send(NUMBER, TOKEN, PAYLOAD), NotSent)


async def test_tls_fails_before_anything_is_written(graph):
    graph.answer(http(ACCEPTED))
    async with Lines(graph.address.replace("http://", "https://"), timeouts=Timeouts(connect=1)) as lines:
        answer = await GraphSender(lines).send(NUMBER, TOKEN, PAYLOAD)
    assert isinstance(answer, NotSent)
    assert graph.requests == []


async def test_a_full_pool_is_no_send(graph):
    graph.answer(hang)
    async with Lines(graph.address, timeouts=Timeouts(connect=0.2, read=1, total=1), connections=1) as lines:
        sender = GraphSender(lines)
        answers = await asyncio.gather(*(sender.send(NUMBER, TOKEN, PAYLOAD) for _ in range(3)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Ambiguous", "NotSent", "NotSent"]
    assert len(graph.requests) == 1


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Evil: 1", "ä", "x" * 5_000])
async def test_a_token_that_is_none_never_leaves(graph, send, token):
    assert isinstance(await send(token=token), NotSent)
    assert graph.requests == []


@pytest.mark.parametrize("number", ["", "../me", "1/2", "1?x=1", "1 2", "é", "1#"])
async def test_a_number_id_cannot_lead_elsewhere(graph, lines, number):
    assert isinstance(await GraphSender(lines).send(number, TOKEN, PAYLOAD), NotSent)
    assert graph.requests == []


async def test_a_closed_wire_sends_nothing(graph):
    lines = Lines(graph.address)
    await lines.close()
    assert await GraphSender(lines).send(NUMBER, TOKEN, PAYLOAD) == NotSent("The connection to Meta has been closed.")


async def test_a_proxy_of_the_environment_is_not_used(graph, send, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    graph.answer(http(ACCEPTED))
    assert isinstance(await send(), Accepted)
