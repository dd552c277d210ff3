import pytest

from tradewind.whatsapp.payloads import definition_problems

GOOD = {
    "name": "order_update_2",
    "language": "en_US",
    "category": "UTILITY",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["A-1"]}},
        {
            "type": "BODY",
            "text": "Dear {{1}}, your order {{2}} is on its way.",
            "example": {"body_text": [["Jo", "A-1"]]},
        },
        {"type": "FOOTER", "text": "Thank you"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Track", "url": "https://a.example/{{1}}", "example": ["https://a.example/1"]},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550783881"},
            ],
        },
    ],
}


def found(**changes):
    return [(each.field, each.sentence % each.values) for each in definition_problems({**GOOD, **changes})]


def with_body(text, examples=None, **more):
    body = {"type": "BODY", "text": text, "example": {"body_text": [examples or []]}}
    return found(components=[body], **more)


def with_buttons(*buttons):
    return found(components=[GOOD["components"][1], {"type": "BUTTONS", "buttons": list(buttons)}])


def test_a_good_template_has_no_problems():
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Order Update"}, "name"),
        ({"name": "x" * 513}, "name"),
        ({"name": None}, "name"),
        ({"language": "English"}, "language"),
        ({"category": "SPAM"}, "category"),
        ({"components": []}, "body"),
        ({"components": "x"}, "body"),
    ],
)
def test_names_languages_categories_and_bodies(changes, field):
    assert [each for each, _ in found(**changes)] == [field]


@pytest.mark.parametrize(
    ("text", "examples", "sentence"),
    [
        ("{{1}} is the code that you asked for", ["1"], "The text must not begin or end with a variable."),
        ("The code you asked for is {{1}}", ["1"], "The text must not begin or end with a variable."),
        ("Dear {{1}} {{2}} and all of you here today", ["1", "2"],
         "Two variables must not stand side by side; put words between them."),
        ("Dear {{1}}, hello {{3}} and all of you", ["1", "2", "3"],
         "Variables must be numbered 1, 2, 3 … without a gap."),
        ("Hello {{1}} there", ["1"], "With 1 variables the text needs at least 3 words."),
        ("Hello {{1}} and welcome to us", [], "Every variable needs an example for Meta's review."),
        ("x " * 513, [], "This has 1026 characters; at most 1024 are allowed."),
    ],
)  # fmt: skip
def test_bodies(text, examples, sentence):
    assert ("body", sentence) in with_body(text, examples)


def test_named_variables_have_names():
    problems = with_body("Dear {{First}}, welcome to our shop", parameter_format="NAMED")
    assert "small letters" in problems[0][1]


def test_headers_and_footers():
    two = {"type": "HEADER", "format": "TEXT", "text": "{{1}} and {{2}}", "example": {"header_text": ["a", "b"]}}
    assert found(components=[two, GOOD["components"][1]]) == [("header", "The header may have one variable at most.")]
    foot = {"type": "FOOTER", "text": "Bye {{1}}"}
    assert found(components=[GOOD["components"][1], foot]) == [("footer", "The footer must not have variables.")]


def test_buttons():
    stop = {"type": "QUICK_REPLY", "text": "Stop"}
    link = {"type": "URL", "text": "Go", "url": "https://a.example"}
    assert with_buttons(stop, link, stop) == [
        ("buttons", "Quick replies must stand together, before or after all other buttons.")
    ]
    assert with_buttons(link, link, link) == [("buttons", "There are 3; at most 2 are allowed.")]
    assert with_buttons(*[stop] * 11)[0] == ("buttons", "There are 11; at most 10 are allowed.")
    assert with_buttons({**stop, "text": "x" * 26}) == [
        ("buttons.0", "This has 26 characters; at most 25 are allowed.")
    ]
    assert with_buttons({**link, "url": "https://a.example/{{1}}/x", "example": ["a"]}) == [
        ("buttons.0", "An address may have one variable, at its end.")
    ]
    assert with_buttons({**link, "url": "javascript:x"})[0][0] == "buttons.0"


def test_carousels():
    card = {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "One"}]}
    video = {"components": [{"type": "HEADER", "format": "VIDEO"}, {"type": "BODY", "text": ""}]}
    body = GOOD["components"][1]
    assert found(category="MARKETING", components=[body, {"type": "CAROUSEL", "cards": [card, card]}]) == []
    for cards, fields in (([card], ["cards"]), ([card, video], ["cards", "card.1.body"])):
        problems = found(category="MARKETING", components=[body, {"type": "CAROUSEL", "cards": cards}])
        assert [field for field, _ in problems] == fields


def test_one_time_codes_have_metas_own_text():
    components = [{"type": "BODY", "add_security_recommendation": True},
                  {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]  # fmt: skip
    assert found(category="AUTHENTICATION", components=components) == []
