"""The clock of a simulation: quick while messages leave, and far quicker while nothing comes due for a while."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.stage import Scene

EACH_NUMBER = 20.0
"""Messages that a number sends in a real second at most: its pace is to be held exactly, so a commit must fit between
two of them."""
TOGETHER = 400.0
"""Messages of all numbers in a real second at most: what the machine does with ease."""
FASTEST = 60.0
"""Virtual seconds in a real one while something is due. A sender renews its leases by this clock."""
NEAR, LEAP = 10.0, 10_000.0
"""While nothing is due: shortly before something is, and far from it."""
LOOK_SECONDS = 0.05

# When the next message of each campaign comes due: in the outbox, or not fed to it yet.
DUE = """
SELECT campaign.id, least(
  (SELECT min(due_at) FROM outbox WHERE run_id = campaign.run_id AND stage <> 'unknown'),
  (SELECT min(near.due_at) FROM campaign_number place CROSS JOIN LATERAL (
     SELECT due_at FROM recipient
     WHERE campaign_id = place.campaign_id AND number_id = place.number_id AND excluded = ''
       AND (due_at, id) > (coalesce(place.fed_due_at, '-infinity'::timestamptz), place.fed_recipient)
     ORDER BY due_at, id LIMIT 1) near
   WHERE place.campaign_id = campaign.id))
FROM campaign WHERE id = ANY(%s) AND state = 'running'
"""


class Hurry:
    """Drives the common clock in `path` while campaigns go out."""

    def __init__(self, scene: Scene, path: Path) -> None:
        self.scene, self.path = scene, path

    def until_done(
        self, paces: dict[int, Sequence[float]], meanwhile: Callable[[float], float | None], seconds: float
    ) -> None:
        """Until none of the campaigns runs. `paces`: campaign → messages a second of each of its numbers.

        `meanwhile` is called with the time and says when it wants to be called again. Raises TimeoutError after so
        many real seconds.
        """
        from tradewind.lib import clock

        give_up = time.monotonic() + seconds
        while dues := dict(self.scene.sql(DUE, list(paces))):
            if time.monotonic() > give_up:
                raise TimeoutError(f"campaigns {sorted(dues)} do not end")
            now = clock.time()
            self.go(self.speed(now, paces, dues, meanwhile(now)))
            time.sleep(LOOK_SECONDS)
        self.go(1.0)

    def speed(
        self, now: float, paces: dict[int, Sequence[float]], dues: dict[int, Any], wanted_at: float | None
    ) -> float:
        times = {campaign: at.timestamp() if at is not None else now for campaign, at in dues.items()}
        leaving = [pace for campaign, at in times.items() if at <= now for pace in paces[campaign]]
        if leaving:
            return max(1.0, min(FASTEST, EACH_NUMBER / max(leaving), TOGETHER / sum(leaving)))
        # Never far past what comes due: the others look at the clock five times a second.
        speed = max(NEAR, (min(times.values()) - now) / 2)
        if wanted_at is not None:
            speed = min(speed, max(FASTEST, (wanted_at - now) / 2))
        return min(LEAP, speed)

    def go(self, speed: float) -> None:
        from tradewind.lib import clock

        if abs(clock.speed() - speed) > 0.05 * speed:
            clock.write(self.path, speed=speed)
