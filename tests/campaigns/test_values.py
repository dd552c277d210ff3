"""Values of variables: frozen by SQL, and never more than the sender can render."""

from typing import Any

import pytest

from tests.campaigns.conftest import BINDINGS, Shop
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import Template as Parts

pytestmark = pytest.mark.usefixtures("still_time")


def with_parts(shop: Shop, components: list[dict[str, Any]]) -> Template:
    shop.utility.components = components
    shop.utility.save()
    return shop.utility


def bound(**fields: str) -> list[dict[str, str]]:
    return [{"key": key.replace("__", "."), "field": field, "fallback": ""} for key, field in fields.items()]


def only(campaign: Campaign) -> Recipient:
    return Recipient.objects.get(campaign=campaign)


HOSTILE = (
    "order'); DROP TABLE contact; --", "a\nb", "a\n); DELETE FROM recipient; --", 'quo"te', "per%cent %(workspace)s",
    "{0}{audience}", "\u202eevil", "ключ",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_an_own_field_is_only_a_name(shop: Shop, name: str) -> None:
    shop.person("Ada", "+491510000001", fields={name: "A-1"})
    campaign = shop.planned(bindings=[BINDINGS[0], {"key": "body.2", "field": f"fields.{name}", "fallback": ""}])
    assert only(campaign).variables == {"body.1": "Ada", "body.2": "A-1"}


@pytest.mark.parametrize(
    "text", ["x'); DROP TABLE contact; --", "50 % off", "{{7*7}}", "%(workspace)s", "{audience}", "a\\nb"]
)
def test_a_fallback_is_only_text(shop: Shop, text: str) -> None:
    shop.person("Ada", "+491510000001", fields={})
    campaign = shop.planned(bindings=[BINDINGS[0], {"key": "body.2", "field": "fields.order", "fallback": text}])
    assert only(campaign).variables == {"body.1": "Ada", "body.2": text}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ada Lovelace", "Ada"), ("  Ada\t Lovelace", "Ada"), ("Ada\u00a0Lovelace", "Ada"), ("ليلى الحسن", "ليلى"),
        ("陈美玲", "陈美玲"), ("\n \t", "there"), ("Ada\u2028Lovelace", "Ada"),
    ],
)  # fmt: skip
def test_the_first_name_is_the_first_word(shop: Shop, name: str, first: str) -> None:
    shop.person(name, "+491510000001")
    variables = only(shop.planned()).variables
    assert variables is not None and variables["body.1"] == first


@pytest.mark.parametrize(
    ("value", "kept"), [(7, "7"), (7.5, "7.5"), (True, "true"), (["a", "b"], '["a", "b"]'), (None, None)]
)
def test_values_of_any_kind_are_text(shop: Shop, value: Any, kept: str | None) -> None:
    shop.person("Ada", "+491510000001", fields={"order": value})
    recipient = only(shop.planned())
    if kept is None:
        assert recipient.excluded == "missing_variable"
    else:
        assert recipient.variables is not None and recipient.variables["body.2"] == kept


@pytest.mark.parametrize("length", [900, 1_000, 1_010, 1_024, 2_000])
def test_what_would_be_too_long_is_left_out_just_where_the_sender_refuses_it(shop: Shop, length: int) -> None:
    shop.person("Ada", "+491510000001", fields={"order": "é" * length})
    recipient = only(shop.planned())
    parts = Parts(shop.utility.components, "news", "en")
    refused = bool(parts.problems({"body.1": "Ada", "body.2": "é" * length}))
    assert recipient.excluded == ("unfit_variable" if refused else "")


URL = [{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
    {"type": "URL", "text": "Go", "url": "https://shop.example/{{1}}", "example": ["https://shop.example/a"]}
]}]  # fmt: skip
COUPON = [{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
    {"type": "COPY_CODE", "text": "Copy", "example": "SAVE"}
]}]  # fmt: skip


@pytest.mark.parametrize(
    ("components", "slot", "value", "fits"),
    [
        (URL, "button.0.1", "a-1", True), (URL, "button.0.1", "two words", False),
        (URL, "button.0.1", "x" * 2_000, False),
        (COUPON, "button.0.code", "SAVE20", True), (COUPON, "button.0.code", "SAVE-20", False),
        (COUPON, "button.0.code", "S" * 21, False),
    ],
)  # fmt: skip
def test_buttons_have_their_own_rules(shop: Shop, components: Any, slot: str, value: str, fits: bool) -> None:
    template = with_parts(shop, components)
    shop.person("Ada", "+491510000001", fields={"order": value})
    campaign = shop.planned(template=template, bindings=[{"key": slot, "field": "fields.order", "fallback": ""}])
    assert only(campaign).excluded == ("" if fits else "unfit_variable")
    parts = Parts(components, "news", "en")
    assert bool(parts.problems({slot: value})) is not fits


def test_a_template_without_variables_needs_none(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned(template=with_parts(shop, [{"type": "BODY", "text": "Hello"}]), bindings=[])
    assert only(campaign).variables == {}


def test_a_template_with_sixty_variables_is_planned(shop: Shop) -> None:
    text = " ".join(f"{{{{{rank + 1}}}}}" for rank in range(60))
    template = with_parts(shop, [{"type": "BODY", "text": f"{text}."}])
    shop.person("Ada", "+491510000001")
    campaign = shop.planned(
        template=template, bindings=[{"key": f"body.{rank + 1}", "field": "name", "fallback": ""} for rank in range(60)]
    )
    variables = only(campaign).variables
    assert variables is not None and len(variables) == 60


ONE = [{"type": "BODY", "text": "Hi {{1}}"}]


@pytest.mark.parametrize(
    ("components", "bindings", "sentence"),
    [
        ([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi"}], [], "begins with a picture"),
        ([{"type": "HEADER", "format": "VIDEO"}, {"type": "BODY", "text": "Hi"}],
         [{"key": "header.media", "fallback": "http://plain.example/a.mp4"}], "begins with a video"),
        ([{"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "Hi"}], [], "begins with a map"),
        (ONE, [{"key": "body.1", "field": "", "fallback": "x" * 1_500}], "at most 1024"),
        (ONE, [{"key": "body.1", "field": "fields."}], "which own field"),
        (ONE, ["nonsense", None, 7], "has no value yet"),
        (ONE, [{"key": "body.1", "field": None, "fallback": None}], "neither a field"),
    ],
)  # fmt: skip
def test_what_could_never_be_sent_is_refused_in_words(
    shop: Shop, components: Any, bindings: Any, sentence: str
) -> None:
    with pytest.raises(CampaignError, match=sentence):
        shop.draft(template=with_parts(shop, components), bindings=bindings)


def test_a_picture_is_sent_along(shop: Shop) -> None:
    from tradewind.campaigns import actions
    from tradewind.messages.models import Content

    shop.person("Ada", "+491510000001")
    template = with_parts(shop, [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi"}])
    link = "https://shop.example/a.jpg"
    campaign = shop.planned(template=template, bindings=[{"key": "header.media", "field": "", "fallback": link}])
    actions.launch(campaign, member=shop.owner)
    assert Content.objects.get().payload["header_media"] == {"link": link}
