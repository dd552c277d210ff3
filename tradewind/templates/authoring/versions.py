"""What a template said at each time, and how two of those differ."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tradewind.lib import clock
from tradewind.templates.models import Template, Version
from tradewind.whatsapp.payloads.components import take_apart
from tradewind.workspaces.models import Member

DECISIONS = ("APPROVED", "REJECTED")
_WORDS = re.compile(r"\s+|[^\s]+")


def note(template: Template, *, by: Member | None = None, is_ours: bool = False) -> Version:
    """Keep what the template says now as its next version."""
    newest = template.versions.aggregate(newest=Max("number"))["newest"] or 0
    return Version.objects.create(
        workspace_id=template.workspace_id, template=template, number=newest + 1, category=template.category,
        parameter_format=template.parameter_format, components=template.components, at=clock.now(), by=by,
        is_ours=is_ours, status=template.status, reason=template.rejected_reason,
    )  # fmt: skip


def decide(template: Template) -> None:
    """Meta has judged the newest version."""
    newest = template.versions.order_by("-number").first()
    if newest is not None and template.status in DECISIONS and newest.status != template.status:
        newest.status, newest.decided_at, newest.reason = template.status, clock.now(), template.rejected_reason
        newest.save(update_fields=["status", "decided_at", "reason"])


@dataclass(frozen=True, slots=True)
class Change:
    """One part of a template that differs: its name, and its text with what went and what came marked."""

    part: str
    text: SafeString


def changes(before: Version, after: Version) -> list[Change]:
    """The parts that differ between two versions."""
    one, other = parts_of(before), parts_of(after)
    return [
        Change(name, marked(one.get(name, ""), other.get(name, "")))
        for name in dict.fromkeys([*one, *other])
        if one.get(name, "") != other.get(name, "")
    ]


def parts_of(version: Version) -> dict[str, str]:
    parts = take_apart(version.components)
    found = {
        _("Category"): version.category.capitalize(),
        _("Header"): parts.header.text if parts.header else parts.header_kind or "",
        _("Text"): parts.body.text if parts.body else "",
        _("Footer"): parts.footer,
    }
    for button in parts.buttons:
        found[_("Button %(n)s") % {"n": button.index + 1}] = " ".join(filter(None, (button.label, button.target)))
    return found


def marked(before: str, after: str) -> SafeString:
    """Word by word: what went as <del>, what came as <ins>."""
    return mark_safe("".join(pieces(_WORDS.findall(before), _WORDS.findall(after))))  # noqa: S308  each piece is escaped


def pieces(before: list[str], after: list[str]) -> Iterator[str]:
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield escape("".join(before[a:b]))
            continue
        if b > a:
            yield f"<del>{escape(''.join(before[a:b]))}</del>"
        if d > c:
            yield f"<ins>{escape(''.join(after[c:d]))}</ins>"
