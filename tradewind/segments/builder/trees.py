"""A tree as lines, and lines as a tree."""

from typing import Any

from tradewind.segments.builder.conditions import condition, kind_of_raw, leaf_of
from tradewind.segments.builder.lines import MODES, VALUES, Line


def lines_of(tree: Any) -> list[Line]:
    """The lines of a tree; the first is always a group."""
    found: list[Line] = []
    if group_of(tree) is None:
        tree = {"all": [tree] if tree else []}
    lay(tree, None, found)
    return found


def lay(node: Any, up: int | None, found: list[Line]) -> None:
    group = group_of(node)
    if group is None:
        kind, values = leaf_of(node)
        found.append(Line(len(found), up, kind, {**VALUES[kind], **values}))
        return
    mode, inner = group
    line = Line(len(found), up, "group", {"mode": mode})
    found.append(line)
    for each in inner:
        lay(each, line.n, found)


def group_of(node: Any) -> tuple[str, list[Any]] | None:
    """(mode, what is in it), for what the form shows as a group."""
    if not isinstance(node, dict):
        return None
    for mode in ("all", "any"):
        if isinstance(node.get(mode), list):
            return mode, node[mode]
    if "not" in node:
        inner = node["not"]
        return "none", inner["any"] if isinstance(inner, dict) and isinstance(inner.get("any"), list) else [inner]
    tests = [op for op in node if op != "field"] if "field" in node else []
    if len(tests) > 1:
        return "all", [{"field": node["field"], op: node[op]} for op in tests]
    return None


def tree_of(lines: list[Line]) -> dict[str, Any]:
    """The tree of the lines that are filled in; sets each line's `path` in that tree and what it is `missing`."""
    of: dict[int, list[Line]] = {}
    for line in lines[1:]:
        of.setdefault(line.up or 0, []).append(line)
    tree, _path = built(lines[0], of, "")
    assert tree is not None
    return tree


def built(line: Line, of: dict[int, list[Line]], path: str) -> tuple[dict[str, Any] | None, str]:
    line.path, line.missing = "", ""
    if not line.is_group:
        made, line.missing = (None, line.problem) if line.problem else condition(line)
        line.path = f"{path}{line.kind if line.kind != 'raw' else kind_of_raw(made)}" if made else ""
        return made, line.path
    mode = line.values["mode"] if line.values["mode"] in MODES else "all"
    inner = parts(line, of, f"{path}{mode if mode != 'none' else 'not.any'}")
    if line.up is not None and not inner:
        return None, ""
    if mode == "none" and len(inner) == 1:  # as shallow as it can be: groups stand in each other only so deep
        (part,) = parts(line, of, f"{path}not", is_alone=True)
        line.path = f"{path}not"
        return {"not": part}, line.path
    line.path = f"{path}{mode if mode != 'none' else 'not.any'}"
    return ({"not": {"any": inner}} if mode == "none" else {mode: inner}), line.path


def parts(line: Line, of: dict[int, list[Line]], path: str, *, is_alone: bool = False) -> list[dict[str, Any]]:
    """What stands in a group at `path`, as far as it is filled in."""
    found: list[dict[str, Any]] = []
    for each in of.get(line.n, []):
        part, _path = built(each, of, f"{path}." if is_alone else f"{path}[{len(found)}].")
        if part is not None:
            found.append(part)
    return found
