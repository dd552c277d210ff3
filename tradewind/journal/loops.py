from tradewind.journal import partitions
from tradewind.journal.relay import Relay
from tradewind.lib.loops import Loop


def make_months() -> bool:
    partitions.make_months()
    return False


LOOPS = [
    Loop("journal.relay", Relay().step, idle_seconds=0.1),
    Loop("journal.months", make_months, idle_seconds=3600.0),
]
