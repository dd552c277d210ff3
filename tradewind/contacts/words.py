"""How contacts, their consent and what happened with them are put into words."""

from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.contacts.facts.names import is_outside
from tradewind.contacts.models import Contact
from tradewind.contacts.standing import words as standing_words
from tradewind.whatsapp.errors import rule_for
from tradewind.workspaces.locales import reader_locale

Words = str | Promise

MARKETING: dict[str, tuple[str, Words]] = {
    "opted_in": ("good", gettext_lazy("opted in")),
    "opted_out": ("warn", gettext_lazy("opted out")),
    "unknown": ("", gettext_lazy("not asked")),
}
# In what order the list can come (search.ORDERS): on the choice, and said under the list.
ORDERS: dict[str, Words] = {
    "heard": gettext_lazy("Last wrote first"),
    "grade": gettext_lazy("Best grade first"),
    "engagement": gettext_lazy("Most engaged first"),
}
ORDERS_SAID: dict[str, Words] = {
    "heard": gettext_lazy("who wrote last first"),
    "grade": gettext_lazy("best grade first"),
    "engagement": gettext_lazy("most engaged first"),
}
# The parts of a person's history (timeline.ONLY).
PARTS_OF_HISTORY: dict[str, Words] = {
    "": gettext_lazy("Everything"),
    "messages": gettext_lazy("Messages"),
    "orders": gettext_lazy("Orders and visits"),
    "changes": gettext_lazy("Tags and changes"),
}
SOURCES: dict[str, Words] = {
    "message": gettext_lazy("wrote it in a message"),
    "button": gettext_lazy("tapped the button"),
    "meta": gettext_lazy("told it to WhatsApp"),
    "import": gettext_lazy("brought by an import"),
    "console": gettext_lazy("entered by hand"),
    "api": gettext_lazy("told by a program"),
    "form": gettext_lazy("web form"),
    "event": gettext_lazy("told by the shop"),
    "cleanup": gettext_lazy("clean-up: silent for six months"),
    "merge": gettext_lazy("two contacts were merged, the stricter word holds"),
    "merge_undone": gettext_lazy("a merge was undone"),
}
# Why a message did not leave, or ended; the sender's words (messages/sql/intent.sql).
REASONS: dict[str, Words] = {
    "opted_out": gettext_lazy("They opted out before it left."),
    "no_opt_in": gettext_lazy("No marketing without their opt-in."),
    "suppressed": gettext_lazy("They are suppressed: nothing is sent to them."),
    "unreachable": gettext_lazy("Twice in a row they were not on WhatsApp."),
    "merged": gettext_lazy("Two contacts were merged, and the other one gets this message already."),
    "no_address": gettext_lazy("No number or user id that this number can reach."),
    "window_closed": gettext_lazy("Their service window had closed; a template can still go."),
    "cap": gettext_lazy("They had as much marketing as you allow."),
    "cap_72h": gettext_lazy("They had as much marketing in 72 hours as you allow."),
    "cap_month": gettext_lazy("They had as much marketing this month as you allow."),
    "number_removed": gettext_lazy("The number was removed."),
    "run_closed": gettext_lazy("The campaign was ended before it left."),
    "expired": gettext_lazy("It was too late to send it."),
    "quiet_hours": gettext_lazy("It was night there, and then too late."),
    "not_sendable": gettext_lazy("Its values do not fit the template."),
    "media_lost": gettext_lazy("Meta lost the file on top of it, again and again."),
    "no_proof": gettext_lazy("Nobody could prove whether it went, and then it was too late."),
    "again": gettext_lazy("Being tried once more."),
    "sent_again": gettext_lazy("Surely did not go at first; being sent now."),
    "sent_again_by_member": gettext_lazy("Being tried once more."),
    "left_by_member": gettext_lazy("A colleague decided that it is not sent again."),
}
STATES: dict[str, Words] = {
    "queued": gettext_lazy("waits to leave"),
    "accepted": gettext_lazy("taken by Meta"),
    "held": gettext_lazy("held by Meta for a quality check"),
    "sent": gettext_lazy("sent"),
    "delivered": gettext_lazy("delivered"),
    "read": gettext_lazy("read"),
    "played": gettext_lazy("played"),
    "failed": gettext_lazy("failed"),
    "skipped": gettext_lazy("not sent"),
    "expired": gettext_lazy("too late, not sent"),
    "cancelled": gettext_lazy("cancelled"),
    "unknown": gettext_lazy("unknown whether it went"),
    "received": gettext_lazy("received"),
}
KINDS: dict[str, Words] = {
    # A text without words: they were erased, or their days were over (privacy/retention.py).
    "text": gettext_lazy("Its words are not kept any more"),
    "image": gettext_lazy("Picture"),
    "video": gettext_lazy("Film"),
    "audio": gettext_lazy("Voice message"),
    "document": gettext_lazy("Document"),
    "sticker": gettext_lazy("Sticker"),
    "location": gettext_lazy("Location"),
    "contacts": gettext_lazy("Contact card"),
    "order": gettext_lazy("Order"),
    "reaction": gettext_lazy("Reaction"),
    "interactive": gettext_lazy("Choice"),
    "button": gettext_lazy("Button"),
    "unsupported": gettext_lazy("Something that WhatsApp does not pass on"),
}


def marketing_of(contact: Contact) -> tuple[str, Words]:
    """(tone, word) of how marketing stands; suppression is stronger than any consent."""
    if contact.suppressed_at is not None:
        return "bad", _("suppressed")
    return MARKETING.get(contact.marketing, MARKETING["unknown"])


def opening(contact: Contact, windows: list[Any], now: datetime) -> str:
    """The first sentence of a person's page: may they get marketing, and is a window open."""
    if contact.suppressed_at is not None:
        return _("Nothing is sent to this person: %(reason)s.") % {
            "reason": contact.suppressed_reason or _("suppressed")
        }
    consent = {
        "opted_in": _("May get marketing."),
        "opted_out": _("Gets no marketing: they opted out."),
    }.get(contact.marketing, _("Gets no marketing: nobody has asked them yet."))
    open_windows = [each for each in windows if each.closes_at > now]
    if not open_windows:
        return f"{consent} {_('No window is open, so only templates can be sent.')}"
    names = ", ".join(each.number.name for each in open_windows)
    return f"{consent} {_('A window is open with %(numbers)s.') % {'numbers': names}}"


def came_of(message: Any) -> str:
    """What came of a message and why, in plain words; "" when there is nothing to explain."""
    if message.state == "failed" and message.error_code is not None:
        rule = rule_for(message.error_code)
        return f"{_(rule.happened)} {_(rule.means)}"
    if message.state == "unknown":
        return _("The line broke after the request. It is not sent twice; proof settles it.")
    if message.state == "held":
        return _("Meta looks at how others take this template first.")
    if message.reason:
        return str(REASONS.get(message.reason, message.reason.replace("_", " ")))
    return ""


def source_of(source: str) -> Words:
    return SOURCES.get(source, source.replace("_", " "))


def event_of(kind: str, data: dict[str, Any]) -> tuple[str, Words, Words]:
    """(icon, what happened, why) of a journal entry about a person."""
    happened = {
        "contact.created": ("user-plus", _("Became a contact")),
        "contact.opted_in": ("circle-check", _("Opted in to marketing")),
        "contact.opted_out": ("circle-minus", _("Opted out of marketing")),
        "contact.suppressed": ("ban", _("Suppressed: nothing is sent any more")),
        "contact.erased": ("ban", _("Was erased; what was sent stays without a name")),
        "contact.merged": ("merge", _("Merged with another contact of the same person")),
        "contact.separated": ("split", _("A merge was undone: two contacts again")),
        "contact.renumbered": ("arrow-left-right", _("Changed the phone number")),
        "conversation.reaction": ("smile-plus", _("Reacted with %(emoji)s") % {"emoji": data.get("emoji") or "–"}),
    }.get(kind)
    if happened is not None:
        return happened[0], happened[1], why_of(kind, data)
    if is_outside(kind) or kind.startswith("standing."):
        return standing_words.event_of(kind, data)
    return "pencil", change_of(data), ""


def imported(*, is_new: bool) -> Words:
    """What a file did to a person."""
    return _("Came with an import") if is_new else _("Brought up to date by an import")


def why_of(kind: str, data: dict[str, Any]) -> Words:
    if kind in ("contact.opted_in", "contact.opted_out", "contact.created"):
        return source_of(str(data.get("source", ""))) if data.get("source") else ""
    return str(data.get("reason") or "")


def tag_change(is_on: bool, name: str) -> Words:
    """What a line of the tags' log says; "" for a tag that is gone."""
    if not name:
        return _("A tag that is gone was put on") if is_on else _("A tag that is gone was taken off")
    return _("Tag %(tag)s put on") % {"tag": name} if is_on else _("Tag %(tag)s taken off") % {"tag": name}


def change_of(data: dict[str, Any]) -> Words:
    """What a contact.changed entry says."""
    if data.get("tagged") or data.get("untagged"):  # as entries were before tags had a log of their own
        return tag_change(bool(data.get("tagged")), str(data.get("tagged") or data.get("untagged")))
    if "owner" in data:
        return _("Another person is in charge") if data["owner"] else _("Nobody is in charge any more")
    if data.get("verb") == "contact.suppression_lifted":
        return _("May be written to again")
    if data.get("fields"):
        return _("Fields changed: %(names)s") % {"names": ", ".join(map(str, data["fields"]))}
    changes = data.get("changes")
    if isinstance(changes, dict) and changes:
        return _("Changed: %(names)s") % {"names": ", ".join(str(COLUMNS.get(name, name)) for name in changes)}
    return _("Changed")


COLUMNS: dict[str, Words] = {
    "name": gettext_lazy("name"),
    "language": gettext_lazy("language"),
    "country": gettext_lazy("country"),
    "city": gettext_lazy("city"),
    "timezone": gettext_lazy("time zone"),
    "company": gettext_lazy("company"),
}


def language_name(code: str) -> str:
    """ "de" → German, in the reader's language; the code itself for what nobody knows."""
    return reader_locale().languages.get(code.replace("-", "_").split("_")[0], code)


def country_name(code: str) -> str:
    return reader_locale().territories.get(code, code)


def dialect_name(code: str) -> str:
    """ "de-CH" → German (Switzerland), in the reader's language."""
    language, _dash, country = code.partition("-")
    return f"{language_name(language)} ({country_name(country)})" if country else language_name(language)


def batch_sentence(batch: Any, names: dict[str, dict[int, str]]) -> Words:
    """What a batch does, without its people: "Adds Interest/Shoes"."""
    detail, values = batch.detail, batch_names(batch, names)
    if batch.verb == "add":
        return _("Adds %(tags)s") % values
    if batch.verb == "remove":
        return _("Takes %(tags)s off") % values
    if batch.verb == "replace":
        return _("Puts %(put)s in the place of %(take)s") % values
    if batch.verb == "field":
        if detail.get("value") in (None, ""):
            return _("Empties %(field)s") % values
        return _("Sets %(field)s to %(value)s") % values
    return _("Puts %(owner)s in charge") % values if detail.get("owner") else _("Leaves nobody in charge")


def batch_names(batch: Any, names: dict[str, dict[int, str]]) -> dict[str, str]:
    detail, gone = batch.detail, str(detail_name(batch))
    found = {
        part: ", ".join(names["tags"].get(tag, gone) for tag in detail.get(part, []))
        for part in ("tags", "take", "put")
    }
    field = str(detail.get("field", ""))
    return {
        **found,
        "field": str(COLUMNS.get(field, field)),
        "value": str(detail.get("value", "")),
        "owner": names["owners"].get(detail.get("owner") or 0, "–"),
    }


def detail_name(batch: Any) -> Words:
    """The name of a tag that is gone: a batch that deletes one remembers it."""
    return batch.detail.get("name") or _("a tag that is gone")


def preview_sentence(batch: Any, preview: Any, names: dict[str, dict[int, str]]) -> tuple[Words, Words]:
    """What would happen, and to whom it would not: ("Adds Tea to 41,208 people", "312 have it already")."""
    happens = batch_sentence(batch, names)
    how_many = ngettext("%(n)s person", "%(n)s people", preview.changing) % {"n": grouped(preview.changing)}
    alike = {"n": grouped(preview.alike)}
    rest: Words = ""
    if preview.alike and batch.verb in ("remove", "replace"):
        rest = ngettext("%(n)s does not have it.", "%(n)s do not have it.", preview.alike) % alike
    elif preview.alike:
        rest = ngettext("%(n)s has it so already.", "%(n)s have it so already.", preview.alike) % alike
    return _("%(what)s: %(who)s.") % {"what": happens, "who": how_many}, rest


def grouped(count: int) -> str:
    """A count as the reader's language writes it."""
    return str(number_format(count, use_l10n=True, force_grouping=True))
