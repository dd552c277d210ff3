import json
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.whatsapp.payloads import PayloadError, Template, addressed, template_message, variables_of

BODY = {"type": "BODY", "text": "Hi {{1}}, order {{2}} ships on {{3}} from us.",
        "example": {"body_text": [["Jessica", "SKBUP2", "Monday"]]}}  # fmt: skip
VALUES = {"body.1": "Ana", "body.2": "A-1", "body.3": "Tuesday"}

FULL = [
    {"type": "HEADER", "format": "TEXT", "text": "Sale for {{1}}", "example": {"header_text": ["you"]}},
    BODY,
    {"type": "FOOTER", "text": "Reply STOP to end"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop promotions"},
            {
                "type": "URL",
                "text": "Track",
                "url": "https://shop.example/o/{{1}}",
                "example": ["https://shop.example/o/9"],
            },
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550783881"},
            {"type": "COPY_CODE", "text": "Copy code", "example": "25OFF"},
        ],
    },
]
FULL_VALUES = {**VALUES, "header.1": "Ana", "button.1.1": "o/77", "button.3.code": "SAVE25"}


def refusals(template, values, **media):
    return [(problem.field, problem.sentence % problem.values) for problem in template.problems(values, **media)]


def test_a_positional_body():
    assert template_message([BODY], "order_update", "en_US", "POSITIONAL", VALUES) == {
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en_US"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Ana"},
                        {"type": "text", "text": "A-1"},
                        {"type": "text", "text": "Tuesday"},
                    ],
                }
            ],
        },
    }


def test_a_template_without_variables_has_no_components():
    message = template_message([{"type": "BODY", "text": "Hello"}], "hello", "de", None, {})
    assert message == {"type": "template", "template": {"name": "hello", "language": {"code": "de"}}}


def test_variables_are_listed_in_reading_order_with_their_examples():
    assert [(each.slot, each.where, each.index, each.key, each.example) for each in variables_of(FULL)] == [
        ("header.1", "header", None, "1", "you"),
        ("body.1", "body", None, "1", "Jessica"),
        ("body.2", "body", None, "2", "SKBUP2"),
        ("body.3", "body", None, "3", "Monday"),
        ("button.1.1", "button", 1, "1", "https://shop.example/o/9"),
        ("button.3.code", "button", 3, "code", "25OFF"),
    ]


def test_header_buttons_and_codes():
    message = Template(FULL, "sale", "en").message(FULL_VALUES, quick_reply_payloads={0: "STOP_PROMO"})
    head, _, stop, url, code = message["template"]["components"]
    assert head == {"type": "header", "parameters": [{"type": "text", "text": "Ana"}]}
    assert stop == {"type": "button", "sub_type": "quick_reply", "index": "0",
                    "parameters": [{"type": "payload", "payload": "STOP_PROMO"}]}  # fmt: skip
    assert url == {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "o/77"}]}
    assert code == {"type": "button", "sub_type": "copy_code", "index": "3",
                    "parameters": [{"type": "coupon_code", "coupon_code": "SAVE25"}]}  # fmt: skip


def test_named_variables():
    components = [
        {
            "type": "BODY",
            "text": "Dear {{first_name}}, {{ order_id }} is here, {{first_name}}!",
            "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Jo"}]},
        }
    ]
    template = Template(components, "hi", "en", "NAMED")
    assert [(each.slot, each.example) for each in template.variables] == [
        ("body.first_name", "Jo"),
        ("body.order_id", ""),
    ]
    values = {"body.first_name": "Ana", "body.order_id": "77"}
    assert template.message(values)["template"]["components"][0]["parameters"] == [
        {"type": "text", "parameter_name": "first_name", "text": "Ana"},
        {"type": "text", "parameter_name": "order_id", "text": "77"},
    ]
    assert template.preview(values).body == "Dear Ana, 77 is here, Ana!"


def test_positional_variables_go_out_by_number():
    text = "{{10}} {{2}} {{1}} {{3}} {{4}} {{5}} {{6}} {{7}} {{8}} {{9}}"
    template = Template([{"type": "body", "text": text}], "t", "en")
    values = {f"body.{number}": f"v{number}" for number in range(1, 11)}
    sent = [each["text"] for each in template.message(values)["template"]["components"][0]["parameters"]]
    assert sent == [f"v{number}" for number in range(1, 11)]


@pytest.mark.parametrize("kind", ["image", "video", "document"])
def test_a_file_as_header(kind):
    template = Template([{"type": "HEADER", "format": kind.upper()}, {"type": "BODY", "text": "Hi"}], "t", "en")
    assert template.header_kind == kind
    media = {"id": "77", "filename": "a.pdf"}
    content = {"id": "77", "filename": "a.pdf"} if kind == "document" else {"id": "77"}
    assert template.message({}, header_media=media)["template"]["components"] == [
        {"type": "header", "parameters": [{"type": kind, kind: content}]}
    ]
    assert refusals(template, {}) == [("header", f"The template's header needs a file ({kind}).")]
    assert refusals(template, {}, header_media={"link": "ftp://x"}) == [
        ("header.link", "This must be an address that begins with https:// or http://.")
    ]


def test_a_place_as_header():
    template = Template([{"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "Hi"}], "t", "en")
    place = {"latitude": 53.5, "longitude": 10, "name": "Shop", "address": "Street 1", "other": 1}
    assert template.message({}, header_media=place)["template"]["components"][0]["parameters"][0] == {
        "type": "location", "location": {"latitude": 53.5, "longitude": 10, "name": "Shop", "address": "Street 1"}
    }  # fmt: skip
    assert refusals(template, {}, header_media={"latitude": 1})[0][0] == "header"


@pytest.mark.parametrize(
    "buttons",
    [
        [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}],
        [
            {
                "type": "URL",
                "text": "Copy code",
                "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
            }
        ],
    ],
)
def test_a_one_time_code_stands_in_body_and_button(buttons):
    components = [
        {"type": "BODY", "text": "*{{1}}* is your verification code.", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 10},
        {"type": "BUTTONS", "buttons": buttons},
    ]
    template = Template(components, "code", "en")
    assert [each.slot for each in template.variables] == ["body.1"]
    body, button = template.message({"body.1": "123456"})["template"]["components"]
    assert body["parameters"] == [{"type": "text", "text": "123456"}]
    assert button == {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": "123456"}],
    }
    assert refusals(template, {"body.1": "1" * 16}) == [
        ("body.1", "The value has 16 characters; at most 15 are allowed here.")
    ]


def test_forms_offers_and_carousels():
    card = {"components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Only {{1}} today"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Buy", "url": "https://s.example/{{1}}"}]},
    ]}  # fmt: skip
    components = [
        {"type": "BODY", "text": "Our best"},
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": True}},
        {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Fill in", "flow_id": "1"}]},
        {"type": "CAROUSEL", "cards": [card, card]},
    ]
    template = Template(components, "c", "en")
    values = {"limited_time_offer.expiration": "1764892800", "card.0.body.1": "5 €", "card.0.button.0.1": "a",
              "card.1.body.1": "6 €", "card.1.button.0.1": "b"}  # fmt: skip
    assert sorted(values) == sorted(each.slot for each in template.variables)
    message = template.message(values, card_media=[{"id": "1"}, {"id": "2"}])
    offer, flow, carousel = message["template"]["components"]
    assert offer["parameters"][0]["limited_time_offer"] == {"expiration_time_ms": 1764892800000}
    assert flow["parameters"] == [{"type": "action", "action": {"flow_token": "unused"}}]
    assert carousel["cards"][1] == {"card_index": 1, "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "2"}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "6 €"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "b"}]},
    ]}  # fmt: skip
    assert refusals(template, {**values, "limited_time_offer.expiration": "soon"}, card_media=[{"id": "1"}]) == [
        ("limited_time_offer.expiration", "The end of the offer is not a time."),
        ("card.1.header", "The template's header needs a file (image)."),
    ]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "There is no value for this variable."),
        ("", "The value of this variable is empty; Meta refuses that."),
        ("  ", "The value of this variable is empty; Meta refuses that."),
        ("a\nb", "The value has a line break or a tab; Meta refuses that within a variable."),
        ("a\r", "The value has a line break or a tab; Meta refuses that within a variable."),
        ("a\tb", "The value has a line break or a tab; Meta refuses that within a variable."),
        ("a     b", "The value has more than 4 spaces in a row; Meta refuses that within a variable."),
        ("a\x00", "This contains a character that cannot be sent."),
        ("a\ud800", "This contains a character that cannot be sent."),
        ("x" * 1_025, "The value has 1025 characters; at most 1024 are allowed here."),
    ],
)
def test_values_that_meta_refuses(value, sentence):
    template = Template([BODY], "t", "en")
    values = {**VALUES, "body.2": value}
    assert refusals(template, values) == [("body.2", sentence)]
    with pytest.raises(PayloadError) as caught:
        template.message(values)
    assert str(caught.value) == f"body.2: {sentence}"


def test_four_spaces_are_still_allowed():
    assert refusals(Template([BODY], "t", "en"), {**VALUES, "body.1": "a    b"}) == []


def test_the_filled_text_counts_as_a_whole():
    template = Template([BODY], "t", "en")
    fixed = len("Hi , order  ships on  from us.")
    room = 1024 - fixed - 2
    assert refusals(template, {"body.1": "x" * room, "body.2": "y", "body.3": "z"}) == []
    assert refusals(template, {"body.1": "x" * room, "body.2": "yy", "body.3": "z"}) == [
        ("body", "Filled in, this text has 1025 characters; at most 1024 are allowed.")
    ]
    assert refusals(Template(FULL, "t", "en"), {**FULL_VALUES, "header.1": "n" * 52}) == [
        ("header", "Filled in, this text has 61 characters; at most 60 are allowed.")
    ]


def test_every_problem_is_named_at_once():
    found = refusals(Template(FULL, "t", "en"), {"body.1": "\n", "button.1.1": "a b", "button.3.code": "25%"})
    assert [field for field, _ in found] == ["header.1", "body.1", "body.2", "body.3", "button.1.1", "button.3.code"]


@pytest.mark.parametrize(
    ("components", "kind"),
    [
        ([{"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}], "spm"),
        ([{"type": "HEADER", "format": "PRODUCT"}], "product"),
        ([{"type": "HOLOGRAM"}], "hologram"),
    ],
)
def test_what_cannot_be_sent_from_here_says_so(components, kind):
    assert refusals(Template([BODY, *components], "t", "en"), VALUES) == [
        ("components", f"The template has a part that cannot be sent from here ({kind}).")
    ]


def test_the_preview_reads_like_the_message():
    preview = Template(FULL, "t", "en").preview(FULL_VALUES)
    assert preview.text == (
        "Sale for Ana\nHi Ana, order A-1 ships on Tuesday from us.\nReply STOP to end\n"
        "[Stop promotions]\n[Track]\n[Call]\n[Copy code]"
    )
    assert [(each.kind, each.target) for each in preview.buttons] == [
        ("quick_reply", ""),
        ("url", "https://shop.example/o/o/77"),
        ("phone_number", "+15550783881"),
        ("copy_code", "SAVE25"),
    ]


def test_a_preview_shows_what_is_still_missing():
    assert Template([BODY], "t", "en").preview({"body.1": "Ana"}).body == "Hi Ana, order {{2}} ships on {{3}} from us."


def test_braces_in_a_name_are_never_expanded():
    values = {"body.1": "{{2}}", "body.2": "{{7*7}} %s", "body.3": "\\1"}
    template = Template([BODY], "t", "en")
    assert template.preview(values).body == r"Hi {{2}}, order {{7*7}} %s ships on \1 from us."
    assert template.message(values)["template"]["components"][0]["parameters"][1]["text"] == "{{7*7}} %s"


@given(st.dictionaries(st.sampled_from(["body.1", "body.2", "body.3"]), st.text(max_size=40)))
def test_whatever_passes_can_be_sent(values):
    template = Template([BODY], "t", "en")
    if not template.problems(values):
        sent = orjson.loads(orjson.dumps(addressed(template.message(values), phone="+16505551234")))
        assert [each["text"] for each in sent["template"]["components"][0]["parameters"]] == [
            values[f"body.{number}"] for number in (1, 2, 3)
        ]


odd = st.recursive(
    st.none() | st.text(max_size=6) | st.sampled_from(["BODY", "HEADER", "BUTTONS", "{{1}}", "CAROUSEL", "URL"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "buttons", "cards", "components", "example", "url", "format",
                                           "limited_time_offer", "body_text"]), inner, max_size=4)
    ),
)  # fmt: skip


@given(st.lists(odd, max_size=4))
def test_components_of_any_form_can_be_taken_apart(components):
    template = Template(components, "t", "en")
    template.preview({})
    values = {each.slot: "1764892800" for each in template.variables}
    if not template.problems(values):
        json.dumps(template.message(values))


def test_a_message_is_built_in_microseconds():
    template = Template([BODY], "t", "en")
    began = time.process_time()
    for _ in range(2_000):
        addressed(template.message(VALUES), phone="+16505551234", callback="1.x")
    assert (time.process_time() - began) / 2_000 < 60e-6  # measured 5 µs; generous for a busy machine


PRODUCTS = [
    {"type": "BODY", "text": "Our list."},
    {"type": "BUTTONS", "buttons": [{"type": "MPM", "text": "View items of the whole season"}]},
]


def test_a_list_of_products() -> None:
    template = Template(PRODUCTS, "products", "en")
    (variable,) = template.variables
    assert (variable.slot, variable.key) == ("button.0.products", "products")
    message = template.message({"button.0.products": "boot-1, tent-2,, boot-1"})
    assert message["template"]["components"] == [
        {
            "type": "button",
            "sub_type": "mpm",
            "index": "0",
            "parameters": [
                {
                    "type": "action",
                    "action": {
                        "thumbnail_product_retailer_id": "boot-1",
                        "sections": [
                            {
                                "title": "View items of the whole",
                                "product_items": [
                                    {"product_retailer_id": "boot-1"},
                                    {"product_retailer_id": "tent-2"},
                                ],
                            }
                        ],
                    },
                }
            ],
        }
    ]
    for value in (" , ", ", ".join(map(str, range(31)))):
        (problem,) = template.problems({"button.0.products": value})
        assert "1 to 30 products" in problem.sentence % problem.values or "empty" in problem.sentence
