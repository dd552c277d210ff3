"""Refusals of rules: sentences for the user."""


class RuleError(ValueError):
    """The verb cannot be done now; the message says why and what to do."""
