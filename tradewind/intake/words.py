"""What dead letters are called on screen."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.intake.models import DeadLetter

KINDS: dict[str, str | Promise] = {
    "message": gettext_lazy("Message from a customer"),
    "echo": gettext_lazy("Message from the phone app"),
    "status": gettext_lazy("Status of a message"),
    "system": gettext_lazy("Changed number or user id"),
    "user_preference": gettext_lazy("Marketing preference"),
    "user_action": gettext_lazy("Tap on a link"),
    "platform_error": gettext_lazy("Error told by Meta"),
    "template_status": gettext_lazy("News of a template"),
    "template_quality": gettext_lazy("News of a template"),
    "template_components": gettext_lazy("News of a template"),
    "template_category": gettext_lazy("News of a template"),
    "number_quality": gettext_lazy("News of a number"),
    "number_name": gettext_lazy("News of a number"),
    "capability": gettext_lazy("News of an account"),
    "account_update": gettext_lazy("News of an account"),
    "account_alert": gettext_lazy("News of an account"),
    "account_review": gettext_lazy("News of an account"),
    "security": gettext_lazy("Security notice"),
    "unreadable": gettext_lazy("Part that cannot be read"),
    "unsupported": gettext_lazy("Unknown field"),
    "body": gettext_lazy("Webhook that cannot be read"),
}


def kind_of(letter: DeadLetter) -> str:
    """What it is about."""
    return str(KINDS.get(letter.kind, letter.kind))


def state_of(letter: DeadLetter) -> tuple[str, str]:
    """(tone, word): healed, being tried again, or waiting for a person."""
    if letter.replayed_at is not None:
        return "good", _("healed")
    if letter.replay_asked_at is not None:
        return "info", _("being tried again")
    return "warn", _("waiting")
