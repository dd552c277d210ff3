"""`tradewind contacts export|erase`: a person's data to take along, and being forgotten."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, finish

if TYPE_CHECKING:
    from tradewind.contacts.models import Contact
    from tradewind.workspaces.models import Workspace

Who = Annotated[str, typer.Argument(metavar="PHONE", help="The person's phone number, or a contact's id.")]
Which = Annotated[str, typer.Option("--workspace", metavar="NAME", help="Needed only where there are several.")]


def add_to(group: typer.Typer) -> None:
    group.command("export")(export_person)
    group.command("erase")(erase_person)


def export_person(
    who: Who,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="The file; standard output without it.")
    ] = None,
    workspace: Which = "",
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept of a person, as JSON."""
    where = prepared(workspace, data)
    import orjson

    from tradewind.contacts.privacy import export

    document = orjson.dumps(export.collect(person_of(where, who)), option=orjson.OPT_INDENT_2)
    if to is None:
        print(document.decode())
        return
    to.write_bytes(document)
    finish({"file": str(to), "bytes": len(document)}, as_json=as_json)


def erase_person(
    who: Who,
    sure: Annotated[bool, typer.Option("--yes", help="I am sure: nobody can undo it.")] = False,
    workspace: Which = "",
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Forget a person for good. The running worker does it; nothing is sent to them from now on."""
    if not sure:
        raise Refusal("Nobody can undo it. Add --yes if you are sure.")
    where = prepared(workspace, data)
    from tradewind.contacts.privacy import erasing

    found = erasing.erase(person_of(where, who), member=None)
    finish({"step": found.step, "waits_for": found.waits_for, "done": found.done_at is not None}, as_json=as_json)


def prepared(workspace: str, data: Path) -> "Workspace":
    from tradewind.cli import environment
    from tradewind.cli.tenant import workspace_of

    environment.django(environment.of_data(data))
    return workspace_of(workspace)


def person_of(where: "Workspace", who: str) -> "Contact":
    """By number or id; Refusal when there is nobody."""
    from tradewind.contacts import actions
    from tradewind.contacts.models import Contact
    from tradewind.lib import publicid

    try:
        found = Contact.objects.filter(workspace=where, pk=publicid.decode("contact", who)).first()
    except ValueError:
        try:
            found = actions.by_phone(where, actions.phone_in(where, who))
        except actions.ContactError as error:
            raise Refusal(str(error)) from error
    if found is None:
        raise Refusal(f"There is nobody with {who} in {where.name}.")
    return found
