"""What the selects of the builder offer, in the reader's language."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.contacts import words as contact_words
from tradewind.contacts.models import ContactField, Tag
from tradewind.contacts.search import values_of
from tradewind.lib import publicid
from tradewind.segments import words
from tradewind.segments.builder import dialects
from tradewind.segments.builder.lines import COMMON_EVENTS, OTHER
from tradewind.segments.models import Segment
from tradewind.segments.tree import BUILT_IN, OUTCOMES, OWN, SCORES
from tradewind.workspaces.models import Member

Choice = tuple[str, Any]
MOST_LISTED = 500

# By table: the room of campaigns stands above this one.
CAMPAIGNS = "SELECT id, name FROM campaign WHERE workspace_id = %s AND run_id IS NOT NULL ORDER BY id DESC LIMIT %s"

# How a field of each kind can be compared, and how that is said between its name and the value.
IS, IS_NOT, ONE_OF = ("is", _("is")), ("is_not", _("is not")), ("in", _("is one of"))
KNOWN: list[Choice] = [("is_set", _("is known")), ("is_not_set", _("is not known"))]
COMPARISONS: dict[str, list[Choice]] = {
    "text": [
        IS, IS_NOT, ONE_OF, ("contains", _("contains")), ("starts_with", _("starts with")), *KNOWN,
    ],
    "choice": [IS, IS_NOT, ONE_OF, *KNOWN],
    "number": [
        IS, ("gte", _("is at least")), ("lte", _("is at most")), ("between", _("is between")), *KNOWN,
    ],
    "date": [
        ("within_days", _("was in the last")), ("older_than_days", _("was longer ago than")),
        ("anniversary_within_days", _("comes round within")), ("gte", _("is from")), ("lte", _("is until")), *KNOWN,
    ],
    "yes_no": [IS, *KNOWN],
    "any": [
        IS, IS_NOT, ONE_OF, ("contains", _("contains")), ("starts_with", _("starts with")), ("gte", _("is at least")),
        ("lte", _("is at most")), ("within_days", _("was in the last")), ("older_than_days", _("was longer ago than")),
        ("anniversary_within_days", _("comes round within")), *KNOWN,
    ],
}  # fmt: skip
KIND_OF = {"moment": "date", "member": "choice"}
CHOSEN = ("language", "country", "marketing", "grade", "stage", "owner", "dialect", *words.RECKONED)
"""Built-in fields of which the values are known and are chosen from."""

MODES: list[Choice] = [("all", _("all of these")), ("any", _("any of these")), ("none", _("none of these"))]
OFTEN: list[Choice] = [
    ("gte", _("at least")), ("is", _("exactly")), ("lte", _("at most")), ("between", _("between")),
    ("never", _("never")),
]  # fmt: skip
EVENT_NAMES: dict[str, str | Promise] = {
    "order.placed": _("ordered"), "order.paid": _("paid an order"), "cart.updated": _("filled a cart"),
    "quote.sent": _("got a quote"), "standing.record_broken": _("broke their record with an order"),
    "page.viewed": _("viewed a page"), "link.clicked": _("clicked a link"),
    "message.received": _("wrote to us"), "message.delivered": _("got a message"),
    "message.read": _("read a message"),
}  # fmt: skip
WHERE_OPS: list[Choice] = [("gte", _("is at least")), ("lte", _("is at most")), IS, ("contains", _("contains"))]
SCORE_OPS: list[Choice] = [("gte", _("is at least")), ("lte", _("is at most")), IS]
OUTCOME_NAMES: dict[str, str | Promise] = {
    "accepted": _("were sent"), "sent": _("were sent, and it left Meta"), "delivered": _("got"), "read": _("read"),
    "replied": _("answered"), "clicked": _("clicked a link of"), "failed": _("were not reached by"),
    "excluded": _("were left out of"),
}  # fmt: skip
OPTED: list[Choice] = [("yes", _("agreed to marketing")), ("no", _("did not agree to marketing"))]
WINDOW: list[Choice] = [("yes", _("have an open service window")), ("no", _("have no open service window"))]


@dataclass
class Choices:
    """The choices of one workspace; each list is read when a line needs it."""

    member: Member
    modes: list[Choice] = field(default_factory=lambda: MODES)
    often: list[Choice] = field(default_factory=lambda: OFTEN)
    where_ops: list[Choice] = field(default_factory=lambda: WHERE_OPS)
    score_ops: list[Choice] = field(default_factory=lambda: SCORE_OPS)
    opted: list[Choice] = field(default_factory=lambda: OPTED)
    window: list[Choice] = field(default_factory=lambda: WINDOW)

    @cached_property
    def tags(self) -> list[Choice]:
        rows = Tag.objects.visible_to(self.member).order_by("name").values_list("name", flat=True)
        return [(name, name.replace("/", " / ")) for name in rows]

    @cached_property
    def segments(self) -> list[Choice]:
        rows = Segment.objects.visible_to(self.member).order_by("name").values_list("pk", "name")
        return [(publicid.encode("segment", pk), name) for pk, name in rows[:MOST_LISTED]]

    @cached_property
    def campaigns(self) -> list[Choice]:
        with connection.cursor() as cursor:
            cursor.execute(CAMPAIGNS, [self.member.workspace_id, MOST_LISTED])
            return [(publicid.encode("campaign", pk), name) for pk, name in cursor.fetchall()]

    @cached_property
    def outcomes(self) -> list[Choice]:
        return [(name, OUTCOME_NAMES[name]) for name in OUTCOMES]

    @cached_property
    def scores(self) -> list[Choice]:
        return [(name, words.SCORES[name]) for name in SCORES]

    @property
    def events(self) -> list[Choice]:
        return [*((name, EVENT_NAMES[name]) for name in COMMON_EVENTS), (OTHER, _("another event:"))]

    @cached_property
    def own_fields(self) -> dict[str, str]:
        rows = ContactField.objects.filter(workspace_id=self.member.workspace_id).order_by("key")
        return dict(rows.values_list("key", "kind")[:MOST_LISTED])

    @cached_property
    def fields(self) -> list[Choice]:
        own = [(OWN + key if key in BUILT_IN else key, key) for key in self.own_fields]
        return [*((key, words.FIELDS[key]) for key in BUILT_IN), *own]

    def kind_of(self, key: str) -> str:
        """How the values of a field are compared; "any" for a field that nobody has described."""
        if key in CHOSEN:
            return "choice"
        if key in BUILT_IN:
            return KIND_OF.get(BUILT_IN[key], BUILT_IN[key])
        return self.own_fields.get(key.removeprefix(OWN), "any")

    def comparisons(self, key: str) -> list[Choice]:
        return COMPARISONS[self.kind_of(key)]

    def values_of(self, key: str) -> list[Choice]:
        """The values of a field that is chosen from; nothing where they are typed."""
        if key == "marketing":
            return list(words.MARKETING.items())
        if key == "grade":
            return [(grade, grade) for grade in "ABC"]
        if key == "stage":
            return list(words.STAGES.items())
        if key == "owner":
            rows = Member.objects.filter(workspace_id=self.member.workspace_id, removed_at=None).select_related("user")
            return [(publicid.encode("member", row.pk), str(row)) for row in rows]
        if key in words.RECKONED:
            return list(words.RECKONED[key].items())
        if key == "dialect":
            return self.dialects
        if key in ("language", "country"):
            return self.spoken(key)
        return [("yes", _("yes")), ("no", _("no"))] if self.kind_of(key) == "yes_no" else []

    @cached_property
    def dialects(self) -> list[Choice]:
        found = dialects.spoken(self.member.workspace_id)
        return sorted(((code, contact_words.dialect_name(code)) for code in found), key=lambda choice: choice[1])

    def spoken(self, key: str) -> list[Choice]:
        name = contact_words.language_name if key == "language" else contact_words.country_name
        return sorted(((code, name(code)) for code in values_of(key)), key=lambda choice: str(choice[1]))
