"""The lattice alone: pure, with every order that hypothesis can think of."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tradewind.messages.lattice import NOTHING, Failure, Standing, join, names_reached, told

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def minute(n: int) -> datetime:
    return NOON + timedelta(minutes=n)


minutes = st.integers(0, 5).map(minute)
prices = st.sampled_from([None, {"type": "regular", "category": "marketing"}, {"type": "free_entry_point"}])
statuses = st.one_of(
    st.builds(
        told, st.sampled_from(["sent", "delivered", "read", "played", "accepted", "warned"]), minutes, pricing=prices
    ),
    st.builds(
        lambda at, code: told("failed", at, failure=Failure(at, code)), minutes, st.sampled_from([131026, 131049, -1])
    ),
)


def end(news: list[Standing]) -> Standing:
    return reduce(join, news, NOTHING)


@given(st.lists(statuses, max_size=8), st.randoms())
def test_p8_every_order_with_doubles_gives_the_same_end(news: list[Standing], chance) -> None:
    shuffled = [*news, *chance.sample(news, k=len(news) // 2)]
    chance.shuffle(shuffled)
    assert end(shuffled) == end(news)


@given(statuses, statuses, statuses)
def test_p8_join_is_commutative_associative_and_idempotent(a: Standing, b: Standing, c: Standing) -> None:
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(join(a, b), b) == join(a, b)


@given(st.lists(statuses, max_size=8), st.integers(0, 8))
def test_p8_batches_may_be_cut_anywhere(news: list[Standing], cut: int) -> None:
    assert join(end(news[:cut]), end(news[cut:])) == end(news)


def test_p8_all_orders_of_the_usual_four() -> None:
    news = [
        told("sent", minute(0)),
        told("delivered", minute(1)),
        told("read", minute(2)),
        told("delivered", minute(3)),
    ]
    ends = {(s.rank, s.sent_at, s.delivered_at, s.read_at) for s in map(end, permutations(news))}
    assert ends == {(4, minute(0), minute(1), minute(2))}


def test_failed_shows_only_below_delivered() -> None:
    failed = told("failed", minute(1), failure=Failure(minute(1), 131026))
    sent, delivered = told("sent", minute(0)), told("delivered", minute(2))
    assert join(sent, failed).state("accepted") == "failed"
    assert join(join(sent, failed), delivered).state("accepted") == "delivered"
    assert join(join(sent, delivered), failed).state("accepted") == "delivered"
    assert join(delivered, failed).failure is None


def test_the_earliest_failure_counts() -> None:
    first = told("failed", minute(1), failure=Failure(minute(1), 131049))
    second = told("failed", minute(2), failure=Failure(minute(2), 131026))
    assert join(second, first).failure == Failure(minute(1), 131049)


def test_a_read_implies_delivered_until_that_is_told() -> None:
    read = told("read", minute(5))
    assert (read.is_delivery_implied, read.shown_delivered_at) == (True, minute(5))
    both = join(read, told("delivered", minute(3)))
    assert (both.is_delivery_implied, both.shown_delivered_at) == (False, minute(3))


def test_a_read_counts_as_sent_and_delivered_once() -> None:
    sent = told("sent", minute(0))
    assert names_reached(NOTHING, sent) == ["sent"]
    assert names_reached(sent, join(sent, told("read", minute(1)))) == ["delivered", "read"]
    assert names_reached(join(sent, told("read", minute(1))), told("played", minute(1))) == ["played"]


def test_no_status_leaves_the_word_that_was() -> None:
    assert NOTHING.state("held") == "held"
    assert told("warned", minute(0)).state("accepted") == "accepted"
    assert told("sent", minute(0)).state("held") == "sent"
