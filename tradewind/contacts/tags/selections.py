"""Whom an act on many is for: rows ticked by hand, all that a list shows, everybody with a tag, and more from above.

A selection is JSON with one word in it, as `Batch.selection` keeps it: {"contacts": [ids]}, {"filter": {…}},
{"tag": id}, or a word that a room above has registered, such as {"tree": …}.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tradewind.contacts import search
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import MARKETING, Batch
from tradewind.workspaces import walls

MOST_TICKED = 10_000
EVERYBODY = 2**31 - 1
# So many numbers does the search look at that begin alike; see contacts_found.
MOST_ALIKE = 2_000


class Sql(NamedTuple):
    """A query that yields `contact_id`, each once, of one workspace; parameters by name."""

    text: str
    params: dict[str, Any]


# (what stands behind the word, workspace id) → SQL. Raises ContactError when it cannot be read any more.
Reader = Callable[[Any, int], Sql]


def ticked(ids: Any, workspace_id: int) -> Sql:
    return Sql(
        "SELECT id AS contact_id FROM contact WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s::bigint[])",
        {"workspace": workspace_id, "ids": list(ids)},
    )


def filtered(kept: Any, workspace_id: int) -> Sql:
    """What the list's search and filters show; the function keeps to the workspace of `reading`."""
    wanted = search.Wanted(**kept)
    words, handles = search.parts_of(wanted)
    if wanted.text.strip() and not words and not handles:
        return Sql("SELECT 0::bigint AS contact_id WHERE false", {})
    if handles:
        refuse_many_alike(wanted, workspace_id)
    marketing = wanted.marketing if wanted.marketing in MARKETING else ""
    return Sql(
        "SELECT found AS contact_id FROM contacts_found(%(words)s::text[], %(handles)s::text[], %(family)s::int[],"
        " %(country)s, %(language)s, %(marketing)s, %(grade)s, '', 0, NULL::text, %(below)s::bigint,"
        " %(most)s::int) AS found",
        {
            "words": words, "handles": handles, "family": search.family(wanted.tag), "country": wanted.country,
            "language": wanted.language, "marketing": marketing, "grade": wanted.grade, "below": search.NEWEST,
            "most": EVERYBODY,
        },
    )  # fmt: skip


def refuse_many_alike(wanted: search.Wanted, workspace_id: int) -> None:
    """The search stops at some number of equal beginnings; whoever acts on all of them must not miss the rest."""
    with reading(workspace_id):
        if len(search.found(wanted, search.Place(), MOST_ALIKE)) >= MOST_ALIKE:
            raise ContactError(_("Too many numbers begin like this. Type more of the number, or filter by country."))


def tagged(tag: Any, workspace_id: int) -> Sql:
    return Sql(
        "SELECT contact_id FROM contact_tags WHERE workspace_id = %(workspace)s AND tags @> ARRAY[%(tag)s::int]",
        {"workspace": workspace_id, "tag": tag},
    )


_readers: dict[str, Reader] = {"contacts": ticked, "filter": filtered, "tag": tagged}


def register(word: str, reader: Reader) -> None:
    """Teach selections another word; to be called once, when a room's app is ready."""
    _readers[word] = reader


def of_filter(wanted: search.Wanted) -> dict[str, Any]:
    """The selection of everybody whom a list with these filters shows."""
    return {"filter": asdict(wanted)}


def of_tree(tree: Any) -> dict[str, Any]:
    """The selection of everybody who fits a tree of conditions; the segments room reads it."""
    return {"tree": tree}


def of_ticked(ids: list[int]) -> dict[str, Any]:
    """The selection of rows ticked by hand. Raises ContactError when there are none, or too many to name."""
    if not ids:
        raise ContactError(_("Nobody is chosen yet. Tick people in the list."))
    if len(ids) > MOST_TICKED:
        raise ContactError(_("So many people cannot be named one by one. Filter the list, then choose all of it."))
    return {"contacts": sorted(set(ids))}


def sql_of(selection: dict[str, Any], *, workspace_id: int) -> Sql:
    """The selection as SQL, to be run in `reading`. Raises ContactError for what is none."""
    word, value = next(iter(selection.items()), ("", None))
    reader = _readers.get(word)
    if reader is None or len(selection) != 1:
        raise ContactError(_("This selection cannot be read any more. Choose the people again."))
    return reader(value, workspace_id)


@contextmanager
def reading(workspace_id: int) -> Iterator[Any]:
    """A cursor that may use every index: outside the walls, in one workspace by the query itself."""
    with walls.outside(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [walls.SETTING, str(workspace_id)])
        yield cursor


def people_of(batch: Batch) -> list[int]:
    """The contacts of a batch as they are now, by number. Raises ContactError."""
    sql = sql_of(batch.selection, workspace_id=batch.workspace_id)
    with reading(batch.workspace_id) as cursor:
        cursor.execute(sql.text, sql.params)
        return sorted(row[0] for row in cursor.fetchall())


def count(selection: dict[str, Any], *, workspace_id: int) -> int:
    """How many people a selection has now. Raises ContactError."""
    sql = sql_of(selection, workspace_id=workspace_id)
    with reading(workspace_id) as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql.text}) AS s", sql.params)  # noqa: S608  our own words
        return int(cursor.fetchone()[0])
