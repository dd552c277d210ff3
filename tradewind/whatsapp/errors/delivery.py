"""Errors 131049 to 131064, 135000 and 137000: this message, this person, this pair."""

from tradewind.whatsapp.errors.rules import Action, Holds, Rule, Scope
from tradewind.whatsapp.errors.sending import ONE_DAY_LATER
from tradewind.whatsapp.words import gettext_noop

PAIR_DELAYS = (4.0, 16.0, 64.0, 256.0, 1024.0)
"""Meta's advice for 131056: 4^n seconds."""

_NEVER_THIS = gettext_noop("This one message was not sent, and would be refused again. Others are not affected.")

RULES = (
    Rule(
        131049,
        "Held back for a healthy ecosystem",
        Action.LATER_ONCE,
        Scope.RECIPIENT,
        gettext_noop("The person has had enough marketing messages from all businesses of late, so Meta held it back."),
        gettext_noop("It was not delivered and costs nothing. We try once more, a day later at the earliest."),
        gettext_noop("Send marketing less often. Once the person answers, this limit does not count for a day."),
        delays=ONE_DAY_LATER,
    ),
    Rule(
        131050,
        "Person stopped marketing",
        Action.OPT_OUT,
        Scope.RECIPIENT,
        gettext_noop("The person has stopped marketing messages from this business."),
        gettext_noop("The opt-out is noted: they get no more marketing. Other messages are still possible."),
        gettext_noop("Nothing. Only they themselves can allow it again."),
    ),
    Rule(
        131051,
        "Type not supported",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("WhatsApp does not support this type of message here."),
        _NEVER_THIS,
        gettext_noop("Send it as another type, for example as text or document."),
    ),
    Rule(
        131052,
        "Media could not be fetched from the customer",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("Meta could not fetch the file that the person sent."),
        gettext_noop("Their message has arrived without the file, for example because it is larger than 100 MB."),
        gettext_noop("Ask the person to send the file again, or smaller."),
    ),
    Rule(
        131053,
        "Media could not be uploaded",
        Action.RETRY,
        Scope.MESSAGE,
        gettext_noop("Meta could not fetch or read the message's file."),
        gettext_noop("We try again; if the file itself is wrong, the message fails."),
        gettext_noop("Check the file's type and size, and upload it here instead of giving a link."),
        delays=(60.0, 600.0),
    ),
    Rule(
        131055,
        "Method not allowed",
        Action.ROW_ERROR,
        Scope.MESSAGE,
        gettext_noop("This message may not be sent in this way: the marketing route takes only marketing templates."),
        _NEVER_THIS,
        gettext_noop("Send it over the ordinary route."),
    ),
    Rule(
        131056,
        "Too many messages to one person",
        Action.PAIR_BACKOFF,
        Scope.RECIPIENT,
        gettext_noop("This number has sent too many messages to this person in a short time."),
        gettext_noop("Messages to this person wait a little; others are not affected."),
        gettext_noop("Nothing. Fewer, longer messages help."),
        delays=PAIR_DELAYS,
    ),
    Rule(
        131057,
        "Account in maintenance",
        Action.PAUSE_NUMBER,
        Scope.NUMBER,
        gettext_noop("Meta is working on this number, often to raise its speed."),
        gettext_noop("It is held for two minutes. Messages wait in the queue."),
        gettext_noop("Nothing."),
        hold_seconds=120.0,
    ),
    Rule(
        131059,
        "Page marker out of date",
        Action.ROW_ERROR,
        Scope.ACCOUNT,
        gettext_noop("A list changed at Meta while it was being read."),
        gettext_noop("It is read again from the start. No message is affected."),
        gettext_noop("Nothing."),
    ),
    Rule(
        131062,
        "A phone number is needed",
        Action.ROW_ERROR,
        Scope.RECIPIENT,
        gettext_noop("This kind of message needs a phone number; of this person only the WhatsApp user id is known."),
        _NEVER_THIS,
        gettext_noop("Ask the person for their phone number first."),
    ),
    Rule(
        131063,
        "Marketing switched off on this route",
        Action.PAUSE_CAMPAIGN,
        Scope.ACCOUNT,
        gettext_noop("This account sends marketing only over Meta's marketing messages route."),
        gettext_noop("The campaign is held; nothing of it is lost."),
        gettext_noop("Choose the marketing messages route for the campaign, then resume it."),
        needs_person=True,
    ),
    Rule(
        131064,
        "Templates of the wrong category",
        Action.PAUSE_ACCOUNT,
        Scope.ACCOUNT,
        gettext_noop(
            "Meta found marketing in templates that were submitted as another category, and limits the account."
        ),
        gettext_noop("No template can be sent from the account. Answers within 24 hours still go out."),
        gettext_noop(
            "Put the categories right in WhatsApp Manager and ask for a review, then resume the account here."
        ),
        holds=Holds.TEMPLATES,
        needs_person=True,
    ),
    Rule(
        135000,
        "Generic user error",
        Action.RETRY,
        Scope.MESSAGE,
        gettext_noop("Meta could not send the message, and gives no reason."),
        gettext_noop("We try once more; after that it counts as failed."),
        gettext_noop("Check the message's content against Meta's details."),
        delays=(300.0,),
    ),
    Rule(
        137000,
        "Identity has changed",
        Action.ROW_ERROR,
        Scope.RECIPIENT,
        gettext_noop("The person's WhatsApp identity has changed, for example a new phone behind the same number."),
        gettext_noop("The message was not delivered, because it asked for the old identity."),
        gettext_noop("Make sure that it is still the same person, then send it anew."),
    ),
)
