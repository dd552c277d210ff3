"""`tradewind members reset-factors ADDRESS`: for somebody whose phone and recovery codes are both gone."""

from typing import Annotated

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, finish


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="Members' sign-ins.", no_args_is_help=True)
    group.callback()(members)  # so that the one command of it keeps its name
    group.command("reset-factors")(reset_factors)
    app.add_typer(group, name="members")


def members() -> None:
    """Members' sign-ins."""


def reset_factors(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The mail address that they sign in with.")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Take all second factors off a sign-in and sign it out everywhere: the password alone opens it again."""
    from tradewind.cli import environment

    environment.django(environment.of_data(data))
    from tradewind.workspaces import second_factors
    from tradewind.workspaces.models import User

    user = User.objects.filter(email=address.strip().lower()).first()
    if user is None:
        raise Refusal(f"Nobody signs in as {address}.")
    finish({"address": user.email, "removed": second_factors.reset(user)}, as_json=as_json)
