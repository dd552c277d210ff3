"""What people write: every type of message that Meta documents, in raw bodies with Meta's own spelling."""

import pytest

from tests.whatsapp.bodies import events, only
from tradewind.whatsapp.webhooks import (
    Context,
    Echo,
    InboundMessage,
    Location,
    Media,
    MetaError,
    PlatformError,
    Reaction,
    Referral,
    SystemMessage,
    Unreadable,
    Unsupported,
    UserAction,
)


def test_a_text_message_in_full():
    event = only("message_text")
    assert isinstance(event, InboundMessage)
    assert (event.waba_id, event.field) == ("102290129340398", "messages")
    assert (event.phone_number_id, event.display_phone_number) == ("106540352242922", "15550783881")
    assert event.id == "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ01AA=="
    assert (event.type, event.at) == ("text", 1749416384.0)
    assert event.text == "Does it come in another color? ❤️ 😀 مرحبا"
    assert event.sender.phone == "+16505551234"
    assert event.sender.bsuid == "US.13491208655302741918"
    assert (event.sender.name, event.sender.username) == ("Sheena Nelson", None)
    assert event.raw["text"]["body"] == event.text
    assert event.contact_raw["wa_id"] == "16505551234"
    assert event.entry_at is None


def test_the_json_of_an_event_leaves_out_what_is_empty():
    line = only("message_text").as_json()
    assert (list(line)[0], list(line)[-1]) == ("kind", "raw")  # noqa: RUF015
    assert line["kind"] == "message"
    assert line["sender"] == {
        "phone": "+16505551234",
        "bsuid": "US.13491208655302741918",
        "name": "Sheena Nelson",
        "wa_id": "16505551234",
    }
    assert "media" not in line and "errors" not in line


@pytest.mark.parametrize(
    ("name", "text", "media"),
    [
        (
            "message_image",
            "My receipt",
            Media(
                "1003383421387256",
                "image/jpeg",
                "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=",
                "My receipt",
                url="https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1003383421387256",
            ),
        ),
        (
            "message_audio_voice",
            "",
            Media("1908647269898587", "audio/ogg; codecs=opus", "5C+fDqT6r6W/Z2E=", is_voice=True),
        ),
        (
            "message_document",
            "Terms",
            Media("1376223850470843", "application/pdf", "hEd8M=", "Terms", "terms 2026.pdf"),
        ),
        ("message_sticker", "", Media("798882015472548", "image/webp", "q1W2=", is_animated=True)),
        ("message_video", "", Media("1166846181421424", "video/mp4", "Zm9v=")),
    ],
)
def test_files(name, text, media):
    event = only(name)
    assert (event.text, event.media) == (text, media)


def test_a_place():
    event = only("message_location")
    assert event.location == Location(
        37.4847,
        -122.1473,
        "Meta Headquarters",
        "1 Hacker Way, Menlo Park, CA 94025",
        "https://foursquare.com/v/meta/4b",
    )
    assert event.text == "Meta Headquarters, 1 Hacker Way, Menlo Park, CA 94025"


def test_contact_cards():
    event = only("message_contacts")
    assert event.text == "Barbara J. Johnson, Pablo Morales"
    assert event.contacts[0]["phones"][0]["wa_id"] == "16505559999"


def test_a_reaction_and_its_removal():
    put, taken = events("message_reaction")
    assert put.reaction == Reaction("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI", "👍")
    assert taken.reaction == Reaction("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI", None)


def test_a_quick_reply_of_a_template():
    event = only("message_button")
    assert (event.text, event.reply.kind, event.reply.id) == ("Unsubscribe", "button", "STOP_PROMO")
    assert event.context == Context("wamid.HBgLMTQxMjU1NTA4MjkVAgASGBQzQUNCNjk5RDUwNUZGMUZEM0VBRAA=", "15550783881")


def test_buttons_lists_and_forms():
    button = only("message_interactive_button_reply")
    assert (button.reply.kind, button.reply.id, button.text) == ("button_reply", "cancel-button", "Cancel")
    row = only("message_interactive_list_reply").reply
    assert (row.id, row.title, row.description) == (
        "priority_express", "Priority Mail Express", "Next Day to 2 Days"
    )  # fmt: skip
    form = only("message_interactive_nfm_reply").reply
    assert (form.kind, form.name, form.title) == ("nfm_reply", "flow", "Sent")
    assert form.response == {"flow_token": "FT-1", "rating": "5_Excellent", "tags": ["a", "b"]}


def test_an_order():
    event = only("message_order")
    assert event.text == "Love these!"
    assert [item["item_price"] for item in event.order["product_items"]] == [30, 25.5]


def test_where_a_person_came_from():
    referral = only("message_referral").referral
    assert isinstance(referral, Referral)
    assert (referral.source_type, referral.source_id) == ("ad", "120226305854810726")
    assert referral.ctwa_clid.startswith("Aff-n8ZTODiE79d22KtAwQ")
    assert referral.welcome_text == "Hi there! Let us know how we can help!"
    assert (referral.headline, referral.image_url) == ("Chat with us", "https://scontent.xx.fbcdn.net/v/t45.1")


def test_forwarded_messages_and_products_asked_about():
    forwarded, asked = events("message_forwarded")
    assert (forwarded.context.is_forwarded, forwarded.context.is_frequently_forwarded) == (True, True)
    assert (asked.context.catalog_id, asked.context.product_retailer_id) == ("194836987003835", "di9ozbzfi4")


def test_what_whatsapp_cannot_hand_on():
    event = only("message_unsupported")
    assert (event.type, event.unsupported_type) == ("unsupported", "poll")
    assert event.errors == [
        MetaError(131051, "Message type unknown", "Message type unknown", "Message type is currently not supported.")
    ]
    assert only("message_media_too_large").errors[0].code == 131052


def test_edits_revokes_and_first_openings():
    edit, revoke = events("message_edit_and_revoke")
    assert (edit.original_message_id, edit.text) == ("wamid.OLD1", "New words")
    assert (revoke.original_message_id, revoke.text) == ("wamid.OLD2", "")
    assert only("message_request_welcome").type == "request_welcome"


def test_a_message_to_a_group():
    assert only("message_group").group_id == "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD"


def test_a_person_without_a_phone_number():
    event = only("message_username_only")
    assert (event.sender.phone, event.sender.bsuid) == (None, "BR.9f3Kq81LmZx")
    assert (event.sender.parent_bsuid, event.sender.username) == ("BR.ENT.118aBc", "pablo.m")
    misplaced = only("message_bsuid_in_from")
    assert (misplaced.sender.phone, misplaced.sender.bsuid) == (None, "BR.9f3Kq81LmZx")
    assert misplaced.sender.name == "Pablo"


def test_a_message_of_nobody_is_unreadable_and_kept():
    event = only("message_without_sender")
    assert isinstance(event, Unreadable)
    assert event.reason == "A message names neither a phone number nor a user id of its sender."
    assert event.raw["text"]["body"] == "Who am I?"
    assert event.phone_number_id == "106540352242922"


def test_a_new_phone_number():
    event = only("system_user_changed_number")
    assert isinstance(event, SystemMessage)
    assert (event.type, event.previous.phone, event.person.phone) == (
        "user_changed_number", "+16505551234", "+12195555358"
    )  # fmt: skip
    assert (event.previous.bsuid, event.person.bsuid) == ("US.13491208655302741918", "US.9NEW")
    assert (event.previous.parent_bsuid, event.person.parent_bsuid) == ("US.ENT.118", "US.ENT.9NEW")
    assert event.text == "User Sheena changed from 16505551234 to 12195555358"


def test_a_new_user_id_without_any_phone_number():
    event = only("system_user_changed_user_id")
    assert (event.previous.bsuid, event.person.bsuid) == ("US.9NEW", "US.9NEW2")
    assert (event.previous.phone, event.person.phone) == (None, None)


def test_a_changed_identity_is_the_same_person():
    event = only("system_identity_changed")
    assert (event.person.phone, event.previous.phone) == ("+16505551234", "+16505551234")
    assert event.person.identity_key_hash == "DF2lS5v2W6x="


def test_errors_of_the_number_are_told_one_by_one():
    one, two = events("value_errors")
    assert isinstance(one, PlatformError)
    assert (one.error.code, one.error.details) == (131000, "Unsupported webhook payload")
    assert two.error.code == 130429


def test_a_click_in_a_marketing_message():
    event = only("user_action_click")
    assert isinstance(event, UserAction)
    assert (event.type, event.at) == ("marketing_messages_link_click", 1750030090.0)
    assert (event.click_component, event.click_id, event.tracking_token, event.product_id) == (
        "cta", "cl-77", "tt-9", "p-3"
    )  # fmt: skip
    assert event.person.phone == "+16505551234"


def test_an_echo_of_the_business_app():
    event = only("echo")
    assert isinstance(event, Echo)
    assert (event.kind, event.id, event.recipient) == ("echo", "wamid.ECHO1", "16505551234")
    assert event.sender.phone == "+16505551234"
    assert event.text.startswith("Here's the info")


def test_standby_messages_say_so():
    event = only("standby")
    assert (event.field, event.text) == ("standby", "To the agent")


def test_unknown_types_and_keys_are_kept():
    message, extra = events("unknown_type_and_key")
    assert (message.type, message.raw["hologram"]) == ("hologram", {"beam": 1})
    assert isinstance(extra, Unsupported)
    assert (extra.type, extra.raw) == ("future_things", {"future_things": [{"id": "f-1"}]})
    field = only("unknown_field")
    assert (field.kind, field.type, field.raw["username"]) == ("unsupported", "business_username_updates", "luckyshrub")


def test_a_single_change_as_in_metas_documentation():
    event = only("single_change")
    assert (event.waba_id, event.id, event.text) == ("", "ABGGFlA5Fpa", "this is a text message")
