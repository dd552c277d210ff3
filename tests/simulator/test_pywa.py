"""The yardstick: an unmodified pywa client, only its base address changed, does everything and gets Meta's refusals."""

from collections.abc import Iterator

import httpx
import pytest
from pywa import WhatsApp, errors, types
from pywa.types.templates import (
    BodyText,
    Buttons,
    CopyCodeButton,
    FooterText,
    HeaderText,
    ParamFormat,
    PhoneNumberButton,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
    TemplateStatus,
    URLButton,
)

from tests.simulator.running import Callback, Running

ADA = "+491701234567"


@pytest.fixture
def wa(running: Running) -> Iterator[WhatsApp]:
    about = running.about
    session = httpx.Client(timeout=10)
    client = WhatsApp(
        phone_id=running.number,
        token=about["token"],
        waba_id=about["numbers"][0]["waba_id"],
        app_id=int(about["app_id"]),
        app_secret=about["app_secret"],
        session=session,
    )
    session.base_url = httpx.URL(about["address"] + "/v26.0")
    running.admin("customers", {"phone": ADA, "behaviour": "never_online"})
    running.admin("inbound", {"phone_number_id": running.number, "from": ADA, "type": "text", "text": {"body": "hi"}})
    yield client
    session.close()


def test_every_message_type_is_sent(wa: WhatsApp, running: Running, callback: Callback) -> None:
    before = running.admin("state")["accept_log_lines"]
    inbound = callback.wait(lambda: callback.items("messages"))[0]["id"]
    link = "https://example.com/a.png"
    sent = wa.send_message(ADA, "Hello", preview_url=True, reply_to_message_id=inbound, tracker="row:1")
    wa.send_message(
        ADA,
        "Pick",
        header="H",
        footer="F",
        buttons=[types.Button("Yes", callback_data="y"), types.Button("No", callback_data="n")],
    )
    rows = [types.SectionRow("Red", callback_data="r", description="warm"), types.SectionRow("Blue", callback_data="b")]
    wa.send_message(ADA, "List", buttons=types.SectionList("Choose", sections=[types.Section("Colours", rows=rows)]))
    wa.send_message(ADA, "Link", buttons=types.URLButton("Open", url="https://example.com"))
    flow = types.FlowButton(
        "Start", flow_id="123", flow_token="t", flow_action_type=types.FlowActionType.NAVIGATE, flow_action_screen="ONE"
    )
    wa.send_message(ADA, "Flow", buttons=flow)
    media = wa.upload_media(b"\x89PNG\r\n\x1a\n0000", mime_type="image/png", filename="a.png")
    wa.send_image(ADA, media, caption="by id")
    wa.send_image(ADA, link, caption="by link")
    wa.send_image(ADA, link, caption="with buttons", buttons=[types.Button("Yes", callback_data="y")])
    wa.send_video(ADA, "https://example.com/a.mp4", caption="video", mime_type="video/mp4")
    wa.send_document(
        ADA, "https://example.com/a.pdf", filename="a.pdf", caption="document", mime_type="application/pdf"
    )
    wa.send_audio(ADA, "https://example.com/a.mp3", mime_type="audio/mpeg")
    wa.send_voice(ADA, "https://example.com/a.ogg", mime_type="audio/ogg")
    wa.send_sticker(ADA, "https://example.com/a.webp", mime_type="image/webp")
    wa.send_reaction(ADA, "👍", sent.id)
    wa.remove_reaction(ADA, sent.id)
    wa.send_location(ADA, latitude=52.5, longitude=13.4, name="Berlin", address="Mitte")
    wa.request_location(ADA, "Where are you?")
    wa.request_contact_info(ADA, "Your number?")
    contact = types.Contact(
        name=types.Contact.Name(formatted_name="Ada L", first_name="Ada"), phones=[types.Contact.Phone(phone="+1650")]
    )
    wa.send_contact(ADA, contact)
    wa.send_catalog(ADA, "Our shop", thumbnail_product_sku="sku1")
    wa.send_product(ADA, catalog_id="1", sku="sku1", body="One")
    products = [types.ProductsSection("Best", skus=["sku1", "sku2"])]
    wa.send_products(ADA, catalog_id="1", product_sections=products, title="Shop", body="Two")
    cards = [
        types.ImageCarouselCard(image=link, body="One", buttons=types.URLButton("Open", url="https://example.com"))
        for _ in range(2)
    ]
    wa.send_carousel(ADA, body="Cards", cards=cards)
    quick = [types.ImageCarouselCard(image=link, buttons=[types.Button("A", callback_data="a")]) for _ in range(2)]
    wa.send_carousel(ADA, body="Cards", cards=quick)
    lines = running.lines("accepted", after=before)
    assert [line["type"] for line in lines] == [
        "text",
        "interactive",
        "interactive",
        "interactive",
        "interactive",
        "image",
        "image",
        "interactive",
        "video",
        "document",
        "audio",
        "audio",
        "sticker",
        "reaction",
        "reaction",
        "location",
        "interactive",
        "interactive",
        "contacts",
        "interactive",
        "interactive",
        "interactive",
        "interactive",
        "interactive",
    ]
    assert lines[0]["wamid"] == sent.id
    assert lines[0]["callback_data"] == "row:1"


def test_read_marks_and_typing(wa: WhatsApp, callback: Callback) -> None:
    inbound = callback.wait(lambda: callback.items("messages"))[0]["id"]
    assert wa.mark_message_as_read(inbound).success
    assert wa.indicate_typing(inbound).success
    with pytest.raises(errors.WhatsAppError) as refusal:
        wa.mark_message_as_read("wamid.nothing")
    assert refusal.value.code == 100


def test_templates_are_made_listed_sent_changed_and_deleted(wa: WhatsApp, running: Running, callback: Callback) -> None:
    made = wa.create_template(_template())
    assert made.status == TemplateStatus.PENDING
    approved = callback.wait(
        lambda: [c["value"] for c in callback.changes() if c["field"] == "message_template_status_update"]
    )[0]
    assert approved["event"] == "APPROVED"
    assert approved["message_template_id"] == int(made.id)
    found = wa.get_templates(name="autumn_sale")
    assert [template.id for template in found] == [made.id]
    assert found[0].parameter_format == ParamFormat.NAMED
    assert wa.get_template(made.id).status == TemplateStatus.APPROVED
    sent = wa.send_template(
        ADA,
        "autumn_sale",
        TemplateLanguage.ENGLISH_US,
        params=[
            HeaderText.params(season="Autumn"),
            BodyText.params(code="A1", percent="15"),
            URLButton.params(url_variable="x", index=0),
            CopyCodeButton.params(coupon_code="A15", index=3),
        ],
    )
    assert sent.status == "accepted"
    changed = wa.update_template(
        made.id, new_components=[BodyText("Now use {{code}} for less in our shop today!", code="A1")]
    )
    assert changed.success
    assert wa.get_template(made.id).status == TemplateStatus.PENDING
    assert wa.delete_template("autumn_sale", template_id=made.id).success
    with pytest.raises(errors.WhatsAppError) as gone:
        wa.get_template(made.id)
    assert (gone.value.code, gone.value.subcode) == (100, 33)


def test_media_goes_up_and_comes_down(wa: WhatsApp, running: Running) -> None:
    content = b"\x89PNG\r\n\x1a\n" + b"x" * 1000
    media = wa.upload_media(content, mime_type="image/png", filename="a.png")
    url = wa.get_media_url(media.id)
    assert url.mime_type == "image/png"
    assert wa.get_media_bytes(url.url) == content
    assert httpx.get(url.url).status_code == 401
    running.admin("clock", {"advance": 301})
    with pytest.raises(httpx.HTTPStatusError):
        wa.get_media_bytes(url.url)
    assert wa.delete_media(media.id).success
    with pytest.raises(errors.WhatsAppError) as gone:
        wa.get_media_url(media.id)
    assert gone.value.code == 100


def test_numbers_profiles_and_settings(wa: WhatsApp, callback: Callback) -> None:
    number = wa.get_business_phone_number()
    assert number.quality_rating == "GREEN"
    assert number.throughput == {"level": "STANDARD"}
    assert len(list(wa.get_business_phone_numbers())) == 3
    assert wa.get_business_account().id
    assert wa.update_business_profile(about="We sell tea", websites=["https://tea.example"], description="Tea").success
    profile = wa.get_business_profile()
    assert (profile.about, profile.websites, profile.description) == ("We sell tea", ("https://tea.example",), "Tea")
    assert wa.update_commerce_settings(is_catalog_visible=True).success
    assert wa.get_commerce_settings().is_catalog_visible
    assert wa.update_conversational_automation(
        ice_breakers=["Prices?"], commands=[types.Command("help", "Helps")]
    ).success
    automation = wa.get_business_phone_number().conversational_automation
    assert automation is not None
    assert automation.ice_breakers == ("Prices?",)
    code = wa.create_qr_code("Hello there")
    assert wa.get_qr_code(code.code).prefilled_message == "Hello there"
    assert wa.update_qr_code(code.code, prefilled_message="Changed").prefilled_message == "Changed"
    assert len(list(wa.get_qr_codes())) == 1
    assert wa.delete_qr_code(code.code).success
    assert wa.deregister_phone_number().success
    assert wa.register_phone_number("123456").success
    assert wa.update_display_name("Better tea").success


def test_block_lists(wa: WhatsApp) -> None:
    done = wa.block_users([ADA])
    assert [user.wa_id for user in done.added_users] == ["491701234567"]
    assert [user.wa_id for user in wa.get_blocked_users()] == ["491701234567"]
    assert len(wa.unblock_users([ADA]).removed_users) == 1
    with pytest.raises(errors.BulkBlockingFailed):
        wa.block_users(["+491700000001"])


def test_callbacks_and_tokens(wa: WhatsApp, running: Running, callback: Callback) -> None:
    own = Callback(verify_token="mine")
    assert wa.override_phone_callback_url(own.url, "mine").success
    running.admin("inbound", {"phone_number_id": running.number, "from": ADA, "type": "text", "text": {"body": "over"}})
    own.wait(lambda: own.items("messages"))
    assert wa.delete_phone_callback_url().success
    with pytest.raises(errors.WhatsAppError) as refusal:
        wa.override_waba_callback_url(own.url, "wrong")
    assert refusal.value.code == 2200
    assert wa.override_waba_callback_url(own.url, "mine").success
    assert wa.delete_waba_callback_url().success
    app_token = wa.get_app_access_token(int(running.about["app_id"]), running.about["app_secret"])
    assert app_token == f"{running.about['app_id']}|{running.about['app_secret']}"
    assert wa.set_app_callback_url(
        app_id=int(running.about["app_id"]),
        app_access_token=app_token,
        callback_url=own.url,
        verify_token="mine",
        fields=["messages"],
    ).success
    own.close()


def test_meta_refuses_in_its_own_words(wa: WhatsApp) -> None:
    with pytest.raises(errors.ReEngagementMessage):
        wa.send_message("+491709999999", "Too late")
    with pytest.raises(errors.TemplateNotExists) as unknown:
        wa.send_template(ADA, "no_such", TemplateLanguage.ENGLISH_US)
    assert unknown.value.status_code == 404
    with pytest.raises(errors.TemplateParamCountMismatch):
        wa.send_template(ADA, "bench_marketing", TemplateLanguage.ENGLISH_US)
    with pytest.raises(errors.InvalidParameter):
        wa.send_message(ADA, "Pick", buttons=[types.Button("x" * 21, callback_data="y")])
    with pytest.raises(errors.RecipientCannotBeSender):
        wa.send_message("+4915117000000", "Me")
    with pytest.raises(errors.TemplateLeadingOrTrailingParametersNotAllowed):
        wa.create_template(_template(body=BodyText("{{code}} is your code for this week in our shop", code="A1")))
    wa.token = "wrong"
    with pytest.raises(errors.ExpiredAccessToken) as expired:
        wa.send_message(ADA, "Hello")
    assert expired.value.status_code == 401


def _template(body: BodyText | None = None) -> Template:
    text = BodyText("Use the code {{code}} to get {{percent}} less in our shop today!", code="A1", percent=15)
    return Template(
        name="autumn_sale",
        language=TemplateLanguage.ENGLISH_US,
        category=TemplateCategory.MARKETING,
        parameter_format=ParamFormat.NAMED,
        components=[
            HeaderText("{{season}} is here", season="Autumn"),
            body or text,
            FooterText(text="Reply STOP to opt out"),
            Buttons(
                buttons=[
                    URLButton(text="Shop", url="https://example.com/{{1}}", example="x"),
                    PhoneNumberButton(text="Call", phone_number="+4930123"),
                    QuickReplyButton(text="Not now"),
                    CopyCodeButton(example="A15"),
                ]
            ),
        ],
    )
