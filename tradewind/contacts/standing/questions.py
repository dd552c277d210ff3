"""Whether a message asks something: a question mark of any script, or words with which our languages ask."""

import re
from functools import lru_cache

from tradewind.lib.text import fold

LONGEST = 300  # letters that are looked at
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.I)
# ? and its forms in Arabic, Chinese and Japanese, Armenian, Ethiopic, Spanish openings.
_MARKS = re.compile("[?？؟⁇⁈⁉‽⸮՞፧¿﹖]")

# A message that begins so asks, with or without a mark. Small lists on purpose: what is not sure is no question.
OPENINGS = """
how, what, when, where, which, who, why, whose, is it, is there, are there, are you, do you, does it, can i, can you
could you, could i, will it, would you, may i, have you, any chance, how much, hi how, hello how, hi do you
wie, was, wann, wo, wer, warum, wieso, weshalb, welche, welcher, welches, welchen, wohin, woher, wieviel, gibt es
habt ihr, haben sie, hast du, kann ich, kann man, konnen sie, konnt ihr, kannst du, ist das, ist es, sind die, darf ich
come, cosa, che cosa, quando, dove, quale, quali, quanto, quanti, quanta, quante, chi, perche, avete, posso, potete
puoi, si puo, c e, ci sono, e possibile
como, que, cuando, donde, cual, cuales, cuanto, cuantos, cuanta, cuantas, quien, por que, hay, tienen, tienes, puedo
pueden, puedes, se puede, es posible
quando, onde, qual, quais, quanto, quantos, quem, por que, tem, voces tem, posso, podem, pode, da para, e possivel
كم, كيف, متى, اين, وين, ما, ماذا, هل, لماذا, ليش, من اي, اي, ايش, شو, بكم, قديش, امتى, فين, ممكن
"""
# Scripts without spaces: these words ask wherever they stand.
INSIDE = """
ไหม, มั้ย, หรือเปล่า, หรือยัง, อะไร, เท่าไหร่, เท่าไร, ที่ไหน, เมื่อไหร่, เมื่อไร, อย่างไร, ยังไง, ทำไม, กี่, รึเปล่า
吗, 嗎, 呢, 什么, 什麼, 多少, 怎么, 怎麼, 哪里, 哪裡, 哪儿, 哪個, 哪个, 几点, 幾點, 为什么, 為什麼, 有没有, 有沒有
可以吗, 能不能, 是不是, 何时
"""


@lru_cache(maxsize=16_384)
def is_question(text: str) -> bool:
    """Whether somebody who writes this asks something. Addresses of web pages with ? in them do not count."""
    said = _ADDRESS.sub(" ", text[:LONGEST])
    if _MARKS.search(said):
        return True
    plain = fold(said)
    return _opening().match(plain) is not None or _inside().search(plain) is not None


def words(block: str) -> list[str]:
    return sorted({fold(word.strip()) for word in re.split(r"[,\n]", block) if word.strip()}, key=len, reverse=True)


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, words(OPENINGS)))})(?!\w)(?=.*\w)")


@lru_cache(maxsize=1)
def _inside() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words(INSIDE))))
