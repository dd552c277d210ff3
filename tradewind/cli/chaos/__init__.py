"""The chaos run: a campaign through a storm of kills and crashes, judged by the simulator's own accept log.

    tradewind chaos --messages 10000 --kills 20 --database-crashes 2 --seed 7 --json

The whole installation runs in a folder of its own against the simulator, with webhooks doubled and shuffled. While the
campaign goes out, senders, workers and web processes are killed −9 and PostgreSQL is stopped at once, at moments drawn
from the seed; with `--full-disks 1 --data SMALL` its disk is full for a while. Afterwards: `lost` (people who should
have it and do not, or messages called sent that never left), `duplicates` (accepted more than once), `unknown` (still
in doubt) and `invariant_breaks` (moments at which queued + sent + failed + unknown + skipped was not the audience) must
all be 0.
"""

from tradewind.cli.chaos.run import Storm, run

__all__ = ["Storm", "run"]
