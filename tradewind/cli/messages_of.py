"""The messages in Python source, read from its syntax tree: under whatever name gettext came, and in f-strings."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Functions that mark messages, and which of their arguments are context, message and plural.
MARKERS: dict[str, tuple[str, ...]] = {
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
    "npgettext_lazy": ("context", "id", "plural"),
}
HOMES = ("django.utils.translation", "tradewind.whatsapp.words")


@dataclass(frozen=True, slots=True)
class Marked:
    """A message in the source: one text or (singular, plural), its context, and its line."""

    id: str | tuple[str, str]
    context: str | None
    line: int


def messages_of(path: Path) -> Iterator[Marked]:
    """Every message of a Python file, in order."""
    tree = ast.parse(path.read_text(), str(path))
    names = dict(names_in(tree))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        assert isinstance(call.func, ast.Name)
        if call.func.id in names and (marked := read(call, MARKERS[names[call.func.id]])) is not None:
            yield marked


def names_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(name here, its real name) of every marker that the file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in HOMES:
            yield from ((each.asname or each.name, each.name) for each in node.names if each.name in MARKERS)


def read(call: ast.Call, roles: tuple[str, ...]) -> Marked | None:
    """The message of a call; None when its text is only known at run time (it was marked elsewhere)."""
    values = [argument.value if isinstance(argument, ast.Constant) else None for argument in call.args[: len(roles)]]
    if len(values) < len(roles) or not all(isinstance(value, str) for value in values):
        return None
    given = dict(zip(roles, (str(value) for value in values), strict=True))
    text = (given["id"], given["plural"]) if "plural" in given else given["id"]
    return Marked(text, given.get("context"), call.lineno)
