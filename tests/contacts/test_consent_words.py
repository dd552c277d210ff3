"""STOP and START as people write them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.effort import costs_less_than
from tradewind.contacts import consent_words
from tradewind.contacts.consent_words import classify

STOPS = {
    "en": ["STOP", "stop", "Stop.", "STOP!!!", " stop ", "s t o p", "Unsubscribe", "opt-out", "OPT OUT", "please stop"],
    "de": ["Stopp", "abmelden", "Bitte abmelden", "Keine Werbung mehr!", "abbestellen", "austragen", "ABMELDUNG"],
    "it": ["basta", "Basta!", "disiscrivimi", "cancellami", "non scrivetemi più", "per favore fermatevi basta"],
    "es": ["BAJA", "baja", "darme de baja", "Quiero darme de baja", "no más mensajes", "No mas mensajes, gracias"],
    "pt": ["sair", "PARAR", "descadastrar", "me remova", "não quero mais", "nao quero mais receber"],
    "ar": ["توقف", "إيقاف", "ايقاف", "الغاء الاشتراك", "إلغاء الإشتراك", "قف من فضلك"],
    "th": ["หยุด", "หยุดครับ", "หยุดค่ะ", "ยกเลิกรับข่าวสาร", "ไม่รับข่าวสาร"],
    "zh": ["停止", "退订", "退訂", "TD", "请停止", "不要再发了！", "取消订阅"],
}
NOT = {}


@pytest.mark.parametrize(("language", "text"), [(k, t) for k, ts in STOPS.items() for t in ts if t not in NOT])
def test_stop_in_eight_languages(language: str, text: str) -> None:
    assert classify(text) == "stop"


@pytest.mark.parametrize(
    "text",
    ["START", "start!", "subscribe", "Anmelden", "wieder anmelden", "iscrivimi", "darme de alta", "quero receber",
     "ابدأ", "เริ่ม", "订阅", "開始", "please start"],
)  # fmt: skip
def test_start(text: str) -> None:
    assert classify(text) == "start"


@pytest.mark.parametrize(
    "text",
    [
        "can you stop by on Monday?", "When does the bus stop?", "Don't stop believing", "Wann hört das auf",
        "Ich möchte nicht stoppen müssen", "Quiero una baja de precio", "stop the order 1234", "2 stop", "STOP START",
        "🛑", "", " ", "?", "Hello", "ok", "no", "yes", "cancel", "cancelar", "end",
        "para", "ยกเลิก", "取消", "إلغاء", "alta", "t" * 70_000,
    ],
)  # fmt: skip
def test_a_sentence_with_the_word_and_words_of_orders_are_no_wish(text: str) -> None:
    assert classify(text) == "none"


@pytest.mark.parametrize(
    "text", ["unsuscribe", "unsubcribe", "Unsubscirbe", "abmeldne", "abbestelen", "descadastar", "stpo"]
)
def test_small_misspellings(text: str) -> None:
    assert classify(text) == "stop"


@pytest.mark.parametrize(
    "text", ["pasta", "hasta", "shop", "step", "top", "auftragen", "describe", "ahmelden", "formati"]
)
def test_a_letter_more_or_less_makes_another_word(text: str) -> None:
    assert classify(text) == "none"


def test_anmelden_and_abmelden_are_one_letter_apart_and_never_mixed_up() -> None:
    assert (classify("anmelden"), classify("abmelden"), classify("ahmelden")) == ("start", "stop", "none")


@pytest.mark.parametrize("payload", ["STOP_PROMO", "STOP_PROMOTIONS", "Stop promotions", "OPT_OUT", "UNSUBSCRIBE"])
def test_payloads_of_buttons(payload: str) -> None:
    assert classify(payload) == "stop"


LABELLED = [json.loads(line) for line in (Path(__file__).parent / "consent_messages.jsonl").read_text().splitlines()]


def test_a_labelled_set_in_eight_languages_is_understood() -> None:
    """At least 98 in 100 are right; no message without a wish may ever be taken for a STOP."""
    taken = [(each["meaning"], classify(each["text"]), each["text"]) for each in LABELLED]
    wrong = [line for line in taken if line[0] != line[1]]
    assert len(LABELLED) >= 200 and len({each["language"] for each in LABELLED}) == 8
    assert len(wrong) <= len(LABELLED) * 0.02, wrong
    assert not [line for line in wrong if line[0] == "none"]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("please stop sending me messages", "stop"),
        ("I do NOT want to stop receiving your offers", "none"),
        ("I don't receive messages", "none"),
        ("I don't want to receive messages", "stop"),
        ("stop mensajes", "stop"),
        ("the stop", "none"),
        ("stop and start", "none"),
        ("Bitte nicht abmelden", "none"),
        ("no quiero darme de baja", "none"),
        ("请不要停止发送", "none"),
    ],
)
def test_sentences_are_understood_by_their_parts(text: str, meaning: str) -> None:
    assert classify(text) == meaning


def test_the_command_line_tells_the_meaning_of_each_line(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"id": 1, "text": "Bitte keine Werbung mehr"}\n\n{"id": "b", "text": "Can you stop by?"}\n')
    done = run(["consent", "classify", "--messages", str(file)])
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": 1, "meaning": "stop"}, {"id": "b", "meaning": "none"},
    ]  # fmt: skip
    file.write_text('{"id": 1}\n')
    done = run(["consent", "classify", "--messages", str(file)])
    assert done.returncode == 1 and 'Line 1 has no "text"' in done.stderr and "Traceback" not in done.stderr


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "tradewind.cli", *arguments], capture_output=True, text=True, check=False
    )


def test_no_word_is_in_both_lists() -> None:
    assert not consent_words._STOP & consent_words._START


def test_64_kilobytes_and_zalgo_cost_nothing() -> None:
    with costs_less_than(0.5):
        for text in ("stop" * 16_384, "s" + "\u0301" * 65_000, "ş̷̨t" * 20_000, "a" * 239):
            assert classify(text) == "none"
