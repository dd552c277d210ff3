"""Errors 132000 to 134102: templates, flows, the marketing messages route."""

from tradewind.whatsapp.errors.rules import Action, Rule, Scope
from tradewind.whatsapp.words import gettext_noop

_STOPPED = gettext_noop("Every message of the campaign would fail alike, so it was stopped. Nobody gets it twice.")
_HELD = gettext_noop("The campaign is held; nothing of it is lost.")
_ROW = gettext_noop("This one message was not sent, and would be refused again. Others are not affected.")
_FORMAT = gettext_noop(
    "A variable has a form that Meta refuses: empty, with a line break or tab, or of the wrong kind."
)
_FORMAT_TODO = gettext_noop("Correct the person's data or the campaign's mapping, then send it anew.")


def _row(code: int, name: str, happened: str, todo: str) -> Rule:
    return Rule(code, name, Action.ROW_ERROR, Scope.MESSAGE, happened, _ROW, todo)


def _stop(code: int, name: str, happened: str, todo: str) -> Rule:
    return Rule(code, name, Action.STOP_CAMPAIGN, Scope.CAMPAIGN, happened, _STOPPED, todo, needs_person=True)


RULES = (
    _stop(
        132000,
        "Wrong number of variables",
        gettext_noop("The message does not fill the variables that the template has."),
        gettext_noop("Synchronise the templates, map every variable, then start a new campaign for those left."),
    ),
    _stop(
        132001,
        "No such template",
        gettext_noop("The template does not exist in this language, or is not approved."),
        gettext_noop("Synchronise the templates and choose an approved one in the right language."),
    ),
    _row(
        132005,
        "Text too long",
        gettext_noop("With its variables filled in, the text is longer than Meta allows."),
        gettext_noop("Shorten the values that go into the variables."),
    ),
    _stop(
        132007,
        "Content against policy",
        gettext_noop("The template's content breaks one of WhatsApp's policies."),
        gettext_noop("Change the template in line with the policy and have it approved anew."),
    ),
    _row(132008, "Variable of the wrong form", _FORMAT, _FORMAT_TODO),
    _row(132012, "Variable of the wrong form", _FORMAT, _FORMAT_TODO),
    Rule(
        132015,
        "Template paused",
        Action.PAUSE_CAMPAIGN,
        Scope.CAMPAIGN,
        gettext_noop("Meta has paused the template because people reacted badly to it."),
        gettext_noop("The campaign is held until Meta approves the template again: 3 or 6 hours, as a rule."),
        gettext_noop("Look whether audience and text fit. After the third time Meta disables a template for good."),
        needs_person=True,
    ),
    _stop(
        132016,
        "Template disabled",
        gettext_noop("Meta has disabled the template for good because people reacted badly to it."),
        gettext_noop("Write a new template that people welcome; this one cannot be used again."),
    ),
    _row(132018, "Variable of the wrong form", _FORMAT, _FORMAT_TODO),
    _stop(
        132068,
        "Flow blocked",
        gettext_noop("Meta has blocked the form (flow) in this message."),
        gettext_noop("Repair the flow in WhatsApp Manager."),
    ),
    Rule(
        132069,
        "Flow throttled",
        Action.PAUSE_CAMPAIGN,
        Scope.CAMPAIGN,
        gettext_noop("The form (flow) in this message has trouble, so Meta lets only 10 messages an hour through."),
        _HELD,
        gettext_noop("Repair the flow in WhatsApp Manager, then resume the campaign."),
        hold_seconds=3_600.0,
        needs_person=True,
    ),
    Rule(
        134011,
        "Payment terms not accepted",
        Action.ROW_ERROR,
        Scope.ACCOUNT,
        gettext_noop("The terms of WhatsApp Payments have not been accepted for this account."),
        gettext_noop("Messages with a payment cannot be sent; others are not affected."),
        gettext_noop("Accept the terms in WhatsApp Manager."),
        needs_person=True,
    ),
    _stop(
        134100,
        "Only marketing templates",
        gettext_noop("The marketing messages route takes only templates of the category marketing."),
        gettext_noop("Choose a marketing template, or send over the ordinary route."),
    ),
    Rule(
        134101,
        "Template still being synchronised",
        Action.PAUSE_CAMPAIGN,
        Scope.CAMPAIGN,
        gettext_noop("Meta is still preparing the template for the marketing messages route."),
        gettext_noop("The campaign is held for ten minutes; nothing of it is lost."),
        gettext_noop("Nothing."),
        hold_seconds=600.0,
    ),
    Rule(
        134102,
        "Template not available on this route",
        Action.PAUSE_CAMPAIGN,
        Scope.CAMPAIGN,
        gettext_noop("The marketing messages route cannot be used for this template."),
        _HELD,
        gettext_noop("Choose the ordinary route for the campaign, then resume it."),
        needs_person=True,
    ),
)
