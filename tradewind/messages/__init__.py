"""Messages in and out: the outbox, the sender, its limits, reconciliation, media."""
