"""What goes wrong on the way of a webhook, switched on with `POST /_simulator/faults` under `webhooks`:

double           rate of bodies that are posted again, byte for byte, soon after; {"every": k} = every k-th
shuffle          true: events leave in a changed order, up to two seconds apart from it
delay            [low, high] virtual seconds that each event waits
drop_first       rate of bodies whose first try is lost on the way, so they come by a retry
batch            events in one body at most (1 = never batched)
wrong_signature  rate of bodies whose first try bears a wrong signature (the retry is right)
unknown_type     rate of events after which one of an unknown field or type is sent too
"""

import random
from typing import Any

KINDS = ("double", "shuffle", "delay", "drop_first", "batch", "wrong_signature", "unknown_type")
RATES = ("double", "drop_first", "wrong_signature", "unknown_type")


class Mischief:
    """The webhook faults that are on."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed ^ 0x3E8B)
        self._rates: dict[str, float] = {}
        self._bodies = 0
        self.clear()

    def clear(self) -> None:
        """Switch all off."""
        self._rates = {}
        self.every = 0
        self.shuffle = False
        self.delay: tuple[float, float] | None = None
        self.batch: int | None = None

    def change(self, wish: dict[str, Any]) -> None:
        """Merge what is asked; raises ValueError about the first bad part."""
        unknown = set(wish) - set(KINDS) - {"clear"}
        if unknown:
            raise ValueError(f"webhooks: unknown {', '.join(sorted(unknown))}")
        if wish.get("clear"):
            self.clear()
        for kind in RATES:
            if kind in wish:
                self._set_rate(kind, wish[kind])
        self.shuffle = bool(wish.get("shuffle", self.shuffle))
        if "delay" in wish:
            self.delay = _delay(wish["delay"])
        if "batch" in wish:
            self.batch = _batch(wish["batch"])

    def strikes(self, kind: str) -> bool:
        """Draw for one kind of RATES."""
        rate = self._rates.get(kind, 0.0)
        return bool(rate) and self._dice.random() < rate

    def doubles(self) -> bool:
        """True when the next body is to be posted twice."""
        self._bodies += 1
        return bool(self.every and self._bodies % self.every == 0) or self.strikes("double")

    def wait_seconds(self) -> float:
        """Virtual seconds that an event is held back."""
        wait = self._dice.uniform(*self.delay) if self.delay else 0.0
        return wait + self._dice.uniform(0.0, 2.0) if self.shuffle else wait

    def reorder(self, items: list[Any]) -> None:
        """Shuffle in place when that is on."""
        if self.shuffle:
            self._dice.shuffle(items)

    def as_json(self) -> dict[str, Any]:
        """What is on."""
        return {**self._rates, "every": self.every, "shuffle": self.shuffle, "delay": self.delay, "batch": self.batch}

    def _set_rate(self, kind: str, value: Any) -> None:
        if kind == "double" and isinstance(value, dict):
            self.every = int(value.get("every", 0))
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError(f"webhooks.{kind}: a rate is a number from 0 to 1")
        self._rates[kind] = float(value)


def _delay(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    if not (isinstance(value, list) and len(value) == 2 and 0 <= value[0] <= value[1]):
        raise ValueError("webhooks.delay: expected [low, high] in seconds")
    return float(value[0]), float(value[1])


def _batch(value: Any) -> int | None:
    if value is not None and (not isinstance(value, int) or value < 1):
        raise ValueError("webhooks.batch: expected a number of events from 1")
    return value
