"""Meta's message templates: kept in step, rendered, checked."""
