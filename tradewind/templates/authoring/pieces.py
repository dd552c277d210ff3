"""What of the form depends on what is written: phone, refusals, counts, fields of examples, buttons, cards."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.templates import rendering
from tradewind.templates.authoring import rules, writing
from tradewind.templates.authoring.writing import Button, Card, Writing
from tradewind.templates.models import Sample
from tradewind.whatsapp.payloads.definitions import LONGEST_OFFER_BODY
from tradewind.workspaces.door import public_id
from tradewind.workspaces.request import MemberRequest

COUNTED = (("header_text", 60), ("body", 1_024), ("footer", 60))


def pieces_of(
    request: MemberRequest, made: Writing, sample: Sample | None, on_cards: list[Sample | None]
) -> dict[str, Any]:
    """What depends on what is written: phone, problems, counts, the fields of examples, buttons and cards."""
    found = rules.problems(made, has_sample=sample is not None, card_samples=on_cards)
    drawn = rendering.drawn_of(made.components(), made.name, made.language, made.parameter_format)
    cards = [shown_sample(each) if each else None for each in on_cards]
    return {
        "writing": made,
        "shown": drawn.with_pictures([card["url"] if card and card["kind"] == "image" else "" for card in cards]),
        **card_fields(made, cards),
        "sample": shown_sample(sample) if sample else None,
        "problems": found,
        "problem_of": {each.field: each.sentence for each in reversed(found)},
        "counts": [(name, len(getattr(made, name)), most_of(made, name, most)) for name, most in COUNTED],
        "examples": [
            (where, key, made.examples.get(f"{where}.{key}", ""), place_words(where)) for where, key in made.variables
        ],
        "buttons": list(enumerate(made.buttons)),
        "may_add": len(made.buttons) < writing.MOST_BUTTONS,
        "sender": request.workspace.name,
        "lang": made.language.replace("_", "-"),
        "is_empty": not made.body,
    }


def most_of(made: Writing, name: str, most: int) -> int:
    """How long a text may be: an offer's is shorter."""
    return LONGEST_OFFER_BODY if (made.shape, name) == ("offer", "body") else most


def card_fields(made: Writing, cards: list[dict[str, str] | None]) -> dict[str, Any]:
    """The fields of the cards; which kinds of buttons they have is said once for all."""
    kinds = [button.kind for button in made.cards[0].buttons] if made.cards else ["url"]
    return {
        "cards": [
            (place, f"card-{place}-sample", card, cards[place] if place < len(cards) else None, with_kinds(card, kinds))
            for place, card in enumerate(made.cards)
        ],
        "card_kinds": [*kinds, "", ""][: writing.MOST_CARD_BUTTONS],
        "may_add_card": len(made.cards) < writing.MOST_CARDS,
        "may_take_card": len(made.cards) > writing.FEWEST_CARDS,
    }


def with_kinds(card: Card, kinds: list[str]) -> list[Button]:
    """The card's buttons, one of each kind that all cards have."""
    return [card.buttons[n] if n < len(card.buttons) else Button(kind) for n, kind in enumerate(kinds)]


def place_words(where: str) -> str:
    """Where a variable stands, for the table of examples; "" for the text."""
    if where == "header":
        return _("Header")
    return _("Card %(n)s") % {"n": int(where.split(".")[1]) + 1} if where.startswith("card.") else ""


def shown_sample(sample: Sample) -> dict[str, str]:
    return {
        "ref": public_id(sample),
        "name": sample.name,
        "kind": sample.kind,
        "facts": _("the sample for Meta's reviewers"),
        "advice": "",
        "url": reverse("templates:sample", args=[public_id(sample)]),
    }


def change_buttons(made: Writing, asked: Mapping[str, str]) -> None:
    gone = asked.get("remove", "")
    if gone.isdecimal() and len(gone) < 3 and int(gone) < len(made.buttons):
        del made.buttons[int(gone)]
    if asked.get("add", "") in writing.BUTTONS and len(made.buttons) < writing.MOST_BUTTONS:
        place = 0 if asked["add"] == "quick_reply" else len(made.buttons)
        quick = [place for place, button in enumerate(made.buttons) if button.kind == "quick_reply"]
        made.buttons.insert(quick[-1] + 1 if asked["add"] == "quick_reply" and quick else place, Button(asked["add"]))


def change_cards(made: Writing, asked: Mapping[str, str]) -> None:
    """A carousel has two cards at least."""
    gone = asked.get("remove", "")
    if gone.isdecimal() and len(gone) < 3 and int(gone) < len(made.cards) > writing.FEWEST_CARDS:
        del made.cards[int(gone)]
        made.examples = without_card(made.examples, int(gone))
    missing = writing.FEWEST_CARDS - len(made.cards)
    made.cards += [Card() for _n in range(max(missing, 1 if asked.get("add") else 0))]
    del made.cards[writing.MOST_CARDS :]


def without_card(examples: Mapping[str, str], gone: int) -> dict[str, str]:
    """The examples after a card went: those of the cards behind it move up."""
    kept = {}
    for name, value in examples.items():
        part, _dot, rest = name.removeprefix("card.").partition(".")
        place = int(part) if name.startswith("card.") and part.isdecimal() else -1
        if place != gone:
            kept[f"card.{place - 1}.{rest}" if place > gone else name] = value
    return kept
