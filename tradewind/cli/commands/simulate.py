"""`tradewind simulate`: the simulator of the Cloud API alone, for trying clients against it."""

from pathlib import Path
from typing import Annotated

import typer

from tradewind.cli.output import AsJson, Refusal, folder

# The data folder is used only when it is named: there the simulator keeps what it accepted.
OwnData = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", parser=folder, help="Keep the accept log in DIR/simulator.")
]


def add_to(app: typer.Typer) -> None:
    app.command()(simulate)


def simulate(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world and the same chances.")] = 1,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    world: Annotated[Path | None, typer.Option(metavar="FILE", help="A world as JSON instead of the demo's.")] = None,
    callback: Annotated[str, typer.Option(metavar="URL", help="Where webhooks go, without a handshake.")] = "",
    data: OwnData = None,
    as_json: AsJson = False,
) -> None:
    """Run the simulator of the Cloud API alone; its first line says how to reach it."""
    from tradewind.simulator.run import run

    logs = _log_folder(data)
    try:
        run(
            port,
            seed,
            as_json,
            world=world,
            host=host,
            callback=callback,
            accept_log=logs / "accepted.jsonl" if logs else None,
            webhook_log=logs / "webhooks.jsonl" if logs else None,
        )
    except OSError as error:
        raise Refusal(f"The simulator cannot listen on {host}:{port}: {error.strerror or error}.") from error
    except ValueError as error:
        raise Refusal(f"The world cannot be used: {error}") from error


def _log_folder(data: Path | None) -> Path | None:
    if data is None:
        return None
    folder = data.absolute() / "simulator"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder
