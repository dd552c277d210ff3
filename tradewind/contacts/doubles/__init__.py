"""People whom we have twice: who they may be, side by side, and making one of two."""
