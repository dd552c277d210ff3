"""Refusals of this room: sentences for the user, in their language."""


class CampaignError(ValueError):
    """The verb cannot be done now; the message says why and what to do."""


class AlreadySo(CampaignError):
    """What the verb would bring about is so already: a double click, or a colleague was quicker."""


class AudienceError(CampaignError):
    """The audience cannot be used."""


class BindingError(CampaignError):
    """A variable has no source; the message names it."""
