"""STOP and START as people write them: a whole message in one of eight languages, with small misspellings.

Sentences are understood word by word (consent_phrases.py); one that merely contains such a word is no opt-out ("can
you stop by on Monday?"). Words that customers use for their orders ("cancel", "end", "para") are not in the lists.
Everything is compared in one form: folded, letters only.
"""

import unicodedata
from functools import lru_cache

from tradewind.contacts.consent_phrases import Wish, understand
from tradewind.contacts.consent_vocabulary import FALSE_FRIENDS, VOCABULARY
from tradewind.lib.text import fold

LONGEST = 60  # letters of a wish in a word or two
LONGEST_SENTENCE = 160
LONG_ENOUGH_TO_MISSPELL = 8  # below this a letter more or less makes another word: "pasta" is no "basta"

# In each line: a word's usual forms. Written as people write; `plain` makes them comparable.
STOP = """
stop, stopp, stpo, sotp, sttop, stio, stopall, stop all, stop it, stop now, stop stop, stop stop stop, stoped
unsubscribe, unsubscribe me, unsub, opt out, opt me out, remove me, take me off, take me off the list, no more messages
stop messages, stop messaging, stop messaging me, stop texting me, stop sending, stop sending me messages, stop ads
stop marketing, stop promo, stop promos, stop promotion, stop promotions, stop offers, stop notifications, stop spam
do not message me, dont message me, don't message me, do not contact me, don't contact me, no promotions, no ads
abmelden, abmeldung, mich abmelden, abbestellen, austragen, mich austragen, newsletter abbestellen, werbung abbestellen
stoppen, werbung stoppen, angebote stoppen, nachrichten stoppen, keine werbung, keine werbung mehr, keine nachrichten
keine nachrichten mehr, keine angebote, keine angebote mehr, nicht mehr schreiben, nicht mehr anschreiben
ferma, fermati, fermare, basta, basta messaggi, basta pubblicità, disiscrivi, disiscrivimi, disiscrizione, cancellami
annulla iscrizione, cancella iscrizione, cancellare iscrizione, rimuovimi, toglietemi, niente pubblicità
niente messaggi, non scrivetemi più, non voglio più messaggi, stop messaggi, stop pubblicità
stop promozioni, interrompi promozioni
baja, dar de baja, darme de baja, darse de baja, dame de baja, quiero darme de baja, quiero la baja, deténganse, detener
alto, pare, parar, no más, no más mensajes, no más publicidad, no me escriban, no me escriban más, no me manden mensajes
no quiero más mensajes, no quiero mensajes, cancelar suscripción, anular suscripción, desuscribir, desuscribirme
desuscribirse, stop mensajes, stop publicidad, detener promociones
sair, sair da lista, quero sair, descadastrar, descadastre, me descadastre, descadastrar me, cancelar inscrição
cancelar assinatura, remover, me remova, me remove, remova me, parar mensagens, parar promoções, não enviar mais
não quero mais, não quero mais receber, não quero receber, não quero receber mensagens, chega, não me mande mais
interromper promoções
توقف, توقفوا, قف, وقف, إيقاف, أوقف, أوقفوا, إلغاء الاشتراك, الغي الاشتراك, ألغ الاشتراك, كفى, ستوب
أوقفوا الرسائل, إيقاف الرسائل, إيقاف العروض, لا ترسل, لا ترسلوا, لا أريد رسائل, لا أريد المزيد
หยุด, หยุดส่ง, หยุดส่งข้อความ, หยุดโปรโมชั่น, ยกเลิกการสมัคร, ยกเลิกรับข่าวสาร, ยกเลิกการรับข่าวสาร, ยกเลิกสมาชิก, เลิกรับ
เลิกรับข่าวสาร, ไม่รับข่าวสาร, ไม่ต้องการรับข้อความ, ไม่ต้องการรับข่าวสาร, ไม่รับโปรโมชั่น, เลิกติดตาม, สต็อป, สต๊อป
停止, 停, 停止发送, 停止發送, 停止推广, 停止推廣, 退订, 退訂, 取消订阅, 取消訂閱, 取消关注, 不要再发
不要再發, 不要发了, 不要再发了, 不要再發了, 别再发了, 別再發了, 别发了, 拒收, 拒收信息, td, 回复td
"""
START = """
start, satrt, strat, startt, unstop, subscribe, subscribe me, resubscribe, opt in, opt me in, start messages
start promotions, start promo, start promos, start offers, resume, resume messages, sign me up
anmelden, anmeldung, wieder anmelden, mich anmelden, abonnieren, starten, werbung starten, angebote starten
iscrivi, iscrivimi, iscrizione, iscriviti, riprendi, riattiva, avvia promozioni
dar de alta, darme de alta, dame de alta, suscribir, suscribirme, suscribirse, reanudar, reanudar mensajes
inscrever, me inscreva, quero me inscrever, quero receber, cadastrar, quero me cadastrar, retomar, voltar a receber
ابدأ, ابدؤوا, اشتراك, اشترك, اشتركوا, استئناف, تفعيل الاشتراك
เริ่ม, เริ่มใหม่, สมัคร, สมัครรับข่าวสาร, รับข่าวสาร
开始, 開始, 订阅, 訂閱, 恢复订阅, 恢復訂閱, 重新订阅, 重新訂閱
"""
# Said before or after, they change nothing.
POLITE = """
please, pls, plz, thanks, thank you, hi, hello, hey, bitte, danke, hallo, por favor, porfa, gracias, hola, per favore
grazie, ciao, prego, obrigado, obrigada, oi, olá, من فضلك, لو سمحت, شكرا, رجاء, ครับ, ค่ะ, คะ, นะ, นะคะ, นะครับ, ขอ, กรุณา
请, 請, 谢谢, 謝謝, 你好
"""


def classify(text: str) -> Wish:
    """What a whole message wishes: "stop", "start" or "none"."""
    if not text or len(text) > 4 * LONGEST:
        return "none"
    wish = _classify(plain(text))
    return understand(text) if wish == "none" and len(text) <= LONGEST_SENTENCE else wish


@lru_cache(maxsize=4096)
def _classify(word: str) -> Wish:
    if not word or len(word) > LONGEST:
        return "none"
    for form in forms(word):
        if form in _STOP:
            return "stop"
        if form in _START:
            return "start"
    return misspelt(word)


def plain(text: str) -> str:
    """Letters, vowel signs and digits only, folded: "Opt-out!" and "OPT OUT" are one."""
    return "".join(letter for letter in fold(text) if letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc"))


def forms(word: str) -> list[str]:
    """The word, and what is left of it without politeness before or after."""
    found = [word]
    for polite in _POLITE:
        found += [rest for rest in (word.removeprefix(polite), word.removesuffix(polite)) if rest != word]
    return found


def misspelt(word: str) -> Wish:
    """A long word with one letter wrong, missing, too many, or two in the wrong order; never between two wishes."""
    if len(word) < LONG_ENOUGH_TO_MISSPELL - 1 or word in FALSE_FRIENDS:
        return "none"
    near = {form for short in (word, *without_one(word)) for form in _MISSPELT.get(short, ())}
    wishes = {_ALL[form] for form in near if is_one_off(word, form)}
    return wishes.pop() if len(wishes) == 1 else "none"


def without_one(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


def is_one_off(a: str, b: str) -> bool:
    """At most one insertion, deletion, replacement, or swap of neighbours apart."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )


def words(lines: str) -> frozenset[str]:
    return frozenset(plain(form) for line in lines.strip().splitlines() for form in line.split(","))


def deletions(forms: frozenset[str]) -> dict[str, set[str]]:
    """Each long form under itself and under itself without one letter: the index for `misspelt`."""
    index: dict[str, set[str]] = {}
    for form in forms:
        if len(form) >= LONG_ENOUGH_TO_MISSPELL:
            for short in (form, *without_one(form)):
                index.setdefault(short, set()).add(form)
    return index


_STOP = words(STOP) | words("\n".join(parts["S"] for parts in VOCABULARY.values()))
_START = words(START)
_POLITE = tuple(sorted(words(POLITE), key=len, reverse=True))
_ALL: dict[str, Wish] = {**dict.fromkeys(_STOP, "stop"), **dict.fromkeys(_START, "start")}
_MISSPELT = deletions(frozenset(_ALL))
