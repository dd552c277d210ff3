"""Files of people on their way into the contacts (product.md C1).

sniffing → rows: what a file is, and its rows · vocabulary, guessing: which column becomes what · cleaning: a row
becomes a person, or is refused with a reason · spool: the people of a file in buckets by their number, so that double
rows meet · merging: a bucket into the database, in one transaction · running: the whole of it, in one or several
processes · verbs: what members and programs ask for · undoing · rejects: what was refused, as a file to mend.
"""
