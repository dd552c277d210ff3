"""Advice on a message before it is sent (B12): length, emoji, links, a way out. Each says what to do, none forbids.

What is judged is what people will read: the text with the longest values of the audience in it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.contacts.consent_phrases import words_of
from tradewind.contacts.consent_words import classify

ADVISED_LENGTH, ADVISED_EMOJI = 160, 2
LONGEST_REPEAT = 4
"""So many words in a row are looked at when something reads twice."""
# Services that hide where a link leads; WhatsApp's users and filters distrust them.
_SHORTENERS = """
bit.ly tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly shorturl.at rb.gy t.ly tiny.cc bl.ink
shorte.st adf.ly lnkd.in s.id qr.ae x.gd 1url.com bitly.com soo.gd clck.ru u.to tny.im urlz.fr
"""
SHORTENERS = frozenset(_SHORTENERS.split())
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”]+", re.IGNORECASE)
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    "|[0-9#*]\ufe0f?\u20e3)"
)
_SHOUTED = re.compile(r"\b[A-ZÀ-ÖØ-ÞĀ-ŽА-Я]{4,}\b")
_MARKS = re.compile(r"[!?]{3,}")
_NUMERIC = re.compile(r"[\d.]+|\[[0-9a-f:]+\]")


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to look at. `word` names its kind; `tone`: warn can be acted on, info is good to know."""

    word: str
    tone: str
    icon: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it will be read. `ways_out` are the labels of its quick replies; `links` those of its buttons."""

    body: str
    header: str = ""
    footer: str = ""
    replies: Sequence[str] = ()
    links: Sequence[str] = ()
    is_marketing: bool = False

    @property
    def all_links(self) -> list[str]:
        """Addresses of buttons and those that stand in the text."""
        return [*self.links, *(found.rstrip(".,;:!?)") for found in _LINK.findall(f"{self.header}\n{self.body}"))]


def advise(message: Written, domains: Collection[str], repeats: Collection[str] = ()) -> list[Advice]:
    """What to look at, what can be acted on first. `domains`: one's own and allowed; `repeats`: links of last week."""
    found = [
        *of_way_out(message),
        *of_links(message, domains),
        *of_repeats(repeats),
        *of_echo(message),
        *of_length(message),
        *of_emoji(message),
        *of_shouting(message),
    ]
    return sorted(found, key=lambda each: each.tone != "warn")


def of_length(message: Written) -> Iterator[Advice]:
    length = len(message.body)
    if length > ADVISED_LENGTH:
        yield Advice(
            "length", "info", "ruler",
            _("%(n)s characters, %(advised)s advised") % {"n": length, "advised": ADVISED_LENGTH},
            _("Longer texts are read less; the main thing should stand in the first two lines."),
        )  # fmt: skip


def of_emoji(message: Written) -> Iterator[Advice]:
    count = len(_EMOJI.findall(f"{message.header}{message.body}{message.footer}"))
    if count > ADVISED_EMOJI:
        title = ngettext("%(n)s emoji, 1 or 2 advised", "%(n)s emoji, 1 or 2 advised", count) % {"n": count}
        yield Advice("emoji", "info", "smile", title, _("Many of them look like an advertisement and are skipped."))


def of_way_out(message: Written) -> Iterator[Advice]:
    """Marketing needs a line that says how to stop it; a word of any language that we understand as STOP will do."""
    if not message.is_marketing:
        return
    said = [*message.replies, *words_of(f"{message.footer} {message.body}")]
    if not any(classify(word) == "stop" for word in said):
        yield Advice(
            "way_out", "warn", "bell-off", _("No way to stop it is named"),
            _("Say at the end how to opt out, such as “Reply STOP”. Who finds no way out blocks the number."),
        )  # fmt: skip


def of_links(message: Written, domains: Collection[str]) -> Iterator[Advice]:
    """Each thing once, however many links it is wrong with."""
    found = [advice for link in dict.fromkeys(message.all_links) for advice in of_link(link, domains)]
    yield from dict.fromkeys(found)


def of_link(link: str, domains: Collection[str]) -> Iterator[Advice]:
    """The first thing that is wrong with an address."""
    host = host_of(link)
    if host in SHORTENERS:
        yield Advice(
            "shortener", "warn", "link-2", _("%(host)s hides where it leads") % {"host": host},
            _("Shortened links are distrusted and often blocked. Use the full address on your own domain."),
        )  # fmt: skip
    elif link.lower().startswith("http://"):
        yield Advice(
            "not_https", "warn", "link-2", _("%(host)s is not encrypted") % {"host": host},
            _("Phones warn of addresses that begin with http://. Use https://."),
        )  # fmt: skip
    elif _NUMERIC.fullmatch(host) or host.startswith("xn--") or ".xn--" in host:
        yield Advice(
            "odd_host", "warn", "link-2", _("%(host)s looks like a trap") % {"host": host},
            _("People and filters do not trust such addresses. Use your own domain in plain letters."),
        )  # fmt: skip
    elif host and not is_allowed(host, domains):
        yield Advice(
            "foreign_link", "info", "link-2", _("%(host)s is none of your domains") % {"host": host},
            _("If it is yours, or meant, add it to the domains of your links."),
        )  # fmt: skip


def of_repeats(repeats: Collection[str]) -> Iterator[Advice]:
    for name in repeats:
        yield Advice(
            "repeat", "warn", "repeat",
            _("These people got this link less than a week ago"),
            _("The campaign “%(name)s” had it. The same link twice a week costs reads and brings blocks.")
            % {"name": name},
        )  # fmt: skip


def of_echo(message: Written) -> Iterator[Advice]:
    """ "Your order your last order": a fallback that repeats the words before it."""
    if echo := echo_in(message.body):
        yield Advice(
            "echo", "warn", "text-cursor-input", _("Something reads twice"),
            _("“%(words)s”: change the fallback or the words before it.") % {"words": echo},
        )  # fmt: skip


def echo_in(text: str) -> str:
    """The first words that stand twice in a row; "" when none do. A word of one letter may."""
    words = text.split()
    plain = [word.strip(".,;:!?“”\"'()").casefold() for word in words]
    for length in range(LONGEST_REPEAT, 0, -1):
        for start in range(len(words) - 2 * length + 1):
            first, second = plain[start : start + length], plain[start + length : start + 2 * length]
            if first == second and sum(map(len, first)) > 2 and all(first):
                return " ".join(words[start : start + 2 * length])
    return ""


def of_shouting(message: Written) -> Iterator[Advice]:
    shouted = [word for word in _SHOUTED.findall(message.body) if classify(word) != "stop"]
    if len(shouted) > 2 or _MARKS.search(message.body):
        yield Advice(
            "shouting", "info", "megaphone", _("It shouts"),
            _("Words in capitals and rows of !!! are what spam looks like."),
        )  # fmt: skip


def host_of(link: str) -> str:
    """The host of an address, small, without www and port; "" for what has none."""
    try:
        found = urlsplit(link if "://" in link else f"https://{link}").hostname or ""
    except ValueError:
        return ""
    host = found.lower().rstrip(".").removeprefix("www.")
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return host


def is_allowed(host: str, domains: Collection[str]) -> bool:
    """Whether a host is one of these domains or below one of them."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def same_links(message: Written) -> Counter[str]:
    """The addresses without what may differ from person to person: query and last part."""
    return Counter(f"{host_of(link)}{urlsplit(link).path.rstrip('/')}" for link in message.all_links if host_of(link))
