"""A person's standing as pages and API show it: figures in words, each with its reasons."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tradewind.contacts import words as contact_words
from tradewind.contacts.models import Contact, Standing
from tradewind.contacts.standing import latest, words
from tradewind.contacts.standing.intent import warmth
from tradewind.contacts.standing.latest import OrderLine
from tradewind.lib import clock


@dataclass(frozen=True, slots=True)
class Why:
    sentence: str
    points: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what, how it stands in words, tone, and why."""

    key: str
    name: words.Words
    value: str
    tone: str = ""
    note: str = ""
    why: list[Why] = field(default_factory=list)

    @property
    def has_points(self) -> bool:
        return any(each.points for each in self.why)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything of one person; `place` are pairs of name and value."""

    row: Standing
    scores: list[Figure]
    orders: list[Figure]
    spent: list[str]
    latest: list[OrderLine]
    place: list[tuple[words.Words, words.Words]]
    stage: tuple[words.Words, str, words.Words]


def of(contact: Contact) -> Shown | None:
    """None when nothing has been reckoned yet."""
    row = Standing.objects.filter(contact_id=contact.pk, workspace_id=contact.workspace_id).first()
    return None if row is None or not row.stage else shown(row, latest.of(contact) if row.orders else [])


def shown(row: Standing, orders: list[OrderLine]) -> Shown:
    return Shown(
        row=row,
        scores=[engagement(row), intent(row), heat(row), stage(row)],
        orders=[figure for figure in order_figures(row) if figure.value],
        latest=orders,
        spent=[words.amount(minor, currency) for currency, minor in row.spent.items()],
        place=[(name, value) for name, value in place(row) if value],
        stage=words.STAGES.get(row.stage, (row.stage, "", "")),
    )


def why(row: Standing, figure: str) -> list[Why]:
    return [Why(words.reason(code, facts), points) for code, points, facts in row.reasons.get(figure, [])]


def engagement(row: Standing) -> Figure:
    tone = "good" if row.engagement >= 80 else ""
    return Figure("engagement", words.FIGURES["engagement"], str(row.engagement), tone, "/ 100", why(row, "engagement"))


def intent(row: Standing) -> Figure:
    is_high = bool(row.told.get("is_intent"))
    note = _("high") if is_high else ""
    return Figure(
        "intent", words.FIGURES["intent"], f"{row.intent:g}", "good" if is_high else "", note, why(row, "intent")
    )


def heat(row: Standing) -> Figure:
    """The word by the age of the last sign now, so that a page is right between two reckonings."""
    reasons = row.reasons.get("heat", [])
    last = reasons[0][2].get("at") if reasons else None
    word = warmth(None if last is None else max(0.0, clock.time() - last))
    return Figure("heat", words.FIGURES["heat"], str(words.HEATS[word]), "warn" if word == "hot" else "", "", [
        Why(words.reason("last_sign", {"word": word}), 0)
    ])  # fmt: skip


def stage(row: Standing) -> Figure:
    word, tone, _meaning = words.STAGES.get(row.stage, (row.stage, "", ""))
    return Figure("stage", words.FIGURES["stage"], str(word), tone, "", why(row, "stage"))


def order_figures(row: Standing) -> list[Figure]:
    def of_class(key: str) -> Figure:
        value = getattr(row, key)
        return Figure(key, words.FIGURES[key], str(value) if value else "", "", "/ 5", why(row, key))

    grade = Figure("grade", words.FIGURES["grade"], row.grade, "", "", why(row, "grade"))
    return [grade, of_class("recency"), of_class("frequency"), of_class("monetary")]


def place(row: Standing) -> list[tuple[words.Words, words.Words]]:
    return [
        (_("Dialect"), contact_words.dialect_name(row.dialect) if "-" in row.dialect else ""),
        (_("Part of the world"), words.ZONE_GROUPS.get(row.zone_group, "")),
        (_("Climate"), words.CLIMATES.get(row.climate, "")),
        (_("Usually writes"), words.HABITS.get(row.habit, "")),
    ]


def as_json(row: Standing) -> dict[str, Any]:
    """For programs: the figures, and the reasons in words with their points."""
    moment: datetime = row.reckoned_at
    plain = ("engagement", "intent", "heat", "grade", "recency", "frequency", "monetary", "matrix", "stage", "orders",
             "last_order_at", "growth", "is_potential_vip", "zone_group", "dialect", "climate", "habit")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "spent": {currency: words.amount_of(minor, currency) for currency, minor in row.spent.items()},
        "why": {
            name: [{"reason": each.sentence, "points": each.points} for each in why(row, name)] for name in row.reasons
        },
        "reckoned_at": moment,
    }
