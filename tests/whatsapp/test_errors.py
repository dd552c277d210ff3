import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradewind.whatsapp.errors as errors
from tradewind.whatsapp.errors import FAMILIES, RULES, Action, Holds, Scope, classify, rule_for

TABLE = {
    "wait_then_retry": {1, 2, 131000, 131016},
    "retry": {131053, 133004, 135000},
    "slow_number": {17, 613, 130429},
    "pair_backoff": {131056},
    "later_once": {131026, 131049},
    "pause_number": {0, 3, 10, 33, 190, 131005, 131031, 131037, 131045, 131048, 131057, 133000, 133005, 133006, 133008,
                     133009, 133010, 133015, 133016, 2494100},
    "pause_account": {4, 368, 80007, 131042, 131064},
    "pause_campaign": {131063, 132015, 132069, 134101, 134102},
    "stop_campaign": {132000, 132001, 132007, 132016, 132068, 134100},
    "row_error": {100, 506, 130472, 131008, 131009, 131020, 131021, 131030, 131041, 131044, 131047, 131051, 131052,
                  131055, 131059, 131062, 132005, 132008, 132012, 132018, 134011, 137000, 1752041, 2593107, 2593108},
    "opt_out": {131050},
    "suppress": {130403, 130497},
}  # fmt: skip


def test_every_code_of_the_table_has_its_verdict():
    found = {}
    for code in RULES:
        found.setdefault(str(classify(code).action), set()).add(code)
    assert found == TABLE


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (200, Action.PAUSE_NUMBER),
        (299, Action.PAUSE_NUMBER),
        (131205, Action.ROW_ERROR),
        (138006, Action.ROW_ERROR),
        (139003, Action.ROW_ERROR),
        (139101, Action.ROW_ERROR),
        (147005, Action.ROW_ERROR),
        (2388023, Action.ROW_ERROR),
    ],
)
def test_families_have_one_rule_and_keep_their_code(code, action):
    verdict = classify(code)
    assert (verdict.code, verdict.action, verdict.rule.known) == (code, action, True)


@given(st.integers(), st.text(max_size=50))
def test_any_code_has_a_verdict_and_an_unknown_one_never_sends_again(code, details):
    verdict = classify(code, details)
    assert verdict.code == code
    if not verdict.rule.known:
        assert verdict.action is Action.ROW_ERROR
        assert verdict.requeues is False
        assert verdict.delay_seconds(1) is None
        assert verdict.needs_person


def test_trouble_at_meta_waits_two_minutes_for_a_webhook_three_times():
    for code in (1, 2, 131000, 131016):
        assert [classify(code).delay_seconds(made) for made in (1, 2, 3, 4)] == [120.0, 120.0, 120.0, None]


def test_a_pair_waits_four_to_the_power_of_n():
    assert [classify(131056).delay_seconds(made) for made in (1, 2, 3, 4, 5, 6)] == [4, 16, 64, 256, 1024, None]


def test_the_marketing_cap_gets_one_more_try_a_day_later_and_never_in_the_united_states():
    assert classify(131049, category="MARKETING").delay_seconds(1) >= 86_400
    assert classify(131049, category="MARKETING").delay_seconds(2) is None
    american = classify(131049, category="MARKETING", country="us")
    assert (american.action, american.requeues, american.delay_seconds(1)) == (Action.ROW_ERROR, False, None)


def test_a_one_time_code_is_not_tried_again_tomorrow():
    assert classify(131026).action is Action.LATER_ONCE
    assert classify(131026, category="authentication").action is Action.ROW_ERROR
    assert RULES[131026].action is Action.LATER_ONCE  # the table itself stays as it is


def test_code_100_tells_a_missing_number_and_a_wrong_proof_from_a_wrong_message():
    assert classify(100, "(#100) Invalid parameter").action is Action.ROW_ERROR
    assert classify(100, "", subcode=33).action is Action.PAUSE_NUMBER
    assert classify(100, "Invalid appsecret_proof provided in the API argument").action is Action.PAUSE_NUMBER


def test_pauses_know_how_long_and_what_they_hold():
    assert (classify(131057).hold_seconds, classify(2494100).hold_seconds) == (120.0, 120.0)
    assert classify(133016).hold_seconds == 72 * 3600
    assert (classify(190).hold_seconds, classify(190).needs_person) == (None, True)
    assert classify(131048).holds is Holds.CAMPAIGNS
    assert classify(131064).holds is Holds.TEMPLATES
    assert classify(130497).scope is Scope.COUNTRY
    assert classify(190).delay_seconds(1) == 0.0


def test_only_pauses_may_hold_and_only_retries_may_wait():
    pauses = {Action.PAUSE_NUMBER, Action.PAUSE_ACCOUNT, Action.PAUSE_CAMPAIGN}
    waits = {Action.RETRY, Action.WAIT_THEN_RETRY, Action.SLOW_NUMBER, Action.PAIR_BACKOFF, Action.LATER_ONCE}
    for rule in [*RULES.values(), *(rule for _, _, rule in FAMILIES)]:
        assert bool(rule.delays) == (rule.action in waits), rule.code
        assert rule.hold_seconds is None or rule.action in pauses, rule.code
        endless = rule.action in pauses and rule.hold_seconds is None
        assert rule.needs_person or not endless, f"{rule.code} pauses for ever and tells nobody"


def test_every_rule_explains_itself_in_three_sentences():
    for rule in [*RULES.values(), *(rule for _, _, rule in FAMILIES), rule_for(987_654_321)]:
        for sentence in (rule.happened, rule.means, rule.todo):
            assert sentence[0].isupper() and sentence.endswith("."), (rule.code, sentence)
        assert rule.name


def marked_sentences():
    """What gettext's extraction will find in the source."""
    for path in Path(errors.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gettext_noop":
                yield ast.literal_eval(node.args[0])


def test_all_sentences_are_marked_for_translation():
    marked = set(marked_sentences())
    for rule in [*RULES.values(), *(rule for _, _, rule in FAMILIES), rule_for(987_654_321)]:
        assert {rule.happened, rule.means, rule.todo} <= marked, rule.code
