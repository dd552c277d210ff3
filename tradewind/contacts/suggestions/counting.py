"""What many people wrote of in a week: words by how many people used them, questions asked again and again. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from tradewind.contacts.standing.questions import is_question
from tradewind.lib.text import clip, fold

FEWEST_PEOPLE = 5  # a word that fewer used is chance
FEWEST_ASKED = 3  # C12: asked three times in a week
MOST_EACH = 8  # proposals of a kind: more would not be looked at
SHORTEST, LONGEST = 4, 30
LONGEST_QUESTION = 120
# A word that more than so many of those who wrote have in common says nothing about any of them.
TOO_COMMON = 0.5
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+", re.I)

# Words of four letters and more that carry no subject, in the languages that put spaces between words.
STOP_WORDS = """
about after again also always been before being could does done dont every from going good great have hello here have
into just know like make many more most much need only order other please really should some still sure thank thanks
that their them then there these they thing this time today tomorrow very want well were what when where which while
will with would yeah your yours
aber alle alles also andere auch beim bitte danke dann dass deine dein dem denn dich dies diese diesen dieser dieses
doch dort eine einem einen einer eines etwas euch euer gerade gern gerne gibt guten habe haben habt hallo hatte heute
ihnen ihre ihren immer jetzt kann kannst keine konnen konnte mein meine meinen mich mehr mochte morgen nach nicht
nichts noch oder ohne schon sehr sein seine sich sind tag ueber uber unser unsere viel vielen vielleicht wann wann ware
warum weil welche wenn werden wieder wird wirklich wurde zwischen
allora anche ancora avere bene buona buongiorno ciao come cosa cosi dalla dalle della delle dello dopo dove essere
fare grazie hanno molto nella nelle ogni oggi perche piu posso prima quale quali quando quanto quella quelle quello
questa queste questo salve sempre sono stata stato sulla tutti tutto vorrei domani
ahora algo antes aqui buenas buenos bien como con cual cuando desde donde ella ellos entonces esta estan estas este
estos esto favor gracias hace hasta hola mucho muchas muy nada para pero porque puede pueden puedo quiero sido siempre
sobre solo tambien tengo tiene tienen todo todos unos usted mañana manana
agora ainda aqui assim boa bom como dele dela depois desde disso esse essa esta este isso mais meu minha muito nao
onde para pode posso porque qual quando quanto quero sempre seria sobre tambem tenho todo todos uma voce voces hoje
amanha obrigado obrigada
السلام عليكم مرحبا شكرا هذا هذه ذلك التي الذي على عند عندي كان كيف لكن ممكن نعم يوم اليوم اريد عندكم انتم
"""


class Wrote(NamedTuple):
    """A message; `language` "" where it is not known."""

    contact_id: int
    language: str
    text: str


class Found(NamedTuple):
    """A proposal: `term` folded, `sample` as somebody wrote it, who and how often."""

    kind: str
    language: str
    term: str
    sample: str
    contacts: frozenset[int]
    times: int


def found_in(messages: Iterable[Wrote]) -> list[Found]:
    """The proposals of these messages, those of most people first; the same for the same messages in any order."""
    letters = sorted(messages)
    return [*top(words(letters)), *top(questions(letters))]


def top(found: Iterable[Found]) -> list[Found]:
    by_language: dict[str, list[Found]] = defaultdict(list)
    for each in sorted(found, key=lambda each: (-len(each.contacts), -each.times, each.term)):
        by_language[each.language].append(each)
    return [each for language in sorted(by_language) for each in by_language[language][:MOST_EACH]]


def words(letters: list[Wrote]) -> list[Found]:
    people: dict[tuple[str, str], set[int]] = defaultdict(set)
    times: dict[tuple[str, str], int] = defaultdict(int)
    samples: dict[tuple[str, str], str] = {}
    writers: dict[str, set[int]] = defaultdict(set)
    for letter in letters:
        language = base(letter.language)
        writers[language].add(letter.contact_id)
        for word in _WORD.findall(_ADDRESS.sub(" ", letter.text)):
            plain = fold(word)
            if SHORTEST <= len(plain) <= LONGEST and plain not in _STOP and not _is_spaceless(plain):
                key = (language, plain)
                people[key].add(letter.contact_id)
                times[key] += 1
                samples.setdefault(key, word)
    return [
        Found("word", language, term, samples[language, term], frozenset(who), times[language, term])
        for (language, term), who in people.items()
        if len(who) >= FEWEST_PEOPLE and len(who) <= max(FEWEST_PEOPLE, TOO_COMMON * len(writers[language]))
    ]


def questions(letters: list[Wrote]) -> list[Found]:
    """Questions that were asked three times, however they are spelled: case, accents, marks and numbers aside."""
    asked: dict[tuple[str, str], list[Wrote]] = defaultdict(list)
    for letter in letters:
        if is_question(letter.text):
            term = " ".join(_WORD.findall(fold(_ADDRESS.sub(" ", letter.text))))[:LONGEST_QUESTION]
            if len(term) >= SHORTEST:
                asked[base(letter.language), term].append(letter)
    return [
        Found(
            "question", language, term, clip(same[0].text, 150), frozenset(each.contact_id for each in same), len(same)
        )
        for (language, term), same in asked.items()
        if len(same) >= FEWEST_ASKED
    ]


def base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _is_spaceless(word: str) -> bool:
    """Thai, Chinese, Japanese: what stands between two spaces there is a sentence, not a word."""
    return any("\u0e00" <= letter <= "\u0e7f" or "\u3040" <= letter <= "\u9fff" for letter in word)


_STOP = frozenset(fold(word) for word in STOP_WORDS.split())
