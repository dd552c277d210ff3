from tradewind.campaigns import feeder, planner, upkeep
from tradewind.lib.loops import Loop

LOOPS = [
    Loop("campaigns.feeder", feeder.step, idle_seconds=0.25),
    Loop("campaigns.upkeep", upkeep.look_after, idle_seconds=0.5),
    Loop("campaigns.departures", upkeep.count_departures, idle_seconds=2.0),
    Loop("campaigns.rescue", planner.rescue, idle_seconds=10.0),
]
