"""`python -m tradewind.simulator --port 0 --seed 1`."""

import argparse
from pathlib import Path

from tradewind.simulator.run import run


def main() -> None:
    """Read the options and serve."""
    options = argparse.ArgumentParser(
        prog="tradewind.simulator", description="A local simulator of the WhatsApp Cloud API."
    )
    options.add_argument("--port", type=int, default=0, help="0 takes a free port")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true", default=True, help="first line as JSON (always so)")
    options.add_argument("--world", type=Path, help="a world as JSON instead of the demo's")
    options.add_argument("--callback", default="", help="where webhooks go, without a handshake")
    options.add_argument("--accept-log", type=Path, help="keep the accept log in this file")
    options.add_argument("--webhook-log", type=Path, help="keep the log of webhook tries in this file")
    asked = options.parse_args()
    try:
        run(
            asked.port,
            asked.seed,
            asked.json,
            world=asked.world,
            host=asked.host,
            callback=asked.callback,
            accept_log=asked.accept_log,
            webhook_log=asked.webhook_log,
        )
    except (OSError, ValueError) as problem:
        options.exit(2, f"simulator: {problem}\n")


if __name__ == "__main__":
    main()
