"""`tradewind bench NAME`: one measurement of the folder `bench`; its options are the parameters of its `run`."""

import argparse
import inspect
import types
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any, NoReturn, Union, get_args, get_origin, get_type_hints

import typer

from tradewind.cli.output import AsJson, OptionalData, Refusal, finish


def add_to(app: typer.Typer) -> None:
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which measurement; without it they are listed.")] = "",
    data: OptionalData = None,
    as_json: AsJson = False,
) -> None:
    """Measure one figure of the product; further options are those of the measurement."""
    found = names()
    if name not in found:
        raise Refusal(f"{f'There is no bench {name}' if name else 'Say which'}: choose from {', '.join(found)}.")
    run = import_module(f"bench.{name}").run
    options = options_of(run, context.args)
    if data is not None:
        options["data"] = data
    finish(run(**options), as_json=as_json)


def names() -> list[str]:
    """The measurements: the modules of `bench` that define `run`."""
    import bench as folder

    modules = [module.name for module in iter_modules(folder.__path__)]
    return [name for name in modules if _defines_run(Path(folder.__path__[0]) / f"{name}.py")]


def options_of(run: Callable[..., Any], arguments: list[str]) -> dict[str, Any]:
    """Reads `--some-name 5` and `--flag` by the keyword parameters of `run`; only what was given is returned."""
    parser = Parser(prog="tradewind bench", add_help=False, argument_default=argparse.SUPPRESS)
    hints = get_type_hints(run)
    for name in inspect.signature(run).parameters:
        if name == "data":
            continue
        kind = _plain(hints.get(name, str))
        if kind is bool:
            parser.add_argument(f"--{name.replace('_', '-')}", action=argparse.BooleanOptionalAction)
        else:
            parser.add_argument(f"--{name.replace('_', '-')}", type=kind)
    return vars(parser.parse_args(arguments))


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are ours."""

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message[:1].upper()}{message[1:]}.")


def _plain(hint: Any) -> Any:
    """The type in `int | None`; texts for what argparse cannot make."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    return hint if hint in (int, float, bool, Path) else str


def _defines_run(path: Path) -> bool:
    return "\ndef run(" in path.read_text()
