"""Random trees over what `worlds.furnish` makes: every kind of leaf with every comparison, in nested groups."""

from typing import Any

from hypothesis import strategies as st

from tests.segments import worlds
from tests.segments.worlds import Made
from tradewind.segments.tree import OUTCOMES, SCORES
from tradewind.workspaces.door import public_id

WORDS = st.sampled_from(["red", "RED", "5", "5.50", "true", "anna", "%", "_", "%_", "'; DROP", "É", "é", "straße", "de",
                         "DE", "berlin", "mün", "acme", "2026", "pt_br", "zh-hant-tw", "opted_in", "علي", "\\", "A",
                         "new"])  # fmt: skip
NUMBERS = st.sampled_from([0, 5, 5.0, 5.5, -3, 7, 80, 1000, 10**14])
DAYS = st.sampled_from(["2026-03-02", "2026-03-01", "2026-02-20", "2024-02-29", "1980-03-05", "2025-11-30"])
COUNTS = st.sampled_from([0, 1, 2, 7, 10, 30, 90, 365, 366])
ORDER = st.sampled_from(["gt", "gte", "lt", "lte"])
TIMES = st.integers(0, 4)


def pair(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(of, of).map(sorted)


TEXT_TESTS = st.one_of(
    st.fixed_dictionaries({"is": WORDS}),
    st.fixed_dictionaries({"is_not": WORDS}),
    st.fixed_dictionaries({"in": st.lists(WORDS, min_size=1, max_size=4)}),
    st.fixed_dictionaries({"contains": WORDS}),
    st.fixed_dictionaries({"starts_with": WORDS}),
    st.fixed_dictionaries({"is_set": st.booleans()}),
    st.fixed_dictionaries({"is_not": WORDS, "contains": WORDS}),
)
NUMBER_TESTS = st.one_of(
    st.fixed_dictionaries({"is": NUMBERS}),
    st.fixed_dictionaries({"is_not": NUMBERS}),
    st.fixed_dictionaries({"in": st.lists(NUMBERS, min_size=1, max_size=3)}),
    st.tuples(ORDER, NUMBERS).map(lambda each: {each[0]: each[1]}),
    st.fixed_dictionaries({"gte": NUMBERS, "lt": NUMBERS}),
    pair(NUMBERS).map(lambda each: {"between": each}),
)
DAY_COUNTS = st.tuples(st.sampled_from(["within_days", "older_than_days", "anniversary_within_days"]), COUNTS).map(
    lambda each: {each[0]: each[1]}
)
DAY_TESTS = st.one_of(
    DAY_COUNTS,
    st.tuples(ORDER, DAYS).map(lambda each: {each[0]: each[1]}),
    pair(DAYS).map(lambda each: {"between": each}),
)
MOMENT_TESTS = st.one_of(
    DAY_TESTS,
    st.fixed_dictionaries({"is": DAYS}),
    st.fixed_dictionaries({"is_not": DAYS}),
    st.tuples(ORDER, st.sampled_from(["2026-03-02T12:00:00Z", "2026-02-23T13:00:00+01:00"])).map(
        lambda each: {each[0]: each[1]}
    ),
    st.fixed_dictionaries({"is_set": st.booleans()}),
)
YES_NO_TESTS = st.one_of(st.fixed_dictionaries({"is": st.booleans()}), st.fixed_dictionaries({"is_not": st.booleans()}))
RECKONED = st.sampled_from(["americas", "de-CH", "DE-ch", "cold", "wed_evening", "evening", "low_rare"])
RECKONED_TESTS = st.one_of(
    st.fixed_dictionaries({"is": RECKONED}),
    st.fixed_dictionaries({"is_not": RECKONED}),
    st.fixed_dictionaries({"in": st.lists(RECKONED, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"is_set": st.booleans()}),
)
OWN_TESTS = {
    "colour": st.one_of(TEXT_TESTS, NUMBER_TESTS, YES_NO_TESTS),
    "points": st.one_of(NUMBER_TESTS, st.fixed_dictionaries({"is_set": st.booleans()})),
    "birthday": st.one_of(DAY_TESTS, st.fixed_dictionaries({"is_set": st.booleans()})),
    "member": YES_NO_TESTS,
    "fields.country": TEXT_TESTS,
}


def named(name: str, tests: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return tests.map(lambda each: {"field": name, **each})


def fields(made: Made) -> st.SearchStrategy[dict[str, Any]]:
    built_in = [
        named(key, TEXT_TESTS) for key in ("name", "language", "country", "city", "company", "marketing", "timezone")
    ]
    more = [named(key, TEXT_TESTS) for key in ("grade", "stage")]
    more += [named(key, RECKONED_TESTS) for key in ("zone_group", "dialect", "climate", "habit", "matrix")]
    more += [named("growth", NUMBER_TESTS), named("potential_vip", YES_NO_TESTS)]
    moments = [named(key, MOMENT_TESTS) for key in ("created_at", "last_inbound_at")]
    own = [named(key, tests) for key, tests in OWN_TESTS.items()]
    phone = st.sampled_from([{"starts_with": "+49"}, {"starts_with": "+4"}, {"contains": "333"}, {"is_set": True},
                             {"is_set": False}, {"is": "+4915100"}])  # fmt: skip
    owner = public_id(made.owner)
    owners = st.sampled_from([{"is": owner}, {"is_not": owner}, {"is_set": True}, {"is_set": False}])
    return st.one_of(*built_in, *more, *moments, *own, named("phone", phone), named("owner", owners))


def occurrences() -> st.SearchStrategy[Any]:
    return st.one_of(
        TIMES,
        st.tuples(st.sampled_from(["gt", "gte", "lte", "is"]), TIMES).map(lambda each: {each[0]: each[1]}),
        pair(TIMES).map(lambda each: {"between": each}),
        st.just({"gte": 1, "lte": 3}),
    )


WHERE = st.one_of(
    st.fixed_dictionaries({"amount": NUMBER_TESTS}),
    st.fixed_dictionaries({"currency": TEXT_TESTS}),
    st.fixed_dictionaries({"product": DAY_TESTS}),
    st.fixed_dictionaries({"product": WORDS}),
    st.fixed_dictionaries({"amount": NUMBER_TESTS, "currency": st.fixed_dictionaries({"is_not": WORDS})}),
)
EVENTS = st.fixed_dictionaries(
    {"event": st.sampled_from(worlds.EVENTS)},
    optional={"times": occurrences(), "within_days": COUNTS, "older_than_days": COUNTS, "where": WHERE, "since": DAYS,
              "until": DAYS},
)  # fmt: skip
SCORED = st.tuples(
    st.sampled_from(SCORES),
    st.one_of(
        st.tuples(ORDER, st.sampled_from([0, 1, 3, 5, 5.1, 80])).map(lambda each: {each[0]: each[1]}),
        st.sampled_from([{"is": 0}, {"is_not": 0}, {"in": [0, 80]}, {"in": [3, 5]}, {"between": [0, 3]},
                         {"between": [1, 80]}, {"gte": 1, "lt": 80}, {"is_not": 3}]),
    ),
).map(lambda each: {"score": each[0], **each[1]})  # fmt: skip


def leaves(made: Made) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.sampled_from(worlds.TAGS).map(lambda name: {"tag": name}),
        fields(made),
        EVENTS,
        SCORED,
        st.sampled_from(made.segments).map(lambda name: {"segment": name}),
        st.tuples(st.sampled_from(made.campaigns), st.sampled_from(OUTCOMES)).map(
            lambda each: {"campaign": each[0], "outcome": each[1]}
        ),
        st.booleans().map(lambda so: {"opted_in": so}),
        st.booleans().map(lambda so: {"window_open": so}),
    )


def trees(made: Made) -> st.SearchStrategy[dict[str, Any]]:
    """Up to some twenty leaves, groups in groups, empty ones too."""
    return st.recursive(
        leaves(made),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4).map(lambda parts: {"all": parts}),
            st.lists(inner, max_size=4).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=20,
    )
