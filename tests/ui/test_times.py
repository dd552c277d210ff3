"""Times and spans by the rules of the design, against a clock that stands at Monday 2 March 2026, 12:00 UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tests.conftest import Time
from tradewind.ui import times
from tradewind.ui.templatetags import ui_tags


def at(day: int, hour: int = 12, minute: int = 0, *, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "short", "spoken"),
    [
        (at(2, 13, 21), "14:21", "today 14:21"),
        (at(3, 12, 10), "Tue 13:10", "tomorrow 13:10"),
        (at(4, 18), "Wed 19:00", "Wed 19:00"),
        (at(1, 8, 16), "1 Mar", "yesterday 09:16"),
        (at(1, 23, 30), "00:30", "today 00:30"),
        (at(3, month=2), "3 Feb", "3 Feb"),
        (at(3, month=11, year=2024), "3 Nov 2024", "3 Nov 2024"),
    ],
)
def test_a_time_says_only_what_is_needed(still_time: Time, moment: datetime, short: str, spoken: str) -> None:
    with timezone.override("Europe/Berlin"), translation.override("en"):
        assert times.short(moment) == short
        assert times.spoken(moment) == spoken


def test_times_are_the_readers_own(still_time: Time) -> None:
    with timezone.override("Asia/Bangkok"):
        assert times.hour_minute(at(2, 20)) == "03:00"
        assert times.short(at(2, 20)) == "Tue 03:00"
    with translation.override("de"), timezone.override("UTC"):
        assert times.day(at(3, month=2)) == "3. Feb."
    with translation.override("ar"), timezone.override("UTC"):
        assert times.day(at(3, month=2)) == "3 فبراير"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7440, "2 h 4 min"),
        (86399, "23 h 59 min"),
        (86400, "1 day"),
        (3 * 86400 + 5, "3 days"),
    ],
)
def test_spans(seconds: float, said: str) -> None:
    assert times.duration(seconds) == said
    assert times.duration(timedelta(seconds=seconds)) == said


def test_answer_times_keep_their_seconds() -> None:
    assert times.duration_exact(220) == "3 min 40 s"
    assert times.duration_exact(240) == "4 min"
    assert times.duration_exact(7440) == "2 h 4 min"


def test_a_running_wait_tells_the_browser_where_it_stands(still_time: Time) -> None:
    with timezone.override("UTC"):
        said = ui_tags.since(at(2, 11, 51))
    assert 'data-time-kind-value="since"' in said
    assert f'data-time-at-value="{int(at(2, 11, 51).timestamp() * 1000)}"' in said
    assert ">8 min<" in said
    assert ui_tags.until(None) == "–"


def test_the_browser_knows_the_words_of_every_plural(still_time: Time) -> None:
    assert times.units()["days"] == {
        "zero": "0 days", "one": "0 day", "two": "0 days", "few": "0 days", "many": "0 days", "other": "0 days"
    }  # fmt: skip
