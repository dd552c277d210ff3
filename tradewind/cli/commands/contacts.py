"""`tradewind contacts import FILE`: a file of people into the contacts, as the console does it."""

from pathlib import Path
from typing import Annotated

import typer

from tradewind.cli.commands import privacy_commands
from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, finish


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="People.", no_args_is_help=True, rich_markup_mode=None)
    group.command("import")(import_file)
    privacy_commands.add_to(group)
    group.callback()(lambda: None)
    app.add_typer(group, name="contacts")


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TXT, TSV or XLSX; any usual delimiter and encoding.")
    ],
    country: Annotated[str, typer.Option(help="Country of numbers without a country code, such as DE.")] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=TARGET",
            help="What a column becomes: phone, name, country, …, tags, tags:Interest, field:order_number, skip.",
        ),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag for every row.")] = None,
    create_tags: Annotated[bool, typer.Option("--create-tags", help="Make the tags that are new.")] = False,
    landlines: Annotated[bool, typer.Option("--landlines", help="Bring landlines in, too.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Go on although over 10 % of the rows are left out.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the whole file and say what would come of it.")
    ] = False,
    workspace: Annotated[str, typer.Option(help="Name of the workspace; needed when there are several.")] = "",
    rejects: Annotated[Path | None, typer.Option(help="Where the rows that are left out go.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Import people from FILE. Rows that are left out come back as a file with their reasons."""
    from tradewind.cli import environment

    if not file.is_file():
        raise Refusal(f"There is no file {file}.")
    environment.django(environment.of_data(data))
    from tradewind.cli.importing import Wishes, run

    wishes = Wishes(
        country=country, mapping=mapping or [], tags=tag or [], create_tags=create_tags, landlines=landlines,
        anyway=anyway, dry_run=dry_run, workspace=workspace, rejects=rejects,
    )  # fmt: skip
    result = run(file, wishes)
    finish(result, as_json=as_json)
    if result["state"] in ("failed", "asking"):
        raise typer.Exit(1)
