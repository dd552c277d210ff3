"""What each template of the library is for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Idea:
    """`when` says in words which behaviour it suits; `header`, `buttons` and `shape` are kinds of the form."""

    key: str
    title: str | Promise
    when: str | Promise
    category: str
    header: str = "none"
    buttons: tuple[str, ...] = ()
    shape: str = "message"


IDEAS = (
    Idea("welcome", _("Welcome"), _("Somebody has just agreed to hear from you"), "MARKETING", "none",
         ("quick_reply",) * 2),
    Idea("cart_reminder", _("Cart left behind"), _("A cart has waited for an hour"), "MARKETING", "image", ("url",)),
    Idea("back_in_stock", _("Back in stock"), _("They looked at something that was sold out"), "MARKETING", "image",
         ("url", "quick_reply")),
    Idea("season_offer", _("Offer of the season"), _("A campaign to people with an interest"), "MARKETING", "image",
         ("copy_code", "url")),
    Idea("weekend_offer", _("Offer until Sunday"), _("Looked at something twice and has not bought it"), "MARKETING",
         "image", ("copy_code", "url"), "offer"),
    Idea("new_arrivals", _("What is new, side by side"), _("Viewed a category within 30 days"), "MARKETING",
         shape="carousel"),
    Idea("our_catalogue", _("The catalogue"), _("Asked what there is to buy"), "MARKETING", shape="catalogue"),
    Idea("birthday", _("Birthday"), _("The day of a date field"), "MARKETING", "none", ("copy_code",)),
    Idea("miss_you", _("Not seen for long"), _("No order for 180 days"), "MARKETING", "none", ("quick_reply",) * 2),
    Idea("vip_preview", _("First look for good customers"), _("Grade A, 48 hours before everybody else"), "MARKETING",
         "video", ("url",)),
    Idea("shop_event", _("Invitation to the shop"), _("People near a shop"), "MARKETING", "location",
         ("quick_reply",) * 2),
    Idea("order_confirmed", _("Order confirmed"), _("Right after an order"), "UTILITY", "none", ("url",)),
    Idea("order_on_its_way", _("Order on its way"), _("The parcel has left"), "UTILITY", "none", ("url",)),
    Idea("appointment", _("Appointment tomorrow"), _("The day before an appointment"), "UTILITY", "none",
         ("quick_reply",) * 2),
    Idea("invoice", _("Invoice"), _("An invoice is ready"), "UTILITY", "document", ()),
    Idea("how_was_it", _("How was it?"), _("Three days after the delivery"), "UTILITY", "none", ("quick_reply",) * 2),
)  # fmt: skip
