"""The commands; each module has `add_to(app)`."""
