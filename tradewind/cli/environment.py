"""What a command needs before it can work: the settings of its data folder, the database, Django."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tradewind.cli.output import Refusal

if TYPE_CHECKING:
    from tradewind.config import Config


def of_data(data: Path, **settings: str) -> "Config":
    """The configuration with this data folder (made when missing); `settings` are variables to set beside it."""
    from tradewind import config
    from tradewind.lib import clock

    folder = data.expanduser().absolute()
    _make(folder)
    os.environ |= {"TRADEWIND_DATA": str(folder)} | settings
    clock.forget()
    clock.time()  # a virtual clock that cannot be read is told now, not by each process
    return config.reload()


def database(config: "Config", *, fast: bool = False) -> str:
    """The address of the database: the given one, or that of the embedded cluster, which runs from now on."""
    from tradewind.lib import postgres

    address = config.database_url or postgres.ensure(config.data, fast=fast)
    os.environ["DATABASE_URL"] = address
    return address


def django(config: "Config", *, fast: bool = False) -> None:
    """Sets Django up in this process, with the database running."""
    from tradewind import config as settings
    from tradewind.lib import logs

    database(config, fast=fast)
    settings.reload()
    logs.configure(level=config.log_level, as_json={"json": True, "console": False}.get(config.log_format))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")

    import django as framework

    framework.setup()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refusal(f"The data folder {folder} cannot be made: {reason}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refusal(f"The data folder {folder} cannot be written to. Choose another with --data.")
