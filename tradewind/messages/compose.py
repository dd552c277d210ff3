"""Writing to one person from the console: which numbers, which templates, what it will look like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages import actions, frozen
from tradewind.messages.actions import SendError
from tradewind.messages.media import views as media
from tradewind.messages.media.actions import want
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile
from tradewind.messages.media.refs import OWN_FILE, STAND_IN, in_content, own_file
from tradewind.messages.models import Content, Message, ServiceWindow
from tradewind.numbers.models import Number
from tradewind.templates import rendering
from tradewind.templates.models import Template
from tradewind.whatsapp import payloads
from tradewind.whatsapp.payloads import PayloadError, Variable
from tradewind.workspaces.models import Member

FILES = ("image", "video", "document")  # headers for a file of ours or an address
LINKS = (*FILES, "gif")  # headers for an address
# Variables of these names, or the first of all, are most often the person's name.
NAMES = ("name", "first_name", "vorname", "nome", "nombre", "1")


@dataclass(frozen=True, slots=True)
class Sender:
    """A number that can write to the person; `open_until` None = no window, templates only."""

    number: Number
    open_until: datetime | None


@dataclass(slots=True)
class Blank:
    """One variable of the chosen template with what stands in it."""

    variable: Variable
    value: str
    error: str = ""


@dataclass(slots=True)
class Draft:
    """What is being written. `kind`: text or template."""

    contact: Contact
    senders: list[Sender]
    sender: Sender | None
    kind: str
    text: str = ""
    templates: list[Template] = field(default_factory=list)
    template: Template | None = None
    blanks: list[Blank] = field(default_factory=list)
    # The file on top: one of ours ("media:…"), or an address.
    on_top: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def header_kind(self) -> str:
        kind = rendering.craft_of(self.template).header_kind if self.template else None
        return kind if kind in LINKS else ""

    @property
    def takes_file(self) -> bool:
        return self.header_kind in FILES

    @property
    def file(self) -> MediaFile | None:
        """The file of ours on top, if it is of the kind that the template wants."""
        file = own_file(self.on_top, self.contact.workspace_id) if self.takes_file else None
        return file if file and file.kind == self.header_kind else None

    @property
    def header(self) -> dict[str, Any]:
        """What the fields of the header show."""
        file = self.file
        return {
            "file": media.shown(file) if file else None,
            "standing": ("", ""),
            "link": "" if self.on_top.startswith(OWN_FILE) else self.on_top,
        }

    @property
    def values(self) -> dict[str, str]:
        return {blank.variable.slot: blank.value for blank in self.blanks}

    @property
    def shown(self) -> rendering.Shown | None:
        return rendering.shown(self.template, self.values) if self.template else None


def draft_of(contact: Contact, member: Member, asked: Mapping[str, str]) -> Draft:
    """The draft that a form's fields describe; what is not said is chosen well: an open window first."""
    senders = senders_of(contact, member)
    sender = next(
        (each for each in senders if str(each.number.pk) == asked.get("number")), senders[0] if senders else None
    )
    can_write = sender is not None and sender.open_until is not None
    kind = asked.get("kind") or ("text" if can_write else "template")
    draft = Draft(contact, senders, sender, kind if can_write else "template", text=asked.get("text", ""))
    if sender is not None and draft.kind == "template":
        draft.templates = templates_of(sender.number, contact)
        chosen = (each for each in draft.templates if str(each.pk) == asked.get("template"))
        draft.template = next(chosen, draft.templates[0] if draft.templates else None)
        draft.on_top = asked.get("header-file", "").strip() or asked.get("header-link", "").strip()
        draft.blanks = blanks_of(draft.template, contact, asked) if draft.template else []
    return draft


def senders_of(contact: Contact, member: Member) -> list[Sender]:
    """The present numbers: open windows first, then those that the person has written with, then by name."""
    now = clock.now()
    windows = dict(ServiceWindow.objects.filter(contact=contact).values_list("number_id", "closes_at"))
    numbers = Number.objects.visible_to(member).present().select_related("account").order_by("name", "pk")
    found = [Sender(each, until if (until := windows.get(each.pk)) and until > now else None) for each in numbers]
    return sorted(found, key=lambda each: (each.open_until is None, each.number.pk not in windows))


def templates_of(number: Number, contact: Contact) -> list[Template]:
    """What the number may send, in the person's language first, then in the business's, then in English; no marketing
    to people who did not agree."""
    rows = Template.objects.filter(account_id=number.account_id).sendable()
    if contact.marketing != "opted_in":
        rows = rows.exclude(category="MARKETING")
    liked = [language[:2].lower() for language in (contact.language, contact.workspace.locale, "en")]

    def order(row: Template) -> tuple[int, str, str]:
        spoken = row.language[:2].lower()
        return liked.index(spoken) if spoken in liked else len(liked), row.name, row.language

    return sorted(rows, key=order)


def blanks_of(template: Template, contact: Contact, asked: Mapping[str, str]) -> list[Blank]:
    variables = rendering.craft_of(template).variables
    is_this = asked.get("of") == str(template.pk)  # values typed for another template do not fit
    return [
        Blank(each, asked.get(f"value:{each.slot}", "") if is_this else guess(each, contact, is_first=place == 0))
        for place, each in enumerate(variables)
    ]


def guess(variable: Variable, contact: Contact, *, is_first: bool) -> str:
    """What most likely belongs there: a field of that name, or the person's name."""
    if variable.key in contact.fields:
        return str(contact.fields[variable.key])
    if variable.where in ("body", "header") and (variable.key in NAMES[:-1] or (is_first and variable.key == "1")):
        return contact.name.split()[0] if contact.name.split() else ""
    return ""


def send(draft: Draft, *, author: Member, once: str) -> Message | None:
    """Queue what the draft says; None with the draft's errors filled when it cannot be sent. `once`: one per form."""
    if draft.sender is None:
        draft.errors.append(_("Connect a number first."))
        return None
    try:
        what = text_of(draft) if draft.kind == "text" else template_of(draft)
        with transaction.atomic():
            if (file := draft.file) is not None:
                want(file, [draft.sender.number])
            return actions.send(
                workspace=author.workspace,
                number=draft.sender.number,
                contact=draft.contact,
                author=author,
                client_message_id=f"console:{once}" if once else None,
                **what,
            )
    except (MediaError, SendError) as error:
        draft.errors.append(str(error))
    except PayloadError as error:
        place(draft, error)
    return None


def text_of(draft: Draft) -> dict[str, Any]:
    if not draft.text.strip():
        raise SendError(_("Write something first."))
    return {"payload": payloads.text(draft.text.strip()), "category": "service"}


def template_of(draft: Draft) -> dict[str, Any]:
    """The template with its values, checked as Meta would."""
    template = draft.template
    if template is None:
        raise SendError(_("Choose a template."))
    on_top = header_media(draft)
    stand_in = STAND_IN if on_top and "file" in on_top else on_top
    problems = rendering.craft_of(template).problems(draft.values, header_media=stand_in)
    for problem in problems[1:]:
        place(draft, problem)
    if problems:
        raise problems[0]
    content = content_of(template, on_top)
    return {"content": content, "variables": draft.values, "category": template.category.lower()}


def header_media(draft: Draft) -> dict[str, Any] | None:
    """What the content keeps of the file on top, as campaigns do."""
    if (file := draft.file) is not None:
        return in_content(file)
    link = draft.header["link"]
    return {"link": link} if draft.header_kind and link else None


def content_of(template: Template, on_top: dict[str, Any] | None) -> Content:
    """The template as it is now, with the file on top."""
    payload = frozen.words_of(template)
    if on_top:
        payload["header_media"] = on_top
    return frozen.content_of(template.workspace_id, template, payload)


def place(draft: Draft, problem: PayloadError) -> None:
    """Put a problem beside what it is about."""
    sentence = _(problem.sentence) % problem.values
    for blank in draft.blanks:
        if blank.variable.slot == problem.field:
            blank.error = sentence
            return
    draft.errors.append(sentence)
