"""Templates of every shape: header × text × buttons, in four languages that take turns. The golden file holds what
Meta is sent to make each, what it is sent to send it, and what the person reads.

    python -m tests.templates.matrix     writes the golden file anew
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from tradewind.templates.authoring.writing import HEADERS, Button, Writing
from tradewind.whatsapp.payloads import Template

GOLDEN = Path(__file__).parent / "golden" / "matrix.json"
LANGUAGES = ("en", "de", "it", "ar")
FOOTERS = {"en": "Reply STOP", "de": "Antworten Sie STOPP", "it": "Risponda STOP", "ar": "أرسل إيقاف"}
WORDS = {
    "en": ("Hello", "your order", "is on its way to you today, and thank you for it."),
    "de": ("Hallo", "Ihre Bestellung", "ist heute auf dem Weg zu Ihnen, und danke dafür."),
    "it": ("Ciao", "il tuo ordine", "è in viaggio verso di te oggi, e grazie di tutto."),
    "ar": ("مرحبا", "طلبك رقم", "في الطريق إليك اليوم وشكرا جزيلا لك على ذلك."),
}
BODIES = {
    "plain": "{0}, {1} {2}",
    "one": "{0} {{{{1}}}}, {1} {2}",
    "two": "{0} {{{{1}}}}, {1} {{{{2}}}} {2}",
    "named": "*{0}* {{{{first_name}}}}, {1} {{{{order_number}}}}\n{2}",
}
BUTTONS = {
    "none": [],
    "quick": [Button("quick_reply", "Yes"), Button("quick_reply", "No")],
    "static": [Button("url", "Shop", "https://shop.example.com/")],
    "dynamic": [Button("url", "Track", "https://shop.example.com/t/{{1}}", "https://shop.example.com/t/17")],
    "phone": [Button("phone_number", "Call", phone="+4940123456")],
    "code": [Button("copy_code", example="SPRING15")],
    "mixed": [
        Button("quick_reply", "Tell me more"),
        Button("url", "Track", "https://shop.example.com/t/{{1}}", "https://shop.example.com/t/17"),
        Button("phone_number", "Call", phone="+4940123456"),
        Button("copy_code", example="SPRING15"),
    ],
}
VALUES = {"1": "Ada", "2": "A-17", "first_name": "ليلى", "order_number": "NW <b>&1", "code": "SPRING20"}
MEDIA = {
    "image": {"id": "1037"},
    "video": {"link": "https://example.com/a.mp4"},
    "document": {"id": "1038", "filename": "Prices.pdf"},
    "location": {"latitude": 53.5, "longitude": 9.9, "name": "Harbour"},
}


def writings(only: str = "") -> Iterator[tuple[str, Writing]]:
    """(name, writing) of each cell; the languages take turns, unless all are in one."""
    for place, (header, body, buttons) in enumerate(product(HEADERS, BODIES, BUTTONS)):
        language = only or LANGUAGES[place % len(LANGUAGES)]
        name = f"{header}_{body}_{buttons}"
        variable = "{{first_name}}" if body == "named" else "{{1}}"
        yield name, Writing(
            name=name, language=language, category="UTILITY", header=header,
            header_text=f"{WORDS[language][0]} {variable}!" if header == "text" else "",
            body=BODIES[body].format(*WORDS[language]), footer=FOOTERS[language] if place % 2 else "",
            buttons=list(BUTTONS[buttons]),
            examples={f"{part}.{key}": "x" for part in ("header", "body") for key in VALUES},
        )  # fmt: skip


def cell(writing: Writing) -> dict[str, Any]:
    """What the golden file holds of one."""
    craft = Template(writing.components(), writing.name, writing.language, writing.parameter_format)
    values = {variable.slot: VALUES[variable.key] for variable in craft.variables}
    return {
        "definition": writing.definition(),
        "message": craft.message(values, header_media=MEDIA.get(writing.header)),
        "read": craft.preview(values).text,
    }


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    cells = {name: cell(writing) for name, writing in writings()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(each, ensure_ascii=False)}" for name, each in cells.items())
    GOLDEN.write_text(f"{{\n{lines}\n}}\n")
