"""The figures as pure functions: bounded, monotone, never raised by time alone, blind to the order of events."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.contacts.standing import buying, cycle
from tradewind.contacts.standing.engagement import engagement
from tradewind.contacts.standing.figures import Figures, figures
from tradewind.contacts.standing.history import (
    CART,
    CLICK,
    DAY,
    HOUR,
    MINUTE,
    OTHER,
    VISIT,
    History,
    Order,
    Sent,
    Sign,
    Wrote,
)  # fmt: skip
from tradewind.contacts.standing.intent import heat, intent
from tradewind.contacts.standing.moves import moves
from tradewind.contacts.standing.orders import Told, orders_of
from tradewind.contacts.standing.settings import Settings

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC).timestamp()
USUAL = Settings()
AGES = st.floats(min_value=-2 * HOUR, max_value=400 * DAY, allow_nan=False).map(round).map(float)
TIMES = AGES.map(lambda age: NOW - age)
SENT = st.builds(
    lambda at, wait: Sent(at, None if wait is None else at + wait),
    TIMES,
    st.none() | st.sampled_from([0.0, 5 * MINUTE, 30 * MINUTE, 5 * HOUR, 2 * DAY, 9 * DAY]),
)
WROTE = st.builds(Wrote, TIMES, st.booleans())
ORDER = st.builds(
    Order, TIMES, st.integers(min_value=0, max_value=10**9), st.sampled_from(["EUR", "USD", "JPY", "KWD"])
)
SIGN = st.builds(Sign, TIMES, st.sampled_from([CLICK, CART, VISIT, OTHER]))
HISTORIES = st.builds(
    History,
    created_at=TIMES,
    sent=st.lists(SENT, max_size=30).map(tuple),
    wrote=st.lists(WROTE, max_size=30).map(tuple),
    orders=st.lists(ORDER, max_size=20).map(tuple),
    signs=st.lists(SIGN, max_size=20).map(tuple),
    zone=st.sampled_from(["", "Europe/Berlin", "Asia/Kolkata", "Nowhere/Land"]),
    language=st.sampled_from(["", "de", "en", "zh_TW", "x"]),
    country=st.sampled_from(["", "CH", "GB", "TW", "ZZ"]),
)


def at(person: History, later: float = 0.0) -> Figures:
    return figures(person, NOW + later, USUAL)


@dataclass(frozen=True)
class Days:
    """A person by days ago, for tests that say what they mean."""

    created: float = 400

    def __call__(self, **parts: tuple[object, ...]) -> History:
        return History(created_at=NOW - self.created * DAY, **parts)  # type: ignore[arg-type]


person = Days()


def ago(days: float) -> float:
    return NOW - days * DAY


# Properties


@given(HISTORIES, st.floats(min_value=0, max_value=500 * DAY))
def test_every_figure_is_bounded(who: History, later: float) -> None:
    found = at(who, later)
    assert 0 <= found.engagement <= 100
    assert found.intent >= 0
    assert found.heat in (0, 1, 2, 3)
    assert found.grade in ("", "A", "B", "C")
    classes = {found.recency, found.frequency, found.monetary}
    assert classes <= ({1, 2, 3, 4, 5} if who.orders else {0})
    assert found.stage in cycle.STAGES
    assert found.orders == len(who.orders)
    assert found.due_in is None or found.due_in >= MINUTE


@given(HISTORIES, st.floats(min_value=2 * HOUR, max_value=200 * DAY), st.floats(min_value=0, max_value=200 * DAY))
def test_time_alone_never_raises_a_score(who: History, first: float, more: float) -> None:
    early, late = at(who, first), at(who, first + more)
    assert late.engagement <= early.engagement
    assert late.intent <= early.intent
    assert late.heat <= early.heat
    assert (late.recency, late.frequency, late.monetary) <= (early.recency, early.frequency, early.monetary)


@given(HISTORIES, st.randoms())
def test_the_order_in_which_one_learns_of_things_does_not_matter(who: History, dice: object) -> None:
    def shuffled(parts: tuple[object, ...]) -> tuple[object, ...]:
        mixed = list(parts)
        dice.shuffle(mixed)  # type: ignore[attr-defined]
        return tuple(mixed)

    other = who._replace(**{name: shuffled(getattr(who, name)) for name in ("sent", "wrote", "orders", "signs")})
    assert at(other) == at(who)


@given(HISTORIES, st.data())
def test_reading_writing_and_clicking_more_never_lowers_a_score(who: History, data: st.DataObject) -> None:
    before = at(who)
    wrote = who._replace(wrote=(*who.wrote, Wrote(ago(data.draw(st.floats(0, 100))), True)))
    clicked = who._replace(signs=(*who.signs, Sign(ago(data.draw(st.floats(0, 100))), CLICK)))
    changed = [wrote, clicked]
    if who.sent:
        place = data.draw(st.integers(0, len(who.sent) - 1))
        message = who.sent[place]
        if message.read_at is None:
            read = message._replace(read_at=message.at + data.draw(st.floats(0, 5 * DAY)))
            changed.append(who._replace(sent=(*who.sent[:place], read, *who.sent[place + 1 :])))
    for after in map(at, changed):
        assert after.engagement >= before.engagement
        assert after.intent >= before.intent
        assert after.heat >= before.heat


@given(HISTORIES, ORDER)
def test_one_order_more_never_lowers_class_or_spend(who: History, order: Order) -> None:
    more = who._replace(orders=(*who.orders, order))
    assert at(more).frequency >= at(who).frequency
    assert at(more).monetary >= at(who).monetary
    assert at(more).recency >= at(who).recency
    assert at(more).grade <= (at(who).grade or "C")  # A before B before C
    assert sum(at(more).spent.values()) == sum(at(who).spent.values()) + order.amount


@given(HISTORIES)
def test_until_it_is_due_nothing_but_decaying_points_changes(who: History) -> None:
    """What is not reckoned in between may not be wrong: classes, stage and heat stand until `due_in`."""
    found = at(who)
    wait = 300 * DAY if found.due_in is None else found.due_in
    if wait <= MINUTE:
        return
    later = at(who, wait - 30)
    assert (later.stage, later.heat) == (found.stage, found.heat)
    if found.due_in is None:
        assert (later.engagement, later.grade, later.recency) == (0, found.grade, found.recency)


@given(HISTORIES)
def test_a_move_is_told_once(who: History) -> None:
    told, _news = moves({}, at(who), who.orders, NOW, USUAL)
    assert moves(told, at(who), who.orders, NOW, USUAL) == (told, [])


TOLD = st.builds(
    Told,
    TIMES,
    st.sampled_from(["order.placed", "order.paid", "order.cancelled", "order.refunded"]),
    st.integers(0, 1000).map(float),
    st.sampled_from(["EUR", "USD"]),
    st.sampled_from(["", "1", "2", "3"]),
)


@given(st.lists(TOLD, max_size=15), st.randoms())
def test_orders_are_the_same_in_whatever_order_they_are_told(events: list[Told], dice: object) -> None:
    mixed = list(events)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    found = orders_of(events)
    assert orders_of(mixed) == found
    assert orders_of([*events, *events]) == found
    assert all(order.amount >= 0 for order in found)


# Engagement


def test_who_reads_everything_at_once_and_answers_is_at_a_hundred() -> None:
    sent = tuple(Sent(ago(day), ago(day) + 60) for day in range(1, 11))
    wrote = tuple(Wrote(ago(day) + 120, False) for day in range(1, 11))
    score, reasons = engagement(person(sent=sent, wrote=wrote), NOW, USUAL.engagement)
    assert score == 100
    assert reasons == [
        ("read", 40.0, {"read": 10, "of": 10}),
        ("speed", 30.0, {"reads": 10}),
        ("depth", 30.0, {"days": 10, "clicks": 0}),
    ]


@pytest.mark.parametrize(
    ("sent", "points"),
    [
        ([(1.5, None)] * 4, [0.0]),
        ([(0.5, None)] * 4, []),  # they have not had a day yet
        ([(2, 2 * DAY)], [13.3, 2.5]),  # one is not yet a habit: a third of 40; slowly: a quarter of 10
        ([(2, 60.0), (3, 60.0), (4, None), (5, None)], [20.0, 15.0]),
        ([(60, 60.0)] * 3, [20.0, 15.0]),  # half of the weight after 60 days
        ([(91, 60.0)] * 3, [0.0]),
    ],
)
def test_reading_and_speed_by_hand(sent: list[tuple[float, float | None]], points: list[float]) -> None:
    messages = tuple(Sent(ago(day), None if wait is None else ago(day) + wait) for day, wait in sent)
    _score, reasons = engagement(person(sent=messages), NOW, USUAL.engagement)
    assert [part[1] for part in reasons] == points


def test_an_answer_counts_as_read_for_people_who_hide_receipts() -> None:
    sent = tuple(Sent(ago(day), None) for day in (3, 4, 5))
    wrote = (Wrote(ago(5) + 5 * MINUTE, False),)
    _score, reasons = engagement(person(sent=sent, wrote=wrote), NOW, USUAL.engagement)
    assert reasons[0] == ("read", 13.3, {"read": 1, "of": 3})


# Intent and heat


def test_four_questions_are_high_intent_and_fall_by_half_in_a_week() -> None:
    asked = person(wrote=tuple(Wrote(NOW, True) for _ in range(4)))
    assert intent(asked, NOW, USUAL.intent)[0] == 6.0 > USUAL.intent.high
    assert intent(asked, NOW + 7 * DAY, USUAL.intent)[0] == 3.0
    assert intent(asked, NOW + 31 * DAY, USUAL.intent) == (0.0, [])


def test_a_read_receipt_is_three_tenths() -> None:
    assert intent(person(sent=(Sent(ago(1), NOW),)), NOW, USUAL.intent)[0] == 0.3


@pytest.mark.parametrize(
    ("days", "degrees"), [(0, 3), (1 / 24, 3), (0.05, 2), (1, 2), (1.01, 1), (7, 1), (7.01, 0), (31, 0)]
)
def test_heat_by_the_last_sign(days: float, degrees: int) -> None:
    assert heat(person(signs=(Sign(ago(days), VISIT),)), NOW)[0] == degrees
    assert heat(person(sent=(Sent(ago(40), ago(days)),)), NOW)[0] == degrees


# Orders, grades, life cycle


def orders(*days: float, amount: int = 5000, currency: str = "EUR") -> tuple[Order, ...]:
    return tuple(Order(ago(day), amount, currency) for day in days)


@pytest.mark.parametrize(
    ("days", "grade"),
    [((), ""), ((200,), "C"), ((10, 20), "C"), ((1, 30, 60), "B"), (tuple(range(1, 91, 10)), "A")],
)
def test_grades_by_orders_a_month(days: tuple[float, ...], grade: str) -> None:
    assert buying.buying(orders(*days), NOW, USUAL).grade == grade


def test_recency_frequency_money_and_the_matrix() -> None:
    found = buying.buying(orders(20, 100, 200, 300, amount=30_000), NOW, USUAL)
    assert (found.recency, found.frequency, found.monetary) == (4, 3, 5)  # 1,200 euros a year
    assert found.matrix == "high_sometimes"
    assert found.spent == {"EUR": 120_000}


def test_money_is_never_converted_and_each_currency_has_its_own_thresholds() -> None:
    yen = buying.buying(orders(10, amount=10_000, currency="JPY"), NOW, USUAL)  # 10,000 yen: some 60 euros
    assert yen.monetary == 2
    both = buying.buying((*orders(10, amount=100), *orders(11, amount=200_000, currency="JPY")), NOW, USUAL)
    assert (both.monetary, both.spent) == (5, {"EUR": 100, "JPY": 200_000})
    own = Settings.model_validate({"classes": {"spend_a_year": {"EUR": [1, 2, 3, 4]}}})
    assert buying.buying(orders(10, amount=500), NOW, own).monetary == 5


def test_growth_against_the_mean_of_the_year() -> None:
    steady = orders(*range(5, 365, 30))
    assert buying.buying(steady, NOW, USUAL).growth == -7  # 12 orders in 335 days are a little more than one in 30
    more = buying.buying((*steady, *orders(3, amount=55_000)), NOW, USUAL)
    assert more.growth is not None
    assert more.growth > 300
    assert buying.buying(orders(1, 2, 3), NOW, USUAL).growth is None


def test_potential_vip_is_who_will_be_one_at_this_pace() -> None:
    assert buying.buying(orders(10, 40, amount=15_000), NOW, USUAL).is_potential_vip is True
    assert buying.buying(orders(10, 40, amount=60_000), NOW, USUAL).is_potential_vip is False  # is one already
    assert buying.buying(orders(100, 140, amount=15_000), NOW, USUAL).is_potential_vip is False


def test_a_record_is_thirty_percent_above_every_earlier_order() -> None:
    old = (*orders(30, amount=10_000), *orders(20, amount=8_000))
    assert buying.records((*old, *orders(1, amount=12_900)), 30) == []
    assert buying.records((*old, *orders(1, amount=13_000)), 30) == [(Order(ago(1), 13_000, "EUR"), 10_000)]
    assert buying.records((*orders(20, amount=1), *orders(1, amount=99)), 30) == []  # one order is no record


@pytest.mark.parametrize(
    ("created", "signs", "spend", "stage"),
    [
        (0, [], 0, "new"),
        (30, [1], 0, "new"),
        (31, [1], 0, "growing"),
        (90, [1], 0, "growing"),
        (91, [1], 0, "regular"),
        (91, [60], 0, "at_risk"),
        (59, [], 0, "growing"),
        (400, [179], 0, "at_risk"),
        (400, [180], 0, "history"),
        (400, [180], 200_000, "sleeping"),
    ],
)
def test_the_life_cycle(created: float, signs: list[float], spend: int, stage: str) -> None:
    bought = orders(200, amount=spend) if spend else ()
    who = Days(created)(signs=tuple(Sign(ago(day), OTHER) for day in signs), orders=bought)
    assert at(who).stage == stage


def test_orders_cancelled_and_refunded() -> None:
    events = [
        Told(1, "order.placed", 100, "EUR", "a"),
        Told(2, "order.paid", 100, "EUR", "a"),
        Told(3, "order.placed", 50, "EUR", "b"),
        Told(4, "order.cancelled", 0, "", "b"),
        Told(5, "order.refunded", 30, "EUR", "a"),
        Told(6, "order.paid", 20, "EUR", "c"),
        Told(7, "order.refunded", 999, "EUR", ""),
    ]
    assert orders_of(events) == (Order(1, 7000, "EUR"), Order(6, 0, "EUR"))
    assert orders_of([Told(1, "order.paid", 5, "JPY", ""), Told(2, "order.paid", 5, "JPY", "")]) == (
        Order(1, 5, "JPY"),
        Order(2, 5, "JPY"),
    )
