"""Why somebody is left out of a campaign: each person counts once, at the first reason in this order."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """`can_be_won` tells the reasons that somebody can mend (amber) from those that are rightly so (grey)."""

    word: str
    title: str | Promise
    what_to_do: str | Promise
    can_be_won: bool


REASONS = (
    Reason("not_a_number", _("Not a phone number"), _("Mend the pasted line"), True),
    Reason("not_a_contact", _("Not among your contacts"), _("Add them with their opt-in first"), True),
    Reason("suppressed", _("Suppressed"), _("Never sent to"), False),
    Reason("opted_out", _("Opted out"), _("Never sent to"), False),
    Reason("no_opt_in", _("No opt-in for marketing"), _("Ask them to opt in"), False),
    Reason("no_address", _("No number or id these senders can reach"), _("Add a phone number"), True),
    Reason("unreachable", _("Not on WhatsApp, twice in a row"), _("Clean these contacts"), True),
    Reason("no_window", _("Has not written in the last 24 hours"), _("Use a template"), True),
    Reason("us_marketing", _("Meta sends no marketing to US numbers"), _("Use a utility template"), False),
    Reason("cap", _("Got as many messages as you allow"), _("Send later"), True),
    Reason("other_campaign", _("In another campaign right now"), _("See which"), True),
    Reason("time_passed", _("Their time of that day has passed"), _("Send the next day"), True),
    Reason("public_holiday", _("It is a public holiday where they are"), _("Choose another day"), True),
    Reason("missing_variable", _("A place in the text would stay empty"), _("Say what stands there instead"), True),
    Reason("offer_over", _("Their offer's end is wrong or past"), _("Write it as 2026-03-08"), True),
    Reason("unfit_variable", _("A value does not fit the template"), _("Shorten or mend it"), True),
    Reason("window_closes", _("Their 24 hours end before their turn"), _("Go faster, or sooner"), True),
)
BY_WORD = {reason.word: reason for reason in REASONS}
