"""`tradewind events import FILE`: what happened outside (orders, carts, visits) into the journal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, finish, say

if TYPE_CHECKING:
    from tradewind.contacts.facts.importing import Result


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="Facts from outside: orders, carts, visits.", no_args_is_help=True, rich_markup_mode=None)
    group.command("import")(import_events)
    group.callback()(lambda: None)
    app.add_typer(group, name="events")


def import_events(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines, or a CSV table with heads.")],
    create_contacts: Annotated[
        bool, typer.Option("--create-contacts", help="Phone numbers that nobody has become contacts.")
    ] = False,
    workspace: Annotated[str, typer.Option(help="Its name, where there are several.")] = "",
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where refused lines go; default: beside FILE.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Record the events in FILE; safe to repeat. Each refused line comes back with its number and the reason."""
    import time

    from tradewind.cli import environment
    from tradewind.cli.tenant import workspace_of

    if not file.is_file():
        raise Refusal(f"There is no file {file}.")
    into = rejects or file.with_name(f"{file.stem}.rejects{file.suffix or '.jsonl'}")
    environment.django(environment.of_data(data))
    from tradewind.contacts.facts import importing
    from tradewind.contacts.facts.files import BadFile

    began = time.monotonic()
    try:
        result = importing.import_file(
            file,
            workspace_id=workspace_of(workspace).pk,
            rejects=into,
            may_create=create_contacts,
            progress=lambda so_far: say(f"{so_far.lines:,} lines") if so_far.lines % 100_000 == 0 else None,
        )
    except BadFile as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"The refused lines cannot be written to {into}: {error.strerror}. Use --rejects.") from error
    finish(summary(result, into, time.monotonic() - began), as_json=as_json)


def summary(result: "Result", into: Path, seconds: float) -> dict[str, object]:
    return {
        "lines": result.lines,
        "recorded": result.recorded,
        "repeated": result.repeated,
        "rejected": result.rejected,
        "created_contacts": result.created_contacts,
        "reasons": dict(result.reasons.most_common(20)),
        "rejects": into if result.rejected else None,
        "seconds": round(seconds, 2),
        "lines_per_second": round(result.lines / seconds) if seconds else None,
    }
