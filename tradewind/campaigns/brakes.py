"""Why a run held itself, in plain words, and how it goes on after a person has looked."""

import re

from django.utils.translation import gettext as _

from tradewind.messages.media.uploading import REASON as MEDIA
from tradewind.messages.models import Run
from tradewind.whatsapp.errors import rule_for

BY_MEMBER = "by a member"
# As messages/sender/brakes.py and messages/setbacks.py write them into Run.state_reason.
_SHARE = re.compile(r"(failed|unknown|opted out|blocked): (\d+) of (\d+)")
_CODE = re.compile(r"(\d{1,7}):")
MORE = {"failed": 0.10, "unknown": 0.02, "opted out": 0.01, "blocked": 0.01}
"""After a person lets it go on, a share brake takes hold again when so much more has gone wrong."""


def words_for(reason: str) -> str:
    """A brake's reason as a sentence; what is no brake's comes back as it is."""
    if share := _SHARE.match(reason):
        sentences = {
            "failed": _("%(count)s of %(of)s messages failed. Look at the reasons before it goes on."),
            "unknown": _("Of %(count)s of %(of)s messages nobody knows whether they went. Meta may be in trouble."),
            "opted out": _("%(count)s of %(of)s people opted out after it. Look at whom it goes to, and what it says."),
            "blocked": _("%(count)s of %(of)s people have blocked the number. It would lose its quality."),
        }
        return sentences[share[1]] % {"count": share[2], "of": share[3]}
    if reason.startswith(MEDIA):
        return _("Meta did not take the file on top of the message: %(why)s Choose another file.") % {
            "why": reason.removeprefix(MEDIA)
        }
    if code := _CODE.match(reason):
        rule = rule_for(int(code[1]))
        return " ".join(_(part) for part in (rule.happened, rule.means, rule.todo) if part)
    return "" if reason == BY_MEMBER else reason


def loosen(run: Run) -> None:
    """Let a run go on that a share brake holds: else the brake would take hold again within a second."""
    share = _SHARE.match(run.state_reason) if run.state == "paused" else None
    if share is None:
        return
    field = f"stop_{share[1].replace(' ', '_')}_share"
    limit = int(share[2]) / max(1, int(share[3])) + MORE[share[1]]
    setattr(run, field, limit if limit < 1 else None)
    run.save(update_fields=[field])
