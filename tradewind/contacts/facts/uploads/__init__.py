"""Files of events that are sent to the console: orders, carts, quotes, page views, any named event.

They come in pieces and are worked through like files of people (contacts/imports); here is what differs. vocabulary,
columns: which column becomes what · reading: a row becomes an event, or is refused with a reason · running: the check
and the recording · words: what is said of it.
"""
