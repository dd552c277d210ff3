"""The log and the people left out as CSV, a thousand rows at a time. What a spreadsheet would run is disarmed."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO

from django.utils import translation
from django.utils.translation import gettext as _

from tradewind.campaigns import log, outcomes
from tradewind.campaigns.editing import versions
from tradewind.campaigns.exclusions import reasons_of
from tradewind.campaigns.models import LETTERS, Campaign, Recipient
from tradewind.campaigns.pages.logged import FILTERS, came_of
from tradewind.campaigns.rates import cards
from tradewind.campaigns.rates.cards import PriceList
from tradewind.campaigns.rates.shown import amount
from tradewind.campaigns.reasons import REASONS, Reason
from tradewind.contacts.models import Contact, Identity
from tradewind.messages.models import Content, Message

# Also in the wide forms of East Asian keyboards, which some programs take for the same.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
BLOCK = 1000
ARRIVED = 3
"""The rank of a delivered message."""
BOM = "\ufeff"  # so that spreadsheets read it as UTF-8


def of_log(campaign: Campaign, show: str, language: str) -> Iterator[str]:
    """The messages of a filter of the log, newest first. `language` of the words: streaming begins after all else."""

    texts = letters_of(campaign)

    def blocks() -> Iterator[Sequence[Sequence[str]]]:
        before = None
        while True:
            found = log.page(campaign, show=show, before=before, limit=BLOCK)
            yield log_cells(found.rows, texts)
            if (before := found.older) is None:
                return

    return file_of(log_heads, blocks, language)


def of_left_out(campaign: Campaign, language: str) -> Iterator[str]:
    """Everybody whom the plan leaves out, reason by reason."""

    def blocks() -> Iterator[Sequence[Sequence[str]]]:
        for reason in (*reasons_of(campaign.plan), *REASONS):
            after = 0
            while rows := log.left_out(campaign, reason=reason.word, after=after, limit=BLOCK):
                yield left_out_cells(rows, reason)
                after = rows[-1].pk

    return file_of(left_out_heads, blocks, language)


def of_report(campaign: Campaign, language: str) -> Iterator[str]:
    """Everybody of the plan with what came of it, in the order of the plan."""
    card = outcomes.card_of(campaign)
    prices = cards.price_list(card) if card else None
    texts = texts_of(campaign)

    def blocks() -> Iterator[Sequence[Sequence[str]]]:
        after = 0
        while rows := log.left_out(campaign, reason="", after=after, limit=BLOCK):
            yield report_cells(campaign, rows, prices, texts)
            after = rows[-1].pk

    return file_of(report_heads, blocks, language)


def report_heads() -> list[str]:
    return [
        _("Name"), _("Phone"), _("From"), _("Meant for"), _("Left"), _("Text"), _("Template"), _("Language"),
        _("State"), _("Delivered"), _("Read"), _("What came of it"), _("Country"), _("Cost"), _("Currency"),
    ]  # fmt: skip


Texts = Mapping[int, tuple[str, str, str]]


def report_cells(
    campaign: Campaign, rows: Sequence[Recipient], prices: PriceList | None, texts: Texts
) -> list[list[str]]:
    ids = [row.contact_id for row in rows if row.contact_id]
    people, phones = Contact.objects.in_bulk(ids), phones_of(ids)
    found = Message.objects.filter(run_id=campaign.run_id or 0, contact_id__in=ids).select_related("number")
    sent = {message.contact_id: message for message in found}
    return [
        [
            person.name if (person := people.get(row.contact_id or 0)) else "",
            phones.get(row.contact_id or 0, ""),
            *came_cells(row, sent.get(row.contact_id or 0), prices, texts),
        ]
        for row in rows
    ]


def came_cells(row: Recipient, message: Message | None, prices: PriceList | None, texts: Texts) -> list[str]:
    meant = row.due_at.isoformat(timespec="seconds") if row.due_at else ""
    if message is None:
        return ["", meant, *[""] * 8, row.country, "", ""]
    left = message.accepted_at.isoformat(timespec="seconds") if message.accepted_at else ""
    _sent, delivered, read, *_clicks = times_of(message)
    state, came = state_of(message), came_of(message)
    return [
        message.number.name,
        meant,
        left,
        *texts.get(message.content_id or 0, ("", "", "")),
        state,
        delivered,
        read,
        came,
        row.country,
        *price_cells(row, message, prices),
    ]


def price_cells(row: Recipient, message: Message, prices: PriceList | None) -> list[str]:
    """The price of a message that arrived and is charged."""
    if prices is None or message.rank < ARRIVED:
        return ["", ""]
    told = message.pricing or {}
    if told.get("type", "regular") != "regular":
        return ["0", prices.card.currency]
    tiers = prices.tiers(row.country, told.get("category") or message.category)
    return [f"{amount(tiers[0][1]):f}", prices.card.currency] if tiers else ["", ""]


def file_of(
    heads: Callable[[], Sequence[str]], blocks: Callable[[], Iterator[Sequence[Sequence[str]]]], language: str
) -> Iterator[str]:
    # Never across a yield: the thread serves others in between.
    with translation.override(language):
        first = heads()
    yield BOM + lines([first])
    rows = blocks()
    while True:
        with translation.override(language):
            some = next(rows, None)
        if some is None:
            return
        yield lines(some)


def letters_of(campaign: Campaign) -> dict[int, str]:
    """Which content is which text: A, B, … where several are compared, 1, 2, … where it was changed; else empty."""
    if changed := versions.of(campaign):
        return {content: str(version) for content, version in changed.items()}
    others = {each.content_id: each.letter for each in campaign.variants.all() if each.content_id}
    return {campaign.run.content_id: LETTERS[0], **others} if others and campaign.run else {}


def texts_of(campaign: Campaign) -> Texts:
    """What each content of the campaign is: its letter or version, the template's name as it was, its language."""
    letters = letters_of(campaign)
    ids = {*letters, campaign.run.content_id} if campaign.run else set(letters)
    rows = Content.objects.filter(pk__in=ids).values_list("pk", "payload__name", "payload__language")
    free = _("Free message")
    return {pk: (letters.get(pk, ""), name or free, language or "") for pk, name, language in rows}


def log_heads() -> list[str]:
    return [
        _("Name"), _("Phone"), _("From"), _("Text"), _("State"), _("Sent"), _("Delivered"), _("Read"), _("Replied"),
        _("Clicked"), _("Code"), _("What came of it"),
    ]  # fmt: skip


def log_cells(rows: Sequence[Message], texts: Mapping[int, str]) -> list[list[str]]:
    """`texts`: the letter of each content, where several are compared."""
    phones = phones_of([row.contact_id for row in rows])
    return [
        [row.contact.name, phones.get(row.contact_id, ""), row.number.name, texts.get(row.content_id or 0, ""),
         state_of(row), *times_of(row),
         str(row.error_code or ""), came_of(row)]
        for row in rows
    ]  # fmt: skip


def state_of(row: Message) -> str:
    word = next(
        (key for key in FILTERS if key not in ("gone", "replied", "clicked") and row.state in log.FILTERS[key]),
        row.state,
    )
    return str(FILTERS.get(word, word))


def times_of(row: Message) -> list[str]:
    times = (row.sent_at, row.delivered_at, row.read_at, row.replied_at, row.clicked_at)
    return [at.isoformat(timespec="seconds") if at else "" for at in times]


def left_out_heads() -> list[str]:
    return [_("Name"), _("Phone"), _("Why left out"), _("What to do")]


def left_out_cells(rows: Sequence[Recipient], reason: Reason) -> list[list[str]]:
    ids = [row.contact_id for row in rows if row.contact_id]
    people, phones = Contact.objects.in_bulk(ids), phones_of(ids)
    found = []
    for row in rows:
        person = people.get(row.contact_id or 0)
        name = person.name if person else row.raw
        found.append([name, phones.get(row.contact_id or 0, ""), str(reason.title), str(reason.what_to_do)])
    return found


def phones_of(contacts: Sequence[int]) -> dict[int, str]:
    rows = Identity.objects.filter(contact__in=contacts, kind="phone", is_current=True).order_by("seen_at", "pk")
    return dict(rows.values_list("contact_id", "value"))


def lines(rows: Sequence[Sequence[str]]) -> str:
    file = StringIO()
    csv.writer(file).writerows([[safe(cell) for cell in row] for row in rows])
    return file.getvalue()


def safe(cell: str) -> str:
    """An apostrophe makes it text for every spreadsheet; phone numbers carry one too, since they begin with a plus."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell
