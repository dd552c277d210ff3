"""`tradewind consent classify --messages FILE`: what each message wishes, as the webhook door would understand it."""

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, as_line


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="Tools for consent.", no_args_is_help=True, rich_markup_mode=None)
    group.command()(classify)
    group.callback()(lambda: None)  # a group of one command stays a group
    app.add_typer(group, name="consent")


def classify(
    messages: Annotated[
        str, typer.Option("--messages", metavar="FILE", help='JSON lines {"id", "text"}; - is standard input.')
    ],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Print {"id", "meaning"} for each message: stop, start, or none."""
    from tradewind.contacts.consent_words import classify as meaning_of

    counts = {"stop": 0, "start": 0, "none": 0}
    for message in read(messages):
        meaning = meaning_of(message["text"])
        counts[meaning] += 1
        print(as_line({"id": message.get("id"), "meaning": meaning}))
    if as_json:
        print(as_line({"messages": sum(counts.values()), **counts}))


def read(name: str) -> Iterator[dict[str, Any]]:
    """The messages of a file; Refusal names the first line that is none."""
    for number, line in enumerate(lines_of(name), start=1):
        if not line.strip():
            continue
        try:
            message = json.loads(line)
        except ValueError as error:
            raise Refusal(f"Line {number} is no JSON: {error}") from error
        if not isinstance(message, dict) or not isinstance(message.get("text"), str):
            raise Refusal(f'Line {number} has no "text".')
        yield message


def lines_of(name: str) -> Iterator[str]:
    try:
        lines = (sys.stdin.buffer if name == "-" else BytesIO(Path(name).read_bytes())).readlines()
    except OSError as error:
        raise Refusal(f"{name} cannot be read: {error.strerror}.") from error
    return (line.decode("utf-8-sig", errors="replace") for line in lines)
