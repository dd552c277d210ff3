"""What a live page may listen to: `run:<public id>` and its like, or a page's word such as `templates`."""

from dataclasses import dataclass

from tradewind.lib import publicid

MOST = 20
LONGEST = 60

# Who may listen is who may see the page.
RIGHT_OF = {
    "run": "campaigns.view",
    "campaign": "campaigns.view",
    "campaigns": "campaigns.view",
    "number": "numbers.view",
    "numbers": "numbers.view",
    "contact": "contacts.view",
    "contacts": "contacts.view",
    "imports": "contacts.import",
    "inbox": "messages.view",
    "templates": "templates.view",
    "media": "messages.view",
    "deadletters": "deadletters.view",
    "members": "members.view",
    "health": "health.view",
    "workspace": "",
}
WITH_ID = frozenset({"run", "campaign", "number", "contact"})


class BadTopic(ValueError):
    """Not a topic."""


@dataclass(frozen=True, slots=True)
class Topic:
    """`name` as the page says it, `inner` as the relay tells it (with the row's own number)."""

    name: str
    inner: str

    @property
    def kind(self) -> str:
        return self.name.partition(":")[0]

    @property
    def right(self) -> str:
        """The right that it takes to listen; "" for every member."""
        return RIGHT_OF[self.kind]

    @property
    def events(self) -> tuple[str, ...]:
        """The names under which a page hears of it: its kind, and the whole topic."""
        return (self.kind,) if self.kind == self.name else (self.kind, self.name)


def topic_of(text: str) -> Topic:
    """Raises BadTopic for what is none."""
    kind, _, public_id = text.partition(":")
    if kind not in RIGHT_OF or len(text) > LONGEST or (kind in WITH_ID) != bool(public_id):
        raise BadTopic(text[:LONGEST])
    if kind not in WITH_ID:
        return Topic(text, text)
    try:
        return Topic(text, f"{kind}:{publicid.decode(kind, public_id)}")
    except ValueError as error:
        raise BadTopic(text[:LONGEST]) from error


def topics_of(texts: list[str]) -> list[Topic]:
    """The topics of a request: one at least, and not too many. Raises BadTopic."""
    if not 1 <= len(texts) <= MOST:
        raise BadTopic("topics")
    return [topic_of(text) for text in dict.fromkeys(texts)]
