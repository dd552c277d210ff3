"""Tag health (C10): what is wrong with the tags, each finding with the act that mends it, and the log of changes."""
