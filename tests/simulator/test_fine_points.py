"""Marks, reactions, identities, barred countries, voice: the small print of sending."""

from typing import Any

import pytest

from tests.simulator.in_hand import ADA, TEXT, InHand, error


@pytest.fixture
def hand() -> InHand:
    return InHand()


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
