"""Numbers: what they tell, registering, names, profiles, blocks."""

import pytest

from tests.simulator.in_hand import ADA, InHand, error


@pytest.fixture
def hand() -> InHand:
    return InHand()


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
