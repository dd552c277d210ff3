"""How much later than the launch each part of an audience can go: for the forecast."""

from collections.abc import Iterator, Sequence

from tradewind.campaigns.models import REST, SAMPLE, Campaign, Trial


def delays(campaign: Campaign) -> dict[int, float]:
    """Seconds from the start until each part opens at the earliest, not counting the sending itself.

    {0: 0.0} without a trial. A canary is watched, a test waits for its answers; a person who has to decide is not
    reckoned with.
    """
    trial = Trial.objects.filter(campaign=campaign).first()
    if trial is None:
        return {REST: 0.0}
    found, so_far = {}, 0.0
    for part in trial.parts:
        found[part] = so_far
        so_far += 60.0 * (trial.wait_minutes if part == SAMPLE else trial.watch_minutes)
    return found


class Parts:
    """Moves the waves of later parts to when these open. `dues`: unix seconds of everybody who gets it."""

    def __init__(self, campaign: Campaign, dues: Sequence[float | None]) -> None:
        self.delays = delays(campaign)
        trial = Trial.objects.filter(campaign=campaign, has_test=True).first()
        self.spread_hours = trial.spread_hours if trial else 0
        self.began = min((due for due in dues if due is not None), default=0.0)

    def waves(
        self, part: int, due: float | None, until: float | None, people: int
    ) -> Iterator[tuple[float | None, float | None, int]]:
        """(due, until, people) of a wave as it will go: later, a day later where its hour is over, or hour by hour."""
        opens = self.began + self.delays.get(part, 0.0)
        if due is None or (due >= opens and not self.spread_hours):
            yield due, until, people
            return
        if until is not None and opens >= until:
            days = 1 + int((opens - until) // 86_400)
            due, until = due + 86_400.0 * days, until + 86_400.0 * days
        due = max(due, opens)
        slices = self.spread_hours if part == REST and self.spread_hours else 1
        for n in range(slices):
            if some := people * (n + 1) // slices - people * n // slices:
                yield due + 3600.0 * n, until if slices == 1 else None, some
