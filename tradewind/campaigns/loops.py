from tradewind.campaigns import clicks, crew, feeder, planner, rest, upkeep
from tradewind.campaigns.editing import renewing
from tradewind.campaigns.followups import verbs as followups
from tradewind.campaigns.series import verbs as series
from tradewind.campaigns.trials import steps
from tradewind.lib.loops import Loop

LOOPS = [
    Loop("campaigns.feeder", feeder.step, idle_seconds=0.25),
    Loop("campaigns.upkeep", upkeep.look_after, idle_seconds=0.5),
    Loop("campaigns.trials", steps.step, idle_seconds=1.0),
    Loop("campaigns.new_words", renewing.step_all, idle_seconds=1.0),
    Loop("campaigns.crew", crew.step, idle_seconds=10.0),
    Loop("campaigns.follow_ups", followups.step, idle_seconds=5.0),
    Loop("campaigns.series", series.step, idle_seconds=5.0),
    Loop("campaigns.ends", rest.end_those_due, idle_seconds=5.0),
    Loop("campaigns.clicks", clicks.step, idle_seconds=2.0),
    Loop("campaigns.departures", upkeep.count_departures, idle_seconds=2.0),
    Loop("campaigns.rescue", planner.rescue, idle_seconds=10.0),
]
