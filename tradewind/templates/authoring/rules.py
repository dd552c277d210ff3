"""Meta's rules for templates in plain words, checked as one writes: what it would refuse, and where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.templates.authoring.writing import FILES, Button, Writing
from tradewind.whatsapp.payloads import definition_problems
from tradewind.whatsapp.payloads.placeholders import PLACEHOLDER

LONGEST = {"header_text": 60, "body": 1_024, "footer": 60, "name": 512}
LONGEST_BUTTON, LONGEST_CODE = 25, 15
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f1e6-\U0001faff\u2b50\u2b55]")
_BRACES = re.compile(r"\{\{|\}\}")
# Fields of definition_problems → the form's.
FORM_FIELD = {"header": "header_text", "offer": "offer_text"}
_CARD = re.compile(r"card\.(\d+)\..*")
# Shown beside the fields before anything is wrong.
HINTS: dict[str, str | Promise] = {
    "name": gettext_lazy("Small letters, digits and underscores. People never see it."),
    "category": gettext_lazy("Marketing is anything that advertises. Meta moves a template that is in the wrong one."),
    "body": gettext_lazy(
        "Variables are written {{1}}, {{2}} or {{first_name}}. Not first, not last, and with words between them."
    ),
    "footer": gettext_lazy("Small print, such as how to opt out. No variables."),
    "offer_text": gettext_lazy("At most 16 characters, such as “Until Sunday”. It stands beside the countdown."),
    "cards": gettext_lazy(
        "2 to 10 cards side by side, each with a picture or video, up to 160 characters and buttons."
    ),
    "buttons": gettext_lazy("Up to 10: quick replies together, at most 2 addresses, 1 phone number, 1 coupon code."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that Meta would refuse. `field` is the form's: name, body, buttons, button-0, example-body.1 …"""

    field: str
    sentence: str


def problems(writing: Writing, *, has_sample: bool, card_samples: Sequence[object] = ()) -> list[Problem]:
    """Everything that Meta would refuse, in the order of the form. `card_samples`: one for each card, or None."""
    found = [*of_meta(writing), *of_ours(writing, has_sample), *of_cards(writing, card_samples)]
    order = ["name", "language", "category", "header_text", "sample", "offer_text", "body", "examples", "footer"]
    order += ["cards", *(f"card-{place}" for place in range(len(writing.cards))), "buttons"]
    seen: set[tuple[str, str]] = set()
    kept = []
    for problem in sorted(found, key=lambda each: rank(each.field, order)):
        if (problem.field, problem.sentence) not in seen:
            seen.add((problem.field, problem.sentence))
            kept.append(problem)
    return kept


def rank(field: str, order: list[str]) -> int:
    base = "buttons" if field.startswith("button") else field
    return order.index(base) if base in order else len(order)


def of_meta(writing: Writing) -> Iterator[Problem]:
    for problem in definition_problems(writing.definition()):
        field = FORM_FIELD.get(problem.field, problem.field)
        sentence = _(problem.sentence) % problem.values
        if field.startswith("buttons."):
            field = f"button-{field.removeprefix('buttons.')}"
        elif card := _CARD.fullmatch(field):
            field, sentence = f"card-{card[1]}", on_card(int(card[1]), sentence)
        yield Problem(field, sentence)


def of_ours(writing: Writing, has_sample: bool) -> Iterator[Problem]:
    """What the definition alone does not show."""
    if writing.header in FILES and not has_sample:
        yield Problem("sample", _("Meta's reviewers need a sample of the file that will stand on top."))
    if writing.header == "text":
        yield from of_header(writing.header_text)
    for field, text in (("header_text", writing.header_text), ("body", writing.body)):
        if _BRACES.search(PLACEHOLDER.sub("", text)):
            yield Problem(field, _("A variable is not closed: it is written {{name}} with two braces on each side."))
    if "\n\n\n" in writing.body:
        yield Problem("body", _("Meta takes no more than one empty line in a row."))
    yield from of_buttons(writing.buttons)


def on_card(place: int, sentence: str) -> str:
    return _("Card %(n)s: %(problem)s") % {"n": place + 1, "problem": sentence}


def of_cards(writing: Writing, samples: Sequence[object]) -> Iterator[Problem]:
    for place, card in enumerate(writing.cards):
        if place >= len(samples) or samples[place] is None:
            yield Problem(f"card-{place}", on_card(place, _("Meta's reviewers need a sample of its picture or video.")))
        if _BRACES.search(PLACEHOLDER.sub("", card.body)):
            yield Problem(f"card-{place}", on_card(place, _("A variable is not closed.")))
        for problem in of_buttons(card.buttons):
            yield Problem(f"card-{place}", on_card(place, problem.sentence))


def of_header(text: str) -> Iterator[Problem]:
    if not text:
        yield Problem("header_text", _("Write the header, or choose none."))
    if "\n" in text or re.search(r"[*_~`]", PLACEHOLDER.sub("", text)) or _EMOJI.search(text):
        yield Problem("header_text", _("The header takes no line breaks, no emoji and no * _ ~ for formatting."))


def of_buttons(buttons: Sequence[Button]) -> Iterator[Problem]:
    labels = [button.text.casefold() for button in buttons if button.kind != "copy_code"]
    for place, button in enumerate(buttons):
        field = f"button-{place}"
        if _EMOJI.search(button.text) or "\n" in button.text or PLACEHOLDER.search(button.text):
            yield Problem(field, _("A button's words take no emoji and no variables."))
        if button.kind != "copy_code" and button.text and labels.count(button.text.casefold()) > 1:
            yield Problem(field, _("Two buttons say the same; each needs its own words."))
        if button.kind == "phone_number" and not _PHONE.fullmatch(button.phone.replace(" ", "")):
            yield Problem(field, _("Write the phone number with its country, such as +49 40 123456."))
        if button.kind == "copy_code" and not re.fullmatch(rf"[A-Za-z0-9]{{1,{LONGEST_CODE}}}", button.example):
            yield Problem(field, _("A sample code has letters and digits only, at most %(n)s.") % {"n": LONGEST_CODE})
