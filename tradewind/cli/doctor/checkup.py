"""All checks in the order in which a person would mend things."""

from collections.abc import Iterator
from pathlib import Path

from tradewind.cli.doctor import database, machine
from tradewind.cli.doctor.finding import Finding, bad
from tradewind.cli.output import Refusal


def examine(data: Path) -> Iterator[Finding]:
    """Looks at the installation on `data`, making its database if there is none; stops where nothing can follow."""
    from tradewind.cli import environment
    from tradewind.config import ConfigError
    from tradewind.lib.clock import ClockError

    yield machine.python()
    try:
        config = environment.of_data(data)
    except (ClockError, ConfigError, Refusal) as error:
        yield bad("settings", str(error))
        return
    yield machine.settings(config)
    yield machine.secrets(config)
    yield machine.disk(config.data)
    yield machine.assets()
    yield machine.translations()
    yield from database.checks(config)
    yield machine.public_address(config)
    yield machine.processes(config.data)
