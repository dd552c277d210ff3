"""Errors of a number's registration (133000 to 133016), and of families that a sender seldom meets."""

from tradewind.whatsapp.errors.rules import Action, Rule, Scope
from tradewind.whatsapp.words import gettext_noop

_MEANS = gettext_noop("Nothing can be sent from this number. Messages wait in the queue.")
_REGISTER = gettext_noop("Register the number again, with its two-step PIN.")
_PIN = gettext_noop("Wait as long as Meta's details say, then use the right two-step PIN, or set a new one.")
_OTHER_MEANS = gettext_noop("Only this one request was refused. Others are not affected.")
_OTHER_TODO = gettext_noop("Read Meta's details.")


def _registration(code: int, name: str, happened: str, todo: str, hold_seconds: float | None = None) -> Rule:
    return Rule(
        code,
        name,
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        happened,
        _MEANS,
        todo,
        hold_seconds=hold_seconds,
        needs_person=True,
    )


def _family(code: int, name: str, happened: str) -> Rule:
    return Rule(code, name, Action.ROW_ERROR, Scope.MESSAGE, happened, _OTHER_MEANS, _OTHER_TODO)


RULES = (
    _registration(
        133000,
        "Deregistration incomplete",
        gettext_noop("An earlier deregistration of the number did not finish."),
        gettext_noop("Deregister the number again, then register it."),
    ),
    Rule(
        133004,
        "Server unavailable",
        Action.RETRY,
        Scope.MESSAGE,
        gettext_noop("Meta's service was not available for a moment."),
        gettext_noop("We try again; no message is lost."),
        gettext_noop("Nothing, unless many messages fail like this: then look at Meta's status page."),
        delays=(10.0, 60.0, 300.0),
    ),
    _registration(133005, "PIN wrong", gettext_noop("The two-step PIN was wrong."), _PIN),
    _registration(
        133006,
        "Number must be verified again",
        gettext_noop("The number has to be verified before it can be registered."),
        gettext_noop("Ask for a code by SMS or call, confirm it, then register the number."),
    ),
    _registration(133008, "Too many PIN guesses", gettext_noop("The two-step PIN was wrong too often."), _PIN),
    _registration(133009, "PIN guessed too fast", gettext_noop("The two-step PIN was tried again too soon."), _PIN),
    _registration(
        133010,
        "Number not registered",
        gettext_noop("The number is not registered with the Cloud API."),
        _REGISTER,
    ),
    _registration(
        133015,
        "Number just deleted",
        gettext_noop("The number was deleted a moment ago, and Meta is still at it."),
        gettext_noop("Wait five minutes, then register it."),
        hold_seconds=300.0,
    ),
    _registration(
        133016,
        "Registered too often",
        gettext_noop("The number was registered or deregistered more than 10 times in 72 hours."),
        gettext_noop("Wait 72 hours, then register it."),
        hold_seconds=72 * 3_600.0,
    ),
    Rule(
        2494100,
        "Account in maintenance",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Meta is working on this number."),
        gettext_noop("It is held for two minutes. Messages wait in the queue."),
        gettext_noop("Nothing."),
        hold_seconds=120.0,
    ),
    _family(2593107, "Synchronisation too often", gettext_noop("Contacts or history were asked for too often.")),
    _family(2593108, "Synchronisation too late", gettext_noop("Contacts or history can no longer be asked for.")),
)

FAMILIES = (
    (138000, 138999, _family(138000, "Calls", gettext_noop("Meta refused an act on a call."))),
    (139000, 139099, _family(139000, "Flows", gettext_noop("Meta refused an act on a form (flow)."))),
    (139100, 139199, _family(139100, "Block list", gettext_noop("Meta could not change the block list as asked."))),
    (147000, 147099, _family(147000, "User names", gettext_noop("Meta refused an act on the number's user name."))),
    (2388000, 2388999, _family(2388000, "Template form", gettext_noop("Meta refused the template as it is written."))),
)
"""(first code, last code, rule) of families whose members are told apart only by Meta's details."""
