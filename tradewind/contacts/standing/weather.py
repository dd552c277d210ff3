"""Weather, behind one small interface. Nothing is asked of anybody until the operator names a service.

TRADEWIND_WEATHER = "package.module:factory" names a function without arguments that returns a `Weather`; calls to it
should be short, and what it cannot answer is None. Without it there is the climate only (`place.climate`).
One is here: `tradewind.contacts.standing.open_meteo:service`.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.core.cache import cache

from tradewind.lib import logs

log = logs.get(__name__)

KEPT_SECONDS = 1800
# After a failure nobody is asked for so long, so that a service that is down makes no page slow.
REST_SECONDS = 300
SKIES = ("clear", "cloudy", "rain", "snow", "storm")


class WeatherError(Exception):
    """The service cannot be reached, or says what nobody understands."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The weather somewhere now. `sky`: one of SKIES."""

    celsius: float
    sky: str


class Weather(Protocol):
    """What a service must be able to do."""

    def at(self, *, city: str, country: str) -> Conditions | None:
        """The weather in a city of a country (two letters, or ""); None when it is not known. Raises WeatherError."""


class Nowhere:
    """No service: nothing is known, and nobody is asked."""

    def at(self, *, city: str, country: str) -> Conditions | None:
        return None


@lru_cache(maxsize=1)
def service() -> Weather:
    """The service that the operator named, or none."""
    named: str = settings.CONFIG.weather
    if not named:
        return Nowhere()
    module, _colon, factory = named.partition(":")
    made: Weather = getattr(import_module(module), factory)()
    return made


def is_there() -> bool:
    """Whether the operator named a service."""
    return bool(settings.CONFIG.weather)


def now(*, city: str, country: str) -> Conditions | None:
    """The weather of the last half hour; None when it is not known, or the service does not answer."""
    if not (is_there() and city.strip()):
        return None
    place = f"{city.strip().casefold()}|{country}"
    key = f"weather:{sha256(place.encode()).hexdigest()}"
    kept: tuple[Conditions | None] | None = cache.get(key)
    if kept is None:
        kept = (asked(city.strip(), country),)
        cache.set(key, kept, KEPT_SECONDS if kept[0] else REST_SECONDS)
    return kept[0]


def asked(city: str, country: str) -> Conditions | None:
    try:
        return service().at(city=city, country=country)
    except WeatherError as error:
        log.warning("weather not known", why=str(error))
        return None
