"""Ids, logs, chance and the wheel."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.in_hand import InHand
from tradewind.simulator.clock import Clock
from tradewind.simulator.customers.chance import Chance, between
from tradewind.simulator.ids import MessageIds, UserIds
from tradewind.simulator.line_log import STRIDE, LineLog
from tradewind.simulator.phones import country_of
from tradewind.simulator.wheel import Wheel


def test_wamids_are_recognised_and_read_back() -> None:
    ids = MessageIds(7)
    made = [ids.for_business("491701234567", 1_795_000_000.4) for _ in range(1000)]
    assert len(set(made)) == 1000
    assert ids.read(made[0]) == ("491701234567", 1_795_000_000.0, True)
    assert ids.read(ids.for_customer("4917", 5)) == ("4917", 5.0, False)
    for text in (
        "",
        "wamid.",
        "wamid.!!",
        made[0][:-4],
        made[0][6:],
        "wamid." + "A" * 60,
        MessageIds(8).for_business("1", 1),
    ):
        assert ids.read(text) is None


@given(st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True), st.integers(0, 2**31))
def test_user_ids_lead_back_to_one_phone_in_one_portfolio(wa_id: str, seed: int) -> None:
    ids = UserIds(seed)
    user_id = ids.of("1", wa_id, "DE")
    assert ids.phone_of("1", user_id) == wa_id
    assert ids.of("2", wa_id, "DE") != user_id
    assert len(user_id) <= 23


@pytest.mark.parametrize("text", ["", "DE.", "DE.abc", "DE." + "9" * 30, "DE.12", "DE.①"])
def test_other_texts_are_nobody(text: str) -> None:
    assert UserIds(1).phone_of("1", text) is None


@pytest.mark.parametrize(
    ("wa_id", "country"),
    [("491701234567", "DE"), ("16505551234", "US"), ("14165551234", "CA"), ("971501234567", "AE"), ("0", "ZZ")],
)
def test_countries(wa_id: str, country: str) -> None:
    assert country_of(wa_id) == country


def test_the_log_streams_from_any_line(tmp_path: Path) -> None:
    log = LineLog(tmp_path / "log.jsonl")
    for rank in range(STRIDE * 2 + 5):
        assert log.add({"rank": rank}) == rank + 1
    for after in (0, 1, STRIDE - 1, STRIDE, STRIDE + 1, STRIDE * 2 + 4):
        lines = [json.loads(line) for line in b"".join(log.lines(after)).splitlines()]
        assert [line["n"] for line in lines] == list(range(after + 1, STRIDE * 2 + 6))
    assert list(log.lines(STRIDE * 2 + 5)) == []
    log.close()
    assert (tmp_path / "log.jsonl").exists()


def test_the_log_goes_on_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = LineLog(path)
    log.add({"a": 1})
    log.close()
    path.write_bytes(path.read_bytes() + b'{"torn":')
    again = LineLog(path)
    assert again.count == 2
    again.add({"b": 2})
    assert b"".join(again.lines(2)) == b'{"b":2,"n":3}\n'
    assert path.read_bytes().splitlines()[1] == b'{"torn":'
    again.close()


def test_a_log_of_nobody_is_removed() -> None:
    log = LineLog()
    log.add({"a": 1})
    assert log.path.exists()
    log.close()
    assert not log.path.exists()


def test_the_wheel_turns_in_the_order_of_time() -> None:
    seen: list[tuple[float, str]] = []
    wheel = Wheel(Clock())
    wheel.at(5.0, lambda due, word: seen.append((due, word)), "late")
    wheel.at(1.0, lambda due, word: seen.append((due, word)), "early")
    wheel.at(1.0, lambda due, word: seen.append((due, word)), "next")
    assert wheel.turn(0.5) == 0
    assert wheel.turn(4.0) == 2
    assert wheel.turn(9.0) == 1
    assert seen == [(1.0, "early"), (1.0, "next"), (5.0, "late")]


def test_chance_is_even_and_depends_on_seed_and_text() -> None:
    chance = Chance(1)
    assert chance.draw("a") == Chance(1).draw("a")
    assert chance.draw("a") != Chance(2).draw("a") != chance.draw("b")
    drawn = [chance.draw(str(rank)) for rank in range(4000)]
    for place in range(5):
        values = [numbers[place] for numbers in drawn]
        assert min(values) >= 0 and max(values) < 1
        assert sum(values) / len(values) == pytest.approx(0.5, abs=0.03)
    assert between((2.0, 8.0), 0.0) == 2.0
    assert between((2.0, 8.0), 0.5) == pytest.approx(4.0)


def test_a_reset_brings_the_world_back() -> None:
    hand = InHand()
    hand.send()
    hand.simulation.people.change({"phone": "+491701234567", "behaviour": "blocks"})
    hand.world.numbers[0].status = "BANNED"
    hand.simulation.reset()
    assert hand.simulation.audit.accepted == 0
    assert len(hand.simulation.wheel) == 0
    assert hand.simulation.numbers[hand.number].status == "CONNECTED"
    assert hand.simulation.people.at("491701234567").behaviour == "reads"
