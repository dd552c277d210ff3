"""Marking of words that people read, in a room that knows no Django."""


def gettext_noop(sentence: str) -> str:
    """Return the sentence as it is: the mark by which `makemessages` finds it.

    The function bears this name because gettext's extraction looks for it. Whoever shows the sentence passes it
    through `gettext` at that moment, in the language of the reader.
    """
    return sentence
