"""The other calls: tokens and rights, numbers, media, analytics, uploads, batches, prices."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulator.in_hand import NOON, InHand
from tradewind.simulator.world import demo_world
from tradewind.simulator.world.shapes import Token

ADA = "+491701234567"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def hand() -> InHand:
    return InHand()


def error(answer: tuple[int, Any]) -> tuple[int, int, int | None]:
    return answer[0], answer[1]["error"]["code"], answer[1]["error"].get("error_subcode")


def test_tokens_expire_are_revoked_and_reach_only_their_accounts() -> None:
    hand = InHand(demo_world(1, customers=0))
    first, second = hand.world.accounts
    app = hand.world.apps[0].app_id
    hand.simulation.tokens |= {
        "short": Token("short", app, expires_at=NOON + 60),
        "gone": Token("gone", app, revoked=True),
        "narrow": Token("narrow", app, waba_ids=[first.waba_id]),
        "reader": Token("reader", app, scopes=["whatsapp_business_management"]),
    }
    assert hand.call("GET", f"/{first.waba_id}", token="short")[0] == 200
    hand.advance(60)
    assert error(hand.call("GET", f"/{first.waba_id}", token="short")) == (401, 190, 463)
    assert error(hand.call("GET", f"/{first.waba_id}", token="gone")) == (401, 190, 460)
    assert hand.call("GET", f"/{first.waba_id}", token="narrow")[0] == 200
    assert error(hand.call("GET", f"/{second.waba_id}", token="narrow")) == (403, 200, None)
    assert error(hand.call("POST", f"/{hand.number}/messages", {}, token="reader")) == (403, 200, None)
    assert hand.call("GET", f"/{hand.number}", token="reader")[0] == 200
    told = hand.call("GET", "/debug_token", input_token="narrow")[1]["data"]
    assert told["is_valid"] is True
    assert told["granular_scopes"][0]["target_ids"] == [first.waba_id]
    assert hand.call("GET", "/debug_token", input_token="gone")[1]["data"]["is_valid"] is False
    assert hand.call("GET", "/debug_token", input_token="nobody")[1]["data"]["is_valid"] is False


def test_a_proof_is_checked_when_it_is_given_and_asked_for_when_it_must_be(hand: InHand) -> None:
    token, app = hand.world.tokens[0].value, hand.world.apps[0]
    proof = hmac.new(app.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert hand.call("GET", f"/{hand.number}", appsecret_proof=proof)[0] == 200
    assert error(hand.call("GET", f"/{hand.number}", appsecret_proof="0" * 64))[:2] == (400, 100)
    app.require_proof = True
    assert error(hand.call("GET", f"/{hand.number}"))[:2] == (400, 100)
    assert hand.call("GET", f"/{hand.number}", appsecret_proof=proof)[0] == 200


def test_one_forbidden_field_fails_the_whole_request(hand: InHand) -> None:
    hand.simulation.tokens["narrow"] = Token(
        "narrow", hand.world.apps[0].app_id, scopes=["whatsapp_business_management"]
    )
    assert hand.call("GET", f"/{hand.number}", token="narrow", fields="id,status")[0] == 200
    assert error(hand.call("GET", f"/{hand.number}", token="narrow", fields="id,certificate"))[:2] == (403, 10)
    assert hand.call("GET", f"/{hand.number}", fields="id,certificate")[0] == 200
    assert error(hand.call("GET", f"/{hand.number}", fields="id,nonsense"))[:2] == (400, 100)
    assert error(hand.call("GET", f"/{hand.number}", fields="id,a{b"))[:2] == (400, 100)


def test_a_number_tells_what_is_asked(hand: InHand) -> None:
    fields = "display_phone_number,throughput,whatsapp_business_manager_messaging_limit,health_status,country_dial_code"
    told = hand.call("GET", f"/{hand.number}", fields=fields)[1]
    assert told["display_phone_number"] == "+49 1511 7000000"
    assert told["throughput"] == {"level": "STANDARD"}
    assert told["whatsapp_business_manager_messaging_limit"] == "TIER_UNLIMITED"
    assert told["country_dial_code"] == "49"
    assert told["health_status"]["can_send_message"] == "AVAILABLE"
    assert [entity["entity_type"] for entity in told["health_status"]["entities"]] == [
        "PHONE_NUMBER",
        "WABA",
        "BUSINESS",
        "APP",
    ]
    hand.world.numbers[0].registered = False
    assert (
        hand.call("GET", f"/{hand.number}", fields="health_status")[1]["health_status"]["can_send_message"] == "BLOCKED"
    )
    nested = hand.call("GET", f"/{hand.waba}", fields="name,phone_numbers{id,status}")[1]
    assert [set(item) for item in nested["phone_numbers"]["data"]] == [{"id", "status"}] * 2


def test_versions_are_optional_and_unknown_ids_are_100_33(hand: InHand) -> None:
    assert error(hand.call("GET", "/123456")) == (400, 100, 33)
    assert error(hand.call("GET", f"/{hand.number}/nonsense"))[:2] == (400, 2500)
    assert error(hand.call("DELETE", f"/{hand.number}/messages")) == (400, 100, 33)


def test_registering_wants_the_right_pin_and_not_too_often(hand: InHand) -> None:
    def register(pin: str) -> int:
        body = {"messaging_product": "whatsapp", "pin": pin}
        return int(hand.call("POST", f"/{hand.number}/register", body)[1].get("error", {}).get("code", 0))

    assert register("12345") == 100
    assert register("123456") == 0
    assert register("654321") == 133005
    assert hand.call("POST", f"/{hand.number}", {"pin": "222222"})[0] == 200
    assert register("222222") == 0
    for _ in range(7):
        register("222222")
    assert register("222222") == 133016
    hand.advance(72 * 3600 + 1)
    assert register("222222") == 0


def test_a_new_number_is_verified_then_registered(hand: InHand) -> None:
    new = hand.call(
        "POST", f"/{hand.waba}/phone_numbers", {"cc": "49", "phone_number": "15119999999", "verified_name": "New"}
    )[1]["id"]
    body = {"messaging_product": "whatsapp", "pin": "123456"}
    assert error(hand.call("POST", f"/{new}/register", body))[1] == 133006
    assert hand.call("POST", f"/{new}/request_code", code_method="SMS", language="en_US")[0] == 200
    assert error(hand.call("POST", f"/{new}/verify_code", code="000000"))[1] == 136025
    assert hand.call("POST", f"/{new}/verify_code", code="123456")[0] == 200
    assert hand.call("POST", f"/{new}/register", body)[0] == 200
    assert hand.send(number=new)[0] == 200


def test_a_new_name_is_decided_later(hand: InHand) -> None:
    hand.call("POST", f"/{hand.number}", {"new_display_name": "Better tea"})
    hand.advance(5)
    assert hand.values("phone_number_name_update")[0]["decision"] == "APPROVED"
    assert hand.world.numbers[0].verified_name == "Better tea"


def upload(hand: InHand, content: bytes, mime: str, declared: str = "") -> tuple[int, Any]:
    from tests.simulator.in_hand import _at_once
    from tradewind.simulator.graph.door import answer
    from tradewind.simulator.graph.request import Call

    field = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    head = field.format("messaging_product", "whatsapp") + field.format("type", mime)
    file = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: {declared or mime}\r\n\r\n'
    )
    body = head.encode() + file.encode() + content + b"\r\n--b--\r\n"
    headers = {
        "authorization": f"Bearer {hand.world.tokens[0].value}",
        "content-type": "multipart/form-data; boundary=b",
    }
    done = _at_once(answer(Call(hand.simulation, "POST", f"/{hand.number}/media", b"", headers, body)))
    return done.status, json.loads(done.body)


@pytest.mark.parametrize(
    ("content", "mime", "declared", "code"),
    [
        (PNG, "image/png", "", 0),
        (PNG, "image/gif", "", 100),
        (b"GIF89a", "image/png", "", 131053),
        (PNG, "image/png", "image/jpeg", 131053),
        (b"", "image/png", "", 131053),
        (PNG + b"x" * 5 * 1024 * 1024, "image/png", "", 131053),
        (b"OggS" + b"x", "audio/ogg; codecs=opus", "", 0),
        (b"RIFF" + b"x" * 512 * 1024, "image/webp", "", 131053),
        (b"hello", "text/plain", "", 0),
    ],
)
def test_media_of_all_kinds(hand: InHand, content: bytes, mime: str, declared: str, code: int) -> None:
    answer = upload(hand, content, mime, declared)[1]
    assert answer.get("error", {}).get("code", 0) == code


def test_media_lives_thirty_days_and_its_address_five_minutes(hand: InHand) -> None:
    media = upload(hand, PNG, "image/png")[1]["id"]
    told = hand.call("GET", f"/{media}", phone_number_id=hand.number)[1]
    assert told["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert told["file_size"] == str(len(PNG))
    assert error(hand.call("GET", f"/{media}", phone_number_id="1")) == (400, 100, 33)
    query = told["url"].partition("?")[2]
    asked = dict(part.split("=") for part in query.split("&"))

    def status(**change: str) -> int:
        return _download(hand, {**asked, **change})

    assert status() == 200
    assert status(hash="0" * 24) == 404
    hand.advance(301)
    assert status() == 404
    hand.advance(30 * 86_400)
    assert error(hand.call("GET", f"/{media}")) == (400, 100, 33)


def _download(hand: InHand, query: dict[str, str]) -> int:
    return hand.raw("GET", "/whatsapp_business/attachments/", **query).status


def test_uploads_can_be_resumed(hand: InHand) -> None:
    from tests.simulator.in_hand import _at_once
    from tradewind.simulator.graph.door import answer
    from tradewind.simulator.graph.request import Call

    app = hand.world.apps[0].app_id
    session = hand.call("POST", f"/{app}/uploads", file_name="a.png", file_length="10", file_type="image/png")[1]["id"]

    def give(content: bytes, offset: str) -> Any:
        headers = {"authorization": f"OAuth {hand.world.tokens[0].value}", "file_offset": offset}
        return json.loads(_at_once(answer(Call(hand.simulation, "POST", f"/{session}", b"", headers, content))).body)

    assert give(b"12345", "0") == {"id": session}
    assert give(b"67890", "3")["error"]["code"] == 100
    assert hand.call("GET", f"/{session}")[1] == {"id": session, "file_offset": 5}
    handle = give(b"67890", "5")["h"]
    assert handle.startswith("4::")
    body = {"messaging_product": "whatsapp", "profile_picture_handle": handle}
    assert hand.call("POST", f"/{hand.number}/whatsapp_business_profile", body)[0] == 200
    body["profile_picture_handle"] = "4::none"
    assert error(hand.call("POST", f"/{hand.number}/whatsapp_business_profile", body))[1] == 100


def test_profiles_have_limits(hand: InHand) -> None:
    for change in (
        {"about": ""},
        {"about": "a" * 140},
        {"email": "no"},
        {"websites": ["https://a.example"] * 3},
        {"vertical": "MAGIC"},
        {"address": "a" * 257},
        {"description": "d" * 513},
        {"websites": ["ftp://x"]},
    ):
        body = {"messaging_product": "whatsapp", **change}
        assert error(hand.call("POST", f"/{hand.number}/whatsapp_business_profile", body))[:2] == (400, 100)
    assert hand.call("GET", f"/{hand.number}/whatsapp_business_profile", fields="about")[1]["data"][0]["about"]


def test_a_blocked_person_is_not_heard(hand: InHand) -> None:
    hand.write(ADA)
    body = {"messaging_product": "whatsapp", "block_users": [{"user": ADA}, {"user": "+491709999999"}]}
    status, answer = hand.call("POST", f"/{hand.number}/block_users", body)
    assert status == 200
    assert [user["wa_id"] for user in answer["block_users"]["added_users"]] == ["491701234567"]
    assert answer["block_users"]["failed_users"][0]["errors"][0]["code"] == 139100
    hand.events.clear()
    hand.write(ADA)
    assert hand.events == []


def test_analytics_count_what_happened(hand: InHand) -> None:
    hand.simulation.people.share({"reads": 1})
    for rank in range(10):
        hand.send(f"+49170{rank:08}")
    hand.send("+16505551234", **hand.template("bench_utility"))
    hand.advance(600)
    span = f".start({int(NOON) - 86_400}).end({int(NOON) + 86_400})"
    told = hand.call("GET", f"/{hand.waba}", fields=f"analytics{span}.granularity(DAY)")[1]["analytics"]
    assert [(point["sent"], point["delivered"]) for point in told["data_points"]] == [(11, 11)]
    prices = hand.call("GET", f"/{hand.waba}", fields=f"pricing_analytics{span}.granularity(DAILY)")[1][
        "pricing_analytics"
    ]
    points = {
        (point["country"], point["pricing_category"]): point["volume"] for point in prices["data"][0]["data_points"]
    }
    assert points == {("DE", "MARKETING"): 10, ("US", "UTILITY"): 1}
    template = next(iter(hand.simulation.shelf)).template_id
    query = {
        "start": str(int(NOON) - 86_400),
        "end": str(int(NOON) + 86_400),
        "granularity": "DAILY",
        "template_ids": f"[{template}]",
    }
    (point,) = hand.call("GET", f"/{hand.waba}/template_analytics", **query)[1]["data"][0]["data_points"]
    assert (point["sent"], point["delivered"], point["read"], point["clicked"]) == (10, 10, 10, [])
    assert error(hand.call("GET", f"/{hand.waba}", fields="analytics.start(5).end(1).granularity(DAY)"))[1] == 100


@pytest.mark.parametrize(
    "asked",
    [
        "analytics{}.granularity(DAILY)",
        "pricing_analytics{}.granularity(DAY)",
        "analytics{}.granularity(HOUR)",
        'analytics{}.granularity(DAY).phone_numbers(["1"])',
    ],
)
def test_analytics_refuse_what_meta_refuses(hand: InHand, asked: str) -> None:
    span = f".start({int(NOON) - 86_400}).end({int(NOON) + 86_400})"
    assert error(hand.call("GET", f"/{hand.waba}", fields=asked.format(span)))[1] == 100


def test_batches_answer_in_order(hand: InHand) -> None:
    message = json.dumps({"messaging_product": "whatsapp", "to": ADA, **hand.template()})
    calls = [
        {"method": "GET", "relative_url": f"{hand.number}?fields=id"},
        {"method": "GET", "relative_url": "nobody"},
        {"method": "POST", "relative_url": f"{hand.number}/messages", "body": message},
    ]
    status, answer = hand.call("POST", "/", {"batch": json.dumps(calls)})
    assert status == 200
    assert [item["code"] for item in answer] == [200, 400, 200]
    assert json.loads(answer[0]["body"]) == {"id": hand.number}
    assert error(hand.call("POST", "/", {"batch": calls * 17}))[:2] == (400, 100)


def test_management_calls_are_counted_and_limited(hand: InHand) -> None:
    answer = hand.raw("GET", f"/{hand.waba}")
    headers = dict(answer.all_headers(1, "v26.0"))
    assert json.loads(headers[b"x-business-use-case-usage"])[hand.waba][0]["type"] == "whatsapp"
    assert b"x-app-usage" in headers
    for _ in range(5_000):
        hand.raw("GET", f"/{hand.waba}")
    assert error(hand.call("GET", f"/{hand.waba}"))[:2] == (400, 80007)
    assert hand.code() == 0  # sends are not counted here
    hand.advance(3600)
    assert hand.call("GET", f"/{hand.waba}")[0] == 200


def priced(at: datetime, **body: Any) -> dict[str, Any]:
    hand = InHand(at=at.timestamp())
    hand.simulation.people.change({"phone": ADA, "behaviour": "reads"})
    hand.write(ADA)
    assert hand.send(ADA, **body)[0] == 200
    hand.advance(900)
    (price,) = [item["pricing"] for item in hand.statuses() if "pricing" in item]
    return dict(price)


TEXT = {"type": "text", "text": {"body": "hi"}}
BEFORE, AFTER = datetime(2026, 9, 30, 12, tzinfo=UTC), datetime(2026, 10, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "body", "kind", "category"),
    [
        (BEFORE, TEXT, "free_customer_service", "service"),
        (AFTER, TEXT, "free_customer_service", "service"),
        (BEFORE, InHand.template("bench_utility"), "free_customer_service", "utility"),
        (AFTER, InHand.template("bench_utility"), "regular", "utility"),
        (BEFORE, InHand.template(), "regular", "marketing"),
    ],
)
def test_prices_by_date(at: datetime, body: dict[str, Any], kind: str, category: str) -> None:
    assert priced(at, **body) == {
        "billable": kind == "regular",
        "pricing_model": "PMP",
        "type": kind,
        "category": category,
    }


def test_a_thousand_service_messages_are_free_each_month_and_number() -> None:
    hand = InHand(at=AFTER.timestamp())
    hand.simulation.rules.lifted = True
    hand.simulation.people.change({"phone": ADA, "behaviour": "never_online"})
    hand.world.accounts[0].payment_method = False
    hand.write(ADA)
    for _ in range(1000):
        hand.send(ADA, **TEXT)
    assert hand.simulation.pricing.free_left(hand.number, hand.now()) == 0
    assert hand.code(ADA, **TEXT) == 131042
    hand.world.accounts[0].payment_method = True
    assert hand.code(ADA, **TEXT) == 0
    assert hand.simulation.pricing.free_left(hand.world.numbers[1].phone_number_id, hand.now()) == 1000
    assert hand.simulation.pricing.free_left(hand.number, hand.now() + 31 * 86_400) == 1000


@pytest.mark.parametrize(
    ("to", "wa_id"),
    [
        ("+49 170 1234567", "491701234567"),
        ("491701234567", "491701234567"),
        ("1 (631) 555-1234", "4916315551234"),
        ("+5531987654321", "553187654321"),
        ("+5511987654321", "5511987654321"),
        ("+525512345678", "5215512345678"),
        ("+541123456789", "5491123456789"),
    ],
)
def test_wa_ids(hand: InHand, to: str, wa_id: str) -> None:
    assert hand.send(to)[1]["contacts"] == [{"input": to, "wa_id": wa_id}]


def test_read_marks_know_their_messages(hand: InHand) -> None:
    hand.write()
    inbound = hand.messages()[0]["id"]
    sent = hand.send()[1]["messages"][0]["id"]

    def mark(wamid: str, **more: Any) -> int:
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid, **more}
        return int(hand.call("POST", f"/{hand.number}/messages", body)[1].get("error", {}).get("code", 0))

    assert mark(inbound) == 0
    assert mark(inbound, typing_indicator={"type": "text"}) == 0
    assert mark(inbound, typing_indicator={"type": "song"}) == 100
    assert mark(sent) == 100
    assert mark("wamid.x") == 100
    hand.advance(31 * 86_400)
    assert mark(inbound) == 131009


def test_a_reaction_to_nothing_fails_later(hand: InHand) -> None:
    hand.write(ADA)
    wamid = hand.send(ADA)[1]["messages"][0]["id"]
    hand.send(ADA, type="reaction", reaction={"message_id": wamid, "emoji": "👍"})
    hand.send(ADA, type="reaction", reaction={"message_id": "wamid.none", "emoji": "👍"})
    hand.advance(2)
    kinds = [(item["status"], item.get("errors", [{}])[0].get("code")) for item in hand.statuses()]
    assert kinds.count(("sent", None)) == 2
    assert ("failed", 131009) in kinds


def test_app_webhooks_belong_to_the_app(hand: InHand) -> None:
    app = hand.world.apps[0]
    bearer = f"{app.app_id}|{app.app_secret}"
    told = hand.call("GET", f"/{app.app_id}/subscriptions", token=bearer)[1]["data"][0]
    assert told["callback_url"] == app.callback_url
    assert error(hand.call("GET", f"/{app.app_id}/subscriptions", token=f"{app.app_id}|wrong"))[:2] == (401, 190)
    token = hand.call("GET", "/oauth/access_token", client_id=app.app_id, client_secret=app.app_secret, code="c")[1][
        "access_token"
    ]
    assert hand.call("GET", f"/{hand.number}", token=token)[0] == 200
    assert error(hand.call("GET", "/oauth/access_token", client_id=app.app_id, client_secret="x"))[:2] == (400, 1)


def test_a_message_for_another_identity_fails(hand: InHand) -> None:
    hand.call("POST", f"/{hand.number}/settings", {"user_identity_change": {"enable_identity_key_check": True}})
    hand.write(ADA)
    contact = hand.events[0].contact
    assert contact is not None
    hand.send(ADA, recipient_identity_key_hash=contact["identity_key_hash"], **TEXT)
    hand.send(ADA, recipient_identity_key_hash="another", **TEXT)
    hand.advance(1)
    failed = [item["errors"][0]["code"] for item in hand.statuses() if item["status"] == "failed"]
    assert failed == [137000]


def test_barred_countries_and_unnamed_555_numbers(hand: InHand) -> None:
    assert error(hand.send("+989121234567")) == (403, 130497, None)
    hand.world.numbers[0].display_phone_number = "+1 555-078-3881"
    hand.world.numbers[0].name_status = "PENDING_REVIEW"
    assert hand.code(ADA) == 131037


def test_a_voice_message_is_played(hand: InHand) -> None:
    hand.simulation.people.change({"phone": ADA, "behaviour": "reads"})
    hand.write(ADA)
    hand.send(ADA, type="audio", audio={"link": "https://example.com/a.ogg", "voice": True})
    hand.advance(60)
    assert [item["status"] for item in hand.statuses()] == ["sent", "delivered", "read", "played"]
