class MediaError(ValueError):
    """The file cannot be sent; the message is a sentence for people: why, and what to do."""
