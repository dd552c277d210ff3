"""The long loops of this room, for the worker."""

from tradewind.lib.loops import Loop
from tradewind.segments.days import kept
from tradewind.segments.rules.keeper import Keeper

LOOPS = [
    Loop("segments.rules", Keeper().step, idle_seconds=0.5),
    # It may be late (see there): every few seconds it has more people of each stretch to note at once.
    Loop("segments.event_days", kept.step, idle_seconds=5.0),
]
