"""Errors of the Graph API as a whole: sign-in, permissions, call rates, outages."""

from tradewind.whatsapp.errors.rules import Action, Rule, Scope
from tradewind.whatsapp.words import gettext_noop

WAIT_FOR_WEBHOOK_SECONDS = 120.0
WAITS = (WAIT_FOR_WEBHOOK_SECONDS,) * 3
"""delivery.md §1.4: wait 2 minutes for a webhook, then try again, at most 3 times."""
CALL_RATE_DELAYS = (60.0, 120.0, 300.0, 600.0, 1200.0)

_NO_RIGHT = gettext_noop("Meta refused because the access token lacks a permission for this number or account.")
_RIGHT_MEANS = gettext_noop(
    "Nothing can be sent from this number until the permission is given. Messages wait in the queue."
)
_RIGHT_TODO = gettext_noop(
    "In Meta Business settings give the system user both WhatsApp permissions and access to this account, then renew "
    "the token here."
)
_TOO_MANY_CALLS = gettext_noop("Meta's limit of calls for the app or the account was reached.")
_PASSES = gettext_noop("It passes by itself. Messages wait in the queue and go out later.")
_NOTHING_TODO = gettext_noop("Nothing. If it happens daily, look which other programs use the same app.")
META_TROUBLE = gettext_noop("Meta's service had a passing trouble.")
TROUBLE_MEANS = gettext_noop(
    "The message may have been accepted all the same, so we wait two minutes for news of it before the next try."
)
TROUBLE_TODO = gettext_noop("Nothing, unless many messages fail like this: then look at Meta's status page.")


def _forbidden(code: int, name: str) -> Rule:
    return Rule(code, name, Action.PAUSE_NUMBER, Scope.NUMBER, _NO_RIGHT, _RIGHT_MEANS, _RIGHT_TODO, needs_person=True)


RULES = (
    Rule(
        0,
        "AuthException",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Meta did not accept the access token."),
        gettext_noop("Nothing can be sent from this number until it has a valid token. Messages wait in the queue."),
        gettext_noop("Make a new system user token in Meta Business settings and save it here."),
        needs_person=True,
    ),
    Rule(
        1,
        "Unknown API error",
        Action.WAIT_THEN_RETRY,
        Scope.MESSAGE,
        META_TROUBLE,
        TROUBLE_MEANS,
        TROUBLE_TODO,
        delays=WAITS,
    ),
    Rule(
        2,
        "Service down or overloaded",
        Action.WAIT_THEN_RETRY,
        Scope.MESSAGE,
        META_TROUBLE,
        TROUBLE_MEANS,
        TROUBLE_TODO,
        delays=WAITS,
    ),
    _forbidden(3, "Missing capability"),
    Rule(
        4,
        "App call limit",
        Action.PAUSE_ACCOUNT,
        Scope.ACCOUNT,
        _TOO_MANY_CALLS,
        _PASSES,
        _NOTHING_TODO,
        hold_seconds=300.0,
    ),
    _forbidden(10, "Permission denied"),
    Rule(
        17,
        "User call limit",
        Action.SLOW_NUMBER,
        Scope.NUMBER,
        _TOO_MANY_CALLS,
        _PASSES,
        _NOTHING_TODO,
        delays=CALL_RATE_DELAYS,
    ),
    Rule(
        33,
        "Number deleted or unknown",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Meta does not know this business number, or it was deleted."),
        gettext_noop("Nothing can be sent from it. Messages wait in the queue."),
        gettext_noop("Check the number in WhatsApp Manager, and that the token may use it. Else remove it here."),
        needs_person=True,
    ),
    Rule(
        100,
        "Invalid parameter",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("Meta refused the content of this message as not valid."),
        gettext_noop("This one message was not sent, and would be refused again. Others are not affected."),
        gettext_noop("Read Meta's details, correct the message and send it anew."),
    ),
    Rule(
        190,
        "Access token expired",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("The access token has expired or was revoked."),
        gettext_noop("Nothing can be sent from this number until it has a new token. Messages wait in the queue."),
        gettext_noop("Make a new system user token in Meta Business settings and save it here."),
        needs_person=True,
    ),
    Rule(
        368,
        "Blocked for a breach of policy",
        Action.PAUSE_ACCOUNT,
        Scope.ACCOUNT,
        gettext_noop("Meta has blocked this WhatsApp Business account, for a time, for a breach of its policies."),
        gettext_noop("No number of the account can send. Messages wait in the queue."),
        gettext_noop("Open Account quality in WhatsApp Manager, read the reason and ask for a review."),
        needs_person=True,
    ),
    Rule(
        506,
        "Duplicate",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("Meta has just received the very same post."),
        gettext_noop("This copy was dropped; the first one counts."),
        gettext_noop("Nothing."),
    ),
    Rule(
        613,
        "Call rate limit",
        Action.SLOW_NUMBER,
        Scope.NUMBER,
        _TOO_MANY_CALLS,
        _PASSES,
        _NOTHING_TODO,
        delays=CALL_RATE_DELAYS,
    ),
    Rule(
        1752041,
        "Duplicate",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("Meta is already handling the very same request."),
        gettext_noop("This copy was dropped; the first one counts."),
        gettext_noop("Nothing."),
    ),
    Rule(
        80007,
        "Account call limit",
        Action.PAUSE_ACCOUNT,
        Scope.ACCOUNT,
        _TOO_MANY_CALLS,
        _PASSES,
        _NOTHING_TODO,
        hold_seconds=300.0,
    ),
)

PERMISSION_FAMILY = _forbidden(200, "Permission denied")
"""Codes 200 to 299."""
