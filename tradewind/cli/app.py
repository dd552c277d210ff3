"""The command line put together, and the one place where errors become sentences and exit codes.

Modules of commands import what is heavy inside their functions: `tradewind --help` must not wait for Django.
"""

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import typer

from tradewind.cli import output

# Commands whose bodies live in other modules appear when those exist.
STOPPED = 130  # what shells report after Ctrl-C
ALWAYS = ("up", "migrate", "doctor")
WHEN_THERE = {
    "demo": "tradewind.cli.demo",
    "simulate": "tradewind.simulator",
    "webhooks": "tradewind.whatsapp",
    "consent": "tradewind.contacts",
    "chaos": "tradewind.cli.chaos",
    "bench": "bench",
    "segments": "tradewind.segments",
    "events": "tradewind.contacts",
    "contacts": "tradewind.contacts",
    "members": "tradewind.workspaces",
}

app = typer.Typer(
    name="tradewind",
    help="Tradewind: a control room for businesses on WhatsApp's official Cloud API.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name in (*ALWAYS, *(name for name, home in WHEN_THERE.items() if find_spec(home))):
    import_module(f"tradewind.cli.commands.{name}").add_to(app)


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and exits. No traceback for what the user can mend; with --json, errors are an object too."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = output.for_programs = "--json" in given
    try:
        code = app(args=given, prog_name="tradewind", standalone_mode=False)
    except typer.TyperException as error:
        code = _misused(error, as_json=as_json)
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except Exception as error:
        if not output.is_the_users(error):
            _tell_bug(error, as_json=as_json)
        code = output.fail(str(error), as_json=as_json)
    if code == STOPPED:
        output.fail("Stopped before the end.", as_json=as_json)
    sys.exit(code if isinstance(code, int) else 0)


def _misused(error: typer.TyperException, *, as_json: bool) -> int:
    """A command that does not exist, an option that does not fit: exit code 2, as everywhere."""
    message = getattr(error, "format_message", error.__str__)()
    if message.startswith("Usage:") and not as_json:  # no command was given, so the message is the help
        print(message)
        return 2
    return output.fail(message or "Say what to do: tradewind --help lists the commands.", as_json=as_json, code=2)


def _tell_bug(error: Exception, *, as_json: bool) -> NoReturn:
    """A fault of ours: the traceback goes to stderr, where it can be copied into a report."""
    traceback.print_exception(error)
    sys.exit(output.fail(f"This is a fault in Tradewind: {error!r}", as_json=as_json, code=70))
