"""Weather through one small interface: what a service says, what its failures do, and what it is told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from django.core.cache import cache
from django.test import Client

from tests.contacts.made import contact
from tradewind.contacts.standing import open_meteo, weather
from tradewind.contacts.standing.open_meteo import OpenMeteo
from tradewind.contacts.standing.weather import Conditions, WeatherError
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

BERLIN = {"/places": {"results": [{"latitude": 52.52, "longitude": 13.41}]},
          "/now": {"current": {"temperature_2m": 7.4, "weather_code": 61}}}  # fmt: skip
NO_HTTP = b"good morning\r\n\r\n"


class Outside:
    """A weather service: its answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = dict(BERLIN)
        self.asked: list[dict[str, list[str]]] = []
        outside = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = urlsplit(self.path)
                outside.asked.append(parse_qs(found.query))
                answer = outside.answers.get(found.path)
                if answer == NO_HTTP:
                    self.wfile.write(NO_HTTP)
                    return
                self.send_response(200 if answer is not None else 500)
                self.end_headers()
                self.wfile.write(answer if isinstance(answer, bytes) else orjson.dumps(answer))

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        address = f"http://127.0.0.1:{self.server.server_port}"
        self.service = OpenMeteo("k1", f"{address}/places", f"{address}/now")


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    there = Outside()
    threading.Thread(target=there.server.serve_forever, daemon=True).start()
    monkeypatch.setattr(weather, "is_there", lambda: True)
    monkeypatch.setattr(weather, "service", lambda: there.service)
    cache.clear()
    yield there
    there.server.shutdown()
    there.server.server_close()


def test_a_city_has_its_weather_and_is_asked_for_once(outside: Outside) -> None:
    for _ in range(2):
        assert weather.now(city=" Berlin ", country="DE") == Conditions(7.4, "rain")
    assert [asked.get("name") for asked in outside.asked] == [["Berlin"], None]
    assert outside.asked[0]["countryCode"] == ["DE"] and outside.asked[1]["apikey"] == ["k1"]


@pytest.mark.parametrize("answer", [None, NO_HTTP, b"<html>", b"[]", b"{}", {"current": {"temperature_2m": "warm"}}])
def test_a_service_that_fails_is_let_rest_and_breaks_nothing(outside: Outside, answer: object) -> None:
    outside.answers["/now"] = answer
    for _ in range(2):
        assert weather.now(city="Berlin", country="DE") is None
    assert len(outside.asked) == 2
    with pytest.raises(WeatherError):
        outside.service.at(city="Berlin", country="DE")


def test_a_city_that_nobody_knows_has_none(outside: Outside) -> None:
    outside.answers["/places"] = {}
    assert weather.now(city="Nowhere", country="") is None
    assert weather.now(city="  ", country="DE") is None


def test_every_code_has_a_sky() -> None:
    assert {open_meteo.sky_of(code) for code in range(100)} == set(weather.SKIES)


@pytest.mark.django_db
def test_the_persons_page_fetches_it_and_tells_the_service_the_city_only(
    outside: Outside, as_alice: Client, as_charlie: Client, alice: Member
) -> None:
    person = contact(alice.workspace, city="Berlin")
    address = f"/contacts/{public_id(person)}/weather/"
    assert address in as_alice.get(f"/contacts/{public_id(person)}/").content.decode()
    page = as_alice.get(address).content.decode()
    assert "7 °C" in page and "rain" in page
    assert set(outside.asked[0]) == {"name", "count", "format", "countryCode", "apikey"}
    assert as_charlie.get(address).status_code == 404


@pytest.mark.django_db
def test_a_sky_that_nobody_has_words_for_is_left_out(
    outside: Outside, as_alice: Client, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenMeteo, "at", lambda self, *, city, country: Conditions(7.4, "sandstorm"))
    answer = as_alice.get(f"/contacts/{public_id(contact(alice.workspace, city='Berlin'))}/weather/")
    assert answer.status_code == 200 and "7 °C" in answer.content.decode()


@pytest.mark.django_db
def test_without_a_service_nobody_is_asked(as_alice: Client, alice: Member) -> None:
    person = contact(alice.workspace, city="Berlin")
    assert "/weather/" not in as_alice.get(f"/contacts/{public_id(person)}/").content.decode()
    assert weather.service().at(city="Berlin", country="DE") is None
