"""The life of a template: made, reviewed, changed, paused, paced, deleted."""

from typing import Any

import pytest

from tests.simulator.in_hand import InHand

DAY = 86_400.0
BODY = "Hello {{1}}, your parcel {{2}} will reach you in the next two days."
EXAMPLE = {"body_text": [["Ada", "A1"]]}


def wish(name: str = "parcel", text: str = BODY, example: Any = EXAMPLE, **more: Any) -> dict[str, Any]:
    body = {"type": "BODY", "text": text, **({"example": example} if example else {})}
    return {"name": name, "language": "en_US", "category": "UTILITY", "components": [body], **more}


@pytest.fixture
def hand() -> InHand:
    return InHand()


def make(hand: InHand, **more: Any) -> str:
    status, answer = hand.call("POST", f"/{hand.waba}/message_templates", wish(**more))
    assert status == 200, answer
    return str(answer["id"])


def updates(hand: InHand) -> list[tuple[str, str]]:
    return [(value["message_template_name"], value["event"]) for value in hand.values("message_template_status_update")]


def with_parts(*parts: dict[str, Any]) -> dict[str, Any]:
    asked = wish()
    return {**asked, "components": [*asked["components"], *parts]}


def buttons(*items: dict[str, Any]) -> dict[str, Any]:
    return with_parts({"type": "BUTTONS", "buttons": list(items)})


QUICK = {"type": "QUICK_REPLY", "text": "Yes"}
URL = {"type": "URL", "text": "Go", "url": "https://example.com"}
REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("capitals in the name", wish(name="Parcel"), 100),
    ("513 letters", wish(name="a" * 513), 100),
    ("no language", wish(language=None), 100),
    ("an unknown category", wish(category="NEWS"), 100),
    ("body of 1,025 letters", wish(text="a" * 1025, example=None), 2388040),
    ("an empty body", wish(text=" ", example=None), 2388072),
    ("no body", {**wish(), "components": [{"type": "FOOTER", "text": "x"}]}, 2388072),
    ("variable first", wish(text="{{1}} is here and {{2}} is coming with it soon"), 2388299),
    ("variable last", wish(text="Hello to you all, here and there {{1}} and {{2}}"), 2388299),
    ("too few words", wish(text="Hi {{1}} and {{2}} now"), 2388293),
    ("variables side by side", wish(text="Hello {{1}} {{2}}, here is what you asked for."), 2388072),
    ("variables out of order", wish(text="Hello {{2}}, here is what you {{1}} asked us for."), 2388072),
    ("an example too few", wish(example={"body_text": [["Ada"]]}), 2388072),
    ("no examples", wish(example=None), 2388072),
    ("broken braces", wish(text="Hello {{1}, here is what you asked for."), 2388072),
    ("footer of 61 letters", with_parts({"type": "FOOTER", "text": "f" * 61}), 2388040),
    ("a variable in the footer", with_parts({"type": "FOOTER", "text": "Hi {{1}}"}), 2388073),
    ("header of 61 letters", with_parts({"type": "HEADER", "format": "TEXT", "text": "h" * 61}), 2388040),
    ("two variables in the header", with_parts({"type": "HEADER", "text": "a {{1}} b {{2}} c"}), 2388047),
    ("image header without a sample", with_parts({"type": "HEADER", "format": "IMAGE"}), 2388047),
    ("two bodies", with_parts({"type": "BODY", "text": "Again"}), 100),
    ("eleven buttons", buttons(*[{**QUICK, "text": str(rank)} for rank in range(11)]), 100),
    ("three links", buttons(URL, URL, URL), 100),
    ("quick replies apart", buttons(QUICK, URL, {**QUICK, "text": "No"}), 100),
    ("button of 26 letters", buttons({**QUICK, "text": "b" * 26}), 2388040),
    ("variable inside the link", buttons({**URL, "url": "https://example.com/{{1}}/x", "example": ["x"]}), 100),
    ("link variable without an example", buttons({**URL, "url": "https://example.com/{{1}}"}), 100),
    ("an OTP button", buttons({"type": "OTP", "otp_type": "COPY_CODE"}), 100),
    ("a carousel of one", with_parts({"type": "CAROUSEL", "cards": [{"components": []}]}), 100),
    ("components of a wrong kind", {**wish(), "components": "body"}, 100),
    ("a time to live below 30 s", wish(message_send_ttl_seconds=29), 100),
    ("a time to live above 12 h", wish(message_send_ttl_seconds=43_201), 100),
]


@pytest.mark.parametrize(("asked", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_cannot_be_made(hand: InHand, asked: dict[str, Any], code: int) -> None:
    status, answer = hand.call("POST", f"/{hand.waba}/message_templates", asked)
    assert (status, answer["error"]["code"]) == (400, code)
    assert "error_user_msg" in answer["error"] or answer["error"]["error_data"]["details"]


def test_review_approves_after_a_while(hand: InHand) -> None:
    template_id = make(hand)
    assert hand.call("GET", f"/{template_id}")[1]["status"] == "PENDING"
    hand.advance(1)
    assert hand.call("GET", f"/{template_id}")[1]["status"] == "APPROVED"
    (value,) = hand.values("message_template_status_update")
    assert value == {
        "event": "APPROVED",
        "message_template_id": int(template_id),
        "message_template_name": "parcel",
        "message_template_language": "en_US",
        "reason": "NONE",
        "message_template_category": "UTILITY",
    }


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"text": "Please send us your credit card number now.", "example": None}, "SCAM"),
        ({"text": "Pay today, this is our last threat to you.", "example": None}, "ABUSIVE_CONTENT"),
        ({"language": "th"}, "TAG_CONTENT_MISMATCH"),
    ],
)
def test_review_rejects_with_a_reason(hand: InHand, more: dict[str, Any], reason: str) -> None:
    template_id = make(hand, **more)
    hand.advance(1)
    (value,) = hand.values("message_template_status_update")
    assert (value["event"], value["reason"], value["rejection_info"]["reason"]) == ("REJECTED", reason, reason)
    asked = hand.call("GET", f"/{template_id}", fields="status,rejected_reason")[1]
    assert asked == {"status": "REJECTED", "rejected_reason": reason, "id": template_id}


def test_a_twin_is_rejected(hand: InHand) -> None:
    make(hand)
    hand.advance(1)
    make(hand, name="again")
    hand.advance(1)
    assert updates(hand) == [("parcel", "APPROVED"), ("again", "REJECTED")]


def test_utility_that_promotes_becomes_marketing(hand: InHand) -> None:
    asked = wish(text="There is a discount of 20 on all our tea this week.", example=None)
    answer = hand.call("POST", f"/{hand.waba}/message_templates", asked)[1]
    assert answer["category"] == "MARKETING"
    assert hand.call("GET", f"/{answer['id']}", fields="previous_category")[1]["previous_category"] == "UTILITY"


def test_default_fields_leave_out_reason_and_quality(hand: InHand) -> None:
    (first, *_) = hand.call("GET", f"/{hand.waba}/message_templates")[1]["data"]
    assert set(first) == {"name", "components", "language", "status", "category", "parameter_format", "id"}
    full = hand.call("GET", f"/{hand.waba}/message_templates", fields="quality_score,rejected_reason")[1]["data"][0]
    assert (full["quality_score"]["score"], full["rejected_reason"]) == ("GREEN", "NONE")


def test_lists_are_paged_and_filtered(hand: InHand) -> None:
    for rank in range(7):
        make(hand, name=f"parcel_{rank}", text=BODY.replace("two", f"{rank}"))
    seen, after = [], ""
    while True:
        query = {"limit": "2", **({"after": after} if after else {})}
        answer = hand.call("GET", f"/{hand.waba}/message_templates", **query)[1]
        seen += [item["name"] for item in answer["data"]]
        after = answer["paging"]["cursors"]["after"]
        if "next" not in answer["paging"]:
            break
    assert seen == ["bench_marketing", "bench_utility", *[f"parcel_{rank}" for rank in range(7)]]

    def names(**query: str) -> list[str]:
        return [item["name"] for item in hand.call("GET", f"/{hand.waba}/message_templates", **query)[1]["data"]]

    assert names(status="APPROVED") == ["bench_marketing", "bench_utility"]
    assert names(status="APPROVED,PENDING", name="parcel_3") == ["parcel_3"]
    assert names(category="MARKETING") == ["bench_marketing"]
    assert names(language="de") == []
    assert hand.call("GET", f"/{hand.waba}/message_templates", after="nonsense")[1]["error"]["code"] == 131059


def test_an_approved_template_can_be_edited_once_a_day(hand: InHand) -> None:
    template_id = make(hand)
    hand.advance(1)

    def edit(word: str, **more: Any) -> int:
        body = {"components": wish(text=BODY.replace("two", word))["components"], **more}
        return int(hand.call("POST", f"/{template_id}", body)[1].get("error", {}).get("code", 0))

    assert edit("three") == 0
    assert hand.call("GET", f"/{template_id}")[1]["status"] == "PENDING"
    assert edit("four") == 100  # PENDING
    hand.advance(1)
    assert edit("four") == 100  # a second time on the same day
    hand.advance(DAY)
    assert edit("four", category="MARKETING") == 100
    assert edit("four") == 0
    for rank in range(8):
        hand.advance(DAY + 1)
        assert edit(f"five{rank}") == 0
    hand.advance(DAY + 1)
    assert edit("six") == 100  # 10 in 30 days


def test_names_are_unique_and_rest_after_deletion(hand: InHand) -> None:
    template_id = make(hand)
    hand.advance(1)
    again = hand.call("POST", f"/{hand.waba}/message_templates", wish())[1]["error"]
    assert (again["code"], again["error_subcode"]) == (100, 2388024)
    assert hand.call("DELETE", f"/{hand.waba}/message_templates", name="parcel")[1] == {"success": True}
    assert updates(hand)[-1] == ("parcel", "DELETED")
    blocked = hand.call("POST", f"/{hand.waba}/message_templates", wish())[1]["error"]
    assert (blocked["code"], blocked["error_subcode"]) == (100, 2388023)
    hand.advance(30 * DAY + 1)
    assert make(hand) != template_id
    assert hand.call("DELETE", f"/{hand.waba}/message_templates", name="nothing")[0] == 400


def test_delete_one_language_or_several(hand: InHand) -> None:
    first, second = make(hand), make(hand, language="en_GB")
    assert hand.call("DELETE", f"/{hand.waba}/message_templates", name="parcel", hsm_id=first)[0] == 200
    assert hand.call("GET", f"/{second}")[0] == 200
    assert hand.call("DELETE", f"/{hand.waba}/message_templates", hsm_ids=f'["{second}"]')[0] == 200
    assert hand.call("GET", f"/{second}")[0] == 400


def test_a_hundred_creations_an_hour(hand: InHand) -> None:
    for rank in range(100):
        make(hand, name=f"t{rank}")
    answer = hand.call("POST", f"/{hand.waba}/message_templates", wish(name="more"))[1]
    assert answer["error"]["code"] == 80007
    hand.advance(3601)
    make(hand, name="more")


def angry(hand: InHand, start: int) -> None:
    """Fifty people get a message, five of them block."""
    hand.simulation.rules.lifted = True
    for rank in range(50):
        phone = f"+4917{start + rank:09}"
        hand.simulation.people.change({"phone": phone, "behaviour": "blocks" if rank < 5 else "delivered_only"})
        hand.send(phone)
    hand.advance(120)


def test_blocks_pause_a_template_three_hours_then_six_then_for_good(hand: InHand) -> None:
    angry(hand, 0)
    template = next(iter(hand.simulation.shelf))
    assert (template.status, template.quality) == ("PAUSED", "RED")
    changes = [
        (value["previous_quality_score"], value["new_quality_score"])
        for value in hand.values("message_template_quality_update")
    ]
    assert changes[-1][1] == "RED"
    assert hand.code("+4917999999999") == 132015
    hand.advance(3 * 3600 - 300)
    assert template.status == "PAUSED"
    hand.advance(300)
    assert template.status == "APPROVED"
    angry(hand, 1000)
    assert template.status == "PAUSED"
    hand.advance(6 * 3600)
    assert template.status == "APPROVED"
    angry(hand, 2000)
    assert template.status == "DISABLED"
    assert hand.code("+4917999999999") == 132016
    titles = [value["other_info"]["title"] for value in hand.values("message_template_status_update")]
    assert titles == ["FIRST_PAUSE", "UNPAUSE", "SECOND_PAUSE", "UNPAUSE", "DISABLED"]
    assert hand.world.numbers[0].quality_rating == "RED"
    assert hand.values("phone_number_quality_update")[0]["event"] == "FLAGGED"


def paced(hand: InHand) -> list[str]:
    hand.simulation.people.share({"delivered_only": 1})
    next(iter(hand.simulation.shelf)).pacing_after = 3
    return [hand.send(f"+49170{rank:08}")[1]["messages"][0]["message_status"] for rank in range(5)]


def test_pacing_holds_and_lets_go(hand: InHand) -> None:
    assert paced(hand) == ["accepted"] * 3 + ["held_for_quality_assessment"] * 2
    hand.advance(1700)
    assert len({item["id"] for item in hand.statuses()}) == 3
    hand.advance(200)
    assert len({item["id"] for item in hand.statuses() if item["status"] == "delivered"}) == 5
    assert hand.code("+4917999999999") == 0


def test_pacing_holds_and_drops_with_132015(hand: InHand) -> None:
    paced(hand)
    template = next(iter(hand.simulation.shelf))
    template.quality = "RED"
    hand.advance(1900)
    failed = [item["errors"][0]["code"] for item in hand.statuses() if item["status"] == "failed"]
    assert failed == [132015, 132015]
    assert template.status == "PAUSED"
    assert hand.call("POST", f"/{template.template_id}/unpause")[1] == {"success": True}
    assert template.status == "APPROVED"
    assert hand.call("POST", f"/{template.template_id}/unpause")[1]["success"] is False


def test_authentication_templates_are_upserted_in_several_languages(hand: InHand) -> None:
    components = [
        {"type": "BODY"},
        {"type": "FOOTER", "code_expiration_minutes": 10},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
    ]
    asked = {"name": "code", "languages": ["en_US", "de"], "category": "AUTHENTICATION", "components": components}
    answer = hand.call("POST", f"/{hand.waba}/upsert_message_templates", asked)[1]
    assert [item["language"] for item in answer["data"]] == ["en_US", "de"]
    hand.advance(1)
    again = hand.call("POST", f"/{hand.waba}/upsert_message_templates", asked)[1]
    assert [item["id"] for item in again["data"]] == [item["id"] for item in answer["data"]]
    button = hand.call("GET", f"/{answer['data'][0]['id']}")[1]["components"][2]["buttons"][0]
    assert button["url"] == "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"


def test_a_webhook_value_can_be_told_when_a_template_is_set_by_the_admin(hand: InHand) -> None:
    from tradewind.simulator.admin.commands import templates

    assert (
        templates(hand.simulation, {"template": "bench_marketing", "pause": True})["templates"][0]["status"] == "PAUSED"
    )
    assert updates(hand) == [("bench_marketing", "PAUSED")]
    with pytest.raises(ValueError, match="none is called"):
        templates(hand.simulation, {"template": "nothing"})
