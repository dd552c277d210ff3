"""Template review: what a reviewer looks at, and what becomes of the template."""

import re
from typing import Any

from tradewind.simulator.customers.chance import between
from tradewind.simulator.quality import status_update
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Template

PROMOTION = re.compile(
    r"\b(sale|discount|coupon|offer|deal|promo|voucher|rabatt|angebot|gutschein|sconto|offerta|oferta|descuento|cupón|"
    r"promoção|desconto|remise|soldes|خصم|عرض|ส่วนลด|โปรโมชั่น)\b|\d\s?% off",
    re.IGNORECASE,
)
SCAM = re.compile(
    r"(credit card number|card pin|\bcvv\b|social security number|send (your )?password|crypto giveaway)", re.IGNORECASE
)
ABUSE = re.compile(r"\b(or else|we will sue you|you will regret|last threat)\b", re.IGNORECASE)
ADVICE = {
    "SCAM": "Do not ask for sensitive identifiers such as card or identity numbers.",
    "ABUSIVE_CONTENT": "Do not threaten.",
    "INVALID_FORMAT": "The text is the same as in another template of this account.",
    "TAG_CONTENT_MISMATCH": "The text is not in the language that was chosen.",
}
SCRIPTS = {
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
}


def text_of(components: list[dict[str, Any]]) -> str:
    """All that a reviewer reads of a template."""
    return "\n".join(str(part.get("text", "")) for part in components)


def category_of(category: str, components: list[dict[str, Any]]) -> str:
    """The category that Meta gives: utility that promotes becomes marketing."""
    return "MARKETING" if category == "UTILITY" and PROMOTION.search(text_of(components)) else category


def begin(simulation: Simulation, template: Template) -> None:
    """Put a template under review."""
    template.status = "PENDING"
    draw = simulation.chance.draw(f"review|{template.name}|{template.language}")[0]
    wait = between(simulation.world.timing.review, draw)
    simulation.wheel.at(simulation.clock.time() + wait, _decide, simulation, template, template.components)


def verdict(simulation: Simulation, template: Template) -> str:
    """NONE, or the reason for which the template is rejected."""
    text = text_of(template.components)
    if SCAM.search(text):
        return "SCAM"
    if ABUSE.search(text):
        return "ABUSIVE_CONTENT"
    script = SCRIPTS.get(template.language.partition("_")[0])
    if script is not None and not script.search(text):
        return "TAG_CONTENT_MISMATCH"
    return "INVALID_FORMAT" if _has_twin(simulation, template) else "NONE"


def _has_twin(simulation: Simulation, template: Template) -> bool:
    own = _body_and_footer(template)
    others = (
        other for other in simulation.shelf.of(template.waba_id) if other is not template and other.status == "APPROVED"
    )
    return template.category != "AUTHENTICATION" and any(_body_and_footer(other) == own for other in others)


def _body_and_footer(template: Template) -> str:
    return text_of([part for part in template.components if part["type"] in ("BODY", "FOOTER")])


def _decide(at: float, simulation: Simulation, template: Template, seen: list[dict[str, Any]]) -> None:
    if template.status != "PENDING" or template.components is not seen:
        return  # changed or deleted meanwhile: another review is under way
    reason = verdict(simulation, template)
    template.rejected_reason = reason
    template.status = "APPROVED" if reason == "NONE" else "REJECTED"
    value = status_update(template, template.status, reason)
    if reason != "NONE":
        value["rejection_info"] = {"reason": reason, "recommendation": ADVICE[reason]}
    simulation.tell_field(template.waba_id, "message_template_status_update", value, at)
