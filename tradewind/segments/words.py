"""The words of a tree: each a whole phrase that a translator can turn as their language needs.

A condition is a relative clause ("who …", "whose …", "with …"), in a positive and a negative form.
"""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tradewind.contacts.standing import words as standing_words

FIELDS = {
    "name": _("name"), "language": _("language"), "country": _("country"), "city": _("city"),
    "timezone": _("time zone"), "company": _("company"), "marketing": _("consent to marketing"),
    "created_at": _("first contact"), "last_inbound_at": _("last message to us"), "phone": _("phone number"),
    "owner": _("colleague in charge"), "grade": _("grade"), "stage": _("stage of life"),
    "matrix": _("way of buying"), "growth": _("growth of spend in percent"), "potential_vip": _("outlook on a VIP"),
    "zone_group": _("part of the world"), "dialect": _("dialect"), "climate": _("climate"),
    "habit": _("usual time of writing"),
}  # fmt: skip
SCORES = {
    "engagement": _("engagement"), "intent": _("intent"), "heat": _("heat"), "recency": _("recency"),
    "frequency": _("frequency"), "monetary": _("spend"), "orders": _("number of orders"),
}  # fmt: skip
MARKETING = {"opted_in": _("agreed"), "opted_out": _("refused"), "unknown": _("not known")}

# The life cycle's stages (contacts.standing), by the word that is kept.
STAGES = {
    "new": _("new"), "growing": _("growing"), "regular": _("regular"), "at_risk": _("at risk"),
    "sleeping": _("sleeping"), "history": _("history"),
}  # fmt: skip

# Figures of place, habit and buying, by the words that are kept (contacts.standing).
RECKONED: dict[str, dict[str, str | Promise]] = {
    "zone_group": standing_words.ZONE_GROUPS,
    "climate": standing_words.CLIMATES,
    "habit": standing_words.HABITS,
    "matrix": {
        f"{spend}_{often}": format_lazy("{}, {}", standing_words.AMOUNTS[spend], standing_words.FREQUENCIES[often])
        for spend in standing_words.AMOUNTS
        for often in standing_words.FREQUENCIES
    },
}

# Comparison → how it reads, and how its opposite reads.
COMPARED = {
    "is": (_("whose %(field)s is %(value)s"), _("whose %(field)s is not %(value)s")),
    "is_not": (_("whose %(field)s is not %(value)s"), _("whose %(field)s is %(value)s")),
    "in": (_("whose %(field)s is %(value)s"), _("whose %(field)s is not %(value)s")),
    "contains": (_("whose %(field)s contains %(value)s"), _("whose %(field)s does not contain %(value)s")),
    "starts_with": (_("whose %(field)s starts with %(value)s"), _("whose %(field)s does not start with %(value)s")),
    "gt": (_("whose %(field)s is more than %(value)s"), _("whose %(field)s is not more than %(value)s")),
    "gte": (_("whose %(field)s is %(value)s or more"), _("whose %(field)s is not %(value)s or more")),
    "lt": (_("whose %(field)s is less than %(value)s"), _("whose %(field)s is not less than %(value)s")),
    "lte": (_("whose %(field)s is %(value)s or less"), _("whose %(field)s is not %(value)s or less")),
    "between": (
        _("whose %(field)s is from %(value)s to %(other)s"),
        _("whose %(field)s is not from %(value)s to %(other)s"),
    ),
    "is_set": (_("whose %(field)s is known"), _("whose %(field)s is not known")),
}
DATED = {
    "gt": (_("whose %(field)s is after %(value)s"), _("whose %(field)s is not after %(value)s")),
    "gte": (_("whose %(field)s is on %(value)s or later"), _("whose %(field)s is not on %(value)s or later")),
    "lt": (_("whose %(field)s is before %(value)s"), _("whose %(field)s is not before %(value)s")),
    "lte": (_("whose %(field)s is on %(value)s or earlier"), _("whose %(field)s is not on %(value)s or earlier")),
}
COUNTED = {
    "within_days": (
        ngettext_lazy(
            "whose %(field)s was in the last %(days)s day", "whose %(field)s was in the last %(days)s days", "days"
        ),
        ngettext_lazy(
            "whose %(field)s was not in the last %(days)s day",
            "whose %(field)s was not in the last %(days)s days",
            "days",
        ),
    ),
    "older_than_days": (
        ngettext_lazy(
            "whose %(field)s was more than %(days)s day ago", "whose %(field)s was more than %(days)s days ago", "days"
        ),
        ngettext_lazy(
            "whose %(field)s was not more than %(days)s day ago",
            "whose %(field)s was not more than %(days)s days ago",
            "days",
        ),
    ),
    "anniversary_within_days": (
        ngettext_lazy(
            "whose %(field)s comes round within %(days)s day",
            "whose %(field)s comes round within %(days)s days",
            "days",
        ),
        ngettext_lazy(
            "whose %(field)s does not come round within %(days)s day",
            "whose %(field)s does not come round within %(days)s days",
            "days",
        ),
    ),
}

# Event → who did it, who did not.
EVENTS = {
    "order.placed": (_("who ordered"), _("who did not order")),
    "order.paid": (_("who paid an order"), _("who paid no order")),
    "cart.updated": (_("who filled a cart"), _("who filled no cart")),
    "quote.sent": (_("who got a quote"), _("who got no quote")),
    "page.viewed": (_("who viewed a page"), _("who viewed no page")),
    "link.clicked": (_("who clicked a link"), _("who clicked no link")),
    "standing.record_broken": (_("whose order broke their record"), _("whose orders broke no record")),
    "message.received": (_("who wrote to us"), _("who did not write to us")),
    "message.read": (_("who read a message"), _("who read no message")),
    "message.delivered": (_("who got a message"), _("who got no message")),
}
EVENT = (_("with the event “%(event)s”"), _("without the event “%(event)s”"))
AT_LEAST = ngettext_lazy("%(what)s at least %(times)s time", "%(what)s at least %(times)s times", "times")
AT_MOST = ngettext_lazy("%(what)s at most %(times)s time", "%(what)s at most %(times)s times", "times")
EXACTLY = ngettext_lazy("%(what)s exactly %(times)s time", "%(what)s exactly %(times)s times", "times")
FROM_TO = _("%(what)s %(least)s to %(most)s times")
WITHIN = ngettext_lazy("%(what)s in the last %(days)s day", "%(what)s in the last %(days)s days", "days")
BEFORE = ngettext_lazy("%(what)s more than %(days)s day ago", "%(what)s more than %(days)s days ago", "days")
SINCE = _("%(what)s since %(day)s")
UNTIL = _("%(what)s until %(day)s")
WHERE = _("%(what)s (%(conditions)s)")
IS_NOT_SO = _("to whom this does not apply: %(what)s")

# Campaign's outcome → to whom it happened, to whom it did not.
OUTCOMES = {
    "accepted": (_("who were sent the campaign “%(name)s”"), _("who were not sent the campaign “%(name)s”")),
    "sent": (_("to whom the campaign “%(name)s” left"), _("to whom the campaign “%(name)s” did not leave")),
    "delivered": (_("who got the campaign “%(name)s”"), _("who did not get the campaign “%(name)s”")),
    "read": (_("who read the campaign “%(name)s”"), _("who did not read the campaign “%(name)s”")),
    "replied": (_("who answered the campaign “%(name)s”"), _("who did not answer the campaign “%(name)s”")),
    "clicked": (
        _("who clicked a link of the campaign “%(name)s”"),
        _("who clicked no link of the campaign “%(name)s”"),
    ),
    "failed": (
        _("whom the campaign “%(name)s” did not reach"),
        _("whom the campaign “%(name)s” did not fail to reach"),
    ),
    "excluded": (
        _("whom the campaign “%(name)s” left out"),
        _("whom the campaign “%(name)s” did not leave out"),
    ),
}  # fmt: skip
TAGGED = (_("who have the tag “%(name)s”"), _("who do not have the tag “%(name)s”"))
SAVED = (_("who are in the segment “%(name)s”"), _("who are not in the segment “%(name)s”"))
OPTED_IN = (_("who agreed to marketing"), _("who did not agree to marketing"))
VIP_TO_BE = (_("who are VIPs to be"), _("who are no VIPs to be"))
WINDOW = (_("with an open service window"), _("without an open service window"))

EVERYBODY, NOBODY = _("Everybody."), _("Nobody.")
PEOPLE = _("People %(these)s.")
PEOPLE_BUT = _("People %(these)s; without those %(others)s.")
EVERYBODY_BUT = _("Everybody but those %(others)s.")
# A group within a sentence, and everything but a group.
GROUP, NOT_GROUP = _("(%(what)s)"), _("not (%(what)s)")
ANYBODY_HERE, NOBODY_HERE = _("who are anybody"), _("who are nobody")
EACH_COMPARED = {
    "is": _("%(field)s is %(value)s"), "is_not": _("%(field)s is not %(value)s"), "in": _("%(field)s is %(value)s"),
    "contains": _("%(field)s contains %(value)s"), "starts_with": _("%(field)s starts with %(value)s"),
    "gt": _("%(field)s is more than %(value)s"), "gte": _("%(field)s is %(value)s or more"),
    "lt": _("%(field)s is less than %(value)s"), "lte": _("%(field)s is %(value)s or less"),
    "between": _("%(field)s is from %(value)s to %(other)s"),
    "within_days": _("%(field)s was in the last %(value)s days"),
    "older_than_days": _("%(field)s was more than %(value)s days ago"),
    "anniversary_within_days": _("%(field)s comes round within %(value)s days"),
}  # fmt: skip
IS_KNOWN = {True: _("%(field)s is known"), False: _("%(field)s is not known")}
YES_NO = {True: _("yes"), False: _("no")}
