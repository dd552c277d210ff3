"""What happened: an append-only journal, cursors that never skip a late commit, the relay and the live stream."""
