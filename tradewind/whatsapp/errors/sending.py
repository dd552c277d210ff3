"""Errors 130403 to 131048: limits, people out of reach, and numbers or accounts that may not send."""

from tradewind.whatsapp.errors.general import META_TROUBLE, TROUBLE_MEANS, TROUBLE_TODO, WAITS
from tradewind.whatsapp.errors.rules import Action, Holds, Rule, Scope
from tradewind.whatsapp.words import gettext_noop

DAY_SECONDS = 86_400.0
ONE_DAY_LATER = (DAY_SECONDS + 3_600.0,)
"""'24 hours later or more' (cloud-api.md §7), with an hour to spare."""

_NEVER_THIS = gettext_noop("This one message was not sent, and would be refused again. Others are not affected.")
_NUMBER_MEANS = gettext_noop("Nothing can be sent from this number. Messages wait in the queue.")
_GROUPS = gettext_noop("Meta refused an act on a group.")
_GROUPS_TODO = gettext_noop("Groups are not supported here: write to the person directly.")


def _group(code: int, name: str) -> Rule:
    return Rule(code, name, Action.ROW_ERROR, Scope.MESSAGE, _GROUPS, _NEVER_THIS, _GROUPS_TODO)


RULES = (
    Rule(
        130403,
        "Recipient not allowed",
        Action.SUPPRESS,
        Scope.RECIPIENT,
        gettext_noop("This person has blocked the business, or may not be written to."),
        gettext_noop("They get no message from us any more."),
        gettext_noop("Nothing. If they write again themselves, an answer is possible."),
    ),
    Rule(
        130429,
        "Throughput reached",
        Action.SLOW_NUMBER,
        Scope.NUMBER,
        gettext_noop("The number sent more messages a second than Meta allows it."),
        gettext_noop("We have halved its speed and try again; no message is lost."),
        gettext_noop("Nothing. If it returns, another program may be sending from the same number."),
        delays=(1.0, 2.0, 4.0, 8.0, 16.0, 32.0),
    ),
    Rule(
        130472,
        "Person is part of an experiment",
        Action.ROW_ERROR,
        Scope.RECIPIENT,
        gettext_noop("Meta keeps marketing messages from this person as part of an experiment."),
        gettext_noop("The message was not delivered and costs nothing. Trying again does not help."),
        gettext_noop("Reach this person in another way, or wait until they write to you."),
    ),
    Rule(
        130497,
        "Country restricted",
        Action.SUPPRESS,
        Scope.COUNTRY,
        gettext_noop("The business may not send messages to people in this country."),
        gettext_noop("No message to that country will get through."),
        gettext_noop("Take the country out of the audience, or look at Meta's rules for your line of business there."),
        needs_person=True,
    ),
    Rule(
        131000,
        "Something went wrong",
        Action.WAIT_THEN_RETRY,
        Scope.MESSAGE,
        gettext_noop("Meta could not handle the message, and gives no reason."),
        gettext_noop(
            "It may have been accepted all the same, so we wait two minutes for news of it before the next try."
        ),
        gettext_noop("Nothing, unless all messages of one kind fail: the number may lack that feature."),
        delays=WAITS,
    ),
    Rule(
        131005,
        "Access denied",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Meta refused because a permission was never given or was taken away."),
        _NUMBER_MEANS,
        gettext_noop(
            "In Meta Business settings give the system user both WhatsApp permissions and access to this account."
        ),
        needs_person=True,
    ),
    Rule(
        131008,
        "Required parameter missing",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("A part of the message that Meta requires is missing."),
        _NEVER_THIS,
        gettext_noop("Read Meta's details, fill in what is missing and send it anew."),
    ),
    Rule(
        131009,
        "Parameter value not valid",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("One value in the message is not valid."),
        _NEVER_THIS,
        gettext_noop("Read Meta's details, correct the value and send it anew."),
    ),
    Rule(
        131016,
        "Service unavailable",
        Action.WAIT_THEN_RETRY,
        Scope.MESSAGE,
        META_TROUBLE,
        TROUBLE_MEANS,
        TROUBLE_TODO,
        delays=WAITS,
    ),
    _group(131020, "Group not available"),
    Rule(
        131021,
        "Recipient is the sender",
        Action.ROW_ERROR,
        Scope.RECIPIENT,
        gettext_noop("The message was addressed to the business number itself."),
        gettext_noop("A number cannot write to itself."),
        gettext_noop("Take your own number out of the audience."),
    ),
    Rule(
        131026,
        "Message undeliverable",
        Action.LATER_ONCE,
        Scope.RECIPIENT,
        gettext_noop(
            "WhatsApp could not deliver: the number is not on WhatsApp, runs a very old version, or has not accepted "
            "its terms."
        ),
        gettext_noop("We try once more a day later; after that the person counts as not reachable."),
        gettext_noop("Check the phone number, or reach the person in another way."),
        delays=ONE_DAY_LATER,
    ),
    Rule(
        131030,
        "Recipient not in the test list",
        Action.ROW_ERROR,
        Scope.RECIPIENT,
        gettext_noop("The business number is a test number, and this person is not on its list of testers."),
        _NEVER_THIS,
        gettext_noop("Add the person's number to the list in Meta's App Dashboard, or use a real number."),
    ),
    Rule(
        131031,
        "Account locked",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Meta has locked or restricted the account, or the two-step PIN is wrong."),
        _NUMBER_MEANS,
        gettext_noop("Open Account quality in WhatsApp Manager, read the reason and ask for a review."),
        needs_person=True,
    ),
    Rule(
        131037,
        "Display name not approved",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("The number's display name is not approved yet."),
        _NUMBER_MEANS,
        gettext_noop("Ask for approval of the display name in WhatsApp Manager."),
        needs_person=True,
    ),
    _group(131041, "Group not available"),
    Rule(
        131042,
        "Payment problem",
        Action.PAUSE_ACCOUNT,
        Scope.ACCOUNT,
        gettext_noop("Meta cannot charge this WhatsApp Business account."),
        gettext_noop("No number of the account can send. Messages wait in the queue."),
        gettext_noop("Put the payment method in order in Meta Business settings, then resume the account here."),
        needs_person=True,
    ),
    Rule(
        131044,
        "Payment problem with calls",
        Action.ROW_ERROR,
        Scope.ACCOUNT,
        gettext_noop("Meta cannot charge this account for calls."),
        gettext_noop("Calls are not possible; messages are not affected."),
        gettext_noop("Put the payment method in order in Meta Business settings."),
        needs_person=True,
    ),
    Rule(
        131045,
        "Certificate or registration wrong",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("The number's registration with the Cloud API is not in order."),
        _NUMBER_MEANS,
        gettext_noop("Register the number again, with its two-step PIN."),
        needs_person=True,
    ),
    Rule(
        131047,
        "More than 24 hours since the last reply",
        Action.ROW_ERROR,
        Scope.RECIPIENT,
        gettext_noop("More than 24 hours have passed since the person last wrote."),
        gettext_noop("Only an approved template can reach them now."),
        gettext_noop("Send a template instead. The window opens again when they answer."),
    ),
    Rule(
        131048,
        "Spam limit",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Too many people have blocked or reported this number of late, so Meta limits it."),
        gettext_noop("Its campaigns are held. Answers to customers still go out."),
        gettext_noop("Look at the number's quality, send less and only to people who agreed, then resume it yourself."),
        holds=Holds.CAMPAIGNS,
        needs_person=True,
    ),
)

GROUP_FAMILY = _group(131200, "Groups")
"""Codes 131200 to 131299."""
