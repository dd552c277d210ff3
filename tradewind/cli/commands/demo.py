"""`tradewind demo`: an installation with a sample business, against the simulator."""

from typing import Annotated

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data


def add_to(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Launch the ready campaign, wait for its end, and judge.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same business and the same customers.")] = 1,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Run Tradewind with a sample business and the simulator; no Meta account needed."""
    from tradewind.cli.demo import run

    raise typer.Exit(run(check=check, host=host, port=port, seed=seed, data=data, as_json=as_json))
