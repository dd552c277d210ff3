"""The long loops of this room, for the worker."""

from tradewind.lib.loops import Loop
from tradewind.segments.rules.keeper import Keeper

LOOPS = [Loop("segments.rules", Keeper().step, idle_seconds=0.5)]
