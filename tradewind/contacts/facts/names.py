"""Which names an outside event may have: small words with dots between, and none that Tradewind writes itself."""

import re

from tradewind.lib.text import fold

LONGEST = 60
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_BETWEEN = re.compile(r"[^a-z0-9_]+")

# The first words of the journal's own kinds (docs/glossary.md): whoever could tell "message.read" could forge figures.
OWN = frozenset(
    (
        "account", "api", "app", "audit", "automation", "batch", "campaign", "consent", "contact", "contacts",
        "conversation", "deadletter", "fact", "health", "import", "invitation", "journal", "key", "lane", "media",
        "member", "message", "number", "outbox", "portfolio", "rates", "recipe", "rule", "run", "segment",
        "sending", "sequence", "standing", "suggestion", "system", "tag", "tags", "template", "tradewind",
        "webhook", "workspace",
    )
)  # fmt: skip


def is_outside(kind: str) -> bool:
    """Whether an entry of the journal was told from outside."""
    return kind.partition(".")[0] not in OWN


def is_name(text: str) -> bool:
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None


def suggestion(text: str) -> str:
    """A good name near to what was given ("Order Placed" → order.placed); "" when nothing is left of it."""
    near = _BETWEEN.sub(".", fold(text[:200])).strip("._")
    return near if is_name(near) and is_outside(near) else ""
