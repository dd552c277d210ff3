"""Virtual customers: what each behaviour makes the business see, and that a seed decides it all."""

from typing import Any

import phonenumbers
import pytest

from tests.simulator.in_hand import InHand
from tradewind.simulator.customers.voices import LANGUAGES, REPLIES, STOP_WORDS
from tradewind.simulator.world import bench_world, demo_world
from tradewind.simulator.world.shapes import BEHAVIOURS, DEFAULT_SHARES, World

ADA = "+491701234567"
WA_ID = "491701234567"
WEEK = 7 * 86_400.0


def hand_with(behaviour: str, **more: Any) -> InHand:
    hand = InHand()
    hand.simulation.people.change({"phone": ADA, "behaviour": behaviour, "language": "de", "name": "Ada", **more})
    return hand


def words(hand: InHand) -> list[str]:
    return [item["status"] for item in hand.statuses()]


def failure(behaviour: str, to: str = ADA) -> list[tuple[str, int]]:
    hand = hand_with(behaviour)
    assert hand.code(to) == 0
    hand.advance(WEEK)
    return [(item["status"], item["errors"][0]["code"]) for item in hand.statuses()]


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [("not_on_whatsapp", 131026), ("opted_out", 131050), ("capped", 131049), ("experiment", 130472)],
)
def test_those_who_are_not_reached(behaviour: str, code: int) -> None:
    assert failure(behaviour) == [("failed", code)]


def test_marketing_to_the_united_states_fails_and_to_canada_does_not() -> None:
    hand = InHand()
    hand.simulation.people.share({"reads": 1})
    hand.send("+16505551234")
    hand.send("+16505551234", **hand.template("bench_utility"))
    hand.send("+14165551234")
    hand.advance(WEEK)
    seen = {(item["recipient_id"], item["status"]) for item in hand.statuses()}
    assert ("16505551234", "failed") in seen
    assert [item["errors"][0]["code"] for item in hand.statuses() if item["status"] == "failed"] == [131049]
    assert ("14165551234", "delivered") in seen


def test_a_failed_status_bears_its_error_and_no_price() -> None:
    hand = hand_with("not_on_whatsapp")
    hand.send(biz_opaque_callback_data="row:1", **hand.template())
    hand.advance(60)
    (status,) = hand.statuses()
    assert status["errors"] == [
        {
            "code": 131026,
            "title": "Message undeliverable",
            "message": "Message undeliverable",
            "error_data": {"details": "Message undeliverable."},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }
    ]
    assert status["biz_opaque_callback_data"] == "row:1"
    assert "pricing" not in status


def test_never_online_is_sent_only() -> None:
    hand = hand_with("never_online")
    hand.send()
    hand.advance(40 * 86_400)
    assert words(hand) == ["sent"]


def test_times_can_be_given_exactly() -> None:
    hand = hand_with("reads", delivers_after_seconds=100, reads_after_seconds=50)
    start = hand.now()
    hand.send()
    hand.advance(99)
    assert words(hand) == ["sent"]
    hand.advance(1)
    assert words(hand) == ["sent", "delivered"]
    hand.advance(50)
    assert words(hand) == ["sent", "delivered", "read"]
    assert [int(item["timestamp"]) - int(start) for item in hand.statuses()][1:] == [100, 150]


def test_without_receipts_nobody_sees_a_read() -> None:
    hand = hand_with("replies", receipts=False)
    hand.send()
    hand.advance(WEEK)
    assert words(hand) == ["sent", "delivered"]
    assert len(hand.messages()) == 1


def test_a_reply_is_in_their_language_and_opens_the_window() -> None:
    hand = hand_with("replies")
    wamid = hand.send()[1]["messages"][0]["id"]
    hand.advance(700)
    (message,) = hand.messages()
    assert message["text"]["body"] in REPLIES["de"]
    assert message["from"] == WA_ID
    assert message.get("context", {"from": "4915117000000", "id": wamid}) == {"from": "4915117000000", "id": wamid}
    assert hand.code(type="text", text={"body": "hi"}) == 0


def test_a_reply_can_be_given() -> None:
    hand = hand_with("reads", reply={"type": "text", "text": {"body": "My own words"}}, replies_after_seconds=5)
    hand.send()
    hand.advance(60)
    assert [message["text"]["body"] for message in hand.messages()] == ["My own words"]


def test_a_stop_comes_for_marketing_only() -> None:
    hand = hand_with("stops")
    hand.send(**hand.template("bench_utility"))
    hand.advance(700)
    assert hand.messages() == []
    hand.send()
    hand.advance(700)
    assert hand.messages()[0]["text"]["body"] in STOP_WORDS["de"]


def test_a_native_stop_is_told_and_ends_marketing() -> None:
    hand = hand_with("stops_natively")
    hand.send()
    hand.advance(700)
    (value,) = hand.values("user_preferences")
    assert value["user_preferences"][0]["value"] == "stop"
    assert value["user_preferences"][0]["category"] == "marketing_messages"
    assert value["user_preferences"][0]["wa_id"] == WA_ID
    hand.send()
    hand.advance(60)
    assert hand.statuses()[-1]["errors"][0]["code"] == 131050


def test_who_blocks_is_lost() -> None:
    hand = hand_with("blocks")
    hand.send()
    hand.advance(700)
    hand.send()
    hand.advance(60)
    assert hand.statuses()[-1]["errors"][0]["code"] == 131026
    assert hand.send(number=hand.world.numbers[1].phone_number_id)[0] == 200
    hand.advance(60)
    assert hand.statuses()[-1]["status"] != "failed"


def test_a_click_brings_the_payload() -> None:
    hand = hand_with("clicks")
    hand.write()
    hand.events.clear()
    buttons = [{"type": "reply", "reply": {"id": "only", "title": "Only"}}]
    body = {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}
    wamid = hand.send(type="interactive", interactive=body)[1]["messages"][0]["id"]
    hand.advance(700)
    (message,) = hand.messages()
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "only", "title": "Only"}}
    assert message["context"]["id"] == wamid


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [("reacts", "reaction"), ("sends_image", "image"), ("sends_voice", "audio"), ("sends_location", "location")],
)
def test_other_things_that_people_send(behaviour: str, kind: str) -> None:
    hand = hand_with(behaviour)
    wamid = hand.send()[1]["messages"][0]["id"]
    hand.advance(700)
    (message,) = hand.messages()
    assert message["type"] == kind
    if kind == "reaction":
        assert message["reaction"]["message_id"] == wamid
    if kind in ("image", "audio"):
        media = hand.simulation.media.find(message[kind]["id"], hand.now())
        assert media is not None
        assert media.content.startswith((b"\x89PNG", b"OggS"))
        assert hand.call("GET", f"/{message[kind]['id']}")[1]["mime_type"] == message[kind]["mime_type"]
        hand.advance(8 * 86_400)
        assert hand.call("GET", f"/{message[kind]['id']}")[0] == 400  # gone after seven days


def test_a_changed_number_is_told_and_the_old_one_is_dead() -> None:
    hand = hand_with("changes_number")
    hand.send()
    hand.advance(700)
    (message,) = hand.messages()
    fresh = message["system"]["wa_id"]
    assert message["type"] == "system"
    assert message["system"]["type"] == "user_changed_number"
    assert message["system"]["body"] == f"User Ada changed from {WA_ID} to {fresh}"
    assert message["system"]["user_id"] != message["system"]["previous_user_id"]
    event = next(event for event in hand.events if event.part == "messages")
    assert event.contact is None
    hand.send()
    hand.send("+" + fresh)
    hand.advance(700)
    last = {item["recipient_id"]: item["status"] for item in hand.statuses()}
    assert last[WA_ID] == "failed"
    assert last[fresh] in ("delivered", "read")


def test_a_user_name_hides_the_phone_number() -> None:
    hand = hand_with(
        "username_only", username="ada.l", reply={"type": "text", "text": {"body": "hi"}}, replies_after_seconds=5
    )
    person = hand.simulation.people.at(WA_ID)
    user_id = hand.simulation.people.user_id(person, hand.world.numbers[0].portfolio_id)
    message = {"messaging_product": "whatsapp", "recipient": user_id, **hand.template()}
    status, answer = hand.call("POST", f"/{hand.number}/messages", message)
    assert status == 200
    assert answer["contacts"] == [{"input": user_id, "user_id": user_id}]
    hand.advance(700)
    assert all("recipient_id" not in item and item["recipient_user_id"] == user_id for item in hand.statuses())
    (inbound,) = hand.messages()
    assert "from" not in inbound
    assert inbound["from_user_id"] == user_id
    contacts = [event.contact for event in hand.events]
    assert all(contact is not None and "wa_id" not in contact for contact in contacts)
    assert contacts[1] == {"profile": {"username": "ada.l"}, "user_id": user_id}
    hand.events.clear()
    hand.send()  # by phone: it is known for 30 days
    hand.advance(700)
    assert hand.messages()[0]["from"] == WA_ID


def test_user_ids_belong_to_one_portfolio() -> None:
    hand = InHand(demo_world(1))
    person = hand.simulation.people.at(WA_ID)
    ids = [hand.simulation.people.user_id(person, portfolio) for portfolio in hand.simulation.portfolios]
    assert len(set(ids)) == 2
    assert all(user_id.startswith("DE.") for user_id in ids)
    assert hand.simulation.people.by_user_id("610000000000001", ids[1]) is None


def history(seed: int, order: int = 1) -> list[tuple[str, str, str]]:
    world = demo_world(seed)
    world.rules.lifted = True
    hand = InHand(world)
    template = {
        "name": "delivery_update",
        "language": {"code": "th"},
        "components": hand.template()["template"]["components"],
    }
    number = hand.world.numbers[3].phone_number_id
    phones = [customer.phone for customer in world.customers[:80]] + [f"+4917055{rank:05}" for rank in range(80)]
    for to in phones[::order]:
        assert hand.send(to, number=number, type="template", template=template)[0] == 200
    hand.advance(WEEK)
    seen = [(item.get("recipient_id", ""), item["status"], item["timestamp"]) for item in hand.statuses()]
    said = [item for item in hand.messages() if item["type"] in ("text", "location")]
    seen += [(item.get("from", ""), str(item[item["type"]]), item["timestamp"]) for item in said]
    return sorted(seen)


def test_the_same_seed_makes_the_same_people_do_the_same() -> None:
    assert history(5) == history(5)
    assert history(5, order=-1) == history(5)
    assert history(6) != history(5)


def test_strangers_follow_the_shares() -> None:
    hand = InHand(demo_world(3))
    people = [hand.simulation.people.at(f"4917{rank:09}") for rank in range(4000)]
    for behaviour in ("reads", "replies", "not_on_whatsapp"):
        share = sum(person.behaviour == behaviour for person in people) / len(people)
        assert share == pytest.approx(DEFAULT_SHARES[behaviour], abs=0.03)


def test_strangers_can_be_kept_to_a_range() -> None:
    world = bench_world(numbers=1)
    world.stranger_prefixes = ["+4917"]
    people = InHand(world).simulation.people
    assert people.at("491700000001").behaviour == "reads"
    assert people.at("393470000001").behaviour == "not_on_whatsapp"


def test_strangers_cost_no_memory() -> None:
    hand = InHand(bench_world(numbers=1))
    for rank in range(500):
        hand.send(f"+49170{rank:08}")
    hand.advance(60)
    assert len(hand.simulation.people._known) == 0
    assert len(hand.simulation.wheel) == 0


def test_the_demo_world_is_as_promised() -> None:
    world = demo_world(1)
    assert world == demo_world(1)
    assert world != demo_world(2)
    assert World.from_json(world.as_json()) == world
    numbers = [customer.phone for customer in world.customers] + [
        number.display_phone_number for number in world.numbers
    ]
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)
    assert {customer.behaviour for customer in world.customers} == set(BEHAVIOURS)
    assert len(world.templates) == 8
    assert len({template.language.partition("_")[0] for template in world.templates}) == 6


def test_eight_languages_are_spoken() -> None:
    assert len(LANGUAGES) == 8
    assert set(REPLIES) == set(STOP_WORDS) == set(LANGUAGES)


def test_a_world_that_does_not_fit_is_refused_with_its_place() -> None:
    good = bench_world(numbers=1).as_json()
    for part, value, word in (
        ("numbers", [{"phone": "1"}], "numbers: unknown phone"),
        ("numbers", [{"waba_id": "1"}], "numbers: "),
        ("timing", {"sent": [5, 1]}, "timing: sent needs 0 < low <= high"),
        ("customers", ["Ada"], "customers: expected an object, got str"),
    ):
        with pytest.raises(ValueError, match=word):
            World.from_json({**good, part: value})
