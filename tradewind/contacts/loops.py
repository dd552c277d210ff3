"""The long loops of this room, for the worker."""

from tradewind.contacts.cleaning import acts as cleaning
from tradewind.contacts.doubles import merging
from tradewind.contacts.imports import worker as imports
from tradewind.contacts.privacy import erasing, retention
from tradewind.contacts.standing import loops as standing
from tradewind.contacts.tags import batches, stretches, terms
from tradewind.lib.loops import Loop

LOOPS = [
    Loop("contacts.batches", stretches.step, idle_seconds=0.5),
    Loop("contacts.batches_too", stretches.second_step, idle_seconds=0.5),
    Loop("contacts.terms", terms.step, idle_seconds=5.0),
    Loop("contacts.batch_notes", batches.forget_old, idle_seconds=3600.0),
    Loop("contacts.cleaning", cleaning.step, idle_seconds=1.0),
    Loop("contacts.merges", merging.settle, idle_seconds=5.0),
    Loop("contacts.old_merges", merging.forget_old, idle_seconds=3600.0),
    Loop("contacts.erasures", erasing.step, idle_seconds=1.0),
    Loop("contacts.retention", retention.Pace().step, idle_seconds=1.0),
    Loop("contacts.standing", standing.listen, idle_seconds=0.25),
    Loop("contacts.reads", standing.Reads().step, idle_seconds=0.5),
    Loop("contacts.decay", standing.decay, idle_seconds=0.5),
    Loop("contacts.first_standing", standing.Begin().step, idle_seconds=5.0),
    Loop("contacts.imports", imports.step, idle_seconds=0.5),
    Loop("contacts.import_notes", imports.forget_old, idle_seconds=3600.0),
]
