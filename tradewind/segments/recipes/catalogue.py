"""The recipes as data: a dimension, and the tags in it with a tree each. Names are in the reader's language.

Thresholds: C6 (heat by 1 h, 24 h, 7 and 30 days), C7 (grades), C8 (stages of life); the five purchase stages are those
of the timed messages of R8: welcome, comparison, cart, after the purchase, loyal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.segments.recipes import places

Words = str | Promise
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One tag and its rule. `key` names it for good, whatever the tag is called."""

    key: str
    name: Words
    tree: Tree


@dataclass(frozen=True, slots=True)
class Recipe:
    """`parts` makes the tags of one workspace (by its row number); some depend on what the workspace has."""

    code: str
    name: Words
    why: Words
    dimension: Words
    parts: Callable[[int], list[Part]]


ORDERED, READ = "order.placed", "message.read"


def happened(kind: str, **more: Any) -> Tree:
    return {"event": kind, **more}


def never(kind: str, **more: Any) -> Tree:
    return {"not": happened(kind, **more)}


VISITED = {"any": [happened("page.viewed", within_days=30), happened("link.clicked", within_days=30)]}
IN_CART = {"all": [happened("cart.updated", within_days=14), never(ORDERED, within_days=14)]}
LOYAL = happened(ORDERED, times={"gte": 3}, within_days=365)

PURCHASE = [
    Part(
        "welcome",
        _("1 New here"),
        {"all": [{"field": "created_at", "within_days": 30}, never(ORDERED), {"not": VISITED}, {"not": IN_CART}]},
    ),
    Part("compares", _("2 Compares"), {"all": [VISITED, never(ORDERED), {"not": IN_CART}]}),
    Part("cart", _("3 Cart filled"), IN_CART),
    Part("bought", _("4 Bought"), {"all": [happened(ORDERED, within_days=90), {"not": LOYAL}, {"not": IN_CART}]}),
    Part("loyal", _("5 Loyal"), {"all": [LOYAL, {"not": IN_CART}]}),
]
HEAT = [
    Part("hot", _("Hot: 3 times within the hour"), {"score": "heat", "gte": 3}),
    Part("warm", _("Warm: twice within a day"), {"score": "heat", "is": 2}),
    Part("mild", _("Mild: once within a week"), {"score": "heat", "is": 1}),
    Part(
        "cold",
        _("Cold: nothing for 30 days"),
        {
            "all": [
                {"score": "heat", "is": 0},
                {"field": "created_at", "older_than_days": 30},
                {"not": {"field": "last_inbound_at", "within_days": 30}},
                never("link.clicked", within_days=30),
                never("page.viewed", within_days=30),
            ]
        },
    ),
]
SPEND = [
    *(Part(grade.lower(), f"{grade}", {"field": "grade", "is": grade}) for grade in "ABC"),
    Part("top", _("Top spender"), {"score": "monetary", "gte": 5}),
    Part("outlook", _("VIP to be"), {"field": "potential_vip", "is": True}),
    Part("record", _("Record order"), happened("standing.record_broken", within_days=30)),
    Part("growing", _("Spends more lately"), {"field": "growth", "gte": 30}),
]
ATTENTION = [
    Part(
        "quiet", _("To follow up: read nothing for 14 days"), {"all": [{"opted_in": True}, never(READ, within_days=14)]}
    ),
    Part("clicked", _("Clicked within 7 days"), happened("link.clicked", within_days=7)),
    Part("again", _("Bought more than 3 times"), happened(ORDERED, times={"gt": 3})),
    Part("fresh", _("New for 60 days"), {"field": "created_at", "within_days": 60}),
]
AGAIN = {"score": "orders", "gte": 2}
LIFE = [
    Part("new", _("New, up to 30 days"), {"field": "stage", "is": "new"}),
    Part("growing_often", _("Growing, orders again"), {"all": [{"field": "stage", "is": "growing"}, AGAIN]}),
    Part("growing", _("Growing, one order or none"), {"all": [{"field": "stage", "is": "growing"}, {"not": AGAIN}]}),
    *(
        Part(stage, name, {"field": "stage", "is": stage})
        for stage, name in (
            ("regular", _("Regular")),
            ("at_risk", _("At risk")),
            ("sleeping", _("Sleeping")),
            ("history", _("History")),
        )
    ),
]


def fixed(parts: list[Part]) -> Callable[[int], list[Part]]:
    return lambda _workspace: parts


def interests(workspace_id: int) -> list[Part]:
    """One for each product that most people looked at or ordered."""
    return [
        Part(f"product-{product}"[:50], product, interest(product)) for product in places.products(workspace_id)
    ]  # fmt: skip


def interest(product: str) -> Tree:
    about = {"product": {"is": product}}
    return {
        "any": [
            happened(ORDERED, within_days=180, where=about),
            happened("cart.updated", within_days=60, where=about),
            happened("page.viewed", times={"gte": 2}, within_days=60, where=about),
        ]
    }


def countries(workspace_id: int) -> list[Part]:
    return [
        Part(code, name, {"field": "country", "is": code})
        for code, name in places.values(workspace_id, "country")
    ]  # fmt: skip


def languages(workspace_id: int) -> list[Part]:
    return [
        Part(code, name, {"field": "language", "is": code})
        for code, name in places.values(workspace_id, "language")
    ]  # fmt: skip


RECIPES = (
    Recipe(
        "purchase",
        _("Five purchase stages"),
        _("Where each person stands on the way to an order, so that everybody gets the message that fits."),
        _("Purchase"),
        fixed(PURCHASE),
    ),
    Recipe(
        "interests",
        _("Interests"),
        _("What people look at, put into the cart or order: the products that most people care about."),
        _("Interest"),
        interests,
    ),
    Recipe(
        "heat",
        _("Frequency heat"),
        _("How much somebody is with you right now; who is hot gets an answer first."),
        _("Heat"),
        fixed(HEAT),
    ),
    Recipe(
        "spend",
        _("Spend grades"),
        _("By orders a month, who spends most, and who is on the way there."),
        _("Grade"),
        fixed(SPEND),
    ),
    Recipe(
        "attention",
        _("Attention"),
        _("Who reads and clicks, who comes back, and whom to follow up."),
        _("Attention"),
        fixed(ATTENTION),
    ),
    Recipe(
        "life",
        _("Life cycle"),
        _("From the first month to history; who is at risk can be won back."),
        _("Life"),
        fixed(LIFE),
    ),
    Recipe("place", _("Place"), _("The countries in which most people are."), _("Place"), countries),
    Recipe("language", _("Language"), _("The languages that most people speak."), _("Language"), languages),
)
BY_CODE = {recipe.code: recipe for recipe in RECIPES}
