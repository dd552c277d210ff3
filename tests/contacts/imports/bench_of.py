"""An import from bytes to its end, in this process, as the worker does it."""

from typing import Any

from tradewind.contacts.imports import verbs, worker
from tradewind.contacts.models import Contact, Identity, Import, ImportReject, Tag
from tradewind.lib import clock
from tradewind.workspaces.models import Member

PIECE = 64 * 1024


def sent(member: Member, body: bytes, name: str = "list.csv", **options: Any) -> Import:
    """A file that was sent to the console, in pieces."""
    of = verbs.begin(workspace=member.workspace, member=member, file_name=name)
    of.options = options
    of.save()
    for place, start in enumerate(range(0, len(body), PIECE)):
        verbs.add_piece(of, place=place, body=body[start : start + PIECE])
    return verbs.complete(of)


def imported(
    member: Member, body: bytes | str, name: str = "list.csv", *, map: dict[str, str] | None = None, **options: Any
) -> Import:
    """The import, run to its end. `map`: head → target, or field key after "field:"."""
    of = sent(member, body.encode() if isinstance(body, str) else body, name, **options)
    if map:
        given = [{**column, **aimed(map[column["head"]])} if column["head"] in map else column for column in of.mapping]
        verbs.set_mapping(of, mapping=given)
    verbs.start(of, member=member)
    worker.work(of.pk)
    of.refresh_from_db()
    return of


def in_buckets(member: Member, body: str, buckets: int) -> Import:
    """A file whose people are parted into so many buckets, ready to be worked on."""
    of = sent(member, body.encode())
    Import.objects.filter(pk=of.pk).update(buckets=buckets)
    verbs.start(of, member=member)
    return of


def aimed(target: str) -> dict[str, str]:
    to, _sign, rest = target.partition(":")
    return {"to": to, "key": rest} if to == "field" else {"to": to, "prefix": rest}


def counts(of: Import) -> tuple[int, ...]:
    """(new, updated, same, doubles, rejected)"""
    return tuple(of.counts.get(name, 0) for name in ("new", "updated", "same", "doubles", "rejected"))


def people(member: Member) -> dict[str, str]:
    """Phone → name of everybody."""
    rows = Identity.objects.filter(workspace=member.workspace, kind="phone").select_related("contact")
    return {row.value: row.contact.name for row in rows}


def person(member: Member, phone: str) -> Contact:
    return Identity.objects.get(workspace=member.workspace, kind="phone", value=phone).contact


def tags(member: Member, phone: str) -> set[str]:
    row = getattr(person(member, phone), "tag_row", None)
    return set(Tag.objects.filter(pk__in=row.tags if row else []).values_list("name", flat=True))


def why(of: Import) -> list[tuple[int, str, str]]:
    """(row, column, reason) of what was left out."""
    return list(ImportReject.objects.filter(of_import=of).order_by("row").values_list("row", "column", "reason"))


def now() -> float:
    return clock.now().timestamp()
