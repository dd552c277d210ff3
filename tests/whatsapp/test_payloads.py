"""Free-form and interactive messages: exactly what goes out, and what is refused before."""

import pytest

from tradewind.whatsapp import payloads
from tradewind.whatsapp.payloads import PayloadError, addressed, header_file, header_text


def refusal(build, *args, **kwargs):
    with pytest.raises(PayloadError) as caught:
        build(*args, **kwargs)
    return caught.value.field, caught.value.sentence % caught.value.values


def test_the_envelope():
    assert addressed(payloads.text("Hi"), phone="+16505551234", bsuid="US.1", callback="1.a.b", reply_to="wamid.1") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+16505551234",
        "biz_opaque_callback_data": "1.a.b",
        "context": {"message_id": "wamid.1"},
        "type": "text",
        "text": {"body": "Hi", "preview_url": False},
    }
    assert addressed(payloads.text("Hi"), bsuid="US.ENT.1a", identity_key_hash="DF2=") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": "US.ENT.1a",
        "recipient_identity_key_hash": "DF2=",
        "type": "text",
        "text": {"body": "Hi", "preview_url": False},
    }


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ({}, "to"),
        ({"phone": "16505551234"}, "to"),  # without + Meta would put our own country in front
        ({"phone": "+1 650 555"}, "to"),
        ({"phone": "+0123456"}, "to"),
        ({"phone": "US.1"}, "to"),
        ({"bsuid": "16505551234"}, "recipient"),
        ({"phone": "+16505551234", "callback": "x" * 513}, "biz_opaque_callback_data"),
    ],
)
def test_addresses_that_lead_nowhere(address, field):
    assert refusal(addressed, payloads.text("Hi"), **address)[0] == field


def test_texts():
    assert payloads.text("x" * 4096, has_preview=True)["text"]["preview_url"] is True
    assert refusal(payloads.text, "x" * 4097) == (
        "text.body", "This has 4097 characters; at most 4096 are allowed."
    )  # fmt: skip
    assert refusal(payloads.text, " \n") == ("text.body", "This must not be empty.")
    assert refusal(payloads.text, "a\x00") == ("text.body", "This contains a character that cannot be sent.")


def test_files():
    assert payloads.image({"id": "7"}, "A cat") == {"type": "image", "image": {"id": "7", "caption": "A cat"}}
    assert payloads.video({"link": "https://a.example/v.mp4"}) == {
        "type": "video", "video": {"link": "https://a.example/v.mp4"}
    }  # fmt: skip
    assert payloads.document({"id": "7"}, filename="a.pdf")["document"] == {"id": "7", "filename": "a.pdf"}
    assert payloads.audio({"id": "7"}, is_voice=True)["audio"] == {"id": "7", "voice": True}
    assert payloads.sticker({"id": "7"}) == {"type": "sticker", "sticker": {"id": "7"}}
    both = "A file needs either an uploaded file or an address, and not both."
    assert refusal(payloads.image, {}) == ("image", both)
    assert refusal(payloads.image, {"id": "7", "link": "https://x"}) == ("image", both)
    assert refusal(payloads.image, {"link": "javascript:alert(1)"})[0] == "image.link"
    assert refusal(payloads.image, {"link": "https://a b"})[0] == "image.link"
    assert refusal(payloads.image, {"id": "7"}, "x" * 1025)[0] == "image.caption"


def test_places():
    assert payloads.location(53.5, -10.25, "Shop") == {
        "type": "location", "location": {"latitude": 53.5, "longitude": -10.25, "name": "Shop"}
    }  # fmt: skip
    for latitude, longitude in ((90.1, 0), (0, 181), (float("nan"), 0), (0, float("inf"))):
        assert refusal(payloads.location, latitude, longitude)[0] == "location"


def test_contact_cards():
    card = {"name": {"formatted_name": "Ana B", "first_name": "Ana"}, "phones": [{"phone": "+1", "type": "CELL"}]}
    assert payloads.contacts([card]) == {"type": "contacts", "contacts": [card]}
    assert refusal(payloads.contacts, [])[0] == "contacts"
    assert refusal(payloads.contacts, [card] * 258) == ("contacts", "There are 258; at most 257 are allowed.")
    assert refusal(payloads.contacts, [card, {"name": {"formatted_name": "X"}}])[0] == "contacts.1.name"
    assert refusal(payloads.contacts, [{**card, "birthday": "1.2.90"}])[0] == "contacts.0.birthday"


def test_reactions():
    assert payloads.reaction("wamid.1", "👍")["reaction"] == {"message_id": "wamid.1", "emoji": "👍"}
    assert payloads.reaction("wamid.1", "")["reaction"]["emoji"] == ""
    assert refusal(payloads.reaction, "", "👍")[0] == "reaction.message_id"


def test_reply_buttons():
    message = payloads.reply_buttons("Which?", [("a", "One"), ("b", "Two")], header=header_text("Hi"), footer="Bye")
    assert message == {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "header": {"type": "text", "text": "Hi"},
            "body": {"text": "Which?"},
            "footer": {"text": "Bye"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "a", "title": "One"}},
                    {"type": "reply", "reply": {"id": "b", "title": "Two"}},
                ]
            },
        },
    }
    four = [(str(number), f"B{number}") for number in range(4)]
    assert refusal(payloads.reply_buttons, "Which?", four)[1] == "There are 4; at most 3 are allowed."
    assert refusal(payloads.reply_buttons, "Which?", [])[1] == "There are 0; at least 1 are needed."
    assert refusal(payloads.reply_buttons, "Which?", [("a", "x" * 21)]) == (
        "interactive.action.buttons.0.title", "This has 21 characters; at most 20 are allowed."
    )  # fmt: skip
    assert refusal(payloads.reply_buttons, "Which?", [("a", "One"), ("b", "One")])[1] == (
        "“One” occurs twice; each must be different."
    )
    assert refusal(payloads.reply_buttons, "x" * 1025, [("a", "One")])[0] == "interactive.body.text"
    assert refusal(payloads.reply_buttons, "Which?", [("a", "One")], footer="x" * 61)[0] == "interactive.footer.text"


def test_lists():
    message = payloads.list_menu("Choose", "Menu", [(None, [("1", "Tea", "Hot"), ("2", "Ice", None)])], header="Bar")
    assert message["interactive"]["action"] == {
        "button": "Menu",
        "sections": [{"rows": [{"id": "1", "title": "Tea", "description": "Hot"}, {"id": "2", "title": "Ice"}]}],
    }
    rows = [(str(number), "T", None) for number in range(11)]
    assert refusal(payloads.list_menu, "C", "M", [(None, rows)])[1] == "There are 11; at most 10 are allowed."
    two = [("A", rows[:1]), (None, rows[1:2])]
    assert refusal(payloads.list_menu, "C", "M", two) == (
        "interactive.action.sections.1.title", "With more than one section, each needs a title."
    )  # fmt: skip
    assert refusal(payloads.list_menu, "C", "M", [("A", rows[:1]), ("B", rows[:1])])[1].startswith("“0” occurs twice")
    assert refusal(payloads.list_menu, "C", "M", [(None, [("1", "T", "d" * 73)])])[0].endswith("rows.0.description")
    assert payloads.list_menu("x" * 4096, "M", [(None, rows[:1])])


def test_links_forms_and_products():
    link = payloads.link_button("See", "Open", "https://a.example/x?y=1")["interactive"]["action"]
    assert link == {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://a.example/x?y=1"}}
    form = payloads.flow("Fill", "Start", flow_id="9", flow_token="t", screen="ONE", data={"a": 1})
    assert form["interactive"]["action"]["parameters"] == {
        "flow_message_version": "3", "flow_cta": "Start", "flow_action": "navigate", "flow_id": "9",
        "flow_token": "t", "flow_action_payload": {"screen": "ONE", "data": {"a": 1}},
    }  # fmt: skip
    asked = payloads.flow("Fill", "Start", flow_name="n", is_draft=True)["interactive"]["action"]["parameters"]
    assert (asked["flow_action"], asked["mode"], asked["flow_name"]) == ("data_exchange", "draft", "n")
    assert refusal(payloads.flow, "Fill", "Start")[1].startswith("A form (flow) needs either")
    assert payloads.product("c", "p")["interactive"] == {
        "type": "product", "action": {"catalog_id": "c", "product_retailer_id": "p"}
    }  # fmt: skip
    listed = payloads.product_list("c", "Head", "Body", [("S", ["p1", "p2"])])["interactive"]
    assert listed["action"]["sections"] == [
        {"title": "S", "product_items": [{"product_retailer_id": "p1"}, {"product_retailer_id": "p2"}]}
    ]
    assert refusal(payloads.product_list, "c", "H", "B", [("S", ["p"] * 31)])[1] == (
        "There are 31; at most 30 are allowed."
    )
    assert payloads.catalog("All", thumbnail_product_retailer_id="p")["interactive"]["action"] == {
        "name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "p"}
    }  # fmt: skip
    assert payloads.location_request("Where?")["interactive"]["action"] == {"name": "send_location"}


def test_carousels():
    image = header_file("image", {"id": "1"})
    cards = [(image, "One", "Go", "https://a.example"), (image, "Two", "Go", "https://b.example")]
    card = payloads.carousel("Look", cards)["interactive"]["action"]["cards"][1]
    assert (card["card_index"], card["body"]["text"]) == (1, "Two")
    assert refusal(payloads.carousel, "Look", cards[:1])[0] == "interactive.action.cards"
    mixed = [cards[0], (header_file("video", {"id": "2"}), "Two", "Go", "https://b.example")]
    assert refusal(payloads.carousel, "Look", mixed)[1].startswith("All cards need the same kind")
    assert refusal(header_file, "sticker", {"id": "1"})[0] == "interactive.header"
