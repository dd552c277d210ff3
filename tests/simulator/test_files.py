"""Files: media of all kinds and their lives, uploads that are resumed."""

import hashlib
import json
from typing import Any

import pytest

from tests.simulator.in_hand import PNG, InHand, at_once, error
from tradewind.simulator.graph.door import answer
from tradewind.simulator.graph.request import Call


@pytest.fixture
def hand() -> InHand:
    return InHand()


def upload(hand: InHand, content: bytes, mime: str, declared: str = "") -> tuple[int, Any]:
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
    done = at_once(answer(Call(hand.simulation, "POST", f"/{hand.number}/media", b"", headers, body)))
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
    app = hand.world.apps[0].app_id
    session = hand.call("POST", f"/{app}/uploads", file_name="a.png", file_length="10", file_type="image/png")[1]["id"]

    def give(content: bytes, offset: str) -> Any:
        headers = {"authorization": f"OAuth {hand.world.tokens[0].value}", "file_offset": offset}
        return json.loads(at_once(answer(Call(hand.simulation, "POST", f"/{session}", b"", headers, content))).body)

    assert give(b"12345", "0") == {"id": session}
    assert give(b"67890", "3")["error"]["code"] == 100
    assert hand.call("GET", f"/{session}")[1] == {"id": session, "file_offset": 5}
    handle = give(b"67890", "5")["h"]
    assert handle.startswith("4::")
    body = {"messaging_product": "whatsapp", "profile_picture_handle": handle}
    assert hand.call("POST", f"/{hand.number}/whatsapp_business_profile", body)[0] == 200
    body["profile_picture_handle"] = "4::none"
    assert error(hand.call("POST", f"/{hand.number}/whatsapp_business_profile", body))[1] == 100
