from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """An idea in one language. `buttons` in the order of Idea.buttons; a coupon's is its sample code."""

    body: str
    footer: str = ""
    header: str = ""
    buttons: tuple[str, ...] = ()
