"""How fast: messages per second of a number (130429) and of a number with one person (131056)."""

from collections import OrderedDict

MESSAGES_PER_SECOND = {"STANDARD": 80, "HIGH": 1000, "COEXISTENCE": 20}
PAIR_EMISSION_SECONDS = 6.0
PAIR_TOLERANCE_SECONDS = 270.0  # 45 messages at once borrow from the future


class Bucket:
    """A token bucket that holds one second's worth of messages, in and out together."""

    __slots__ = ("_at", "_tokens", "rate")

    def __init__(self, rate: float, now: float) -> None:
        self.rate, self._tokens, self._at = rate, rate, now

    def has_one(self, now: float) -> bool:
        """True when one more message may pass at `now`."""
        if now > self._at:
            self._tokens = min(self.rate, self._tokens + (now - self._at) * self.rate)
            self._at = now
        return self._tokens >= 1.0

    def take(self) -> None:
        """Use one token; an inbound message is never refused, so the bucket may stay at zero."""
        self._tokens = max(0.0, self._tokens - 1.0)


class PairRate:
    """GCRA for each (number, person): one message in 6 s, a burst of 45, then the debt is waited for."""

    def __init__(self) -> None:
        self._arrival: OrderedDict[tuple[str, str], float] = OrderedDict()

    def wait_seconds(self, pair: tuple[str, str], now: float) -> float:
        """Seconds until one more message to this pair may pass; 0 when it may now."""
        ahead = max(self._arrival.get(pair, now), now) + PAIR_EMISSION_SECONDS - now
        return max(0.0, ahead - PAIR_TOLERANCE_SECONDS)

    def take(self, pair: tuple[str, str], now: float) -> None:
        """Count one message to the pair."""
        self._arrival[pair] = max(self._arrival.get(pair, now), now) + PAIR_EMISSION_SECONDS
        self._arrival.move_to_end(pair)
        self._forget(now)

    def _forget(self, now: float) -> None:
        for _ in range(2):  # two out for each one in: the table stays as small as the last minutes' traffic
            if not self._arrival or next(iter(self._arrival.values())) > now:
                return
            self._arrival.popitem(last=False)
