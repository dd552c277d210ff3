"""A tree read aloud: "People who agreed to marketing and who ordered at least 2 times in the last 90 days."

    say(tree.read(value, workspace_id=7), "de")

Phrases come whole from words.py; lists are joined as the language does it. A negation goes into the phrase.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.lists import format_list
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, get_language_bidi, override

from tradewind.contacts import words as contact_words
from tradewind.segments import words
from tradewind.segments.nodes import (
    All,
    AnyOf,
    Days,
    Event,
    Field,
    Node,
    Not,
    OptedIn,
    Saved,
    Score,
    Sent,
    Tagged,
    Test,
    WindowOpen,
)
from tradewind.workspaces.locales import reader_locale

ISOLATE, END_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
MOST_NAMED = 5
"""So many values of a list are named; of the others it is said how many they are."""


def say(node: Node, language: str | None = None) -> str:
    """The whole tree as one sentence, in the reader's language by default."""
    with override(language or get_language()):
        return whole(node)


def whole(node: Node) -> str:
    parts = node.of if isinstance(node, All) else (node,)
    if not parts:
        return str(words.EVERYBODY)
    if node == AnyOf(()):
        return str(words.NOBODY)
    others = [part.of for part in parts if isinstance(part, Not)]
    positive = [part for part in parts if not isinstance(part, Not)]
    these = [clause(part, is_so=True, is_inside=len(positive) > 1) for part in positive]
    said = {
        "these": joined(these),
        "others": joined([clause(each, is_so=True, is_inside=len(others) > 1) for each in others], "or"),
    }
    if not others:
        return str(words.PEOPLE) % said
    return str(words.PEOPLE_BUT if these else words.EVERYBODY_BUT) % said


def clause(node: Node, *, is_so: bool, is_inside: bool = True) -> str:
    """A node as a clause; `is_so` False: its opposite. Groups inside a sentence stand in brackets."""
    if isinstance(node, Not):
        return clause(node.of, is_so=not is_so, is_inside=is_inside)
    if isinstance(node, All | AnyOf):
        return group(node, is_so, is_inside)
    return str(leaf(node, is_so))


def group(node: All | AnyOf, is_so: bool, is_inside: bool) -> str:
    if not node.of:
        return str(words.ANYBODY_HERE if isinstance(node, All) == is_so else words.NOBODY_HERE)
    if len(node.of) == 1:
        return clause(node.of[0], is_so=is_so, is_inside=is_inside)
    said = {
        "what": joined([clause(each, is_so=True) for each in node.of], "standard" if isinstance(node, All) else "or")
    }
    if not is_so:
        return str(words.NOT_GROUP) % said
    return str(words.GROUP) % said if is_inside else said["what"]


def leaf(node: Node, is_so: bool) -> str:
    """A condition; the opposite is the second of its two phrases."""
    which = 0 if is_so else 1
    if isinstance(node, Tagged):
        return str(words.TAGGED[which]) % {"name": isolated(node.name)}
    if isinstance(node, Saved):
        return str(words.SAVED[which]) % {"name": isolated(node.name)}
    if isinstance(node, Sent):
        return str(words.OUTCOMES[node.outcome][which]) % {"name": isolated(node.name)}
    if isinstance(node, OptedIn | WindowOpen):
        phrases = words.OPTED_IN if isinstance(node, OptedIn) else words.WINDOW
        return str(phrases[0 if node.is_so == is_so else 1])
    if isinstance(node, Event):
        return happened(node, is_so)
    if isinstance(node, Field) and node.key == "potential_vip" and (so := yes_or_no(node)) is not None:
        return str(words.VIP_TO_BE[which if so else 1 - which])
    if isinstance(node, Field | Score):
        return compared(node, which)
    raise AssertionError(f"no words for {node!r}")


def yes_or_no(node: Field) -> bool | None:
    """What a plain question of yes or no asks for; None for any other comparison."""
    if len(node.tests) != 1 or node.is_own or node.tests[0].op not in ("is", "is_not"):
        return None
    return bool(node.tests[0].operands[0]) == (node.tests[0].op == "is")


def compared(node: Field | Score, which: int) -> str:
    """All comparisons of a field: the opposite of several together is said of them as a whole."""
    name = field_name(node)
    if len(node.tests) == 1:
        return phrase(name, node.tests[0], which, value_key(node))
    said = {"what": joined([phrase(name, test, 0, value_key(node)) for test in node.tests])}
    return said["what"] if which == 0 else str(words.NOT_GROUP) % said


def field_name(node: Field | Score) -> str:
    if isinstance(node, Score):
        return str(words.SCORES[node.name])
    return f"“{isolated(node.key)}”" if node.is_own else str(words.FIELDS[node.key])


def value_key(node: Field | Score) -> str:
    return node.key if isinstance(node, Field) and not node.is_own else ""


def phrase(name: str, test: Test, which: int, key: str) -> str:
    said: dict[str, Any] = {"field": name, **values(test, key)}
    if test.op in words.COUNTED:
        said["days"] = test.operands[0]
        return str(words.COUNTED[test.op][which] % said)
    if test.op == "is_set":
        return str(words.COMPARED["is_set"][which if test.operands[0] else 1 - which]) % said
    dated = words.DATED.get(test.op) if test.reading in ("date", "moment") else None
    return str((dated or words.COMPARED[test.op])[which]) % said


def values(test: Test, key: str) -> dict[str, str]:
    if test.op == "between":
        return {"value": shown(test.operands[0], key, test.zone), "other": shown(test.operands[1], key, test.zone)}
    named = [shown(each, key, test.zone) for each in test.operands[:MOST_NAMED]]
    more = len(test.operands) - len(named)
    return {"value": joined([*named, *([f"+{number_format(more)}"] if more else [])], "or")}


def shown(value: Any, key: str, zone: str) -> str:
    """A value as the reader's language writes it."""
    if isinstance(value, Days):
        value = value.said
    if isinstance(value, bool):
        return str(words.YES_NO[value])
    if isinstance(value, datetime):
        return date_format(value.astimezone(ZoneInfo(zone)), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal | int | float):
        return number_format(
            value.normalize() if isinstance(value, Decimal) and value % 1 else value, force_grouping=True
        )
    return known_word(value, key) or f"“{isolated(value)}”"


def known_word(value: str, key: str) -> str:
    """Names of countries and languages, and our own words; "" for what is just text."""
    if key == "marketing":
        return str(words.MARKETING.get(value.lower(), ""))
    if key == "country":
        return reader_locale().territories.get(value.upper(), "")
    if key == "language":
        return reader_locale().languages.get(value.lower(), "")
    if key == "stage":
        return str(words.STAGES.get(value.lower(), ""))
    if key in words.RECKONED:
        said = str(words.RECKONED[key].get(value.lower(), ""))
        return f"“{said}”" if said and key == "matrix" else said
    if key == "dialect":
        return contact_words.dialect_name(value)
    return value if key in ("grade", "phone") else ""


def happened(node: Event, is_so: bool) -> str:
    """An event with how often, when and what of it."""
    is_never = node.most == 0
    which = 0 if is_so != is_never else 1
    if (node.least, node.most) not in ((1, None), (0, 0)):
        which = 0
    phrases = words.EVENTS.get(node.kind, words.EVENT)
    said = str(phrases[which]) % {"event": isolated(node.kind)}
    said = when(node, conditions(node, often(node, said)))
    if which == 0 and not is_so and not is_never:
        return str(words.IS_NOT_SO) % {"what": said}
    return said


def often(node: Event, said: str) -> str:
    least, most = node.least, node.most
    if (least, most) in ((1, None), (0, 0)):
        return said
    if most is None:
        return str(words.AT_LEAST % {"what": said, "times": least})
    if least == most:
        return str(words.EXACTLY % {"what": said, "times": least})
    if least == 0:
        return str(words.AT_MOST % {"what": said, "times": most})
    return str(words.FROM_TO) % {"what": said, "least": least, "most": most}


def when(node: Event, said: str) -> str:
    if node.within_days is not None:
        said = str(words.WITHIN % {"what": said, "days": node.within_days})
    if node.older_than_days is not None:
        said = str(words.BEFORE % {"what": said, "days": node.older_than_days})
    if node.since is not None:
        said = str(words.SINCE) % {"what": said, "day": shown(node.since, "", "UTC")}
    if node.until is not None:
        said = str(words.UNTIL) % {"what": said, "day": shown(node.until, "", "UTC")}
    return said


def conditions(node: Event, said: str) -> str:
    if not node.where:
        return said
    parts = [of_event(key, test) for key, tests in node.where for test in tests]
    return str(words.WHERE) % {"what": said, "conditions": joined(parts)}


def of_event(key: str, test: Test) -> str:
    said = {"field": isolated(key), **values(test, "")}
    if test.op == "is_set":
        return str(words.IS_KNOWN[bool(test.operands[0])]) % said
    return str(words.EACH_COMPARED[test.op]) % said


def isolated(name: str) -> str:
    """What people named, kept in its own direction inside a right-to-left sentence; untouched elsewhere."""
    return f"{ISOLATE}{name}{END_ISOLATE}" if get_language_bidi() else name


def joined(parts: Sequence[str], style: str = "standard") -> str:
    """ "a, b and c", or with "or", as the language does it."""
    return format_list(list(parts), style=style, locale=reader_locale())  # type: ignore[arg-type]
