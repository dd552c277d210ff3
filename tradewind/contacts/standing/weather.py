"""Weather, behind one small interface. Nothing is asked of anybody until the operator names a service.

TRADEWIND_WEATHER = "package.module:factory" names a function without arguments that returns a `Weather`; calls to it
should be short, and what it cannot answer is None. Without it there is the climate only (`place.climate`).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Conditions:
    """The weather somewhere now. `sky`: clear, cloudy, rain, snow, storm."""

    celsius: float
    sky: str


class Weather(Protocol):
    """What a service must be able to do."""

    def at(self, *, city: str, country: str) -> Conditions | None:
        """The weather in a city of a country (two letters); None when it is not known."""


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
