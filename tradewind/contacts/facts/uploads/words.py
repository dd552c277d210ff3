"""What is said of files of events: what a column becomes, why a row is left out."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tradewind.contacts.imports.words import Reason
from tradewind.contacts.standing.words import EVENTS

Words = str | Promise

TARGETS: dict[str, Words] = {
    "contact": gettext_lazy("Person, by number or id"),
    "event": gettext_lazy("What happened"),
    "at": gettext_lazy("When it happened"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "order": gettext_lazy("Order number"),
    "product": gettext_lazy("Product"),
    "page": gettext_lazy("Page"),
    "id": gettext_lazy("Id of the event"),
    "field": gettext_lazy("Kept with it"),
    "skip": gettext_lazy("Leave out"),
}
# What every row of a file can be, by the page's choice; other names are written by hand.
OFFERED = tuple(EVENTS)

REASONS: dict[str, Reason] = {
    "unknown_number": Reason(
        gettext_lazy("Nobody here has this number"),
        gettext_lazy("Import the people first, or let this file make them."),
        "create",
    ),
    "unknown_id": Reason(gettext_lazy("Nobody here has this id"), gettext_lazy("Often the number of the shop's own.")),
    "no_contact": Reason(gettext_lazy("It does not say whom it is about"), gettext_lazy("The cell is empty.")),
    "bad_contact": Reason(
        gettext_lazy("Neither a phone number nor an id"), gettext_lazy("Often a text in the wrong column.")
    ),
    "no_event": Reason(
        gettext_lazy("It does not say what happened"), gettext_lazy("Write a name such as order.placed.")
    ),
    "bad_event": Reason(
        gettext_lazy("Not a name of an event"), gettext_lazy("Small letters and digits with dots between.")
    ),
    "own_event": Reason(
        gettext_lazy("A name that Tradewind itself writes"), gettext_lazy("Choose another name for it.")
    ),
    "no_time": Reason(gettext_lazy("It does not say when it happened"), gettext_lazy("The cell is empty.")),
    "bad_time": Reason(gettext_lazy("Not a time"), gettext_lazy("Write it like 2026-03-02 14:30.")),
    "no_zone": Reason(gettext_lazy("A time without its zone"), gettext_lazy("Write +01:00 or Z at its end.")),
    "before_2000": Reason(gettext_lazy("A time before the year 2000"), gettext_lazy("Often a year of two digits.")),
    "in_the_future": Reason(
        gettext_lazy("A time in the future"), gettext_lazy("Often day and month in the wrong order.")
    ),
    "bad_amount": Reason(gettext_lazy("Not an amount"), gettext_lazy("Write it like 120.50 or 120,50.")),
    "below_zero": Reason(
        gettext_lazy("An amount below zero"),
        gettext_lazy("Money that went back is an event of its own: order.refunded."),
    ),
    "amount_too_large": Reason(
        gettext_lazy("An amount too large to be true"), gettext_lazy("Often a number from another column.")
    ),
    "bad_currency": Reason(gettext_lazy("Not a currency"), gettext_lazy("Three letters such as EUR.")),
    "bad_id": Reason(gettext_lazy("Not an id"), gettext_lazy("A text of up to 200 letters.")),
    "too_large": Reason(
        gettext_lazy("More than an event can hold"), gettext_lazy("16 KB are the most. Leave columns out.")
    ),
    "nul": Reason(gettext_lazy("A text with a NUL character"), gettext_lazy("Take the character out.")),
    "not_an_event": Reason(
        gettext_lazy("Not an event"), gettext_lazy("An object with contact, event and at in it, a line each.")
    ),
    "not_json": Reason(gettext_lazy("Not JSON"), gettext_lazy("One whole object a line.")),
    "long_line": Reason(gettext_lazy("A line too long to be an event"), gettext_lazy("Shorten it.")),
}  # fmt: skip
