"""Scores, grades, stages and facts in the reader's words, each with why it is so."""

from collections.abc import Callable
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, get_currency_symbol
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from tradewind.contacts import money
from tradewind.workspaces.locales import reader_locale

Words = str | Promise

NO_BREAK = "\N{NO-BREAK SPACE}"
# Keeps a figure with its sign in order inside a sentence that runs from right to left.
ISOLATE, END_ISOLATE = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

# Word and tone of each life cycle stage; the sentence says what it means.
STAGES: dict[str, tuple[Words, str, Words]] = {
    "new": (pgettext_lazy("life cycle", "new"), "accent", gettext_lazy("Known for a month at most.")),
    "growing": (pgettext_lazy("life cycle", "growing"), "good", gettext_lazy("In the second and third month.")),
    "regular": (pgettext_lazy("life cycle", "regular"), "good", gettext_lazy("With you for longer, and in touch.")),
    "at_risk": (pgettext_lazy("life cycle", "at risk"), "warn", gettext_lazy("Silent for a good while.")),
    "sleeping": (
        pgettext_lazy("life cycle", "sleeping VIP"), "bad", gettext_lazy("Was worth much, and is silent for long."),
    ),
    "history": (pgettext_lazy("life cycle", "history"), "", gettext_lazy("Silent for long.")),
}  # fmt: skip
HEATS: dict[str, Words] = {
    "hot": pgettext_lazy("heat", "hot"),
    "warm": pgettext_lazy("heat", "warm"),
    "mild": pgettext_lazy("heat", "mild"),
    "cool": pgettext_lazy("heat", "cool"),
    "cold": pgettext_lazy("heat", "cold"),
}
FIGURES: dict[str, Words] = {
    "engagement": gettext_lazy("Engagement"),
    "intent": gettext_lazy("Intent to buy"),
    "heat": gettext_lazy("Heat"),
    "grade": gettext_lazy("Grade"),
    "stage": gettext_lazy("Life cycle"),
    "recency": gettext_lazy("Last order"),
    "frequency": gettext_lazy("Orders a year"),
    "monetary": gettext_lazy("Spend a year"),
}
AMOUNTS: dict[str, Words] = {
    "low": gettext_lazy("spends little"),
    "middle": gettext_lazy("spends some"),
    "high": gettext_lazy("spends much"),
}
FREQUENCIES: dict[str, Words] = {
    "rare": gettext_lazy("seldom"),
    "sometimes": gettext_lazy("now and then"),
    "often": gettext_lazy("often"),
}
ZONE_GROUPS: dict[str, Words] = {
    "americas": gettext_lazy("Americas"),
    "europe_africa": gettext_lazy("Europe and Africa"),
    "middle_asia": gettext_lazy("Gulf to India"),
    "asia_pacific": gettext_lazy("East Asia and Pacific"),
}
CLIMATES: dict[str, Words] = {
    "tropical": pgettext_lazy("climate", "tropical"),
    "dry": pgettext_lazy("climate", "dry"),
    "warm": pgettext_lazy("climate", "warm"),
    "temperate": pgettext_lazy("climate", "temperate"),
    "cold": pgettext_lazy("climate", "cold"),
}
SKIES: dict[str, Words] = {
    "clear": pgettext_lazy("weather", "clear"),
    "cloudy": pgettext_lazy("weather", "cloudy"),
    "rain": pgettext_lazy("weather", "rain"),
    "snow": pgettext_lazy("weather", "snow"),
    "storm": pgettext_lazy("weather", "thunderstorm"),
}
HABITS: dict[str, Words] = {
    "night": gettext_lazy("at night"),
    "morning": gettext_lazy("in the morning"),
    "afternoon": gettext_lazy("in the afternoon"),
    "evening": gettext_lazy("in the evening"),
    "mon_night": gettext_lazy("Monday night"),
    "mon_morning": gettext_lazy("Monday morning"),
    "mon_afternoon": gettext_lazy("Monday afternoon"),
    "mon_evening": gettext_lazy("Monday evening"),
    "tue_night": gettext_lazy("Tuesday night"),
    "tue_morning": gettext_lazy("Tuesday morning"),
    "tue_afternoon": gettext_lazy("Tuesday afternoon"),
    "tue_evening": gettext_lazy("Tuesday evening"),
    "wed_night": gettext_lazy("Wednesday night"),
    "wed_morning": gettext_lazy("Wednesday morning"),
    "wed_afternoon": gettext_lazy("Wednesday afternoon"),
    "wed_evening": gettext_lazy("Wednesday evening"),
    "thu_night": gettext_lazy("Thursday night"),
    "thu_morning": gettext_lazy("Thursday morning"),
    "thu_afternoon": gettext_lazy("Thursday afternoon"),
    "thu_evening": gettext_lazy("Thursday evening"),
    "fri_night": gettext_lazy("Friday night"),
    "fri_morning": gettext_lazy("Friday morning"),
    "fri_afternoon": gettext_lazy("Friday afternoon"),
    "fri_evening": gettext_lazy("Friday evening"),
    "sat_night": gettext_lazy("Saturday night"),
    "sat_morning": gettext_lazy("Saturday morning"),
    "sat_afternoon": gettext_lazy("Saturday afternoon"),
    "sat_evening": gettext_lazy("Saturday evening"),
    "sun_night": gettext_lazy("Sunday night"),
    "sun_morning": gettext_lazy("Sunday morning"),
    "sun_afternoon": gettext_lazy("Sunday afternoon"),
    "sun_evening": gettext_lazy("Sunday evening"),
}
# What became of an order, by the event that told it.
BECAME: dict[str, Words] = {
    "order.paid": pgettext_lazy("order", "paid"),
    "order.refunded": pgettext_lazy("order", "money given back"),
    "order.cancelled": pgettext_lazy("order", "cancelled"),
}
# Outside events that shops tell most: icon and words; others show their own name.
EVENTS: dict[str, tuple[str, Words]] = {
    "order.placed": ("shopping-bag", gettext_lazy("Ordered")),
    "order.paid": ("circle-check", gettext_lazy("Paid an order")),
    "order.cancelled": ("circle-minus", gettext_lazy("Cancelled an order")),
    "order.refunded": ("arrow-left-right", gettext_lazy("Got money back")),
    "cart.updated": ("shopping-bag", gettext_lazy("Put something into the cart")),
    "quote.requested": ("file-text", gettext_lazy("Asked for a quote")),
    "quote.sent": ("file-text", gettext_lazy("Got a quote")),
    "page.viewed": ("globe", gettext_lazy("Looked at a page")),
    "link.clicked": ("mouse-pointer-click", gettext_lazy("Clicked a link")),
}


def amount(minor: float, currency: str) -> str:
    """Money from the currency's smallest unit, as the house writes it: the sign in front, € 3,210.40."""
    decimals = len(str(money.minor_units(currency))) - 1
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    value = format_decimal(amount_of(minor, currency), pattern, locale=reader_locale(), numbering_system="latn")
    text = f"{get_currency_symbol(currency, locale=Locale.parse('en'))}{NO_BREAK}{value}"
    return f"{ISOLATE}{text}{END_ISOLATE}" if get_language_bidi() else text


def amount_of(minor: float, currency: str) -> float:
    """Major units, for programs."""
    return minor / money.minor_units(currency)


def matrix(word: str) -> str:
    """low_rare → spends little, seldom."""
    spend, _line, often = word.partition("_")
    return f"{AMOUNTS[spend]}, {FREQUENCIES[often]}" if spend in AMOUNTS and often in FREQUENCIES else ""


def reason(code: str, facts: dict[str, Any]) -> str:
    """The sentence of one reason; a code of a version to come shows itself."""
    known = REASONS.get(code)
    return known(facts) if known else code.replace("_", " ")


def read(facts: dict[str, Any]) -> str:
    return ngettext(
        "Read %(read)s of the last message", "Read %(read)s of the last %(of)s messages", facts.get("of", 0)
    ) % {"read": facts.get("read", 0), "of": facts.get("of", 0)}


def depth(facts: dict[str, Any]) -> str:
    n, clicks = facts.get("days", 0), facts.get("clicks", 0)
    days = ngettext("wrote on %(n)s day", "wrote on %(n)s days", n) % {"n": n}
    clicked = ngettext("%(n)s click", "%(n)s clicks", clicks) % {"n": clicks}
    return _("In 90 days: %(days)s, %(clicks)s") % {"days": days, "clicks": clicked}


def last_sign(facts: dict[str, Any]) -> str:
    return {
        "hot": _("Gave a sign within the hour"),
        "warm": _("Gave a sign within a day"),
        "mild": _("Gave a sign within 7 days"),
        "cool": _("No sign for more than 7 days"),
    }.get(str(facts.get("word")), _("No sign for more than 30 days"))


def orders_a_month(facts: dict[str, Any]) -> str:
    n = facts.get("n", 0)
    return ngettext(
        "%(n)s order in 90 days: %(monthly)s a month", "%(n)s orders in 90 days: %(monthly)s a month", n
    ) % {"n": n, "monthly": facts.get("monthly", 0)}


def last_order(facts: dict[str, Any]) -> str:
    n = facts.get("days", 0)
    return ngettext("The last order was %(n)s day ago", "The last order was %(n)s days ago", n) % {"n": n}


def stage_why(facts: dict[str, Any]) -> str:
    known, silent = facts.get("known", 0), facts.get("silent", 0)
    return _("Known for %(known)s days, last sign %(silent)s days ago") % {"known": known, "silent": silent}


REASONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "read": read,
    "speed": lambda facts: _("How quickly they read and answered"),
    "depth": depth,
    "questions": lambda facts: (
        ngettext("Asked %(n)s question in 30 days", "Asked %(n)s questions in 30 days", facts.get("n", 0))
        % {"n": facts.get("n", 0)}
    ),
    "reads": lambda facts: (
        ngettext("Read %(n)s message in 30 days", "Read %(n)s messages in 30 days", facts.get("n", 0))
        % {"n": facts.get("n", 0)}
    ),
    "clicks": lambda facts: (
        ngettext("Clicked %(n)s link in 30 days", "Clicked %(n)s links in 30 days", facts.get("n", 0))
        % {"n": facts.get("n", 0)}
    ),
    "carts": lambda facts: (
        ngettext("Filled a cart %(n)s time in 30 days", "Filled a cart %(n)s times in 30 days", facts.get("n", 0))
        % {"n": facts.get("n", 0)}
    ),
    "last_sign": last_sign,
    "stage": stage_why,
    "orders_a_month": orders_a_month,
    "last_order": last_order,
    "orders_a_year": lambda facts: (
        ngettext("%(n)s order in a year", "%(n)s orders in a year", facts.get("n", 0)) % {"n": facts.get("n", 0)}
    ),
    "spend_a_year": lambda facts: (
        _("%(amount)s in a year")
        % {"amount": amount(facts.get("amount", 0), str(facts.get("currency") or money.FALLBACK))}
    ),
}


def event_of(kind: str, data: dict[str, Any]) -> tuple[str, Words, Words]:
    """(icon, what happened, why) of an outside event or of our own news, for the timeline."""
    if kind == "standing.changed":
        return "gauge", changed(data), "; ".join(reason(code, facts) for code, _n, facts in data.get("why", []))
    if kind == "standing.record_broken":
        after, before = (plain_money(data, name) for name in ("amount", "before"))
        return (
            "flame",
            _("Largest order so far: %(amount)s") % {"amount": after},
            _("before: %(amount)s") % {"amount": before},
        )
    icon, words = EVENTS.get(kind, ("dot", kind))
    parts = [str(words), str(data.get("product") or data.get("page") or data.get("url") or "")[:120]]
    if "amount" in data and data.get("currency"):
        parts.append(plain_money(data, "amount"))
    return icon, " · ".join(part for part in parts if part), ""


def plain_money(data: dict[str, Any], name: str) -> str:
    currency = str(data.get("currency", ""))
    value = data.get(name)
    is_money = currency in money.currencies() and isinstance(value, int | float)
    return amount(value * money.minor_units(currency), currency) if is_money else ""  # type: ignore[operator]


def changed(data: dict[str, Any]) -> str:
    figure = str(data.get("figure", ""))
    name = FIGURES.get(figure, figure)
    if figure == "intent":
        return _("Intent to buy is high: %(value)s") % {"value": data.get("to")}
    before, after = (value_of(figure, data.get(key)) for key in ("from", "to"))
    return _("%(figure)s: %(before)s → %(after)s") % {"figure": name, "before": before, "after": after}


def value_of(figure: str, value: Any) -> str:
    if figure == "stage":
        return str(STAGES[value][0]) if value in STAGES else str(value or "–")
    return "–" if value in (None, "") else str(value)
