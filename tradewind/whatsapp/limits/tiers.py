"""The messaging limit: how many different people a portfolio may write to in 24 hours outside their service window."""

from dataclasses import dataclass

LEDGER_WINDOW_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the ladder. `people` = unique people in 24 hours; None = without limit."""

    name: str
    people: int | None

    def left(self, used: int) -> int | None:
        """How many more people may be written to when `used` were; None = without limit."""
        return None if self.people is None else max(0, self.people - used)


TIERS: dict[str, Tier] = {
    name: Tier(name, people)
    for name, people in (
        ("TIER_50", 50),
        ("TIER_250", 250),
        ("TIER_1K", 1_000),
        ("TIER_2K", 2_000),
        ("TIER_10K", 10_000),
        ("TIER_100K", 100_000),
        ("TIER_UNLIMITED", None),
        ("UNTIERED", None),
    )
}
"""Every word that Meta uses. TIER_50 and TIER_1K are older steps that accounts may still stand on."""

SMALLEST = TIERS["TIER_250"]


def tier_of(value: str | int | None) -> Tier | None:
    """The tier in any of Meta's spellings: "TIER_2K", 2000, "2000", -1 for no limit. None when it says nothing.

    A number that is no step of the ladder makes a tier of its own, since Meta may add steps.
    """
    if isinstance(value, str):
        word = value.strip().upper()
        if word in TIERS:
            return TIERS[word]
        try:
            value = int(word)
        except ValueError:
            return None
    if value is None or isinstance(value, bool) or not isinstance(value, int):
        return None
    if value == -1:
        return TIERS["TIER_UNLIMITED"]
    if value <= 0:
        return None
    return next((tier for tier in TIERS.values() if tier.people == value), Tier(f"TIER_{value}", value))
