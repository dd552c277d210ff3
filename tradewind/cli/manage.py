"""Django's own commands in an installation: `python -m tradewind.cli.manage COMMAND …`, for development and CI."""

import os
import sys
from pathlib import Path

from tradewind.cli import environment
from tradewind.cli.output import DEFAULT_DATA


def main() -> None:
    """Runs a management command with the database of TRADEWIND_DATA (or ./var) running."""
    environment.django(environment.of_data(Path(os.environ.get("TRADEWIND_DATA", DEFAULT_DATA))))

    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage", *sys.argv[1:]])


if __name__ == "__main__":
    main()
