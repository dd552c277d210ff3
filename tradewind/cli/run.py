"""The entry points of an installation's processes: `python -m tradewind.cli.run KIND …`.

Each ends with its supervisor, logs under its own name, and knows its settings from the environment alone.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable

from tradewind import config
from tradewind.cli.child import PARENT
from tradewind.lib import lifeline, logs, priority

# uvicorn waits for live streams at its end, which never end by themselves.
GRACE_SECONDS = 5


def main(kind: str, *arguments: str) -> None:
    """Runs one process of an installation until it is asked to stop."""
    if PARENT in os.environ:
        lifeline.die_with_parent(int(os.environ[PARENT]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
    settings = config.load()
    as_json = {"json": True, "console": False}.get(settings.log_format, False)
    logs.configure(level=settings.log_level, as_json=as_json, process=kind)
    entry: dict[str, Callable[..., None]] = {"web": web, "sender": sender, "worker": worker, "simulator": simulator}
    entry[kind](*arguments)


def web(descriptor: str) -> None:
    """The console, the API, the webhook door and the live streams, on a socket that the supervisor holds."""
    import uvicorn

    listener = socket.socket(fileno=int(descriptor))
    settings = uvicorn.Config(
        "tradewind.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(config.load().trusted_proxies),
        forwarded_allow_ips=config.load().trusted_proxies or None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    uvicorn.Server(settings).run(sockets=[listener])


def sender() -> None:
    """The way out."""
    priority.give_way(priority.ENGINE)
    _set_up_django()
    from tradewind.messages.sender import main as send

    send()


def worker() -> None:
    """Projector, relay, feeder, recovery and chores."""
    priority.give_way(priority.ENGINE)
    _set_up_django()
    from tradewind.cli.worker import main as work

    work()


def simulator(*arguments: str) -> None:
    """The simulator of the Cloud API, with the options of its own command line."""
    priority.give_way(priority.ENGINE)
    from tradewind.simulator.__main__ import main as simulate

    sys.argv[1:] = arguments
    simulate()


def _set_up_django() -> None:
    import django

    django.setup()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor
    main(*sys.argv[1:])
