"""Weather from Open-Meteo (open-meteo.com), for TRADEWIND_WEATHER = "tradewind.contacts.standing.open_meteo:service".

It is asked for a city and a country, never for a person. Its free door is not for businesses; with a key
(TRADEWIND_WEATHER_KEY) the door for customers is used.
"""

from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import orjson
from django.conf import settings

from tradewind.contacts.standing.weather import Conditions, WeatherError

SECONDS = 3.0
MOST_BYTES = 200_000
# WMO code 4677 as Open-Meteo gives it: up to which code the sky is called what.
SKIES = ((1, "clear"), (49, "cloudy"), (67, "rain"), (79, "snow"), (82, "rain"), (94, "snow"), (99, "storm"))


@dataclass(frozen=True, slots=True)
class OpenMeteo:
    """Knows places by name and their weather now. `places` and `forecast` are addresses without a query."""

    key: str = ""
    places: str = "https://geocoding-api.open-meteo.com/v1/search"
    forecast: str = "https://api.open-meteo.com/v1/forecast"

    def at(self, *, city: str, country: str) -> Conditions | None:
        """None for a city that it does not know. Raises WeatherError when it cannot be reached or understood."""
        wanted = {"name": city, "count": 1, "format": "json", **({"countryCode": country} if country else {})}
        try:
            found = self.asked(self.places, wanted).get("results") or []
            return self.now(found[0]["latitude"], found[0]["longitude"]) if found else None
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise WeatherError(f"Open-Meteo answered something else: {error!r}") from error

    def now(self, latitude: float, longitude: float) -> Conditions:
        wanted = {"latitude": latitude, "longitude": longitude, "current": "temperature_2m,weather_code"}
        current = self.asked(self.forecast, wanted)["current"]
        return Conditions(float(current["temperature_2m"]), sky_of(int(current["weather_code"])))

    def asked(self, address: str, query: dict[str, Any]) -> Any:
        query = query | ({"apikey": self.key} if self.key else {})
        try:
            with urlopen(f"{address}?{urlencode(query)}", timeout=SECONDS) as answer:  # noqa: S310  ours, or the operator's
                return orjson.loads(answer.read(MOST_BYTES))
        except HTTPError as error:
            raise WeatherError(f"Open-Meteo answered {error.code}.") from None  # the address would tell the key
        except (HTTPException, URLError, OSError) as error:
            raise WeatherError(f"Open-Meteo cannot be reached: {type(error).__name__}.") from None


def sky_of(code: int) -> str:
    return next((sky for limit, sky in SKIES if code <= limit), "storm")


def service() -> OpenMeteo:
    """With a key the door for customers, without one the free one."""
    key = settings.CONFIG.weather_key.get_secret_value()
    if not key:
        return OpenMeteo()
    hosts = ("https://customer-geocoding-api.open-meteo.com", "https://customer-api.open-meteo.com")
    return OpenMeteo(key, f"{hosts[0]}/v1/search", f"{hosts[1]}/v1/forecast")
