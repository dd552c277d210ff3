"""{% standing contact %}: scores, grade, life cycle, orders and spend of a person, for their page."""

from typing import Any

from django import template

from tradewind.contacts.models import Contact
from tradewind.contacts.standing import shown, words

register = template.Library()


@register.inclusion_tag("contacts/_standing.html", takes_context=True)
def standing(context: dict[str, Any], contact: Contact) -> dict[str, Any]:
    return {"standing": shown.of(contact), "request": context.get("request"), "contact": contact}


@register.filter
def stage_word(stage: str) -> words.Words:
    """at_risk → at risk."""
    return words.STAGES[stage][0] if stage in words.STAGES else ""


@register.filter
def stage_tone(stage: str) -> str:
    return words.STAGES[stage][1] if stage in words.STAGES else ""


@register.filter
def matrix_word(matrix: str) -> str:
    return words.matrix(matrix)


@register.filter
def field_words(key: str) -> str:
    """A business's own field as its page shows it: order_number → Order number."""
    words_of_it = key.replace("_", " ").strip()
    return words_of_it[:1].upper() + words_of_it[1:]
