"""A free message with places to fill: what Meta gets, and what is refused before anything leaves."""

from typing import Any

import pytest

from tradewind.whatsapp.payloads import FreeMessage, PayloadError, Template, said_by

HEADER = {"type": "HEADER", "format": "IMAGE"}
BODY = {"type": "BODY", "text": "Hi {{name}}"}
VALUES = {"body.name": "Ada"}
FILE = {"id": "77"}


def buttons(*given: dict[str, str]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(given)}


ANSWERS = buttons({"type": "QUICK_REPLY", "text": "Yes"}, {"type": "QUICK_REPLY", "text": "No"})
LINK = buttons({"type": "URL", "text": "Shop", "url": "https://a.example/{{order}}"})


@pytest.mark.parametrize(
    ("components", "kind", "part"),
    [
        ([BODY], "text", {"body": "Hi Ada", "preview_url": False}),
        (
            [{**BODY, "text": "{{name}} https://a.example"}],
            "text",
            {"body": "Ada https://a.example", "preview_url": True},
        ),
        ([HEADER, BODY], "image", {"id": "77", "caption": "Hi Ada"}),
        ([{**HEADER, "format": "VIDEO"}], "video", {"id": "77"}),
        ([{**HEADER, "format": "DOCUMENT"}, BODY], "document", {"id": "77", "caption": "Hi Ada", "filename": "a.pdf"}),
    ],
    ids=["text", "with an address", "picture", "video alone", "document"],
)
def test_plain_ones(components: list[dict[str, Any]], kind: str, part: dict[str, Any]) -> None:
    said = FreeMessage(components)
    assert said.kind == kind
    assert said.message(VALUES, header_media={**FILE, "filename": "a.pdf"}) == {"type": kind, kind: part}


def test_answers_a_link_the_catalogue_and_a_product() -> None:
    answers = FreeMessage([HEADER, BODY, ANSWERS]).message(VALUES, header_media=FILE)["interactive"]
    assert (answers["type"], answers["header"]) == ("button", {"type": "image", "image": FILE})
    assert [each["reply"]["title"] for each in answers["action"]["buttons"]] == ["Yes", "No"]
    link = FreeMessage([BODY, LINK]).message({**VALUES, "button.0.order": "7"})["interactive"]
    assert link["action"]["parameters"] == {"display_text": "Shop", "url": "https://a.example/7"}
    catalogue = FreeMessage([BODY, buttons({"type": "CATALOG", "text": "", "product_retailer_id": "9"})])
    assert catalogue.message(VALUES)["interactive"]["action"] == {
        "name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "9"},
    }  # fmt: skip
    product = FreeMessage(
        [BODY, buttons({"type": "PRODUCT", "text": "", "product_retailer_id": "9", "catalog_id": "5"})]
    )
    assert product.message(VALUES)["interactive"]["action"] == {"product_retailer_id": "9", "catalog_id": "5"}


@pytest.mark.parametrize(
    ("components", "values", "why"),
    [
        ([], {}, "Write something"),
        ([BODY], {}, "no value"),
        ([BODY], {"body.name": "x" * 4_094}, "characters"),
        ([BODY, ANSWERS], {"body.name": "x" * 1_022}, "characters"),
        ([HEADER, BODY], VALUES, "needs a file"),
        ([BODY, buttons({"type": "QUICK_REPLY", "text": "x" * 21})], VALUES, "at most"),
        ([BODY, buttons(*ANSWERS["buttons"], *LINK["buttons"])], VALUES, "one link"),
        ([BODY, buttons({"type": "URL", "text": "Shop", "url": "file:///etc"})], VALUES, "address"),
    ],
)
def test_what_meta_would_refuse(components: list[dict[str, Any]], values: dict[str, str], why: str) -> None:
    with pytest.raises(PayloadError) as refused:
        FreeMessage(components).message(values)
    assert why in refused.value.sentence


def test_a_text_by_itself_may_be_longer() -> None:
    assert not FreeMessage([BODY]).problems({"body.name": "x" * 4_093})
    assert not FreeMessage([BODY, ANSWERS]).problems({"body.name": "x" * 1_021})


def test_what_stands_in_a_value_is_not_looked_at_again() -> None:
    assert FreeMessage([BODY]).message({"body.name": "{{name}} {{7*7}}"})["text"]["body"] == "Hi {{name}} {{7*7}}"


def test_a_kept_content_says_what_it_is() -> None:
    assert isinstance(said_by({"free": True, "components": [BODY]}), FreeMessage)
    assert isinstance(said_by({"name": "hello", "language": "en", "components": [BODY]}), Template)
