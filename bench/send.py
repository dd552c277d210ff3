"""`tradewind bench send`: a campaign from launch to the last status, against the simulator on the same machine.

CPU is that of web, sender, worker and PostgreSQL, without the simulator. With `limits` the simulator enforces Meta's
limits: then none may be passed and at least 95 % of what they allow should be used.
"""

import time
from pathlib import Path
from typing import Any

from bench.stage import Scene, stage

PROCESSES = {"web": 1, "sender": 1, "worker": 1}


def run(
    *, messages: int = 20_000, numbers: int = 20, limits: bool = False, senders: int = 1, data: Path | None = None
) -> dict[str, Any]:
    """Figures: messages_per_second, cpu_us_per_message, and with limits share_of_limit_used and violations."""
    processes = {**PROCESSES, "sender": senders}
    with stage(data=data, numbers=numbers, people=messages, processes=processes, lifted=not limits) as scene:
        scene.reckon(scene.people())  # the first look at new people is no part of sending to them
        campaign = scene.planned_campaign()
        cpu, started = scene.cpu_parts(), time.perf_counter()
        scene.launch(campaign)
        accepted_after = wait(scene, campaign, "accepted", messages)
        read_after = wait(scene, campaign, "read", messages, since=started)
        parts = {name: after - cpu[name] for name, after in scene.cpu_parts().items()}
        return {
            "messages": messages,
            "seconds_to_last_accept": round(accepted_after, 2),
            "seconds_to_last_status": round(read_after, 2),
            "messages_per_second": round(messages / read_after),
            "accepted_per_second": round(messages / accepted_after),
            "cpu_us_per_message": round(sum(parts.values()) / messages * 1e6),
            "cpu_us_by_process": {name: round(seconds / messages * 1e6) for name, seconds in parts.items()},
            **limit_figures(scene, numbers, messages, accepted_after, limits),
        }


def wait(scene: Scene, campaign: Any, name: str, count: int, *, since: float | None = None) -> float:
    """Seconds (from `since` or now) until so many have reached this; gives up after five minutes without an end."""
    since = since or time.perf_counter()
    while (seen := scene.reached(campaign, name)) < count:
        if time.perf_counter() - since > 300:
            raise TimeoutError(f"{seen} of {count} messages are {name} after five minutes")
        time.sleep(0.1)
    return time.perf_counter() - since


def limit_figures(scene: Scene, numbers: int, messages: int, seconds: float, limits: bool) -> dict[str, Any]:
    if not limits:
        return {}
    state = scene.simulator_state()
    return {
        "share_of_limit_used": round(messages / seconds / (80 * numbers), 3),
        "violations": state["violations"],
        "refused": state["refused"],
    }
