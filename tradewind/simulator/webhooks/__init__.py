"""Webhooks: what is told, in which envelope, and how it is posted until somebody answers 200."""
