"""The work of `tradewind contacts import`: straight from the file, through the same engine as the console's imports."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from tradewind.cli.output import Refusal
from tradewind.contacts.errors import ContactError
from tradewind.contacts.imports import guessing, rejects, running, verbs, worker
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.sources import FileSource
from tradewind.contacts.models import Import
from tradewind.lib import clock
from tradewind.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command."""

    country: str = ""
    mapping: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    create_tags: bool = False
    landlines: bool = False
    anyway: bool = False
    dry_run: bool = False
    workspace: str = ""
    rejects: Path | None = None


def run(file: Path, wishes: Wishes) -> dict[str, Any]:
    """Import the file; counts by outcome, seconds, and the path of the rejects. Raises Refusal."""
    started = time.perf_counter()
    source = FileSource(file)
    try:
        of = begun(file, source, wishes)
        with worker.alone(of.pk) as is_mine:
            if not is_mine:
                raise Refusal("This import is running already.")
            running.run(of, source, processes=min(os.cpu_count() or 1, 2), only_checks=wishes.dry_run)
    except ContactError as error:
        raise Refusal(str(error)) from error
    of.refresh_from_db()
    return told(of, file, wishes, time.perf_counter() - started)


def begun(file: Path, source: FileSource, wishes: Wishes) -> Import:
    """The import, new, or the one of the same file and wishes that was broken off by a crash."""
    options = verbs.checked_options(
        {"country": wishes.country, "tags": wishes.tags, "create_tags": wishes.create_tags, "via": "cli",
         "landlines": wishes.landlines, "anyway": wishes.anyway}
    )  # fmt: skip
    of = Import(
        workspace=workspace_of(wishes.workspace), file_name=file.name[:200], options=options, created_at=clock.now()
    )
    verbs.describe(of, source)
    of.mapping = [column.as_json() for column in mapped(of, wishes.mapping)]
    with transaction.atomic():
        broken = Import.objects.filter(workspace=of.workspace, digest=of.digest, state="running", options=options)
        for there in broken.filter(mapping=of.mapping):
            with worker.alone(there.pk) as is_free:
                if is_free:
                    return there
        of.state, of.started_at = ("checking" if wishes.dry_run else "running"), clock.now()
        of.save()
    return of


def workspace_of(name: str) -> Workspace:
    found = Workspace.objects.filter(name=name) if name else Workspace.objects.all()
    if len(found) != 1:
        names = ", ".join(Workspace.objects.values_list("name", flat=True))
        raise Refusal(
            f"Say which workspace: --workspace NAME, one of {names}." if names else "There is no workspace yet."
        )
    return found[0]


def mapped(of: Import, wishes: list[str]) -> list[Column]:
    """The guessed columns with what --map says of them: `Column=target`, several with commas between them."""
    columns = [Column(**each) for each in of.mapping]
    for wish in [part for given in wishes for part in given.split(",") if part.strip()]:
        name, _sign, target = wish.partition("=")
        places = [place for place, column in enumerate(columns) if is_called(column, place, name.strip())]
        if not places or not target:
            known = ", ".join(column.head or str(place + 1) for place, column in enumerate(columns))
            raise Refusal(f"--map {wish} names no column; the file has {known}.")
        columns[places[0]] = aimed(columns[places[0]], target.strip())
    chosen = [column.to for column in columns]
    if "phone" not in chosen:
        raise Refusal("No column is the phone number. Say which one: --map COLUMN=phone.")
    return guessing.checked(columns)


def is_called(column: Column, place: int, name: str) -> bool:
    return column.head.casefold() == name.casefold() or name == str(place + 1)


def aimed(column: Column, target: str) -> Column:
    """`tags:Interest`, `field:key` and `field:key:date` besides the plain targets."""
    to, _sign, rest = target.partition(":")
    if to not in guessing.TARGETS:
        raise Refusal(f"A column cannot become {target}; choose from {', '.join(guessing.TARGETS)}.")
    if to == "field":
        key, _sign, kind = rest.partition(":")
        return Column(column.head, "field", key or column.head, kind or column.kind)
    return Column(column.head, to, prefix=rest)


def told(of: Import, file: Path, wishes: Wishes, seconds: float) -> dict[str, Any]:
    counts = of.preview if wishes.dry_run and of.preview else {"rows": of.rows_total or 0, **of.counts}
    named = {name: counts.get(name, 0) for name in ("rows", "new", "updated", "same", "doubles", "rejected")}
    result: dict[str, Any] = {"state": "checked" if wishes.dry_run and of.state == "draft" else of.state, **named}
    result["reasons"] = counts.get("reasons", of.reasons)
    result["seconds"] = round(seconds, 2)
    result["rejects"] = (
        str(written(of, wishes.rejects or file.with_name(f"{file.stem}-rejects.csv"))) if named["rejected"] else None
    )
    if of.problem:
        result["problem"] = of.problem
    if of.state == "asking":
        result["problem"] = "Over 10 % of the rows are left out. Mend them, or go on with --anyway."
    if wishes.dry_run:
        Import.objects.filter(pk=of.pk).update(state="cancelled", finished_at=clock.now())
    return result


def written(of: Import, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(rejects.file_of(of, of.workspace.locale))
    return path.absolute()
