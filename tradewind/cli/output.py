"""What commands say: to people in lines, to programs as one JSON object in the last line of stdout."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer


def folder(text: str | Path) -> Path:
    """The path that an option names; an empty text would silently mean the folder where one stands."""
    if not str(text).strip():
        raise typer.BadParameter("a folder must be named.")
    return Path(text)


# The two options that every command has.
Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="TRADEWIND_DATA",
        metavar="DIR",
        parser=folder,
        help="Folder of the embedded database and files.",
    ),
]
OptionalData = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", parser=folder, help="Folder of database and files; default: a new one."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")]
DEFAULT_DATA = Path("var")

for_programs = False  # whether --json was given; set once, where the command line is read


class Refusal(Exception):
    """The command cannot do what was asked; the message is a sentence that says why and what to do."""


def is_the_users(error: BaseException) -> bool:
    """Whether the user can mend it, so that a sentence is enough."""
    kind = type(error)
    if isinstance(error, Refusal):
        return True
    return f"{kind.__module__}.{kind.__name__}" in {
        "tradewind.config.ConfigError",
        "tradewind.lib.postgres.errors.PostgresError",
        "tradewind.lib.clock.ClockError",
    }


def say(line: str = "") -> None:
    """A line for people; with --json it goes to stderr and leaves stdout to the object."""
    print(line, file=sys.stderr if for_programs else sys.stdout, flush=True)


def finish(result: Mapping[str, Any], *, as_json: bool, lines: str = "") -> None:
    """The end of a command that went well: `lines` for people (default: the result, a line a figure), or the object."""
    if as_json:
        print(as_line(result), flush=True)
    else:
        print(lines or "\n".join(f"{name.replace('_', ' ')}: {_short(value)}" for name, value in result.items()))


def fail(sentence: str, *, as_json: bool, code: int = 1) -> int:
    """Tells why the command failed; returns the exit code."""
    if as_json:
        print(as_line({"error": sentence}), flush=True)
    else:
        print(f"tradewind: {sentence}", file=sys.stderr, flush=True)
    return code


def as_line(result: Mapping[str, Any]) -> str:
    """One line of JSON; paths and times become texts."""
    return json.dumps(result, default=str, ensure_ascii=False)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
