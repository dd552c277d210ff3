"""Finding lines of the audit trail: by member, act, thing and day; as pages and as CSV."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import StringIO

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tradewind.lib import publicid
from tradewind.workspaces import audit, audit_words
from tradewind.workspaces.door import public_id, row_of
from tradewind.workspaces.models import AuditEntry, Member

PAGE, BLOCK = 50, 500
NAMES = ("by", "about", "thing", "since", "until")
# What a spreadsheet would take for a formula, also in the wide forms of East Asian keyboards.
RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class AuditPage:
    """Some lines of the audit trail; `next` is the `before` of the following page, "" at the end."""

    entries: list[AuditEntry]
    next: str
    asked: dict[str, str]

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode(self.asked)


def page(member: Member, asked: Mapping[str, str]) -> AuditPage:
    """Newest lines first, at most `PAGE` older than `before`."""
    found = lines(member, asked)
    if before := asked.get("before", ""):
        found = found.filter(id__lt=row_of("auditentry", before))
    entries = list(found[: PAGE + 1])
    more = len(entries) > PAGE
    return AuditPage(entries[:PAGE], public_id(entries[PAGE - 1]) if more else "", asked_of(asked))


def asked_of(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters that are set."""
    return {name: asked[name] for name in NAMES if asked.get(name)}


def lines(member: Member, asked: Mapping[str, str]) -> QuerySet[AuditEntry]:
    """The lines that fit. `by` is a member's id; `about` a subject of `audit.ABOUT` or one act; `thing` a kind and an
    id with a point between; `since` and `until` days in the reader's zone, both counted in."""
    found = AuditEntry.objects.visible_to(member).select_related("member__user", "api_key").order_by("-id")
    if by := asked.get("by", ""):
        found = found.filter(member_id=row_of("member", by))
    about = asked.get("about", "")
    if about in audit.ABOUT:
        found = found.filter(verb__regex=rf"^({'|'.join(audit.ABOUT[about][1])})\.")
    elif about:
        found = found.filter(verb=about[:60])
    if thing := asked.get("thing", ""):
        kind, _point, row = thing.partition(".")
        found = found.filter(object_kind=kind[:40], object_id=row_of(kind, row))
    if since := _day(asked.get("since", "")):
        found = found.filter(at__gte=since)
    if until := _day(asked.get("until", "")):
        found = found.filter(at__lt=until + timedelta(days=1))
    return found


def choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Subjects with their acts: (subject, its name, [(act, its words)])."""
    acts: dict[str, list[tuple[str, str]]] = {}
    for verb, words in audit_words.WORDS.items():
        acts.setdefault(verb.partition(".")[0], []).append((verb, str(words)))
    return [
        (subject, str(name), [act for part in parts for act in acts.get(part, [])])
        for subject, (name, parts) in audit.ABOUT.items()
    ]


def as_csv(found: QuerySet[AuditEntry]) -> Iterator[str]:
    """All lines that fit, for a spreadsheet. Words in the language of the moment at which it is asked for."""
    language = translation.get_language() or "en"  # streaming begins after all else

    def blocks() -> Iterator[str]:
        with translation.override(language):
            yield text_of([heads()])
        last: int | None = None
        while rows := list((found if last is None else found.filter(id__lt=last))[:BLOCK]):
            with translation.override(language):
                yield text_of([cells_of(row) for row in rows])
            last = rows[-1].pk

    return blocks()


def heads() -> list[str]:
    return [
        _("Time"), _("Member"), _("API key"), _("Act"), _("What was done"), _("Thing"), _("More"), _("Address")
    ]  # fmt: skip


def cells_of(row: AuditEntry) -> list[str]:
    thing = publicid.encode(row.object_kind, row.object_id) if row.object_id is not None else ""
    member = str(row.member) if row.member else "Tradewind"
    key = str(row.api_key) if row.api_key else ""
    at = row.at.isoformat(timespec="seconds")
    return [at, member, key, row.verb, row.in_words, f"{row.object_kind} {thing}".strip(), row.more, row.ip or ""]


def text_of(rows: list[list[str]]) -> str:
    file = StringIO()
    csv.writer(file).writerows([[safe(cell) for cell in row] for row in rows])
    return file.getvalue()


def safe(cell: str) -> str:
    """An apostrophe makes it text for every spreadsheet."""
    return f"'{cell}" if cell.lstrip().startswith(RISKY) else cell


def _day(text: str) -> datetime | None:
    """The beginning of a day in the reader's zone; None for what is none."""
    try:
        day = parse_date(text[:10])
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time())) if day else None
