"""What a line of the audit trail adds to its verb, in the reader's words: which settings, which role, how many."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tradewind.workspaces.rights import ROLE_NAMES

# Settings as their forms name them.
SETTINGS: dict[str, str | Promise] = {
    "name": _("Name of the business"),
    "country": _("Country"),
    "timezone": _("Time zone"),
    "locale": _("Language"),
    "quiet_from": _("Quiet from"),
    "quiet_to": _("Quiet until"),
    "cap_72h": _("In 72 hours"),
    "cap_month": _("In 30 days"),
    "phones_shown": _("Agents and analysts see phone numbers"),
    "second_factor_demanded": _("Everybody signs in with two factors"),
    "four_eyes_over": _("A second member approves launches to more people than"),
    "texts": _("Words of messages"),
    "details": _("Details in the journal"),
    "bodies": _("Raw webhooks"),
}
VALUES: dict[str, str | Promise] = {
    "True": _("yes"),
    "False": _("no"),
    "whole": _("whole"),
    "masked": _("masked: the last three digits"),
}
Detail = dict[str, Any]


def more(verb: str, summary: str, detail: Detail) -> str:
    """The line's own sentence from its detail; the summary of its time when the detail says too little."""
    tell = TELLERS.get(verb)
    try:
        return (tell(summary, detail) if tell and detail else "") or summary
    except (KeyError, TypeError, ValueError):  # a line of an earlier version
        return summary


def changes(_summary: str, detail: Detail) -> str:
    """Each setting from what to what."""
    return " · ".join(
        f"{SETTINGS.get(name, name)}: {value(name, old)} → {value(name, new)}" for name, (old, new) in detail.items()
    )


def value(name: str, told: Any) -> str:
    text = str(told)
    if name in ("quiet_from", "quiet_to"):
        return text[:5]
    if name == "locale":
        return str(dict(settings.LANGUAGES).get(text, text))
    return str(VALUES.get(text, text))


def kept_for(_summary: str, detail: Detail) -> str:
    return " · ".join(
        gettext("%(what)s: %(before)s → %(after)s days")
        % {"what": SETTINGS.get(kind, kind), "before": old, "after": new}
        for kind, (old, new) in detail.items()
    )


def with_role(summary: str, detail: Detail) -> str:
    """Somebody's mail address, and as what they come."""
    return f"{summary.rpartition(': ')[0]} · {ROLE_NAMES[detail['role']]}"


def new_role(summary: str, detail: Detail) -> str:
    return f"{summary.rpartition(': ')[0]}: {ROLE_NAMES[detail['from']]} → {ROLE_NAMES[detail['to']]}"


def people(_summary: str, detail: Detail) -> str:
    n = int(detail["people"])
    return ngettext("%(n)s person", "%(n)s people", n) % {"n": n}


def browsers(_summary: str, detail: Detail) -> str:
    n = int(detail["browsers"])
    return ngettext("%(n)s browser", "%(n)s browsers", n) % {"n": n}


def letters(_summary: str, detail: Detail) -> str:
    n = int(detail["letters"])
    return ngettext("%(n)s webhook", "%(n)s webhooks", n) % {"n": n}


TELLERS: dict[str, Callable[[str, Detail], str]] = {
    "workspace.changed": changes,
    "workspace.retention_changed": kept_for,
    "member.added": with_role,
    "member.invited": with_role,
    "member.role_changed": new_role,
    "cleanup.tag": people,
    "cleanup.opt_out": people,
    "cleanup.erase": people,
    "cleanup.stopped": people,
    "sign_in.ended": browsers,
    "deadletter.replay_asked": letters,
}
