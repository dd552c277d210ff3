"""What is said of imports: why a row was left out, what a column becomes, how an import stands."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = str | Promise


class Reason(NamedTuple):
    """Why rows are left out, and what to do about it. `act`: fix, landlines, people, tags, create, how, "" (none)."""

    title: Words
    hint: Words
    act: str = "fix"


REASONS: dict[str, Reason] = {
    "empty": Reason(gettext_lazy("No phone number"), gettext_lazy("The cell is empty.")),
    "letters": Reason(gettext_lazy("Letters in the phone number"), gettext_lazy("Often the name in the wrong column.")),
    "extension": Reason(
        gettext_lazy("A number with an extension"), gettext_lazy("Such numbers cannot be on WhatsApp.")
    ),
    "no_country": Reason(
        gettext_lazy("The country of the number is not known"),
        gettext_lazy("Choose the country of numbers without one, or write +49 … in the file."),
    ),
    "unknown_country": Reason(
        gettext_lazy("No country has this country code"), gettext_lazy("Look at the digits after the plus.")
    ),
    "too_short": Reason(
        gettext_lazy("Too short for a phone number of its country"), gettext_lazy("Often a number without area code.")
    ),
    "too_long": Reason(
        gettext_lazy("Too long for a phone number"), gettext_lazy("Often two numbers in one cell.")
    ),
    "impossible": Reason(
        gettext_lazy("Not a possible phone number"), gettext_lazy("No number of its country has this length.")
    ),
    "landline": Reason(
        gettext_lazy("Landline, cannot have WhatsApp there"),
        gettext_lazy("Only businesses use WhatsApp on a landline."),
        "landlines",
    ),
    "opted_out": Reason(
        gettext_lazy("Opted out earlier"), gettext_lazy("They said STOP; an upload cannot undo that."), "people"
    ),
    "excel_digits": Reason(
        gettext_lazy("Turned into 4,91512E+12 by Excel"),
        gettext_lazy("Digits are lost. Format the column as text and save again."),
        "how",
    ),
    "open_quote": Reason(
        gettext_lazy("A quote that nobody closes"), gettext_lazy("Close the quote in this row, or take it out.")
    ),
    "too_many_cells": Reason(
        gettext_lazy("More cells than the file has columns"),
        gettext_lazy("Often a delimiter inside a text without quotes."),
    ),
    "too_long_text": Reason(gettext_lazy("A text is too long"), gettext_lazy("Shorten it.")),
    "unknown_country_name": Reason(
        gettext_lazy("No country is called so"), gettext_lazy("Write DE, Germany, Deutschland, …")
    ),
    "unknown_language_name": Reason(
        gettext_lazy("No language is called so"), gettext_lazy("Write de, German, Deutsch, …")
    ),
    "unknown_zone": Reason(gettext_lazy("No time zone is called so"), gettext_lazy("Write it like Europe/Berlin.")),
    "not_a_date": Reason(gettext_lazy("Not a date"), gettext_lazy("Write it like 2026-11-22 or 22.11.2026.")),
    "not_a_number": Reason(gettext_lazy("Not a number"), gettext_lazy("Write it like 1234.5 or 1.234,50.")),
    "not_yes_or_no": Reason(
        gettext_lazy("Neither yes nor no"), gettext_lazy("Write yes or no, ja or nein, 1 or 0, …")
    ),
    "unknown_tag": Reason(
        gettext_lazy("There is no such tag"), gettext_lazy("Make the tag first, or let the import make it."), "tags"
    ),
    "tag_of_rule": Reason(
        gettext_lazy("A rule decides who has this tag"), gettext_lazy("Take it out of the file.")
    ),
    "tag_archived": Reason(
        gettext_lazy("The tag is archived"), gettext_lazy("Bring it back, or take it out of the file.")
    ),
    "bad_tag": Reason(gettext_lazy("Not a possible name of a tag"), gettext_lazy("Three levels with “/” at most.")),
    "too_many_tags": Reason(gettext_lazy("Too many tags in one row"), gettext_lazy("30 are the most.")),
}  # fmt: skip
UNKNOWN = Reason(gettext_lazy("It could not be read"), "")
TARGETS: dict[str, tuple[str, Words]] = {
    "phone": ("phone", gettext_lazy("Phone")),
    "name": ("user", gettext_lazy("Name")),
    "first_name": ("user", gettext_lazy("First name")),
    "last_name": ("user", gettext_lazy("Last name")),
    "country": ("globe", gettext_lazy("Country")),
    "language": ("languages", gettext_lazy("Language")),
    "city": ("map-pin", gettext_lazy("City")),
    "timezone": ("clock", gettext_lazy("Time zone")),
    "company": ("building-2", gettext_lazy("Company")),
    "tags": ("tag", gettext_lazy("Tags")),
    "opt_in": ("shield-check", gettext_lazy("Marketing opt-in")),
    "opt_in_at": ("shield-check", gettext_lazy("When they opted in")),
    "opt_in_source": ("shield-check", gettext_lazy("Where they opted in")),
    "opt_in_wording": ("shield-check", gettext_lazy("What they agreed to")),
    "field": ("hash", gettext_lazy("Field of your own")),
    "skip": ("ban", gettext_lazy("Leave out")),
}
KINDS: dict[str, Words] = {
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "date": gettext_lazy("date"),
    "yes_no": gettext_lazy("yes or no"),
}
STATES: dict[str, tuple[str, Words]] = {
    "uploading": ("", gettext_lazy("is being sent")),
    "draft": ("", gettext_lazy("draft")),
    "checking": ("accent", gettext_lazy("is being checked")),
    "waiting": ("accent", gettext_lazy("waits to begin")),
    "running": ("accent", gettext_lazy("runs")),
    "paused": ("warn", gettext_lazy("paused")),
    "asking": ("warn", gettext_lazy("stopped: too many rows are left out")),
    "done": ("good", gettext_lazy("done")),
    "cancelled": ("", gettext_lazy("cancelled")),
    "failed": ("bad", gettext_lazy("failed")),
    "undoing": ("accent", gettext_lazy("is being undone")),
    "undone": ("", gettext_lazy("undone")),
}


def reason(code: str) -> Reason:
    """Of rows of people and of events alike."""
    from tradewind.contacts.facts.uploads.words import REASONS as of_events

    return REASONS.get(code) or of_events.get(code, UNKNOWN)


def reason_of(code: str, detail: str = "") -> str:
    """Why one row was left out, with what is particular to it: "There is no such tag: Outdoor"."""
    title = str(reason(code).title)
    if not detail or code in ("too_long_text", "too_many_cells", "too_many_tags", "bad_tag"):
        return title
    return _("%(reason)s: %(detail)s") % {"reason": title, "detail": detail}
