"""Templates made here: written in a form, checked against Meta's rules as one writes, submitted, edited, deleted."""
