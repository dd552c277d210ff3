"""Quality: what blocks do to a template and to a number, and pacing.

Meta keeps its thresholds secret; ours are these: seen over the last seven days with older signals fading, 2 % of
blocks make YELLOW and 4 % RED, once 20 messages were delivered and three people have blocked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tradewind.simulator.world.shapes import Number, Template

if TYPE_CHECKING:
    from tradewind.simulator.outcomes import Outgoing
    from tradewind.simulator.simulation import Simulation

FADE_SECONDS = 7 * 86_400.0 / 2  # time constant of fading
ENOUGH_DELIVERED = 20.0
ENOUGH_BLOCKED = 2.5  # of three the first may have faded a little
YELLOW_SHARE, RED_SHARE = 0.02, 0.04
PAUSES_SECONDS = (3 * 3600.0, 6 * 3600.0)  # the third time it is disabled
HOLD_SECONDS = 1800.0


class Standing:
    """Fading counts of deliveries and blocks of one template or number."""

    __slots__ = ("at", "blocked", "delivered", "pauses")

    def __init__(self) -> None:
        self.at, self.delivered, self.blocked, self.pauses = 0.0, 0.0, 0.0, 0

    def fade(self, at: float) -> None:
        """Let old signals lose weight."""
        if at > self.at:
            factor = math.exp(-(at - self.at) / FADE_SECONDS) if self.at else 1.0
            self.delivered, self.blocked, self.at = self.delivered * factor, self.blocked * factor, at

    def score(self) -> str:
        """GREEN, YELLOW, RED, or "" while too little is known."""
        if self.delivered < ENOUGH_DELIVERED:
            return ""
        share = self.blocked / self.delivered if self.blocked >= ENOUGH_BLOCKED else 0.0
        return "RED" if share >= RED_SHARE else "YELLOW" if share >= YELLOW_SHARE else "GREEN"


class Quality:
    """Watches deliveries and blocks; pauses templates, marks numbers, holds what pacing holds."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._templates: dict[str, Standing] = {}
        self._numbers: dict[str, Standing] = {}
        self._sent: dict[str, int] = {}
        self._held: dict[str, list[Outgoing]] = {}
        self._paced: set[str] = set()

    def holds(self, template: Template) -> bool:
        """True when pacing holds the next message of this template back; counts it as sent otherwise."""
        if template.pacing_after is None:
            return False
        sent = self._sent[template.template_id] = self._sent.get(template.template_id, 0) + 1
        return sent > template.pacing_after

    def hold(self, message: Outgoing, at: float) -> None:
        """Keep a message until the template's quality is known."""
        template = message.template
        assert template is not None
        held = self._held.setdefault(template.template_id, [])
        if not held:
            self._simulation.wheel.at(at + HOLD_SECONDS, self._judge, template)
        held.append(message)

    def delivered(self, message: Outgoing, at: float) -> None:
        """A message reached its person."""
        for standing in self._standings(message):
            standing.fade(at)
            standing.delivered += 1

    def blocked(self, message: Outgoing, at: float) -> None:
        """A person blocked or reported the business because of a message."""
        for standing in self._standings(message):
            standing.fade(at)
            standing.blocked += 1
        if message.template:
            self._score_template(message.template, at)
        self._score_number(message.number, at)

    def pause(self, template: Template, at: float) -> None:
        """Pause a template as RED quality does: 3 h, then 6 h, then disabled."""
        standing = self._templates.setdefault(template.template_id, Standing())
        standing.pauses += 1
        if standing.pauses > len(PAUSES_SECONDS):
            self._set_status(template, "DISABLED", "DISABLED", at)
            return
        word = ("FIRST_PAUSE", "SECOND_PAUSE")[standing.pauses - 1]
        self._set_status(template, "PAUSED", word, at)
        self._simulation.wheel.at(at + PAUSES_SECONDS[standing.pauses - 1], self._unpause, template)

    def paced(self, template: Template) -> bool:
        """True when pacing, not low quality, paused the template: only then a person may unpause it."""
        return template.template_id in self._paced

    def unpause(self, template: Template, at: float) -> None:
        """Lift a pause of pacing."""
        self._paced.discard(template.template_id)
        self._templates.pop(template.template_id, None)
        template.quality = "UNKNOWN"
        self._set_status(template, "APPROVED", "UNPAUSE", at)

    def _standings(self, message: Outgoing) -> list[Standing]:
        number = self._numbers.setdefault(message.number.phone_number_id, Standing())
        if message.template is None:
            return [number]
        return [number, self._templates.setdefault(message.template.template_id, Standing())]

    def _score_template(self, template: Template, at: float) -> None:
        score = self._templates[template.template_id].score()
        if not score or score == template.quality:
            return
        previous, template.quality = template.quality, score
        value = {
            "previous_quality_score": previous,
            "new_quality_score": score,
            "message_template_id": int(template.template_id),
            "message_template_name": template.name,
            "message_template_language": template.language,
        }
        self._simulation.tell_field(template.waba_id, "message_template_quality_update", value, at)
        if score == "RED" and template.status == "APPROVED":
            self.pause(template, at)

    def _score_number(self, number: Number, at: float) -> None:
        score = self._numbers[number.phone_number_id].score()
        if not score or score == number.quality_rating:
            return
        was, number.quality_rating = number.quality_rating, score
        if "RED" not in (was, score):
            return
        tier = self._simulation.portfolio_of(number).messaging_limit_tier
        value = {
            "display_phone_number": number.digits,
            "event": "FLAGGED" if score == "RED" else "UNFLAGGED",
            "current_limit": tier,
            "max_daily_conversations_per_business": tier,
        }
        self._simulation.tell_field(number.waba_id, "phone_number_quality_update", value, at)

    def _unpause(self, at: float, template: Template) -> None:
        if template.status != "PAUSED":
            return
        standing = self._templates[template.template_id]
        standing.delivered = standing.blocked = 0.0
        template.quality = "UNKNOWN"
        self._set_status(template, "APPROVED", "UNPAUSE", at)

    def _set_status(self, template: Template, status: str, title: str, at: float) -> None:
        template.status = status
        value = status_update(template, status)
        value["other_info"] = {"title": title, "description": "Changed because of the quality of this template."}
        self._simulation.tell_field(template.waba_id, "message_template_status_update", value, at)

    def _judge(self, at: float, template: Template) -> None:
        from tradewind.simulator.outcomes import begin, fail

        held, template.pacing_after = self._held.pop(template.template_id, []), None
        if template.status == "APPROVED" and template.quality != "RED":
            for message in held:
                message.accepted_at = at
                begin(self._simulation, message)
            return
        if template.status == "APPROVED":
            self._paced.add(template.template_id)
            self._set_status(template, "PAUSED", "RATE_LIMITING_PAUSE", at)
        for message in held:
            fail(
                at,
                self._simulation,
                message,
                132015,
                "Template was paused while the message was held for quality assessment.",
            )


def status_update(template: Template, event: str, reason: str = "NONE") -> dict[str, object]:
    """The value of `message_template_status_update`."""
    return {
        "event": event,
        "message_template_id": int(template.template_id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": reason,
        "message_template_category": template.category,
    }
