"""Limited-time offers, carousels and catalogues: their golden file, Meta's rules, the form, the way to Meta."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.messages.media.files import photo
from tests.simulator.running import Running
from tests.templates import shapes
from tradewind.numbers.models import Account
from tradewind.simulator.validation.blueprint import draw
from tradewind.simulator.validation.template_create import check_components, check_frame
from tradewind.simulator.validation.template_message import check_against
from tradewind.templates import rendering
from tradewind.templates.authoring import reading, rules
from tradewind.templates.authoring.pieces import change_cards
from tradewind.templates.authoring.writing import Card, Writing
from tradewind.templates.models import Sample, Template
from tradewind.workspaces.door import public_id

GOLDEN: dict[str, Any] = json.loads(shapes.GOLDEN.read_text())
BODY = "Hello {{first_name}}, here is what is new for you this week."


def form(**more: Any) -> dict[str, Any]:
    given = {
        "name": "spring_offer", "language": "en", "category": "MARKETING", "header": "none", "body": BODY,
        "example-body.first_name": "Ada", **more,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def offer(**more: Any) -> dict[str, Any]:
    return form(
        **{
            "shape": "offer", "offer_text": "Until Sunday", "offer_ends": "yes", "footer": "hidden, thus not said",
            "button-0-kind": "url", "button-0-text": "Shop", "button-0-url": "https://shop.example.com/",
            "button-1-kind": "copy_code", "button-1-example": "SPRING15", **more,
        }
    )  # fmt: skip


def carousel(refs: list[str], **more: Any) -> dict[str, Any]:
    cards = {
        f"card-{place}-{part}": value
        for place, ref in enumerate(refs)
        for part, value in (
            ("body", f"Tent {place + 1} for {{{{first_name}}}} is light"), ("sample", ref),
            ("button-0-text", "See it"), ("button-0-url", f"https://shop.example.com/{place}/{{{{1}}}}"),
            ("button-0-example", f"https://shop.example.com/{place}/17"),
        )
    }  # fmt: skip
    examples = {f"example-card.{place}.body.first_name": "Ada" for place in range(len(refs))}
    return form(**{"shape": "carousel", "card_header": "image", "card-kind-0": "url", **cards, **examples, **more})


def samples(client: Client, count: int = 2) -> list[str]:
    return [
        client.post(
            reverse("templates:upload"),
            {"file": SimpleUploadedFile(f"{n}.jpg", photo(400 + n, 300)), "wanted": "image"},
        ).json()["ref"]
        for n in range(count)
    ]


# The golden file


def test_golden_every_offer_carousel_and_catalogue_is_made_sent_and_read_as_it_was() -> None:
    made = {name: shapes.cell(each) for name, each in shapes.writings()}
    assert list(made) == list(GOLDEN) and len(made) == 3 * 2 * 2 * 4 + 2 * 4 * 2 * 3 + 2 * 4
    for name, each in made.items():
        assert each == GOLDEN[name], name


def test_every_shape_keeps_to_metas_rules_and_the_simulator_takes_it_and_its_message() -> None:
    for name, each in shapes.writings():
        assert rules.problems(each, has_sample=True, card_samples=each.cards) == [], name
        definition = each.definition()
        check_frame(definition)
        parts = check_components(definition["components"], "MARKETING", named=each.is_named)
        plan = draw(parts, each.is_named, authentication=False)
        check_against(plan, shapes.sent(each)["template"].get("components", []), "components")


def test_every_shape_can_be_taken_up_again() -> None:
    for name, each in shapes.writings():
        again = reading.from_components(each.components(), name=name, language=each.language)
        assert (again.shape, again.components()) == (each.shape, each.components()), name


# The rules in words


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        (offer(offer_text=""), "offer_text", "few words"),
        (offer(offer_text="x" * 17), "offer_text", "at most 16"),
        (offer(category="UTILITY"), "category", "Only marketing"),
        (offer(body="x" * 601), "body", "at most 600"),
        (offer(**{"button-0-kind": "quick_reply"}), "buttons", "one address"),
        (form(shape="carousel"), "cards", "at least 2"),
        (carousel([""]), "cards", "at least 2"),
        (carousel(["", ""]), "card-0", "Card 1: Meta's reviewers need a sample"),
        (carousel(["", ""], **{"card-1-body": "x" * 161}), "card-1", "Card 2: This has 161 characters; at most 160"),
        (carousel(["", ""], **{"card-1-body": "{{first_name}} hello to you"}), "card-1", "must not begin or end"),
        (carousel(["", ""], **{"card-1-button-0-text": ""}), "card-1", "must not be empty"),
        (carousel(["", ""], **{"card-0-button-0-url": "shop"}), "card-0", "https://"),
        (carousel(["", ""], category="UTILITY"), "category", "Only marketing"),
        (form(shape="catalogue", catalogue="mpm"), "header_text", "needs a text on top"),
    ],
)
def test_what_meta_would_refuse_of_a_shape_is_said_where_it_stands(
    given: dict[str, str], field: str, sentence: str
) -> None:
    found = rules.problems(reading.read(given), has_sample=False)
    assert any(each.field == field and sentence in each.sentence for each in found), found


def test_hidden_fields_of_another_shape_say_nothing() -> None:
    made = reading.read(offer())
    assert (made.footer, [button.kind for button in made.buttons]) == ("", ["copy_code", "url"])
    assert rules.problems(made, has_sample=False) == []
    made = reading.read({**offer(), "shape": "catalogue", "catalogue": "catalog", "header": "image"})
    assert (made.header, made.buttons, made.cards) == ("none", [], [])
    assert made.components()[-1]["buttons"] == [{"type": "CATALOG", "text": "View catalog"}]


def test_cards_come_and_go_with_their_examples() -> None:
    made = Writing(shape="carousel")
    change_cards(made, {"add": "1"})
    assert len(made.cards) == 2
    change_cards(made, {"remove": "0"})
    assert len(made.cards) == 2  # a carousel has two at least
    made.cards = [Card("A"), Card("B"), Card("C")]
    made.examples = {"body.1": "x", "card.0.body.1": "a", "card.1.body.1": "b", "card.2.body.1": "c"}
    change_cards(made, {"remove": "1"})
    assert [card.body for card in made.cards] == ["A", "C"]
    assert made.examples == {"body.1": "x", "card.0.body.1": "a", "card.1.body.1": "c"}
    for _ in range(12):
        change_cards(made, {"add": "1"})
    assert len(made.cards) == 10


# The form


def test_the_form_draws_offer_and_cards_as_one_writes(as_alice: Client) -> None:
    page = as_alice.post(reverse("templates:check"), offer()).content.decode()
    assert "Until Sunday" in page and "Nothing in it breaks a rule" in page
    page = as_alice.post(reverse("templates:check"), carousel(samples(as_alice))).content.decode()
    assert page.count("See it") == 2 and "Nothing in it breaks a rule" in page
    assert page.count('class="block w-full h-24') == 2
    page = as_alice.post(f"{reverse('templates:part')}?part=cards&add=1", form(shape="carousel")).content.decode()
    assert 'name="card-1-body"' in page and 'name="card-2-body"' not in page and 'name="card-1-sample-upload"' in page
    page = as_alice.post(f"{reverse('templates:part')}?part=examples", carousel(["", ""])).content.decode()
    assert 'name="example-card.1.body.first_name" value="Ada"' in page and "Card 2" in page


def test_b15_a_carousel_is_submitted_with_a_sample_on_each_card_and_edited(
    as_alice: Client, account: Account, meta: Running
) -> None:
    given = carousel(samples(as_alice, 3), accounts=[public_id(account)])
    as_alice.post(reverse("templates:new"), given)
    row = Template.objects.get(name="spring_offer")
    cards = row.components[-1]["cards"]
    handles = [card["components"][0]["example"]["header_handle"][0] for card in cards]
    assert len(set(handles)) == 3 and all(each.startswith("4::") for each in handles)
    assert row.card_samples == list(Sample.objects.order_by("pk").values_list("pk", flat=True))
    meta.admin("templates", {"template": "spring_offer", "status": "REJECTED"})
    Template.objects.filter(pk=row.pk).update(status="REJECTED")
    page = as_alice.get(reverse("templates:edit", args=[public_id(row)])).content.decode()
    assert "Tent 3 for {{first_name}} is light" in page and page.count("the sample for Meta") == 3
    page = as_alice.get(reverse("templates:show", args=[public_id(row)])).content.decode()
    assert page.count('class="block w-full h-24') == 3
    as_alice.post(reverse("templates:edit", args=[public_id(row)]), {**given, "card-1-body": "Now another text"})
    row.refresh_from_db()
    assert row.components[-1]["cards"][1]["components"][1]["text"] == "Now another text"
    assert len(row.card_samples) == 3


def test_b15_an_offer_is_submitted(as_alice: Client, account: Account, meta: Running) -> None:
    as_alice.post(reverse("templates:new"), offer(accounts=[public_id(account)]))
    row = Template.objects.get(name="spring_offer")
    offered = next(part for part in row.components if part["type"] == "LIMITED_TIME_OFFER")
    assert offered["limited_time_offer"] == {"text": "Until Sunday", "has_expiration": True}
    ends = rendering.shown(row, {"limited_time_offer.expiration": "1900000000"}).offer_ends
    assert ends is not None and ends.year == 2030


def test_dangerous_words_on_cards_are_text(as_alice: Client) -> None:
    given = carousel(["", ""], **{"card-0-body": "<script>alert(1)</script> {{7*7}}"})
    page = as_alice.post(reverse("templates:check"), given).content.decode()
    assert "<script>alert" not in page and "{{7*7}}" in page
