from collections.abc import AsyncIterator

import pytest

from tests.whatsapp.graph import FakeGraph, hang, http, reset
from tradewind.whatsapp.client import Graph, GraphError, GraphUnavailable, Timeouts, Wire, once

TOKEN = "EAAJB-token"
WABA = "102290129340398"
NUMBER = "106540352242922"
OK = http({"success": True})


@pytest.fixture
async def server() -> AsyncIterator[FakeGraph]:
    async with FakeGraph() as server:
        yield server


@pytest.fixture
async def graph(server) -> AsyncIterator[Graph]:
    async with Wire(server.address, timeouts=Timeouts(1, 0.3, 0.6)) as wire:
        yield Graph(wire, TOKEN)


def page(items, after=None):
    paging = {"cursors": {"before": "b", "after": after or "end"}}
    if after:
        paging["next"] = "https://elsewhere.example/steals-the-token"
    return http({"data": items, "paging": paging})


def error(code, status=400):
    return http({"error": {"code": code, "message": "Oh", "error_data": {"details": "Why"}}}, status)


async def test_a_list_is_read_to_its_last_page(server, graph):
    server.answer(page([{"id": "1"}], "c1"), page([{"id": "2"}], "c2"), page([{"id": "3"}]))
    assert [each["id"] for each in await graph.templates(WABA, status="APPROVED")] == ["1", "2", "3"]
    assert [request.path for request in server.requests] == [f"/v26.0/{WABA}/message_templates"] * 3
    assert [request.query.get("after") for request in server.requests] == [None, "c1", "c2"]
    assert server.requests[2].query["status"] == "APPROVED"
    assert "rejected_reason,quality_score" in server.requests[0].query["fields"]


async def test_a_stale_cursor_begins_again_once(server, graph):
    server.answer(page([{"id": "1"}], "c1"), error(131059), page([{"id": "1"}], "d1"), page([{"id": "2"}]))
    assert [each["id"] for each in await graph.templates(WABA)] == ["1", "2"]
    server.answer(page([{"id": "1"}], "c1"), error(131059), error(131059))
    with pytest.raises(GraphError):
        await graph.templates(WABA)


async def test_a_list_that_points_to_itself_ends(server, graph):
    server.answer(page([{"id": "1"}], "same"))
    assert len(await graph.phone_numbers(WABA)) == 2


async def test_numbers_profiles_and_health(server, graph):
    server.answer(http({"id": NUMBER, "verified_name": "Shop"}))
    assert (await graph.number(NUMBER))["verified_name"] == "Shop"
    assert "whatsapp_business_manager_messaging_limit" in server.requests[-1].query["fields"]
    server.answer(http({"data": [{"about": "Hi"}]}))
    assert await graph.profile(NUMBER) == {"about": "Hi"}
    server.answer(http({"health_status": {"can_send_message": "LIMITED"}, "id": NUMBER}))
    assert (await graph.health_status(NUMBER))["can_send_message"] == "LIMITED"
    server.answer(OK)
    await graph.set_profile(NUMBER, {"about": "New"})
    assert server.requests[-1].json == {"messaging_product": "whatsapp", "about": "New"}
    await graph.register(NUMBER, "123456")
    assert server.requests[-1].json == {"messaging_product": "whatsapp", "pin": "123456"}
    await graph.deregister(NUMBER)
    assert server.requests[-1].path == f"/v26.0/{NUMBER}/deregister"


async def test_templates(server, graph):
    server.answer(http({"id": "9", "status": "PENDING", "category": "UTILITY"}))
    assert (await graph.create_template(WABA, {"name": "x"}))["id"] == "9"
    assert server.requests[-1].json == {"name": "x"}
    server.answer(OK)
    await graph.edit_template("9", {"components": []})
    await graph.delete_template(WABA, "x", "9")
    assert (server.requests[-1].method, server.requests[-1].query) == ("DELETE", {"hsm_id": "9", "name": "x"})
    assert await graph.unpause_template("9") == {"success": True}


async def test_media_goes_up_and_comes_down(server, graph):
    server.answer(http({"id": "77"}))
    assert await graph.upload_media(NUMBER, b"\x89PNG\x00", "image/png", "ä.png") == "77"
    sent = server.requests[-1]
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b"\x89PNG\x00" in sent.body and b"Content-Type: image/png" in sent.body
    assert b'name="messaging_product"' in sent.body
    server.answer(http({"url": f"{server.address}/file?mid=1&x=%2F", "mime_type": "image/png", "id": "77"}))
    media = await graph.media("77", NUMBER)
    assert server.requests[-1].query == {"phone_number_id": NUMBER}
    server.answer(http(b"\x89PNG\x00"))
    assert await graph.download(media["url"]) == b"\x89PNG\x00"
    assert server.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
    server.answer(OK)
    await graph.delete_media("77")
    assert (server.requests[-1].method, server.requests[-1].path) == ("DELETE", "/v26.0/77")


async def test_downloads_that_must_not_be(server, graph):
    server.answer(http(b"x" * 100))
    with pytest.raises(GraphUnavailable, match="longer than 99 bytes"):
        await graph.download(f"{server.address}/file", most_bytes=99)
    server.answer(http(b"", 404))
    with pytest.raises(GraphUnavailable, match="404"):
        await graph.download(f"{server.address}/file")
    seen = len(server.requests)
    for url in ("http://169.254.169.254/latest", "file:///etc/passwd", "//x", ""):
        with pytest.raises(GraphUnavailable, match="https://"):
            await graph.download(url)
    assert len(server.requests) == seen


async def test_a_sample_for_a_header(server, graph):
    server.answer(http({"id": "upload:MTphd==?sig=ARZq-1_2"}), http({"h": "4::aW=="}))
    assert await graph.upload_sample("app1", b"12345", "image/png", "a.png") == "4::aW=="
    asked, sent = server.requests
    assert asked.query == {"file_name": "a.png", "file_length": "5", "file_type": "image/png"}
    assert sent.target == "/v26.0/upload:MTphd==?sig=ARZq-1_2"
    assert (sent.body, sent.headers["authorization"], sent.headers["file_offset"]) == (b"12345", f"OAuth {TOKEN}", "0")
    server.answer(http({"id": "upload:../../x"}))
    with pytest.raises(GraphUnavailable):
        await graph.upload_sample("app1", b"1", "image/png", "a.png")


async def test_reading_and_typing(server, graph):
    server.answer(OK)
    await graph.mark_read(NUMBER, "wamid.1", is_typing=True)
    assert server.requests[-1].json == {
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"}
    }  # fmt: skip


async def test_the_block_list(server, graph):
    server.answer(http({"block_users": {"added_users": [{"input": "+1", "wa_id": "1"}]}}))
    assert (await graph.block(NUMBER, ["+1"]))["added_users"] == [{"input": "+1", "wa_id": "1"}]
    assert server.requests[-1].json == {"messaging_product": "whatsapp", "block_users": [{"user": "+1"}]}
    part = {"block_users": {"added_users": [], "failed_users": [{"input": "+2"}]}, "error": {"code": 139100}}
    server.answer(http(part, 400))
    assert (await graph.unblock(NUMBER, ["+2"]))["failed_users"] == [{"input": "+2"}]
    assert server.requests[-1].method == "DELETE"
    server.answer(error(139101))
    with pytest.raises(GraphError):
        await graph.block(NUMBER, ["+3"])
    server.answer(page([{"wa_id": "1"}]))
    assert await graph.blocked_users(NUMBER) == [{"wa_id": "1"}]


async def test_subscriptions_and_tokens(server, graph):
    server.answer(http({"data": [{"whatsapp_business_api_data": {"id": "1"}, "override_callback_uri": "https://x"}]}))
    assert (await graph.subscribed_apps(WABA))[0]["override_callback_uri"] == "https://x"
    server.answer(OK)
    await graph.subscribe(WABA, "https://t.example/webhooks/a", "secret")
    assert server.requests[-1].json == {
        "override_callback_uri": "https://t.example/webhooks/a", "verify_token": "secret"
    }  # fmt: skip
    await graph.subscribe(WABA)
    assert server.requests[-1].json == {}
    await graph.unsubscribe(WABA)
    assert server.requests[-1].method == "DELETE"
    server.answer(http({"data": {"is_valid": True, "scopes": ["whatsapp_business_messaging"]}}))
    assert (await graph.debug_token())["is_valid"] is True
    assert server.requests[-1].query == {"input_token": TOKEN}


async def test_analytics(server, graph):
    server.answer(http({"pricing_analytics": {"data": [1]}, "id": WABA}))
    found = await graph.analytics(WABA, "pricing_analytics", 1, 2, "DAILY", phone_numbers=["15550783881"])
    assert found == {"data": [1]}
    assert server.requests[-1].query["fields"] == (
        'pricing_analytics.start(1).end(2).granularity(DAILY).phone_numbers(["15550783881"])'
    )


async def test_a_refusal_says_why(server, graph):
    server.answer(error(190, 401))
    with pytest.raises(GraphError) as caught:
        await graph.account(WABA)
    assert (caught.value.refused.code, str(caught.value)) == (190, "(190) Why")


@pytest.mark.parametrize("answer", [http(b"<html>"), http(b"", 502), http(b"[]"), http({}, 500), hang, reset])
async def test_no_usable_answer(server, graph, answer):
    server.answer(answer)
    with pytest.raises(GraphUnavailable) as caught:
        await graph.create_template(WABA, {})
    assert caught.value.was_sent is True
    assert caught.value.reason.startswith(("Meta", "The connection"))


@pytest.mark.parametrize("node", ["", "../x", "a b", "1?fields=x", "1/../2", "http://x", "x/y/z"])
async def test_an_id_cannot_lead_elsewhere(server, graph, node):
    with pytest.raises(GraphUnavailable) as caught:
        await graph.number(node)
    assert caught.value.was_sent is False
    assert server.requests == []


def test_from_code_without_an_event_loop():
    with pytest.raises(GraphUnavailable, match="could not be reached"):
        once(lambda graph: graph.account(WABA), TOKEN, base_url="http://127.0.0.1:1")
