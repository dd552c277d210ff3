"""A business at Meta for this room."""

from tests.simulated import *  # noqa: F403
