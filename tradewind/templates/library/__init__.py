"""Good templates to start from, in our own words and several languages: each is a form filled in, to be changed."""

from dataclasses import dataclass

from tradewind.templates.authoring.writing import Button, Card, Writing
from tradewind.templates.library import arabic, english, german, italian
from tradewind.templates.library.ideas import IDEAS, Idea
from tradewind.templates.library.text import Text
from tradewind.whatsapp.payloads.placeholders import keys_of

__all__ = ["IDEAS", "LANGUAGES", "Idea", "Shelf", "find", "languages_of", "shelf", "writing_of"]

LANGUAGES = {"en": english.TEXTS, "de": german.TEXTS, "it": italian.TEXTS, "ar": arabic.TEXTS}
EXAMPLES = {
    "first_name": {"ar": "ليلى", "it": "Giulia", "de": "Katharina", "en": "Emma"},
    "product": {"ar": "حقيبة الظهر", "it": "lo zaino Fjella", "de": "den Rucksack Fjella", "en": "the Fjella backpack"},
    "amount": {"ar": "129 درهم", "it": "89,90 €", "de": "89,90 €", "en": "€89.90"},
    "date": {
        "ar": "الاثنين 24 نوفمبر",
        "it": "lunedì 24 novembre",
        "de": "Montag, 24. November",
        "en": "Monday 24 November",
    },
    "time": {"ar": "10:30", "it": "10:30", "de": "10:30", "en": "10:30"},
    "order_number": dict.fromkeys(("ar", "it", "de", "en"), "NW-20417"),
    "percent": dict.fromkeys(("ar", "it", "de", "en"), "15"),
}
SHOP = "https://shop.example.com/"


@dataclass(frozen=True, slots=True)
class Shelf:
    """An idea with its text in one language, and the languages that it comes in."""

    idea: Idea
    text: Text
    language: str
    languages: list[str]


def shelf(language: str) -> list[Shelf]:
    """All ideas, in this language where they have it, else in English."""
    found = []
    for idea in IDEAS:
        own = language if idea.key in LANGUAGES.get(language, {}) else "en"
        found.append(Shelf(idea, LANGUAGES[own][idea.key], own, languages_of(idea.key)))
    return found


def languages_of(key: str) -> list[str]:
    return [language for language, texts in LANGUAGES.items() if key in texts]


def find(key: str) -> Idea | None:
    return next((idea for idea in IDEAS if idea.key == key), None)


def writing_of(idea: Idea, language: str) -> Writing:
    """An idea as the form holds it, in this language or in English."""
    own = language if idea.key in LANGUAGES.get(language, {}) else "en"
    text = LANGUAGES[own][idea.key]
    kinds = list(idea.buttons)
    buttons = [button_of(kind, text.buttons[place], idea.key) for place, kind in enumerate(kinds)]
    header = idea.header
    return Writing(
        name=idea.key,
        language=own,
        category=idea.category,
        header=header,
        header_text=text.header if header == "text" else "",
        body=text.body,
        footer=text.footer,
        buttons=buttons,
        examples={f"body.{key}": EXAMPLES[key][own] for key in keys_of(text.body)},
        shape=idea.shape,
        offer_text=text.offer,
        cards=[Card(words, [button_of("url", label, idea.key)]) for words, label in text.cards],
    )


def button_of(kind: str, words: str, key: str) -> Button:
    if kind == "url":
        return Button("url", words, f"{SHOP}{key.replace('_', '-')}/{{{{1}}}}", f"{SHOP}{key.replace('_', '-')}/20417")
    if kind == "copy_code":
        return Button("copy_code", "", example=words)
    return Button(kind, words)
