"""Why somebody is in a segment, or not: each condition with its verdict and the fact behind it.

why(node, contact) → Verdict(path="all", fits=False, of=[Verdict(path="all[0].tag", fits=True, fact="since 3 Nov"), …])
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.contacts.models import Contact, Identity, Standing, TagChange
from tradewind.lib import clock
from tradewind.segments import figures, leaves, queries, sentence, words
from tradewind.segments.leaves import Desk
from tradewind.segments.nodes import (
    All,
    AnyOf,
    Event,
    Field,
    Leaf,
    Node,
    Not,
    OptedIn,
    Saved,
    Score,
    Sent,
    Tagged,
    WindowOpen,
    children,
)
from tradewind.segments.sets import Ground
from tradewind.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Verdict:
    """A node, whether the person fits it, and why: the fact for a condition, the parts for a group."""

    path: str
    says: str
    fits: bool
    fact: str = ""
    of: list["Verdict"] = field(default_factory=list)


def why(node: Node, contact: Contact, *, now: datetime | None = None) -> Verdict:
    """The verdict on one person, in the reader's language."""
    return Judge(contact, now or clock.now()).verdict(node, "")


@dataclass(frozen=True, slots=True)
class Judge:
    """Looks at one person at one moment."""

    contact: Contact
    now: datetime

    def verdict(self, node: Node, before: str) -> Verdict:
        path = next(queries.branches(node, before))[0]
        says = sentence.clause(node, is_so=True, is_inside=False)
        if isinstance(node, All | AnyOf | Not):
            parts = [self.verdict(each, place) for each, place in zip(children(node), places(node, path), strict=True)]
            return Verdict(path, says, together(node, parts), of=parts)
        fits = queries.fits(node, self.contact.pk, workspace_id=self.contact.workspace_id, now=self.now)
        inside = [self.verdict(node.node, f"{path}.")] if isinstance(node, Saved) and node.node is not None else []
        return Verdict(path, says, fits, self.fact(node), inside)

    def fact(self, leaf: Leaf) -> str:
        return FACTS[type(leaf)](self, leaf)

    def tagged(self, leaf: Tagged) -> str:
        """Since when, and until when."""
        row = getattr(self.contact, "tag_row", None)
        has = [pk for pk in (row.tags if row else []) if pk in leaf.ids]
        if not has:
            return _("The tag is not there.")
        put = TagChange.objects.filter(
            workspace_id=self.contact.workspace_id, contact=self.contact, tag_id__in=has, is_on=True
        ).order_by("-pk").first()  # fmt: skip
        if put is None:
            return _("The tag is there.")
        if put.until is not None:
            return _("Since %(day)s, until %(end)s.") % {"day": day(put.at), "end": day(put.until)}
        return _("Since %(day)s.") % {"day": day(put.at)}

    def known(self, leaf: Field) -> str:
        value = self.value_of(leaf)
        if value in (None, "", []):
            return _("Nothing is known.")
        said = day(value) if isinstance(value, datetime) else sentence.shown(value, sentence.value_key(leaf), "UTC")
        return _("It is %(value)s.") % {"value": said}

    def value_of(self, leaf: Field) -> Any:
        if leaf.is_own:
            value = self.contact.fields.get(leaf.key)
            return value if isinstance(value, str | int | float | bool | None) else str(value)
        if leaf.key in leaves.STANDING:
            return getattr(self.standing, leaf.key, "")
        if leaf.key in figures.COLUMNS:
            return getattr(self.standing, figures.COLUMNS[leaf.key], "")
        if leaf.key == "phone":
            rows = Identity.objects.filter(contact=self.contact, kind="phone", is_current=True)
            return ", ".join(rows.order_by("-seen_at").values_list("value", flat=True))
        if leaf.key == "owner":
            owners = Member.objects.filter(pk=self.contact.owner_id or 0).select_related("user")
            return str(owners.first() or "")
        return getattr(self.contact, leaf.key)

    @property
    def standing(self) -> Standing | None:
        return Standing.objects.filter(workspace_id=self.contact.workspace_id, contact=self.contact).first()

    def happened(self, leaf: Event) -> str:
        """How often in that time, and when last."""
        desk = Desk("w", self.contact.workspace_id, self.now)
        ground = Ground(desk.ground.workspace, f"ARRAY[{desk.add(self.contact.pk)}]::bigint[]")
        sql = f"SELECT count(*), max(j.at) FROM journal j WHERE {leaves.events(leaf, desk, ground)}"  # noqa: S608
        times, last = one(sql, desk.values)
        if not times:
            return _("It did not happen.")
        said = {"times": number_format(times), "day": day(last)}
        return ngettext("%(times)s time, on %(day)s.", "%(times)s times, last on %(day)s.", times) % said

    def scored(self, leaf: Score) -> str:
        standing = self.standing
        value = getattr(standing, leaf.name) if standing else 0
        return _("It is %(value)s.") % {"value": number_format(value)}

    def frozen(self, leaf: Saved) -> str:
        return _("This segment keeps the people of one moment.") if leaf.node is None else ""

    def sent(self, leaf: Sent) -> str:
        sql = """
        SELECT state, accepted_at, read_at, failed_at FROM message
        WHERE workspace_id = %(w)s AND run_id = %(run)s AND contact_id = %(c)s AND direction = 'out' ORDER BY id LIMIT 1
        """
        found = one(sql, {"w": self.contact.workspace_id, "run": leaf.run_id, "c": self.contact.pk})
        if found is None:
            return _("There is no message of this campaign.")
        _state, accepted, read, failed = found
        if read:
            return _("It was read on %(day)s.") % {"day": day(read)}
        if failed:
            return _("It failed on %(day)s.") % {"day": day(failed)}
        return _("It was sent on %(day)s.") % {"day": day(accepted)} if accepted else _("It has not left yet.")

    def opted_in(self, leaf: OptedIn) -> str:
        said = {"word": words.MARKETING[self.contact.marketing]}
        if self.contact.marketing_at is None:
            return _("Consent: %(word)s.") % said
        return _("Consent: %(word)s, since %(day)s.") % {**said, "day": day(self.contact.marketing_at)}

    def window(self, leaf: WindowOpen) -> str:
        sql = """
        SELECT max(w.closes_at) FROM service_window w JOIN number n ON n.id = w.number_id AND n.removed_at IS NULL
        WHERE w.workspace_id = %(w)s AND w.contact_id = %(c)s
        """
        (closes,) = one(sql, {"w": self.contact.workspace_id, "c": self.contact.pk})
        if closes is None:
            return _("They never wrote to a number that is connected.")
        said = {"time": date_format(closes, "DATETIME_FORMAT")}
        return (_("It closes at %(time)s.") if closes > self.now else _("It closed at %(time)s.")) % said


FACTS: dict[type, Callable[[Judge, Any], str]] = {
    Tagged: Judge.tagged, Field: Judge.known, Event: Judge.happened, Score: Judge.scored, Saved: Judge.frozen,
    Sent: Judge.sent, OptedIn: Judge.opted_in, WindowOpen: Judge.window,
}  # fmt: skip


def places(node: Node, path: str) -> list[str]:
    if isinstance(node, Not):
        return [f"{path}."]
    return [f"{path}[{place}]." for place in range(len(children(node)))]


def together(node: Node, parts: list[Verdict]) -> bool:
    if isinstance(node, Not):
        return not parts[0].fits
    return all(part.fits for part in parts) if isinstance(node, All) else any(part.fits for part in parts)


def day(at: datetime) -> str:
    return date_format(at, "DATE_FORMAT")


def one(sql: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
