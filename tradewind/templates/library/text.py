from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """An idea in one language. `buttons` in the order of Idea.buttons; a coupon's is its sample code.

    `offer`: the few words of a limited-time offer; `cards`: (words, button) of each card of a carousel.
    """

    body: str
    footer: str = ""
    header: str = ""
    buttons: tuple[str, ...] = ()
    offer: str = ""
    cards: tuple[tuple[str, str], ...] = ()
