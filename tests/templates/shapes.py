"""Offers, carousels and catalogues of every form, the languages taking turns; their golden file as in matrix.py.

python -m tests.templates.shapes     writes the golden file anew
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from tests.templates.matrix import BODIES, LANGUAGES, MEDIA, WORDS
from tradewind.templates.authoring.writing import Button, Card, Writing
from tradewind.whatsapp.payloads import Template

GOLDEN = Path(__file__).parent / "golden" / "shapes.json"
LINK = Button("url", "Shop", "https://shop.example.com/{{1}}", "https://shop.example.com/17")
CODE = Button("copy_code", example="SPRING15")
OFFER_BUTTONS = {"link": [LINK], "code": [CODE, LINK]}
CARD_BUTTONS = {
    "none": [],
    "link": [LINK],
    "quick": [Button("quick_reply", "Tell me more")],
    "both": [Button("quick_reply", "Tell me more"), LINK],
}
VALUES = {
    "1": "Ada", "2": "A-17", "first_name": "ليلى", "order_number": "NW <b>&1", "code": "SPRING20",
    "expiration": "1900000000", "products": "SKU-1, SKU-2",
}  # fmt: skip
OFFER_WORDS = {"en": "Until Sunday", "de": "Nur bis Sonntag", "it": "Fino a domenica", "ar": "حتى يوم الأحد"}


def offers() -> Iterator[tuple[str, dict[str, Any]]]:
    for header, buttons, ends, body in product(("none", "image", "video"), OFFER_BUTTONS, (True, False), BODIES):
        name = f"offer_{header}_{buttons}_{'ends' if ends else 'open'}_{body}"
        yield name, {"shape": "offer", "header": header, "offer_ends": ends, "text": body,
                     "buttons": OFFER_BUTTONS[buttons]}  # fmt: skip


def carousels() -> Iterator[tuple[str, dict[str, Any]]]:
    for header, buttons, count, body in product(("image", "video"), CARD_BUTTONS, (2, 3), ("plain", "one", "named")):
        name = f"carousel_{header}_{buttons}_{count}_{body}"
        yield name, {"shape": "carousel", "card_header": header, "text": body, "count": count,
                     "card_buttons": CARD_BUTTONS[buttons]}  # fmt: skip


def catalogues() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, body in product(("catalog", "mpm"), BODIES):
        yield f"catalogue_{kind}_{body}", {"shape": "catalogue", "catalogue": kind, "text": body}


def writings() -> Iterator[tuple[str, Writing]]:
    for place, (name, wanted) in enumerate([*offers(), *carousels(), *catalogues()]):
        yield name, writing(name, LANGUAGES[place % len(LANGUAGES)], **wanted)


def writing(name: str, language: str, *, text: str, count: int = 0, card_buttons: Any = (), **wanted: Any) -> Writing:
    said = BODIES[text].format(*WORDS[language])
    made = Writing(
        name=name, language=language, category="MARKETING", body=said, cards=[
            Card(f"{place}. {said}"[:160], [*card_buttons]) for place in range(1, count + 1)
        ], **wanted,
    )  # fmt: skip
    if made.shape == "offer":
        made.offer_text = OFFER_WORDS[language]
    if made.catalogue == "mpm":
        made.header, made.header_text = "text", WORDS[language][0]
    parts = ("body", *(f"card.{place}.body" for place in range(count)))
    made.examples = {f"{part}.{key}": "x" for part in parts for key in ("1", "2", "first_name", "order_number")}
    return made


def sent(writing: Writing) -> dict[str, Any]:
    """The message with a value in each variable and a file in each place."""
    craft = Template(writing.components(), writing.name, writing.language, writing.parameter_format)
    values = {variable.slot: VALUES[variable.key] for variable in craft.variables}
    on_cards = [MEDIA[kind] for kind in craft.card_header_kinds if kind]
    return craft.message(values, header_media=MEDIA.get(writing.header), card_media=on_cards)


def cell(writing: Writing) -> dict[str, Any]:
    craft = Template(writing.components(), writing.name, writing.language, writing.parameter_format)
    values = {variable.slot: VALUES[variable.key] for variable in craft.variables}
    return {"definition": writing.definition(), "message": sent(writing), "read": craft.preview(values).text}


if __name__ == "__main__":
    cells = {name: cell(each) for name, each in writings()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(each, ensure_ascii=False)}" for name, each in cells.items())
    GOLDEN.write_text(f"{{\n{lines}\n}}\n")
