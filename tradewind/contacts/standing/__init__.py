"""Where a person stands: scores, grades and life cycle, each with its reasons (product.md C6–C9).

`reckon(cursor, workspace_id, contact_ids)` makes rows of `contact_standing` anew from the journal and the messages.
The figures are pure functions of a `History`; docs/facts.md says each in words.
"""

from tradewind.contacts.standing.reckoning import reckon

__all__ = ["reckon"]
