"""The command line: `tradewind …`. The commands are in `commands`, one module each."""


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    from tradewind.cli.app import run

    run()
