"""Tokens, rights, versions, batches, and how often one may ask."""

import hashlib
import hmac
import json

import pytest

from tests.simulator.in_hand import ADA, NOON, InHand, error
from tradewind.simulator.world import demo_world
from tradewind.simulator.world.shapes import Token


@pytest.fixture
def hand() -> InHand:
    return InHand()


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


def test_versions_are_optional_and_unknown_ids_are_100_33(hand: InHand) -> None:
    assert error(hand.call("GET", "/123456")) == (400, 100, 33)
    assert error(hand.call("GET", f"/{hand.number}/nonsense"))[:2] == (400, 2500)
    assert error(hand.call("DELETE", f"/{hand.number}/messages")) == (400, 100, 33)


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
