from tradewind.intake import projector, set_aside, sweeping
from tradewind.lib.loops import Loop

LOOPS = [
    Loop("intake.projector", projector.step, idle_seconds=0.1),
    Loop("intake.orphans", set_aside.match_orphans, idle_seconds=2.0),
    Loop("intake.unrouted", set_aside.route_again, idle_seconds=5.0),
    Loop("intake.replays", set_aside.replay_asked, idle_seconds=0.5),
    Loop("intake.sweep", sweeping.step, idle_seconds=600.0),
]
