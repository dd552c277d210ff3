"""The way in: door, raw inbox, projector, dead letters."""
