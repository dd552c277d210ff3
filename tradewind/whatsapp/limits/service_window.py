"""The 24 hours in which a person may be answered freely, and the 72 hours that an advertisement pays for.

Times are unix seconds; None = it never happened. A window is open up to, but not at, the moment at which it closes.
"""

WINDOW_SECONDS = 24 * 3_600.0
FREE_ENTRY_SECONDS = 72 * 3_600.0
FREE_ENTRY_REPLY_SECONDS = 24 * 3_600.0
"""An advertisement's free entry point opens only when we answer within this time (cloud-api.md §8)."""


def closes_at(last_inbound_at: float | None) -> float | None:
    """When the window closes: 24 hours after the person's last message or call."""
    return None if last_inbound_at is None else last_inbound_at + WINDOW_SECONDS


def is_open(last_inbound_at: float | None, now: float, *, margin_seconds: float = 0.0) -> bool:
    """Whether a free-form message may be sent, with so much to spare for its way to Meta."""
    closing = closes_at(last_inbound_at)
    return closing is not None and now + margin_seconds < closing


def free_entry_closes_at(advert_message_at: float | None, first_reply_at: float | None) -> float | None:
    """When the free entry point closes: 72 hours after our reply; None when it never opened.

    It opens with our first reply to a message that came from an advertisement or a page's button, if we reply within
    24 hours. It makes messages free of charge; free-form ones still need the open service window.
    """
    if advert_message_at is None or first_reply_at is None:
        return None
    waited = first_reply_at - advert_message_at
    return first_reply_at + FREE_ENTRY_SECONDS if 0 <= waited <= FREE_ENTRY_REPLY_SECONDS else None


def is_free_entry(advert_message_at: float | None, first_reply_at: float | None, now: float) -> bool:
    """Whether what is sent at this moment is free of charge by an advertisement."""
    closing = free_entry_closes_at(advert_message_at, first_reply_at)
    return closing is not None and first_reply_at is not None and first_reply_at <= now < closing
