"""The consent passport as a proof to hand over: what a person said, when, to which number, and what came of it.

The same entries as JSON and as PDF. `sealed` is a SHA-256 over the entries, printed on both, so that a copy can be held
against the original.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from tradewind import config
from tradewind.contacts import words
from tradewind.contacts.models import Consent, Contact
from tradewind.lib import clock, paper
from tradewind.lib.paper import left_to_right
from tradewind.numbers.models import Number
from tradewind.workspaces.door import public_id

FORMAT = "tradewind.passport/1"
# What became of marketing between a word and the next one that turned it round, over all numbers.
EFFECT = """
SELECT count(*) FILTER (WHERE accepted_at > %(at)s AND (%(until)s::timestamptz IS NULL OR accepted_at <= %(until)s)),
       count(*) FILTER (WHERE reason = 'opted_out' AND (%(since)s::timestamptz IS NULL OR created_at > %(since)s)
                          AND (%(until)s::timestamptz IS NULL OR created_at <= %(until)s)),
       max(accepted_at) FILTER (WHERE accepted_at <= %(at)s)
FROM message WHERE contact_id = %(contact)s AND direction = 'out' AND category = 'marketing'
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a word did: marketing messages that left after it, that were held back by it, and the last one before it."""

    sent_after: int
    held_back: int
    last_before: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One proof. `effect` is None for a word that an older or younger one had made void, or that changed nothing."""

    consent: Consent
    source: words.Words
    effect: Effect | None


def entries_of(contact: Contact) -> list[Entry]:
    """Every proof, the oldest first, each with what it did until the next one that turned it round."""
    rows = list(contact.consents.select_related("number", "member__user").order_by("at", "pk"))
    found: list[Entry] = []
    before: Consent | None = None
    for place, row in enumerate(rows):
        is_turn = before is None or before.state != row.state
        later = next((each.at for each in rows[place + 1 :] if each.state != row.state), None)
        effect = effect_of(row, before.at if before else None, later) if is_turn else None
        found.append(Entry(row, words.source_of(row.source), effect))
        before = row if is_turn else before
    return found


def effect_of(row: Consent, since: datetime | None, until: datetime | None) -> Effect:
    known: dict[str, Any] = {"contact": row.contact_id, "at": row.at, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(EFFECT, known)
        return Effect(*cursor.fetchone())


def numbers_of(contact: Contact) -> list[Number]:
    """The numbers over which a word holds: all of the workspace."""
    return list(Number.objects.filter(workspace_id=contact.workspace_id, removed_at=None).order_by("name", "pk"))


def document(contact: Contact) -> dict[str, Any]:
    """The passport for programs (docs/privacy.md)."""
    entries = [as_json(each) for each in entries_of(contact)]
    return {
        "format": FORMAT,
        "made_at": clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        "business": contact.workspace.name,
        "person": {"id": public_id(contact), "name": contact.name, "identities": identities(contact)},
        "marketing": {"state": contact.marketing, "since": iso(contact.marketing_at)},
        "numbers": [{"name": each.name, "phone": each.phone} for each in numbers_of(contact)],
        "entries": entries,
        "sealed": seal(entries),
    }


def identities(contact: Contact) -> list[dict[str, Any]]:
    return list(contact.identities.order_by("pk").values("kind", "value", "is_current"))


def as_json(entry: Entry) -> dict[str, Any]:
    row, effect = entry.consent, entry.effect
    return {
        "purpose": row.purpose,
        "state": row.state,
        "at": iso(row.at),
        "recorded_at": iso(row.recorded_at),
        "source": row.source,
        "wording": row.wording,
        "number": {"name": row.number.name, "phone": row.number.phone} if row.number else None,
        "proof": row.proof,
        "member": str(row.member) if row.member else None,
        "effect": effect
        and {
            "marketing_sent_after": effect.sent_after,
            "held_back": effect.held_back,
            "last_marketing_before": iso(effect.last_before),
        },
    }


def iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def seal(entries: list[dict[str, Any]]) -> str:
    return hashlib.sha256(orjson.dumps(entries, option=orjson.OPT_SORT_KEYS)).hexdigest()


def printed(contact: Contact) -> bytes:
    """The passport as PDF, in the language that is active. Times are UTC. Raises paper.NoFonts."""
    entries = entries_of(contact)
    fonts = paper.fonts_from(settings.ROOT / "ui" / "dist" / "fonts", config.load().data / "fonts")
    sheet = paper.Paper(
        fonts,
        title=_("Consent passport"),
        language=get_language() or "en",
        is_rtl=get_language_bidi(),
        foot=contact.workspace.name,
    )
    print_head(sheet, contact)
    for entry in entries:
        print_entry(sheet, entry)
    if not entries:
        sheet.write_line(_("Nobody has asked them yet."), above=3)
    sheet.rule()
    said = seal([as_json(each) for each in entries])
    sheet.write_line(
        _("Seal of the entries (SHA-256): %(seal)s") % {"seal": said}, size=paper.SMALL, colour=paper.MUTED
    )
    return sheet.printed()


def print_head(sheet: paper.Paper, contact: Contact) -> None:
    sheet.write_line(_("Consent passport"), size=paper.TITLE)
    sheet.write_line(contact.workspace.name, colour=paper.MUTED)
    sheet.write_line(contact.name or _("Without a name"), size=12, above=4)
    for kind, value, is_current in contact.identities.order_by("pk").values_list("kind", "value", "is_current"):
        former = "" if is_current else f" ({_('former')})"
        sheet.write_line(f"{IDENTITIES[kind]()}: {left_to_right(value)}{former}")
    sheet.write_line(f"{_('Marketing')}: {words.MARKETING[contact.marketing][1]}", above=2)
    told = ", ".join(f"{each.name} {left_to_right(each.phone)}" for each in numbers_of(contact))
    sheet.write_line(_("Holds for all numbers of the business: %(numbers)s") % {"numbers": told or "–"})
    made = left_to_right(moment(clock.now()))
    sheet.write_line(_("Made on %(at)s. Entries are only ever added.") % {"at": made}, colour=paper.MUTED)


IDENTITIES = {"phone": lambda: _("Phone"), "bsuid": lambda: _("User id"), "username": lambda: _("User name")}


def print_entry(sheet: paper.Paper, entry: Entry) -> None:
    row = entry.consent
    sheet.rule()
    said = _("Opted in") if row.state == "opted_in" else _("Opted out")
    sheet.write_line(f"{left_to_right(moment(row.at))} · {said} ({row.purpose})", size=11)
    sheet.write_line(f"{_('Source')}: {entry.source}")
    if row.wording:
        sheet.write_line(f"{_('Words')}: “{row.wording}”")
    if row.number:
        sheet.write_line(f"{_('Number')}: {row.number.name} {left_to_right(row.number.phone)}")
    if row.proof:
        told = ", ".join(f"{key}: {value}" for key, value in row.proof.items())
        sheet.write_line(f"{_('Proof')}: {left_to_right(told)}")
    by = f" · {row.member}" if row.member else ""
    sheet.write_line(f"{_('Noted')}: {left_to_right(moment(row.recorded_at))}{by}", colour=paper.MUTED)
    if entry.effect is not None:
        for line in effect_lines(row, entry.effect):
            sheet.write_line(line)


def effect_lines(row: Consent, effect: Effect) -> list[str]:
    """What a word did, in sentences."""
    lines = []
    if row.state == "opted_out":
        sent = ngettext(
            "From then on, over all numbers: %(n)s marketing message left.",
            "From then on, over all numbers: %(n)s marketing messages left.",
            effect.sent_after,
        )
        lines.append(sent % {"n": effect.sent_after})
        if effect.held_back:
            held = ngettext("%(n)s message that waited was held back.", "%(n)s messages that waited were held back.",
                            effect.held_back)  # fmt: skip
            lines.append(held % {"n": effect.held_back})
    if effect.last_before is not None:
        lines.append(_("Last marketing message before: %(at)s.") % {"at": left_to_right(moment(effect.last_before))})
    return lines


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
