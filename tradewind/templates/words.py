"""How templates are put into words: what Meta says, what it means, what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import Variable

Words = str | Promise

# Meta's status: tone, word, what it means and what to do.
STATUS: dict[str, tuple[str, Words, Words]] = {
    "APPROVED": ("good", gettext_lazy("approved"), gettext_lazy("It can be sent.")),
    "PENDING": (
        "accent",
        gettext_lazy("in review"),
        gettext_lazy("Meta decides within 24 hours, mostly within minutes."),
    ),
    "IN_APPEAL": ("accent", gettext_lazy("in appeal"), gettext_lazy("Meta looks at it once more.")),
    "REJECTED": ("bad", gettext_lazy("rejected"), gettext_lazy("Change it and submit it again.")),
    "PAUSED": (
        "warn",
        gettext_lazy("paused"),
        gettext_lazy(
            "People blocked or reported it. It cannot be sent until Meta ends the pause; change its text meanwhile."
        ),
    ),
    "DISABLED": (
        "bad",
        gettext_lazy("disabled"),
        gettext_lazy("Meta disabled it for good. Make a new one with another text."),
    ),
    "LIMIT_EXCEEDED": (
        "bad",
        gettext_lazy("too many"),
        gettext_lazy("The account has as many templates as it may. Delete some."),
    ),
    "PENDING_DELETION": (
        "",
        gettext_lazy("being deleted"),
        gettext_lazy("What is on its way still arrives; nothing new can be sent."),
    ),
    "DELETED": ("", gettext_lazy("deleted"), gettext_lazy("Meta no longer has it.")),
    "ARCHIVED": (
        "",
        gettext_lazy("archived"),
        gettext_lazy("Not used for 12 months. Take it out of the archive in WhatsApp Manager."),
    ),
}
REJECTED: dict[str, Words] = {
    "ABUSIVE_CONTENT": gettext_lazy("Meta finds its content abusive."),
    "CATEGORY_NOT_AVAILABLE": gettext_lazy("Its category cannot be used by this account."),
    "INCORRECT_CATEGORY": gettext_lazy("Its category is wrong: choose marketing when it advertises anything."),
    "INVALID_FORMAT": gettext_lazy(
        "Its form is wrong: variables at the start or the end, next to each other, or too many."
    ),
    "PROMOTIONAL": gettext_lazy("It advertises, but is not in the marketing category."),
    "SCAM": gettext_lazy("Meta takes it for a fraud."),
    "TAG_CONTENT_MISMATCH": gettext_lazy("Its text does not fit its language or its category."),
}
CATEGORY: dict[str, Words] = {
    "MARKETING": gettext_lazy("Marketing"),
    "UTILITY": gettext_lazy("Utility"),
    "AUTHENTICATION": gettext_lazy("One-time codes"),
}
QUALITY: dict[str, tuple[str, Words]] = {
    "GREEN": ("", gettext_lazy("High")),
    "YELLOW": ("warn", gettext_lazy("Medium")),
    "RED": ("bad", gettext_lazy("Low")),
    "UNKNOWN": ("", gettext_lazy("Not rated yet")),
}
WHERE: dict[str, Words] = {
    "header": gettext_lazy("Header"),
    "body": gettext_lazy("Text"),
    "button": gettext_lazy("Button"),
    "limited_time_offer": gettext_lazy("Offer"),
}


def where(variable: Variable) -> str:
    """In which part of a template a variable stands."""
    part = str(WHERE.get(variable.where, variable.where))
    return part if variable.card is None else _("Card %(n)s: %(part)s") % {"n": variable.card + 1, "part": part}


def status_of(template: Template) -> tuple[str, Words, Words]:
    """(tone, word, what to do)."""
    if template.removed_at is not None:
        return STATUS["DELETED"]
    return STATUS.get(template.status, ("warn", template.status.lower().replace("_", " "), ""))


def why(template: Template) -> str:
    """Why it stands like this: Meta's reason in plain words, and its own words. The opening says what to do."""
    parts = [REJECTED.get(template.rejected_reason, ""), template.status_detail]
    return " ".join(str(part) for part in parts if part) or _("Meta gives no reason.")


def category_of(word: str) -> Words:
    return CATEGORY.get(word, word.capitalize())


def quality_of(template: Template) -> tuple[str, Words]:
    return QUALITY.get(template.quality, QUALITY["UNKNOWN"])


def opening(template: Template) -> str:
    """The first sentence of a template's page."""
    if template.removed_at is not None:
        return _("Meta no longer has this template; what was sent with it stays readable.")
    if template.status == "APPROVED" and template.account.status == "connected":
        return _("Approved: every number of %(account)s can send it.") % {"account": template.account.name}
    _tone, word, todo = status_of(template)
    return f"{str(word).capitalize()}. {todo}"
