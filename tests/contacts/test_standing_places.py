"""Questions that are recognised, where and when somebody is, and the settings of the figures."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from tradewind.contacts.standing import place
from tradewind.contacts.standing.history import DAY
from tradewind.contacts.standing.questions import is_question
from tradewind.contacts.standing.settings import Grade, Settings

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC).timestamp()
USUAL = Settings()


@pytest.mark.parametrize(
    "text",
    ["Is it here?", "Onde fica a loja", "how much is shipping", "Kann ich umtauschen", "Gibt es das in Blau",
     "quanto costa", "هل هو متوفر", "متى يصل الطلب؟", "多少钱", "有货吗？",
     "ราคาเท่าไหร่", "มีสีดำไหม", "¿Cuándo llega", "wann kommt es"],
)  # fmt: skip
def test_questions_in_eight_languages(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    ["", "Thank you", "https://shop.example/?id=3", "Was ich sage, gilt"[4:], "شكرا", "谢谢", "ขอบคุณค่ะ",
     "whatever", "Comodo", "Wannsee ist schön", "👍", "how"],
)  # fmt: skip
def test_what_is_no_question(text: str) -> None:
    assert not is_question(text)


def test_place_dialect_and_climate() -> None:
    zones = ("Europe/Berlin", "America/Bogota", "Asia/Dubai", "Asia/Tokyo", "x")
    assert [place.zone_group(zone) for zone in zones] == [
        *["europe_africa", "americas", "middle_asia", "asia_pacific"],
        "",
    ]
    assert place.dialect("de", "CH") == "de-CH"
    assert place.dialect("en", "gb") == "en-GB"
    assert place.dialect("zh_TW", "DE") == "zh-TW"
    assert place.dialect("ar", "DE") == "ar"
    assert place.dialect("", "DE") == ""
    assert [place.climate(country) for country in ("TH", "AE", "IT", "NO", "DE", "")] == [
        "tropical", "dry", "warm", "cold", "temperate", "",
    ]  # fmt: skip


def test_somebody_who_writes_on_wednesday_evenings() -> None:
    wednesday = datetime(2026, 2, 25, 19, 0, tzinfo=UTC).timestamp()  # 20:00 in Berlin
    weeks = [wednesday - 7 * DAY * week for week in range(4)]
    assert place.habit(weeks, "Europe/Berlin") == "wed_evening"
    assert place.habit([weeks[0] + minute for minute in range(50)], "Europe/Berlin") == ""  # one evening is no habit
    assert place.habit([wednesday - DAY * day for day in range(7)], "Europe/Berlin") == "evening"
    assert place.habit(weeks, "") == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"engagement": {"opens": 50}},
        {"engagement": {"opens": -1, "speed": 71}},
        {"grade": {"a_from": 1, "b_from": 2}},
        {"grade": {"a_from": float("nan")}},
        {"intent": {"question": float("inf")}},
        {"stages": {"at_risk": 200}},
        {"classes": {"recency_days": [30, 20, 60, 90]}},
        {"classes": {"spend_a_year": {"XYZ": [1, 2, 3, 4]}}},
        {"classes": {"spend_a_year": {"EUR": [4, 3, 2, 1]}}},
        {"currency": "XXX"},
        {"made_up": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_the_usual_settings_are_those_of_the_product() -> None:
    assert (USUAL.engagement.opens, USUAL.engagement.speed, USUAL.engagement.depth) == (40, 30, 30)
    assert (USUAL.intent.question, USUAL.intent.read, USUAL.intent.high) == (1.5, 0.3, 5.0)
    assert Grade() == USUAL.grade
    assert USUAL.record_percent == 30
