"""Facts in: what happened outside (orders, carts, quotes, page views, clicks, any named event), told to the journal.

`record_events(cursor, workspace_id, events) -> Outcome` is the one door, for the API and the command line alike. The
journal is the only truth; beside it stands `fact_key`, by which the same event told twice is recorded once.
"""

from tradewind.contacts.facts.names import is_outside
from tradewind.contacts.facts.record import Outcome, Rejection, record_events
from tradewind.contacts.facts.shape import Fact, FactError, read

__all__ = ["Fact", "FactError", "Outcome", "Rejection", "is_outside", "read", "record_events"]
