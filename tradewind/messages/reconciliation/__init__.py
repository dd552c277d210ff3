"""Each night our figures against Meta's own: what was sent, delivered and charged, per number and day (product.md X9).

A gap past the tolerance opens a case for a person. Days are UTC days. Not to be mixed up with messages/reconcile.py,
which settles single messages in doubt.
"""
