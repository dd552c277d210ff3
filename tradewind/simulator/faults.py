"""What can go wrong on purpose: rates for each kind, scripted next ones, and changes midway.

Kinds for calls of the API (each a rate from 0 to 1, or an object with `rate` and its settings):
  refuse              close before anything of the request is read
  hang                never answer; nothing is accepted
  hang_after_accept   accepted, and never answered
  slow                {"rate", "seconds": [low, high]}: answer late (real seconds)
  cut_before_accept   close without an answer; nothing is accepted
  cut_after_accept    accepted, then the connection is cut
  cut_in_body         accepted; headers are sent, and the connection is cut inside the body
  error_after_accept  accepted, and 500 with Meta's 131000
  html                {"rate", "status": 502, "accepted": false}: a page of HTML instead of JSON
  empty               accepted, and 200 without a body
  error_in_200        200 with an error envelope; nothing is accepted
  429                 HTTP 429 with code 4
  repeated_wamid      accepted, answered with the wamid of the message before
  other_wa_id         accepted, answered with another wa_id than asked for
  graph               {"131000": 0.02, …}: Meta's refusal with that code; nothing is accepted
`next`: [{"kind": "hang", "times": 3, …settings}] come first, in order ("none" = no fault). `revoke_token`
{"after": N} and `pause_template` {"template": id or name, "after": N} strike after N more accepted messages.
`down_seconds` closes the port itself for so long, so that connecting fails. Webhook kinds: webhooks/mischief.py.
"""

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "refuse",
    "hang",
    "hang_after_accept",
    "slow",
    "cut_before_accept",
    "cut_after_accept",
    "cut_in_body",
    "error_after_accept",
    "html",
    "empty",
    "error_in_200",
    "429",
    "repeated_wamid",
    "other_wa_id",
    "graph",
)
OTHER_WISHES = ("clear", "next", "revoke_token", "pause_template")
BEFORE = frozenset({"hang", "cut_before_accept", "error_in_200", "429", "graph"})


@dataclass(slots=True)
class Fault:
    """One fault that strikes now."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def accepts(self) -> bool:
        """True when the message is accepted although the answer is wrong."""
        return self.settings.get("accepted", False) if self.kind == "html" else self.kind not in BEFORE


class Faults:
    """The faults that are switched on. `draw` is cheap when there are none."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed ^ 0xFA17)
        self._rates: dict[str, float] = {}
        self._settings: dict[str, dict[str, Any]] = {}
        self._graph: dict[int, float] = {}
        self._next: deque[Fault] = deque()
        self.active = False
        self.revoke_after: int | None = None
        self.pause_after: int | None = None
        self.pause_template = ""

    def change(self, wish: dict[str, Any]) -> None:
        """Merge a request body into what is on; raises ValueError with a sentence about the first bad part."""
        unknown = set(wish) - {*KINDS, *OTHER_WISHES}
        if unknown:
            raise ValueError(f"faults: unknown {', '.join(sorted(unknown))}")
        if wish.get("clear"):
            self._clear()
        for kind, value in wish.items():
            if kind in KINDS and kind != "graph":
                self._rates[kind], self._settings[kind] = _rate_of(kind, value)
        self._graph |= {
            _code(code): _rate(f"graph {code}", rate) for code, rate in _object("graph", wish.get("graph", {})).items()
        }
        self._next.extend(fault for step in wish.get("next", ()) for fault in _script(step))
        self._change_midway(wish)
        self.active = bool(self._next) or any(self._rates.values()) or any(self._graph.values())

    def draw(self) -> Fault | None:
        """The fault that strikes the next call, or None."""
        if not self.active:
            return None
        if self._next:
            return self._scripted()
        for kind, rate in self._rates.items():
            if rate and kind != "refuse" and self._dice.random() < rate:
                return Fault(kind, self._settings[kind])
        for code, rate in self._graph.items():
            if rate and self._dice.random() < rate:
                return Fault("graph", {"code": code})
        return None

    def refuses(self) -> bool:
        """True when the next connection or request is to be closed before it is read."""
        if not self.active:
            return False
        if self._next and self._next[0].kind == "refuse":
            self._scripted()
            return True
        rate = self._rates.get("refuse", 0.0)
        return bool(rate) and self._dice.random() < rate

    def seconds(self, fault: Fault) -> float:
        """How long a slow answer takes."""
        low, high = fault.settings.get("seconds", (1.0, 5.0))
        return self._dice.uniform(low, high)

    def as_json(self) -> dict[str, Any]:
        """What is on."""
        known: dict[str, Any] = {
            kind: self._settings[kind] | {"rate": rate} for kind, rate in self._rates.items() if rate
        }
        return known | {
            "graph": {str(code): rate for code, rate in self._graph.items() if rate},
            "next": [{"kind": fault.kind, **fault.settings} for fault in self._next],
            "revoke_token": self.revoke_after,
            "pause_template": {"template": self.pause_template, "after": self.pause_after}
            if self.pause_template
            else None,
        }

    def _clear(self) -> None:
        self._rates, self._settings, self._graph = {}, {}, {}
        self._next.clear()
        self.revoke_after = self.pause_after = None
        self.pause_template = ""

    def _scripted(self) -> Fault:
        fault = self._next.popleft()
        self.active = bool(self._next) or any(self._rates.values()) or any(self._graph.values())
        return fault

    def _change_midway(self, wish: dict[str, Any]) -> None:
        if "revoke_token" in wish:
            self.revoke_after = int(_object("revoke_token", wish["revoke_token"]).get("after", 0))
        if "pause_template" in wish:
            asked = _object("pause_template", wish["pause_template"])
            self.pause_template, self.pause_after = str(asked.get("template", "")), int(asked.get("after", 0))


def _rate_of(kind: str, value: Any) -> tuple[float, dict[str, Any]]:
    if isinstance(value, dict):
        settings = {name: part for name, part in value.items() if name != "rate"}
        return _rate(kind, value.get("rate", 1.0)), _checked(kind, settings)
    return _rate(kind, value), {}


def _checked(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    seconds = settings.get("seconds")
    if seconds is not None and not (isinstance(seconds, list) and len(seconds) == 2 and 0 <= seconds[0] <= seconds[1]):
        raise ValueError(f"{kind}: seconds must be [low, high]")
    return settings


def _rate(kind: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{kind}: a rate is a number from 0 to 1")
    return float(value)


def _code(text: str) -> int:
    if not str(text).isdigit():
        raise ValueError(f"graph: {text!r} is no error code")
    return int(text)


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name}: expected an object")
    return value


def _script(step: Any) -> list[Fault]:
    asked = {"kind": step} if isinstance(step, str) else _object("next", step)
    kind = str(asked.get("kind", ""))
    if kind == "none":
        pass  # a scripted call without a fault
    elif kind not in KINDS or (kind == "graph" and "code" not in asked):
        raise ValueError(f"next: unknown kind {kind!r}, or graph without its code")
    settings = _checked(kind, {name: part for name, part in asked.items() if name not in ("kind", "times")})
    return [Fault(kind, settings)] * int(asked.get("times", 1))
