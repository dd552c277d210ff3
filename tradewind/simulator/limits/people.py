"""Whom: unique people reached outside a window in 24 hours (131048), and the windows themselves (131047)."""

from collections import OrderedDict

DAY_SECONDS = 86_400.0
ENTRY_POINT_SECONDS = 3 * DAY_SECONDS
UNLIMITED = 1 << 62
TIERS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": UNLIMITED,
}
NEXT_TIER = {"TIER_250": "TIER_2K", "TIER_2K": "TIER_10K", "TIER_10K": "TIER_100K", "TIER_100K": "TIER_UNLIMITED"}


class Ledger:
    """The people one portfolio reached outside a window in the last 24 hours, by the moment they were first counted.

    A person counts from acceptance, which is stricter than Meta (who counts from delivery): a sender that passes here
    passes there.
    """

    def __init__(self) -> None:
        self._first: OrderedDict[str, float] = OrderedDict()

    def count(self, now: float) -> int:
        """People counted in the 24 hours before `now`."""
        first = self._first
        while first and next(iter(first.values())) <= now - DAY_SECONDS:
            first.popitem(last=False)
        return len(first)

    def has(self, person: str, now: float) -> bool:
        """True when the person is already counted, so one more message costs nothing."""
        since = self._first.get(person)
        return since is not None and since > now - DAY_SECONDS

    def add(self, person: str, now: float) -> None:
        """Count the person from `now`, unless counted already."""
        if not self.has(person, now):
            self._first.pop(person, None)
            self._first[person] = now


class Windows:
    """Open windows for each (number, person): 24 h since the person last wrote; 72 h free after an ad's entry point."""

    def __init__(self) -> None:
        self._wrote: dict[tuple[str, str], float] = {}
        self._entered: dict[tuple[str, str], float] = {}
        self._free_until: dict[tuple[str, str], float] = {}

    def person_wrote(self, pair: tuple[str, str], at: float, *, from_ad: bool = False) -> None:
        """A person wrote or called: the service window opens anew; an ad referral may open a free entry point."""
        self._wrote[pair] = max(at, self._wrote.get(pair, at))
        if from_ad:
            self._entered[pair] = at

    def business_wrote(self, pair: tuple[str, str], at: float) -> None:
        """We answered: the first answer within 24 h of an ad's entry opens 72 free hours."""
        entered = self._entered.pop(pair, None)
        if entered is not None and at - entered <= DAY_SECONDS:
            self._free_until[pair] = at + ENTRY_POINT_SECONDS

    def is_open(self, pair: tuple[str, str], at: float) -> bool:
        """True when free-form messages may pass."""
        wrote = self._wrote.get(pair)
        return wrote is not None and at < wrote + DAY_SECONDS

    def free_until(self, pair: tuple[str, str], at: float) -> float | None:
        """The end of a free entry point that is open at `at`, or None."""
        until = self._free_until.get(pair)
        return until if until is not None and at < until else None

    def wrote_at(self, pair: tuple[str, str]) -> float | None:
        """When the person last wrote to the number."""
        return self._wrote.get(pair)
