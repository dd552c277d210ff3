"""Counters of the way out, for Prometheus and for the sender's beat. Cheap: one addition a batch."""

from prometheus_client import Counter, Gauge

ACCEPTED = Counter("tradewind_messages_accepted_total", "Messages that Meta accepted")
ENDED = Counter("tradewind_messages_ended_total", "Messages that ended without acceptance", ["state"])
BACK = Counter("tradewind_messages_back_total", "Messages that went back to the queue")
UNKNOWN = Counter("tradewind_messages_unknown_total", "Messages that were perhaps sent")
CALLS = Counter("tradewind_sender_calls_total", "Calls by their answer", ["answer"])
LANES = Gauge("tradewind_sender_lanes", "Numbers that this sender holds")
CLAIMED = Counter("tradewind_sender_claimed_total", "Messages claimed")
ANSWERS = {name: CALLS.labels(name) for name in ("Accepted", "Refused", "NotSent", "Ambiguous")}
BREAKERS = Counter("tradewind_sender_breakers_total", "Times that a number's circuit breaker opened")


def snapshot() -> dict[str, int]:
    """What this process has done since it started, for its beat."""
    counters = {"claimed": CLAIMED, "accepted": ACCEPTED, "back": BACK, "unknown": UNKNOWN, "breakers": BREAKERS}
    return {name: int(counter._value.get()) for name, counter in counters.items()}
