"""Meta's error codes (cloud-api.md §7): what each means, and what the sender does about it.

    verdict = classify(131056)
    verdict.action            Action.PAIR_BACKOFF, a word of the table
    verdict.delay_seconds(1)  4.0 after the first refusal, None when no attempt is left
    verdict.rule.happened, .means, .todo   three sentences for people

Decide by code and details, never by title or HTTP status: the samples of both disagree.
"""

from tradewind.whatsapp.errors import content, delivery, general, registration, sending
from tradewind.whatsapp.errors.rules import Action, Holds, Rule, Scope, Verdict
from tradewind.whatsapp.words import gettext_noop

__all__ = ["FAMILIES", "RULES", "Action", "Holds", "Rule", "Scope", "Verdict", "classify", "rule_for"]

RULES: dict[int, Rule] = {
    rule.code: rule
    for rules in (general.RULES, sending.RULES, delivery.RULES, content.RULES, registration.RULES)
    for rule in rules
}
"""Every code that has a line of its own."""

FAMILIES: tuple[tuple[int, int, Rule], ...] = (
    (200, 299, general.PERMISSION_FAMILY),
    (131200, 131299, sending.GROUP_FAMILY),
    *registration.FAMILIES,
)

_UNKNOWN = Rule(
    -1,
    "Unknown code",
    Action.ROW_ERROR,
    Scope.MESSAGE,
    gettext_noop("Meta refused the message with a code that is new to Tradewind."),
    gettext_noop("The message counts as failed and is not sent again by itself, so that nobody gets it twice."),
    gettext_noop("Read Meta's details. If many messages fail like this, pause the campaign and tell us the code."),
    needs_person=True,
    known=False,
)
_BAD_PROOF = "appsecret_proof"
_SUBCODE_NO_SUCH_OBJECT = 33
_UNREACHED_ONLY_ONCE = frozenset({131026, 131049})


def rule_for(code: int) -> Rule:
    """The line of the table for a code: its own, that of its family, or the safe default (`known` is False)."""
    rule = RULES.get(code)
    if rule is not None:
        return rule
    for first, last, family_rule in FAMILIES:
        if first <= code <= last:
            return family_rule
    return _UNKNOWN


def classify(
    code: int,
    details: str = "",
    *,
    subcode: int | None = None,
    category: str | None = None,
    country: str | None = None,
) -> Verdict:
    """What to do about an error, whether Meta answered with it at once or told it later by a status.

    `details` is `error_data.details` (or the message, when there is none), `category` the template's category or None
    for a free-form message, `country` the recipient's two letters where known. The last three only sharpen the verdict.
    """
    verdict = Verdict(code, rule_for(code))
    if code == 100:
        return _invalid_parameter(verdict, details, subcode)
    if code in _UNREACHED_ONLY_ONCE:
        return _unreached(verdict, category, country)
    return verdict


def _invalid_parameter(verdict: Verdict, details: str, subcode: int | None) -> Verdict:
    """Code 100 is about one message, except when it says that the number is gone or our app's proof is wrong."""
    if subcode == _SUBCODE_NO_SUCH_OBJECT:
        return Verdict(verdict.code, RULES[33])
    if _BAD_PROOF in details.lower():
        return Verdict(verdict.code, RULES[0])
    return verdict


def _unreached(verdict: Verdict, category: str | None, country: str | None) -> Verdict:
    """A day later a one-time code is worthless, and the United States get no marketing at all since April 2025."""
    is_one_time_code = (category or "").upper() == "AUTHENTICATION"
    is_marketing_to_us = verdict.code == 131049 and (country or "").upper() == "US"
    if is_one_time_code or is_marketing_to_us:
        return verdict.but(Action.ROW_ERROR, delays=())
    return verdict
