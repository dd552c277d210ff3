"""The states of a campaign and what each verb says when it does not fit."""

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

# As part of a sentence: "This campaign is …".
STANDINGS = {
    "draft": _("still a draft"),
    "planning": _("being planned"),
    "planned": _("planned and not launched"),
    "running": _("being sent"),
    "paused": _("paused"),
    "done": _("done"),
    "cancelled": _("cancelled"),
}
CANNOT = {
    "change": _("This campaign is %(standing)s and cannot be changed now."),
    "plan": _("This campaign is %(standing)s and cannot be planned now."),
    "launch": _("This campaign is %(standing)s and cannot be launched now."),
    "pause": _("This campaign is %(standing)s and cannot be paused now."),
    "resume": _("This campaign is %(standing)s and cannot be resumed now."),
    "cancel": _("This campaign is %(standing)s and cannot be cancelled now."),
    "follow_up": _("This campaign is %(standing)s and cannot be followed up."),
    "change_rest": _("This campaign is %(standing)s. Pause it first: then what has not gone can be changed."),
}
ONLY_TEMPLATES = _("A free message goes at once: only templates go to a few first, or are compared.")
PLAN_BROKE = "plan_broke"
# Campaign.state_reason while a live audience is counted again: it leaves when that is done.
LAUNCHING = "launching"
# Campaign.state_reason of a draft whose plan could not be made.
WHY_NO_PLAN = {
    PLAN_BROKE: _("Something broke while we looked at everybody. Ask for the plan again; nothing was sent."),
    "audience_gone": _(
        "Its audience cannot be used any more: a tag or a segment in it is gone. Choose another audience."
    ),
}


def grouped(n: int) -> str:
    """A count inside a sentence, as the reader's language groups it: 41,208."""
    return number_format(n, use_l10n=True, force_grouping=True)
