"""`tradewind chaos`: a campaign through a storm of kills and crashes, which must lose and double nothing."""

from typing import Annotated

import typer

from tradewind.cli.output import AsJson, OptionalData, finish


def add_to(app: typer.Typer) -> None:
    app.command()(chaos)


def chaos(
    messages: Annotated[int, typer.Option(min=1, help="Recipients of the campaign.")] = 10_000,
    kills: Annotated[int, typer.Option(min=0, help="How often a process is killed −9.")] = 20,
    database_crashes: Annotated[int, typer.Option(min=0, help="How often PostgreSQL is stopped at once.")] = 2,
    full_disks: Annotated[
        int, typer.Option(min=0, help="How often the disk is full for 5 s; --data on a small file system of its own.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Draws the moments.")] = 1,
    data: OptionalData = None,
    as_json: AsJson = False,
) -> None:
    """Send a campaign through kills and crashes; lost, duplicates, unknown and invariant breaks must all be 0."""
    from tradewind.cli.chaos import run

    result = run(
        messages=messages, kills=kills, database_crashes=database_crashes, full_disks=full_disks, seed=seed, data=data
    )
    finish(result, as_json=as_json)
    if any(result[name] for name in ("lost", "duplicates", "unknown", "invariant_breaks")):
        raise typer.Exit(1)
