"""Each refusal of a message: the code that Meta gives."""

from typing import Any

import pytest

from tests.simulator.in_hand import InHand
from tradewind.simulator.world.shapes import Template

LINK = "https://example.com/a.png"
BUTTON = {"type": "reply", "reply": {"id": "1", "title": "Yes"}}
ROW = {"id": "1", "title": "Red"}


@pytest.fixture(scope="module")
def hand() -> InHand:
    hand = InHand()
    hand.simulation.rules.lifted = True
    hand.write()
    return hand


def interactive(kind: str, action: Any, **parts: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": "Body"}, "action": action, **parts}}


def sections(count: int, rows: int, title: str = "One") -> dict[str, Any]:
    made = [
        {"title": f"{title} {rank}", "rows": [{"id": f"{rank}.{place}", "title": "R"} for place in range(rows)]}
        for rank in range(count)
    ]
    return {"button": "Choose", "sections": made}


FREE_FORM: list[tuple[str, dict[str, Any], int]] = [
    ("text", {"type": "text", "text": {"body": "a" * 4096}}, 0),
    ("type is text when it is left out", {"text": {"body": "hi"}}, 0),
    ("text too long", {"type": "text", "text": {"body": "a" * 4097}}, 100),
    ("text empty", {"type": "text", "text": {"body": ""}}, 131008),
    ("text blank", {"type": "text", "text": {"body": "  \n"}}, 131008),
    ("text missing", {"type": "text"}, 131008),
    ("text of a wrong kind", {"type": "text", "text": "hi"}, 100),
    ("text body of a wrong kind", {"type": "text", "text": {"body": 7}}, 100),
    ("text with NUL", {"type": "text", "text": {"body": "a\x00b"}}, 131009),
    ("unknown type", {"type": "hologram", "hologram": {}}, 100),
    ("type of a wrong kind", {"type": ["text"], "text": {"body": "hi"}}, 100),
    ("type that only comes in", {"type": "order", "order": {}}, 131051),
    ("callback data", {"type": "text", "text": {"body": "hi"}, "biz_opaque_callback_data": "c" * 512}, 0),
    ("callback data too long", {"type": "text", "text": {"body": "hi"}, "biz_opaque_callback_data": "c" * 513}, 100),
    ("context without an id", {"type": "text", "text": {"body": "hi"}, "context": {}}, 131008),
    ("image by link", {"type": "image", "image": {"link": LINK, "caption": "c" * 1024}}, 0),
    ("caption too long", {"type": "image", "image": {"link": LINK, "caption": "c" * 1025}}, 100),
    ("image of nothing", {"type": "image", "image": {"caption": "c"}}, 131008),
    ("image by link and id", {"type": "image", "image": {"link": LINK, "id": "1"}}, 131009),
    ("image by no link", {"type": "image", "image": {"link": "ftp://example.com/a"}}, 100),
    ("image by no id", {"type": "image", "image": {"id": "abc"}}, 131009),
    ("audio with a caption", {"type": "audio", "audio": {"link": LINK, "caption": "c"}}, 131009),
    ("sticker by an id that nobody knows", {"type": "sticker", "sticker": {"id": "12"}}, 100),
    ("document", {"type": "document", "document": {"link": LINK, "filename": "a.pdf"}}, 0),
    ("location", {"type": "location", "location": {"latitude": "52.5", "longitude": 13.4}}, 0),
    ("location beyond the pole", {"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
    ("location of words", {"type": "location", "location": {"latitude": "north", "longitude": 0}}, 131009),
    ("location without longitude", {"type": "location", "location": {"latitude": 1}}, 131008),
    ("contacts", {"type": "contacts", "contacts": [{"name": {"formatted_name": "A B", "first_name": "A"}}]}, 0),
    ("contact with one name only", {"type": "contacts", "contacts": [{"name": {"formatted_name": "A B"}}]}, 131008),
    (
        "contact born wrongly",
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "A", "first_name": "A"}, "birthday": "1.2.90"}]},
        131009,
    ),
    (
        "258 contacts",
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "A", "first_name": "A"}}] * 258},
        131009,
    ),
    ("no contacts", {"type": "contacts", "contacts": []}, 131009),
    ("reaction of words", {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "nice"}}, 131009),
    ("reaction without a message", {"type": "reaction", "reaction": {"emoji": "👍"}}, 131008),
    ("buttons", interactive("button", {"buttons": [BUTTON]}), 0),
    (
        "four buttons",
        interactive(
            "button", {"buttons": [{"type": "reply", "reply": {"id": str(n), "title": str(n)}} for n in range(4)]}
        ),
        131009,
    ),
    ("no buttons", interactive("button", {"buttons": []}), 131009),
    ("the same button twice", interactive("button", {"buttons": [BUTTON, BUTTON]}), 131009),
    (
        "button of 21 letters",
        interactive("button", {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "t" * 21}}]}),
        131009,
    ),
    (
        "button id of 257 letters",
        interactive("button", {"buttons": [{"type": "reply", "reply": {"id": "1" * 257, "title": "t"}}]}),
        131009,
    ),
    ("body of 1,025 letters", interactive("button", {"buttons": [BUTTON]}, body={"text": "b" * 1025}), 100),
    ("footer of 61 letters", interactive("button", {"buttons": [BUTTON]}, footer={"text": "f" * 61}), 100),
    (
        "header of 61 letters",
        interactive("button", {"buttons": [BUTTON]}, header={"type": "text", "text": "h" * 61}),
        100,
    ),
    ("list", interactive("list", sections(2, 5), body={"text": "b" * 4096}), 0),
    ("list of 11 rows", interactive("list", sections(1, 11)), 131009),
    ("list of 12 rows in two", interactive("list", sections(2, 6)), 131009),
    ("list of 11 sections", interactive("list", sections(11, 1)), 131009),
    (
        "list with an image",
        interactive("list", sections(1, 1), header={"type": "image", "image": {"link": LINK}}),
        131009,
    ),
    (
        "two sections without titles",
        interactive("list", {"button": "C", "sections": [{"rows": [ROW]}, {"rows": [{**ROW, "id": "2"}]}]}),
        131008,
    ),
    (
        "row of 25 letters",
        interactive("list", {"button": "C", "sections": [{"rows": [{"id": "1", "title": "t" * 25}]}]}),
        131009,
    ),
    (
        "row text of 73 letters",
        interactive("list", {"button": "C", "sections": [{"rows": [{**ROW, "description": "d" * 73}]}]}),
        131009,
    ),
    ("list button of 21 letters", interactive("list", {**sections(1, 1), "button": "b" * 21}), 131009),
    ("link button", interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Go", "url": LINK}}), 0),
    (
        "link button to nowhere",
        interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Go", "url": "no"}}),
        100,
    ),
    (
        "flow without an id",
        interactive("flow", {"name": "flow", "parameters": {"flow_message_version": "3", "flow_cta": "Go"}}),
        131008,
    ),
    (
        "flow of version 2",
        interactive(
            "flow", {"name": "flow", "parameters": {"flow_message_version": "2", "flow_id": "1", "flow_cta": "Go"}}
        ),
        131009,
    ),
    (
        "flow button of 31 letters",
        interactive(
            "flow", {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "g" * 31}}
        ),
        131009,
    ),
    (
        "product list without a header",
        interactive(
            "product_list", {"catalog_id": "1", "sections": [{"product_items": [{"product_retailer_id": "1"}]}]}
        ),
        131008,
    ),
    (
        "31 products",
        interactive(
            "product_list",
            {"catalog_id": "1", "sections": [{"product_items": [{"product_retailer_id": "1"}] * 31}]},
            header={"type": "text", "text": "H"},
        ),
        131009,
    ),
    (
        "product with a header",
        interactive("product", {"catalog_id": "1", "product_retailer_id": "1"}, header={"type": "text", "text": "H"}),
        131009,
    ),
    ("carousel of one card", interactive("carousel", {"cards": [{}]}), 131009),
    ("unknown interactive", interactive("quiz", {}), 100),
    (
        "interactive without an action",
        {"type": "interactive", "interactive": {"type": "button", "body": {"text": "b"}}},
        131008,
    ),
]


@pytest.mark.parametrize(("body", "code"), [case[1:] for case in FREE_FORM], ids=[case[0] for case in FREE_FORM])
def test_free_form(hand: InHand, body: dict[str, Any], code: int) -> None:
    assert hand.code(**body) == code


TO: list[tuple[str, dict[str, Any], int]] = [
    ("nobody", {}, 131008),
    ("spaces and brackets", {"to": "+49 (170) 123-4567"}, 0),
    ("words", {"to": "Ada"}, 131009),
    ("too short", {"to": "+12"}, 131009),
    ("too long", {"to": "+1234567890123456"}, 131009),
    ("a number, not a text", {"to": 491701234567}, 131009),
    ("itself", {"to": "+4915117000000"}, 131021),
    ("a user id as to", {"to": "DE.123"}, 131009),
    ("a foreign user id", {"recipient": "DE.1234567890"}, 131009),
    ("no user id", {"recipient": "someone"}, 131009),
    ("a group", {"to": "abc", "recipient_type": "group"}, 131041),
    ("an unknown kind", {"to": "+491701234567", "recipient_type": "crowd"}, 100),
]


@pytest.mark.parametrize(("fields", "code"), [case[1:] for case in TO], ids=[case[0] for case in TO])
def test_recipients(hand: InHand, fields: dict[str, Any], code: int) -> None:
    message = {"messaging_product": "whatsapp", **fields, **hand.template()}
    answer = hand.call("POST", f"/{hand.number}/messages", message)[1]
    assert answer.get("error", {}).get("code", 0) == code


def test_the_product_must_be_named(hand: InHand) -> None:
    status, answer = hand.call("POST", f"/{hand.number}/messages", {"to": "+491701234567", "text": {"body": "hi"}})
    assert status == 400
    assert answer["error"]["code"] == 100
    assert answer["error"]["message"] == "(#100) The parameter messaging_product is required."
    assert answer["error"]["type"] == "OAuthException"
    assert answer["error"]["fbtrace_id"].startswith("A")


RICH = [
    {"type": "HEADER", "format": "IMAGE"},
    {"type": "BODY", "text": "Hello {{name}}, this is {{what}} for you today."},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Yes"},
            {"type": "URL", "text": "Go", "url": "https://example.com/{{1}}"},
            {"type": "COPY_CODE", "text": "Copy", "example": "A1"},
        ],
    },
]
HEADER = {"type": "header", "parameters": [{"type": "image", "image": {"link": LINK}}]}
BODY = {
    "type": "body",
    "parameters": [
        {"type": "text", "parameter_name": "name", "text": "Ada"},
        {"type": "text", "parameter_name": "what", "text": "tea"},
    ],
}
URL = {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "x"}]}
COUPON = {
    "type": "button",
    "sub_type": "copy_code",
    "index": 2,
    "parameters": [{"type": "coupon_code", "coupon_code": "A15"}],
}


def body_with(**text: Any) -> dict[str, Any]:
    return {
        "type": "body",
        "parameters": [{"type": "text", "parameter_name": name, "text": value} for name, value in text.items()],
    }


TEMPLATES: list[tuple[str, list[Any], int]] = [
    ("all right", [HEADER, BODY, URL, COUPON], 0),
    ("in any order", [COUPON, URL, BODY, HEADER], 0),
    ("no header", [BODY, URL, COUPON], 132012),
    (
        "a video header",
        [{"type": "header", "parameters": [{"type": "video", "video": {"link": LINK}}]}, BODY, URL, COUPON],
        132012,
    ),
    ("no body", [HEADER, URL, COUPON], 132000),
    ("one of two", [HEADER, body_with(name="Ada"), URL, COUPON], 132000),
    ("a wrong name", [HEADER, body_with(name="Ada", which="tea"), URL, COUPON], 132012),
    (
        "without names",
        [HEADER, {"type": "body", "parameters": [{"type": "text", "text": "a"}] * 2}, URL, COUPON],
        132012,
    ),
    ("a new line", [HEADER, body_with(name="Ada", what="a\nb"), URL, COUPON], 132018),
    ("a tab", [HEADER, body_with(name="Ada", what="a\tb"), URL, COUPON], 132018),
    ("four spaces", [HEADER, body_with(name="Ada", what="a    b"), URL, COUPON], 0),
    ("five spaces", [HEADER, body_with(name="Ada", what="a     b"), URL, COUPON], 132018),
    ("an empty value", [HEADER, body_with(name="Ada", what=""), URL, COUPON], 132018),
    ("too long when filled", [HEADER, body_with(name="Ada", what="a" * 1000), URL, COUPON], 132005),
    ("no link value", [HEADER, BODY, COUPON], 131008),
    ("no coupon", [HEADER, BODY, URL], 131008),
    (
        "a coupon of 21 letters",
        [HEADER, BODY, URL, {**COUPON, "parameters": [{"type": "coupon_code", "coupon_code": "A" * 21}]}],
        131009,
    ),
    (
        "a coupon with a dash",
        [HEADER, BODY, URL, {**COUPON, "parameters": [{"type": "coupon_code", "coupon_code": "A-1"}]}],
        131009,
    ),
    ("a button that is not there", [HEADER, BODY, URL, COUPON, {**URL, "index": "9"}], 132018),
    ("a button of another type", [HEADER, BODY, {**URL, "index": "0"}, URL, COUPON], 132018),
    ("the body twice", [HEADER, BODY, BODY, URL, COUPON], 131009),
    ("an unknown component", [HEADER, BODY, URL, COUPON, {"type": "sound"}], 100),
    ("a component of a wrong kind", [HEADER, BODY, URL, COUPON, "body"], 100),
]


@pytest.mark.parametrize(("components", "code"), [case[1:] for case in TEMPLATES], ids=[case[0] for case in TEMPLATES])
def test_templates(hand: InHand, components: list[Any], code: int) -> None:
    hand.simulation.shelf.put(Template("77", hand.waba, "rich", "en_US", "UTILITY", RICH, parameter_format="NAMED"))
    assert (
        hand.code(type="template", template={"name": "rich", "language": {"code": "en_US"}, "components": components})
        == code
    )


def test_a_template_must_exist_in_the_language_and_be_approved(hand: InHand) -> None:
    template = Template("78", hand.waba, "plain", "de", "UTILITY", [{"type": "BODY", "text": "Hallo"}])
    hand.simulation.shelf.put(template)
    asked: dict[str, Any] = {"name": "plain", "language": {"code": "de"}}
    codes = {}
    for status in ("APPROVED", "PAUSED", "DISABLED", "PENDING", "REJECTED"):
        template.status = status
        codes[status] = hand.code(type="template", template=asked)
    assert codes == {"APPROVED": 0, "PAUSED": 132015, "DISABLED": 132016, "PENDING": 132001, "REJECTED": 132001}
    status, answer = hand.send(type="template", template={**asked, "language": {"code": "de_DE"}})
    assert (status, answer["error"]["code"]) == (404, 132001)
    assert answer["error"]["error_data"]["details"] == "template name (plain) does not exist in de_DE"


def test_an_authentication_template_bears_its_code_twice(hand: InHand) -> None:
    from tradewind.simulator.world.catalogue import sample_templates

    template = next(item for item in sample_templates([hand.waba]) if item.name == "sign_in_code")
    hand.simulation.shelf.put(template)

    def code(body: str, button: str, **to: str) -> int:
        components = [
            {"type": "body", "parameters": [{"type": "text", "text": body}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": button}]},
        ]
        asked = {"name": "sign_in_code", "language": {"code": "en_US"}, "components": components}
        message = {
            "messaging_product": "whatsapp",
            "type": "template",
            "template": asked,
            **(to or {"to": "+491701234567"}),
        }
        return int(hand.call("POST", f"/{hand.number}/messages", message)[1].get("error", {}).get("code", 0))

    assert code("123456", "123456") == 0
    assert code("123456", "654321") == 132018
    assert code("1" * 16, "1" * 16) == 132005
    person = hand.simulation.people.at("491701234567")
    assert (
        code("1", "1", recipient=hand.simulation.people.user_id(person, hand.world.numbers[0].portfolio_id)) == 131062
    )


def test_the_marketing_endpoint_takes_marketing_templates_only(hand: InHand) -> None:
    def code(**body: Any) -> int:
        message = {"messaging_product": "whatsapp", "to": "+491701234567", **body}
        return int(hand.call("POST", f"/{hand.number}/marketing_messages", message)[1].get("error", {}).get("code", 0))

    assert code(**hand.template()) == 0
    assert code(**hand.template("bench_utility")) == 134100
    assert code(type="text", text={"body": "hi"}) == 131055
    account = hand.world.accounts[0]
    account.marketing_messages_onboarding_status = "ELIGIBLE"
    assert code(**hand.template()) == 134102
    account.marketing_on_messages = False
    assert hand.code() == 131063
    account.marketing_on_messages, account.marketing_messages_onboarding_status = True, "ONBOARDED"


def test_a_number_that_cannot_send(hand: InHand) -> None:
    number = hand.world.numbers[0]
    number.registered = False
    assert hand.code() == 133010
    number.registered, number.status = True, "BANNED"
    assert hand.code() == 131031
    number.status = "DELETED"
    assert hand.code() == 33
    number.status = "CONNECTED"
    assert hand.code() == 0
