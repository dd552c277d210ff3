"""`tradewind webhooks parse FILE…`: one JSON line for each event."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from tradewind.whatsapp.webhooks.decoding import WebhookError
from tradewind.whatsapp.webhooks.parsing import parse

STANDARD_INPUT = "-"


def parse_files(paths: Iterable[str | Path]) -> Iterator[str]:
    """One JSON line for each event of each file, which holds one raw body ("-" = standard input).

    A file that cannot be read, or holds no webhook, gives one line {"kind":"error","file":…,"error":…}; the others go
    on. No exception leaves this function for any content.
    """
    for _, line in _numbered(paths):
        yield line


def print_files(paths: Iterable[str | Path], output: TextIO | None = None) -> int:
    """Print the lines; returns the exit status: 1 when a file, or a part of one, could not be read, else 0."""
    output = output or sys.stdout
    status = 0
    for is_read, line in _numbered(paths):
        output.write(line + "\n")
        if not is_read:
            status = 1
    return status


def _numbered(paths: Iterable[str | Path]) -> Iterator[tuple[bool, str]]:
    """(whether it could be read, line)"""
    for path in paths:
        try:
            events = parse(_read(path))
        except (WebhookError, OSError) as problem:
            yield False, _line({"kind": "error", "file": str(path), "error": _sentence(problem)})
            continue
        for event in events:
            yield event.kind != "unreadable", _line({**event.as_json(), "file": str(path)})


def _read(path: str | Path) -> bytes:
    return sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else Path(path).read_bytes()


def _sentence(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"The file cannot be read: {problem.strerror or problem}."
    return str(problem)


def _line(value: dict[str, Any]) -> str:
    """ASCII only, so that no terminal or encoding can break a line or lose a letter."""
    return json.dumps(value, separators=(",", ":"))
