"""Webhooks: bytes, signatures, envelopes, retries, and all mischief on the way."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.simulator.in_hand import InHand
from tests.simulator.running import Callback, Running
from tradewind.simulator.webhooks.encode import encode, signatures
from tradewind.simulator.webhooks.envelope import Event, envelope

ADA = "+491701234567"


def write(running: Running, text: str, phone: str = ADA) -> str:
    wish = {"phone_number_id": running.number, "from": phone, "type": "text", "text": {"body": text}}
    return str(running.admin("inbound", wish)["id"])


def test_bytes_are_escaped_as_meta_does() -> None:
    assert encode({"a": "ü/😀"}) == b'{"a":"\\u00fc\\/\\ud83d\\ude00"}'
    assert json.loads(encode({"a": 'ü/😀"\\'})) == {"a": 'ü/😀"\\'}


def test_signatures_are_over_the_raw_bytes() -> None:
    body = encode({"a": "ü"})
    right = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert signatures(body, "secret")["X-Hub-Signature-256"] == "sha256=" + right
    assert signatures(body, "secret")["X-Hub-Signature"].startswith("sha1=")


def test_events_of_one_account_share_an_entry() -> None:
    hand = InHand()
    first, second = hand.world.numbers[:2]
    events = [
        Event(hand.waba, first, "messages", "statuses", {"id": "1", "status": "sent"}, {"wa_id": "1"}, 1.0),
        Event(hand.waba, second, "messages", "statuses", {"id": "2", "status": "sent"}, {"wa_id": "2"}, 1.0),
        Event(hand.waba, first, "messages", "messages", {"id": "3"}, {"wa_id": "3"}, 1.0),
        Event(hand.waba, first, "messages", "statuses", {"id": "4", "status": "sent"}, {"wa_id": "1"}, 1.0),
        Event(hand.waba, None, "account_update", "", {"event": "X"}, None, 7.0),
    ]
    body = envelope(events)
    assert body["object"] == "whatsapp_business_account"
    assert [(entry["id"], entry.get("time"), len(entry["changes"])) for entry in body["entry"]] == [
        (hand.waba, None, 3),
        (hand.waba, 7, 1),
    ]
    value = body["entry"][0]["changes"][0]["value"]
    assert value["metadata"] == {"display_phone_number": first.digits, "phone_number_id": first.phone_number_id}
    assert [item["id"] for item in value["statuses"]] == ["1", "4"]
    assert value["contacts"] == [{"wa_id": "1"}]


def test_what_is_not_answered_with_200_comes_again(running: Running, callback: Callback) -> None:
    callback.answers[:] = [500, 302]
    wamid = write(running, "again")
    callback.wait(lambda: len(callback.bodies) >= 2)
    running.admin("clock", {"advance": 10})
    callback.wait(lambda: len(callback.bodies) >= 3)
    assert callback.bodies[0] == callback.bodies[1] == callback.bodies[2]
    callback.wait(lambda: running.admin("state")["webhooks_pending"] == 0)
    tries = [line for line in running.lines("webhooks") if ["message", wamid] in line["events"]]
    assert [(line["try"], line["status"]) for line in tries] == [(1, 500), (2, 302), (3, 200)]
    assert tries[0]["sha256"] == hashlib.sha256(callback.bodies[0]).hexdigest()
    kept = running.http.get(f"/_simulator/webhooks/{tries[0]['webhook']}")
    assert kept.content == callback.bodies[0]


def test_after_seven_days_it_is_given_up(running: Running, callback: Callback) -> None:
    before = running.admin("state")["webhooks"].get("given_up", 0)
    running.admin("subscribe", {"url": "http://127.0.0.1:9/closed"})
    write(running, "lost")
    callback.wait(lambda: running.admin("state")["webhooks"].get("failed_tries", 0) >= 1)
    for _ in range(60):
        running.admin("clock", {"advance": 6 * 3600 + 60})
        if running.admin("state")["webhooks"].get("given_up", 0) > before:
            break
    else:
        raise AssertionError("never given up")
    tries = [line for line in running.lines("webhooks") if line["url"].endswith("/closed")]
    assert "error" in tries[-1]
    assert 5 <= tries[-1]["try"] <= 50


def test_every_kth_body_comes_twice(running: Running, callback: Callback) -> None:
    running.admin("faults", {"webhooks": {"double": {"every": 2}, "batch": 1}})
    for rank in range(4):
        write(running, str(rank), f"+4917000000{rank:02}")
    callback.wait(lambda: len(callback.bodies) >= 6)
    counts = sorted(callback.bodies.count(body) for body in set(callback.bodies))
    assert counts == [1, 1, 2, 2]
    assert all(callback.signed(rank) for rank in range(6))


def test_drop_first_comes_by_a_retry(running: Running, callback: Callback) -> None:
    running.admin("faults", {"webhooks": {"drop_first": 1}})
    wamid = write(running, "late")
    assert callback.wait(lambda: callback.items("messages"))[0]["id"] == wamid
    tries = [line for line in running.lines("webhooks") if ["message", wamid] in line["events"]]
    assert [(line["try"], line["status"]) for line in tries][:1] == [(1, None)]
    assert tries[0]["mischief"] == ["drop_first"]


def test_a_wrong_signature_is_followed_by_a_right_one(running: Running, callback: Callback) -> None:
    running.admin("faults", {"webhooks": {"wrong_signature": 1}})
    callback.answers[:] = [401]
    write(running, "signed")
    callback.wait(lambda: len(callback.bodies) >= 2)
    assert not callback.signed(0)
    assert callback.signed(1)


def test_delay_and_batch(running: Running, callback: Callback) -> None:
    running.admin("faults", {"webhooks": {"delay": [100, 100], "batch": 50}})
    for rank in range(50):
        write(running, str(rank), f"+4917000000{rank:02}")
    assert running.admin("state")["webhooks_pending"] == 50
    assert callback.bodies == []
    running.admin("clock", {"advance": 101})
    callback.wait(lambda: len(callback.items("messages")) == 50)
    assert len(callback.bodies) <= 4


def test_shuffle_changes_the_order(running: Running, callback: Callback) -> None:
    running.admin("faults", {"webhooks": {"shuffle": True}})
    for rank in range(30):
        write(running, str(rank), f"+4917000000{rank:02}")
    callback.wait(lambda: len(callback.items("messages")) == 30)
    texts = [int(item["text"]["body"]) for item in callback.items("messages")]
    assert sorted(texts) == list(range(30))
    assert texts != list(range(30))


def test_unknown_types_are_mixed_in(running: Running, callback: Callback) -> None:
    running.admin("faults", {"webhooks": {"unknown_type": 1}})
    for rank in range(2):
        write(running, str(rank))
    callback.wait(lambda: any(change["field"] == "future_field" for change in callback.changes()))
    callback.wait(lambda: any(item["type"] == "hologram" for item in callback.items("messages")))


def test_bodies_stay_below_three_megabytes(running: Running, callback: Callback) -> None:
    running.admin("rules", {"webhook_connections": 4})
    running.admin("faults", {"webhooks": {"batch": 100_000, "delay": [50, 50]}})
    wishes = [
        {"phone_number_id": running.number, "from": f"+49170{n:08}", "type": "text", "text": {"body": "x" * 4000}}
        for n in range(900)
    ]
    running.admin("inbound", wishes)
    running.admin("clock", {"advance": 51})
    callback.wait(lambda: len(callback.items("messages")) == 900, 15)
    assert 1_000_000 < max(map(len, callback.bodies)) <= 3_000_000


def test_any_bytes_can_be_sent_signed(running: Running, callback: Callback) -> None:
    raw = b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}],"\\ud800":"\xff"}'
    answer = running.http.post("/_simulator/raw", content=raw)
    assert answer.status_code == 200
    callback.wait(lambda: callback.bodies)
    assert callback.bodies == [raw]
    assert callback.signed(0)


def test_any_event_of_the_documentation_can_be_told(running: Running, callback: Callback) -> None:
    value = {
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}],
    }
    waba = running.about["numbers"][0]["waba_id"]
    running.admin("event", {"waba_id": waba, "field": "account_update", "value": value})
    (change,) = callback.wait(callback.changes)
    assert change == {"field": "account_update", "value": value}
    entry = json.loads(callback.bodies[0])["entry"][0]
    assert entry["id"] == waba
    assert isinstance(entry["time"], int)


def test_only_subscribed_fields_come(hand: InHand) -> None:
    hand.world.apps[0].webhook_fields = ["message_template_status_update"]
    hand.write()
    assert hand.events == []
    hand.simulation.quality.pause(next(iter(hand.simulation.shelf)), hand.now())
    assert [event.field for event in hand.events] == ["message_template_status_update"]


def test_callbacks_phone_before_account_before_app() -> None:
    hand = InHand()
    urls: list[str] = []
    hand.simulation.office.send = lambda url, secret, event: urls.append(url)  # type: ignore[method-assign]
    hand.write()
    hand.world.accounts[0].override_callback_uri = "http://account/"
    hand.write()
    hand.world.numbers[0].override_callback_uri = "http://phone/"
    hand.write()
    hand.simulation.tell_field(hand.waba, "account_update", {}, hand.now())
    hand.world.accounts[0].subscribed_app_ids.clear()
    hand.write()
    assert urls == ["http://callback.invalid/", "http://account/", "http://phone/", "http://account/"]


@pytest.fixture
def hand() -> InHand:
    return InHand()


@pytest.mark.parametrize(
    "wish",
    [
        {"double": 2},
        {"delay": [5, 1]},
        {"delay": 3},
        {"batch": 0},
        {"batch": "many"},
        {"sing": 1},
        {"shuffle": True, "drop_first": -1},
    ],
)
def test_a_bad_wish_is_refused_in_a_sentence(running: Running, wish: dict[str, Any]) -> None:
    answer = running.http.post("/_simulator/faults", json={"webhooks": wish})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("webhooks")
