"""Cleaning up: who has been silent for six months, and what is done about them."""
