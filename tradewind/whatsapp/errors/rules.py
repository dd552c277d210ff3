"""The words of the error table: what a sender does about an error code, and whom it concerns."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Action(StrEnum):
    """What the sender does with the message, and with what stands behind it."""

    RETRY = "retry"
    """Meta did not take it; try again after `delays[attempt - 1]` seconds."""
    WAIT_THEN_RETRY = "wait_then_retry"
    """Meta may have taken it all the same: wait for a webhook first, then try again; three times at most."""
    SLOW_NUMBER = "slow_number"
    """The number is too fast: halve its rate, then try again."""
    PAIR_BACKOFF = "pair_backoff"
    """Too many messages to this one person: wait 4^n seconds; other people are not affected."""
    LATER_ONCE = "later_once"
    """One more try, a day later or more."""
    PAUSE_NUMBER = "pause_number"
    """Hold back the number; the message stays queued."""
    PAUSE_ACCOUNT = "pause_account"
    """Hold back all numbers of the WhatsApp Business account; the message stays queued."""
    PAUSE_CAMPAIGN = "pause_campaign"
    """Hold back the campaign; the message stays queued."""
    STOP_CAMPAIGN = "stop_campaign"
    """Every message of the campaign would fail alike: end it."""
    ROW_ERROR = "row_error"
    """This message can never be sent as it is; the others can."""
    OPT_OUT = "opt_out"
    """The person has stopped marketing messages: note the opt-out, never send marketing again."""
    SUPPRESS = "suppress"
    """The person (or, by scope, the country) must not be written to at all."""


class Scope(StrEnum):
    """What an error says something about."""

    MESSAGE = "message"
    RECIPIENT = "recipient"
    COUNTRY = "country"
    NUMBER = "number"
    ACCOUNT = "account"
    CAMPAIGN = "campaign"


class Holds(StrEnum):
    """What a pause of a number or an account holds back."""

    EVERYTHING = "everything"
    TEMPLATES = "templates"
    CAMPAIGNS = "campaigns"


_REQUEUED = frozenset(
    {
        Action.RETRY,
        Action.WAIT_THEN_RETRY,
        Action.SLOW_NUMBER,
        Action.PAIR_BACKOFF,
        Action.LATER_ONCE,
        Action.PAUSE_NUMBER,
        Action.PAUSE_ACCOUNT,
        Action.PAUSE_CAMPAIGN,
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the error table.

    `happened`, `means` and `todo` are English sentences for people, marked for translation: pass them through gettext
    when they are shown.
    """

    code: int
    name: str
    action: Action
    scope: Scope
    happened: str
    means: str
    todo: str
    delays: tuple[float, ...] = ()
    """Seconds to wait before each further attempt; as many further attempts as there are entries."""
    hold_seconds: float | None = None
    """How long a pause lasts; None = until a person, or the event that heals it, ends it."""
    holds: Holds = Holds.EVERYTHING
    needs_person: bool = False
    """Whether a member has to be told, because waiting alone heals nothing."""
    known: bool = True
    """False for the rule of a code that the table does not know."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one error of one message. `code` is the code met, which a family's rule shares with others."""

    code: int
    rule: Rule

    @property
    def action(self) -> Action:
        return self.rule.action

    @property
    def scope(self) -> Scope:
        return self.rule.scope

    @property
    def delays(self) -> tuple[float, ...]:
        return self.rule.delays

    @property
    def hold_seconds(self) -> float | None:
        return self.rule.hold_seconds

    @property
    def holds(self) -> Holds:
        return self.rule.holds

    @property
    def needs_person(self) -> bool:
        return self.rule.needs_person

    @property
    def requeues(self) -> bool:
        """Whether the message goes back to the queue (as long as attempts are left); else it ends as failed."""
        return self.rule.action in _REQUEUED

    def delay_seconds(self, attempts_made: int) -> float | None:
        """Seconds to wait before the next attempt, after so many (≥ 1) were refused with this code.

        0.0 for the pauses, which say themselves when it goes on; None when the message has had its last attempt.
        """
        if not self.requeues:
            return None
        if not self.rule.delays:
            return 0.0
        return self.rule.delays[attempts_made - 1] if attempts_made <= len(self.rule.delays) else None

    def but(self, action: Action, **changes: object) -> "Verdict":
        """The same verdict with another action, where the circumstances of a message change the rule."""
        return Verdict(self.code, replace(self.rule, action=action, **changes))  # type: ignore[arg-type]
