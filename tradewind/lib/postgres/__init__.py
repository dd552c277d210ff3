"""PostgreSQL for installations that bring none: an own cluster in the data folder, found or started on demand.

`ensure(data)` is all that most callers need. It finds server binaries (the ladder in `binaries`), makes the cluster
in DIR/postgres when it is missing, starts it when it is not running, and returns its address. The cluster listens on
a unix socket in a private folder and nowhere else. It runs as long as some process that called `ensure` lives: each
holds a shared file lock, and a small keeper process stops the server when the last lock is gone, even after SIGKILL.
"""

from tradewind.lib.postgres.binaries import Binaries, find
from tradewind.lib.postgres.cluster import Cluster, Status, ensure
from tradewind.lib.postgres.errors import PostgresError

__all__ = ["Binaries", "Cluster", "PostgresError", "Status", "ensure", "find"]
