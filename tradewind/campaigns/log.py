"""The live log: message by message, newest first, by keyset, in constant time whatever the size of the campaign."""

from dataclasses import dataclass

from django.db.models import QuerySet

from tradewind.campaigns.models import Campaign, Recipient
from tradewind.messages.models import OUT_STATES, TROUBLE, Message, Outbox

# Groups of the live log's filter, by what a person looks for.
FILTERS: dict[str, tuple[str, ...]] = {
    "all": (),
    "gone": tuple(state for state in OUT_STATES if state != "queued"),
    "waiting": ("queued",),
    "sent": ("accepted", "held", "sent"),
    "delivered": ("delivered",),
    "read": ("read", "played"),
    "replied": (),
    "clicked": (),
    "failed": ("failed",),
    "left_out": ("skipped", "expired", "cancelled"),
    "unknown": ("unknown",),
}
REACH = 30_000
"""States change with every status, so they have no index: a filter looks through so many messages at a time."""


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is where to go on (a message id), None at the end; a page may be short, even empty, and yet go on."""

    rows: list[Message]
    older: int | None


def page(campaign: Campaign, *, show: str = "all", before: int | None = None, limit: int = 50) -> Page:
    """The newest messages of a campaign before the message `before`, with their people and numbers."""
    if campaign.run_id is None:
        return Page([], None)
    messages = Message.objects.filter(run_id=campaign.run_id).order_by("-pk")
    if before is not None:
        messages = messages.filter(pk__lt=before)
    states = FILTERS.get(show, ())
    if show in ("replied", "clicked"):
        return cut(messages.filter(**{f"{show}_at__isnull": False}), limit)
    if show in ("waiting", "gone"):
        # The newest are those that wait, thousands of them: one look at the outbox, not one for each.
        waiting = Outbox.objects.filter(run_id=campaign.run_id).exclude(stage="unknown").values("pk")
        return cut(messages.filter(pk__in=waiting) if show == "waiting" else messages.exclude(pk__in=waiting), limit)
    if not states:
        return cut(messages, limit)
    if set(states) <= set(TROUBLE) and len(states) == 1:
        return cut(messages.filter(trouble=states[0]), limit)
    return within_reach(messages, states, limit)


def cut(messages: QuerySet[Message], limit: int) -> Page:
    """The first of these. Which they are is found before anything is fetched that belongs to them."""
    found = list(messages.values_list("pk", flat=True)[: limit + 1])
    rows = Message.objects.filter(pk__in=found[:limit]).select_related("contact", "number").order_by("-pk")
    return Page(list(rows), found[limit - 1] if len(found) > limit else None)


def within_reach(messages: QuerySet[Message], states: tuple[str, ...], limit: int) -> Page:
    """Looks through the next REACH messages and no further; from there the next page goes on."""
    edge = messages.values_list("pk", flat=True)[REACH - 1 : REACH].first()
    near = messages if edge is None else messages.filter(pk__gte=edge)
    found = cut(near.filter(state__in=states), limit)
    return Page(found.rows, found.older or edge)


def left_out(campaign: Campaign, *, reason: str, after: int = 0, limit: int = 50) -> list[Recipient]:
    """People whom the plan leaves out for one reason, by keyset."""
    return list(Recipient.objects.filter(campaign=campaign, excluded=reason, pk__gt=after).order_by("pk")[:limit])
