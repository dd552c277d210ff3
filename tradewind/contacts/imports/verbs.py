"""What members and programs do with imports: send a file, say what its columns are, start, pause, cancel, undo."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts.facts.uploads import columns as events
from tradewind.contacts.imports import guessing, rows, sources, spool
from tradewind.contacts.imports.cells import country_of
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.problems import BadCell, ImportRefused
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import PiecesSource, Source
from tradewind.contacts.models import ContactField, Import, ImportPiece
from tradewind.contacts.tags import paths
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

LARGEST_FILE = 1024 * 1024 * 1024
UNDO_DAYS = 30
SAMPLE_ROWS = 200
MOST_EVERYBODYS_TAGS = 20
OPTIONS = ("country", "create_tags", "landlines", "anyway", "tags", "via", "event", "create_contacts")
# Which states a verb may begin in.
MAY_START = ("draft",)
MAY_PAUSE = ("waiting", "running")
MAY_RESUME = ("paused",)
MAY_CANCEL = ("uploading", "draft", "checking", "waiting", "running", "paused", "asking")


def begin(*, workspace: Workspace, member: Member | None, file_name: str, kind: str = "people") -> Import:
    """An import whose file is still to be sent (`add_piece`, then `complete`). `kind`: people or events."""
    name = safe_to_show(file_name.replace("\\", "/").rpartition("/")[2], one_line=True)[:200]
    return Import.objects.create(
        workspace=workspace, member=member, file_name=name or _("list"), kind=kind, created_at=clock.now()
    )


def add_piece(of: Import, *, place: int, body: bytes) -> None:
    """The next piece of the file. A piece that came already is left as it is, so sending it again does no harm."""
    if len(body) > 4 * sources.PIECE_BYTES or not body:
        raise ImportRefused(_("A piece of a file has between 1 byte and 4 MB."))
    with transaction.atomic():
        row = held(of, "uploading")
        _piece, is_new = ImportPiece.objects.get_or_create(
            of_import=row, place=place, defaults={"workspace_id": row.workspace_id, "body": body}
        )
        if is_new:
            row.size += len(body)
            if row.size > LARGEST_FILE:
                raise ImportRefused(_("The file is larger than 1 GB. Send it in parts."))
            row.save(update_fields=["size"])


def complete(of: Import) -> Import:
    """All pieces are there: find out what the file is, and guess its columns. Raises ImportRefused."""
    places = list(of.pieces.order_by("place").values_list("place", flat=True))
    if places != list(range(len(places))):
        raise ImportRefused(_("A piece of the file is missing. Send the file again."))
    with transaction.atomic():
        row = held(of, "uploading")
        describe(row, PiecesSource(row.pk))
        row.state = "draft"
        row.save()
    of.refresh_from_db()
    return of


def describe(row: Import, source: Source) -> None:
    """Set shape, mapping, size and digest of the file on the row, without saving."""
    row.size, row.digest = source.size(), digest_of(source)
    country = row.options.get("country") or row.workspace.country
    shape = rows.sniff(source, country=country, takes_json=row.kind == "events")
    if shape.kind == "json":
        row.shape, row.mapping = shape.as_json(), []  # its names are those of the API
        return
    heads = rows.heads_of(source, shape)
    sample = [cells for _number, cells in rows.sample(source, shape, SAMPLE_ROWS)]
    if not sample:
        raise ImportRefused(_("The file has no rows below its head."))
    fields = dict(ContactField.objects.filter(workspace=row.workspace).values_list("key", "kind"))
    row.shape = shape.as_json()
    row.mapping = [c.as_json() for c in of_kind(row).guess(heads, sample, country=country, fields=fields)]
    if row.kind == "events":
        found = [Column(**each) for each in row.mapping]
        row.options = {**row.options, "event": events.default_event(found, row.file_name)}
    row.buckets = spool.buckets_for(estimated_rows(row.size, sample, shape.kind))


def digest_of(source: Source) -> bytes:
    digest = hashlib.sha256()
    with source.open() as file:
        while block := file.read(sources.PIECE_BYTES):
            digest.update(block)
    return digest.digest()


def estimated_rows(size: int, sample: Sequence[Sequence[str]], kind: str) -> int:
    """From the length of the first rows; a row of a workbook takes about 40 bytes packed."""
    if kind == "workbook":
        return size // 40
    row = sum(len(cell) + 1 for cells in sample for cell in cells) / len(sample)
    return int(size / max(row, 1))


def reshape(of: Import, *, encoding: str = "", delimiter: str | None = None, has_head: bool | None = None) -> None:
    """Read the file otherwise than was guessed; the columns are guessed anew."""
    with transaction.atomic():
        row = held(of, "draft")
        said = {"encoding": encoding or None, "delimiter": delimiter, "has_head": has_head}
        shape = Shape(**{**row.shape, **{name: value for name, value in said.items() if value is not None}})
        source = PiecesSource(row.pk)
        heads = rows.heads_of(source, shape)
        sample = [cells for _number, cells in rows.sample(source, shape, SAMPLE_ROWS)]
        country = row.options.get("country") or row.workspace.country
        row.shape = shape.as_json()
        row.mapping = [column.as_json() for column in of_kind(row).guess(heads, sample, country=country)]
        row.preview = {}
        row.save(update_fields=["shape", "mapping", "preview"])
    of.refresh_from_db()


def set_mapping(
    of: Import, *, mapping: Sequence[dict[str, Any]] | None = None, options: dict[str, Any] | None = None
) -> None:
    """What the columns become, and how the import goes about it. A check of anything else is forgotten."""
    with transaction.atomic():
        row = held(of, "draft")
        before = row.mapping, row.options
        if mapping is not None and row.shape.get("kind") != "json":
            columns = of_kind(row).read_mapping(mapping, [column["head"] for column in row.mapping])
            row.mapping = [column.as_json() for column in columns]
        if options is not None:
            row.options = {**row.options, **checked_options(options)}
        if (row.mapping, row.options) != before:
            row.preview, row.rows_checked = {}, 0
        row.save(update_fields=["mapping", "options", "preview", "rows_checked"])
    of.refresh_from_db()


def checked_options(options: dict[str, Any]) -> dict[str, Any]:
    found = {name: options[name] for name in OPTIONS if name in options}
    if found.get("country"):
        try:
            found["country"] = country_of(str(found["country"]))
        except BadCell:
            raise ImportRefused(_("No country is called %(name)s.") % {"name": found["country"]}) from None
    if "event" in found:
        found["event"] = events.event_said(str(found["event"]))
    if "tags" in found:
        names = dict.fromkeys(paths.clean(str(name)) for name in found["tags"] if str(name).strip())
        if len(names) > MOST_EVERYBODYS_TAGS:
            raise ImportRefused(_("Too many tags for every row."))
        found["tags"] = list(names)
    return found


def refuse_new_tags(of: Import, rights: frozenset[str]) -> None:
    """Who may not make tags cannot have an import make them."""
    wants = of.options.get("create_tags")
    known = {name.lower() for name in tag_names(of)}
    missing = [path for path in of.options.get("tags", []) if path.lower() not in known]
    if "tags.manage" not in rights and (wants or missing):
        raise ImportRefused(
            _("There is no tag %(tag)s, and you may not make tags. Ask a manager.") % {"tag": missing[0]}
            if missing
            else _("You may not make tags. Ask a manager.")
        )


def tag_names(of: Import) -> list[str]:
    from tradewind.contacts.models import Tag

    return list(Tag.objects.filter(workspace_id=of.workspace_id).values_list("name", flat=True))


def check(of: Import) -> None:
    """Have the whole file read, to see what would come of it; nothing is written."""
    refuse_unready(of)
    with transaction.atomic():
        move(of, MAY_START, "checking", None)
        forget_rejects(of)


def start(of: Import, *, member: Member | None) -> None:
    """Bring the people or the events in, as soon as a worker is free."""
    refuse_unready(of)
    if of.kind == "events" and not of.preview:  # what is recorded stays: it is looked at first
        raise ImportRefused(_("Have the file checked first."))
    with transaction.atomic():
        move(of, MAY_START, "waiting", member, started_at=clock.now())
        forget_rejects(of)


def forget_rejects(of: Import) -> None:
    """What an earlier look left out may come in now: by another column, a new tag, a new contact."""
    of.rejects.all().delete()


def of_kind(of: Import) -> ModuleType:
    """The columns that such a file has: `guess`, `read_mapping`, `checked`."""
    return events if of.kind == "events" else guessing


def refuse_unready(of: Import) -> None:
    """Raises ImportRefused while it is not said what the columns become."""
    if of.shape.get("kind") == "json":
        return
    columns = of_kind(of).checked([Column(**each) for each in of.mapping])
    if of.kind == "events":
        events.refuse_nameless(columns, of.options)


def go_on_anyway(of: Import, *, member: Member | None) -> None:
    """More than 10 % of the rows are refused, and a person says that it is all right."""
    with transaction.atomic():
        row = held(of, "asking")
        row.options = {**row.options, "anyway": True}
        row.save(update_fields=["options"])
    move(of, ("asking",), "waiting", member)


def pause(of: Import, *, member: Member | None) -> None:
    move(of, MAY_PAUSE, "paused", member)


def resume(of: Import, *, member: Member | None) -> None:
    move(of, MAY_RESUME, "waiting", member)


def cancel(of: Import, *, member: Member | None) -> None:
    """Write no more of it; what is written stays, and can be undone."""
    move(of, MAY_CANCEL, "cancelled", member, finished_at=clock.now())
    of.pieces.all().delete()


def undo(of: Import, *, member: Member | None) -> None:
    """Take back what this import did."""
    if not may_undo(of):
        raise ImportRefused(_("An import can be undone for %(days)s days.") % {"days": UNDO_DAYS})
    move(of, ("done", "cancelled", "failed"), "undoing", member)


def may_undo(of: Import) -> bool:
    ended = of.finished_at
    is_fresh = ended is not None and clock.now() - ended <= timedelta(days=UNDO_DAYS)
    return is_fresh and of.state in ("done", "cancelled", "failed") and of.stretches.exists()


def move(of: Import, allowed: Sequence[str], state: str, member: Member | None, **facts: Any) -> None:
    """Set the state, tell the journal, and leave an audit line."""
    with transaction.atomic():
        row = held(of, *allowed)
        row.state = state
        for name, value in facts.items():
            setattr(row, name, value)
        row.save(update_fields=["state", *facts])
        record(
            f"import.{state}",
            workspace_id=row.workspace_id,
            member_id=member.pk if member else None,
            data={"import": row.pk, "file": row.file_name},
        )
        if member is not None:
            audit.note(member, f"import.{state}", row, row.file_name)
    of.refresh_from_db()


def held(of: Import, *allowed: str) -> Import:
    """The row as it is now, held until the transaction ends; ImportRefused when it is not in such a state."""
    row = Import.objects.select_for_update(of=("self",)).select_related("workspace", "member").get(pk=of.pk)
    if row.state not in allowed:
        raise ImportRefused(_("This import is in another state meanwhile. Look at it again."))
    return row
