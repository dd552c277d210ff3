"""`tradewind webhooks parse FILE…`: what Tradewind reads in raw webhook bodies, one JSON line an event."""

from typing import Annotated

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, as_line


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="Tools for webhooks.", no_args_is_help=True, rich_markup_mode=None)
    group.command()(parse)
    app.add_typer(group, name="webhooks")


# A command of its own beside others to come, not the whole group.
def parse(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Raw bodies; - is standard input.")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Print one JSON line for each event in the raw bodies of FILE…"""
    from tradewind.whatsapp.webhooks.lines import parse_files

    counts: dict[str, int] = {}
    for line in parse_files(files):
        print(line)
        kind = _kind(line)
        counts[kind] = counts.get(kind, 0) + 1
    unread = counts.get("error", 0) + counts.get("unreadable", 0)
    if as_json:
        print(
            as_line({"files": len(files), "events": sum(counts.values()) - unread, "unread": unread, "kinds": counts})
        )
    if unread:
        raise typer.Exit(1)


def _kind(line: str) -> str:
    import json

    return str(json.loads(line)["kind"])
