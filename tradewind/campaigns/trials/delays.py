"""How much later than the launch each part of an audience can go: for the forecast."""

from tradewind.campaigns.models import REST, SAMPLE, Campaign, Trial


def delays(campaign: Campaign) -> dict[int, float]:
    """Seconds from the start until each part opens at the earliest, not counting the sending itself.

    {0: 0.0} without a trial. A canary is watched, a test waits for its answers; a person who has to decide is not
    reckoned with. `spread` is not in it (see `spread_seconds`).
    """
    trial = Trial.objects.filter(campaign=campaign).first()
    if trial is None:
        return {REST: 0.0}
    found, so_far = {}, 0.0
    for part in trial.parts:
        found[part] = so_far
        so_far += 60.0 * (trial.wait_minutes if part == SAMPLE else trial.watch_minutes)
    return found


def spread_seconds(campaign: Campaign) -> float:
    """Over how long the rest goes after a test; 0 = as fast as the pace allows."""
    trial = Trial.objects.filter(campaign=campaign, has_test=True).first()
    return 3600.0 * trial.spread_hours if trial else 0.0
