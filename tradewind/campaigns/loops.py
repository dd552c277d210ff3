from tradewind.campaigns import actions, feeder
from tradewind.lib.loops import Loop

LOOPS = [
    Loop("campaigns.feeder", feeder.step, idle_seconds=0.25),
    Loop("campaigns.finisher", actions.finish_done, idle_seconds=1.0),
]
