"""Engagement, 0 to 100: how much somebody takes part (product.md C6). A pure function; docs/facts.md says it in words.

    reading   40 × Σ w(message) over those read          ÷ max(3, counted)
    speed     30 × Σ w(message) × quickness               ÷ max(3, counted)
    depth     30 × min(1, (6 × days written + 4 × clicks, each × w) ÷ 30)

`counted` are the last 20 messages to the person: those read or answered, and those that had a day to be read. w is 1
for 30 days and then falls evenly to 0 at 90. So more reading never lowers it, time alone never raises it, and it does
not matter in which order one learns of things.
"""

from bisect import bisect_left
from collections.abc import Iterable

from tradewind.contacts.standing.history import CLICK, DAY, HOUR, MINUTE, History, Reason, Sent
from tradewind.contacts.standing.settings import Engagement

LAST_MESSAGES = 20
FEWEST = 3  # one message read of one sent is not yet a habit
HAS_HAD_TIME = DAY
FRESH, GONE = 30 * DAY, 90 * DAY
ANSWERED_WITHIN = 3 * DAY
# (up to, quickness)
STEPS = ((10 * MINUTE, 1.0), (HOUR, 0.75), (DAY, 0.5), (ANSWERED_WITHIN, 0.25))
DAY_WRITTEN, CLICKED, DEEP = 6.0, 4.0, 30.0


def engagement(person: History, now: float, weights: Engagement) -> tuple[int, list[Reason]]:
    """The score and its reasons."""
    read = opened = speed = 0.0
    counted = reads = 0
    answers = sorted(each.at for each in person.wrote)
    for message in newest(person.sent):
        delay = delay_of(message, answers)
        if delay is None:
            counted += now - message.at >= HAS_HAD_TIME
            continue
        counted += 1
        reads += 1
        worth = freshness(now - message.at)
        opened += worth
        speed += worth * quickness(delay)
    base = max(FEWEST, counted)
    read, quick, depth = weights.opens * opened / base, weights.speed * speed / base, deep(person, now)
    parts: list[Reason] = [
        ("read", round(read, 1), {"read": reads, "of": counted}),
        ("speed", round(quick, 1), {"reads": reads}),
        ("depth", round(weights.depth * depth.share, 1), {"days": depth.days, "clicks": depth.clicks}),
    ]
    total = min(100, round(read + quick + weights.depth * depth.share))
    return total, [part for part in parts if part[1] or (part[0] == "read" and counted)]


def newest(sent: Iterable[Sent]) -> list[Sent]:
    """The last messages. Of several in one second those that were read come first, so that order does not matter."""
    return sorted(sent, key=lambda each: (-each.at, each.read_at is None, each.read_at or 0.0))[:LAST_MESSAGES]


def delay_of(message: Sent, answers: list[float]) -> float | None:
    """How long the message waited to be read or answered; None when it was not."""
    read = max(0.0, message.read_at - message.at) if message.read_at is not None else None
    place = bisect_left(answers, message.at)
    answer = answers[place] - message.at if place < len(answers) else None
    if answer is None or answer > ANSWERED_WITHIN:
        return read
    return answer if read is None else min(read, answer)


def quickness(delay: float) -> float:
    return next((worth for limit, worth in STEPS if delay <= limit), 0.0)


def freshness(age: float) -> float:
    """1 for 30 days, then evenly down to 0 at 90."""
    return 1.0 if age <= FRESH else max(0.0, (GONE - age) / (GONE - FRESH))


class Depth:
    """Days on which they wrote, and clicks, as far as they still count."""

    def __init__(self) -> None:
        self.share, self.days, self.clicks = 0.0, 0, 0


def deep(person: History, now: float) -> Depth:
    found, points = Depth(), 0.0
    days: dict[int, float] = {}
    for message in person.wrote:
        day = int(message.at // DAY)
        days[day] = max(message.at, days.get(day, 0.0))
    for at in days.values():
        worth = freshness(now - at)
        found.days += worth > 0
        points += DAY_WRITTEN * worth
    for sign in person.signs:
        if sign.kind == CLICK:
            worth = freshness(now - sign.at)
            found.clicks += worth > 0
            points += CLICKED * worth
    found.share = min(1.0, points / DEEP)
    return found
