"""A test of the message to a member's own phone, through the same gate as every other message.

Who gets a test has agreed to it: either they are a contact who agreed to marketing, or somebody ticks that they agree,
which is recorded as their consent, with who said so. The phone is remembered for the member's next test.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns import bindings as sources
from tradewind.campaigns import wording
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign, Tester
from tradewind.campaigns.wording import Free, Said, parts_of
from tradewind.contacts import actions as people
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Contact, Identity
from tradewind.lib import clock
from tradewind.messages import actions as messages
from tradewind.messages import frozen
from tradewind.messages.media import actions as media
from tradewind.messages.models import Content, Message
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import PayloadError
from tradewind.workspaces.models import Member

SOURCE = "tester"


def phone_of(member: Member) -> str:
    """The phone that the member's last test went to."""
    row = Tester.objects.filter(workspace_id=member.workspace_id, member=member).first()
    phones = Identity.objects.filter(workspace_id=member.workspace_id, kind="phone", is_current=True)
    known = phones.filter(contact_id=row.contact_id).first() if row else None
    return known.value if known else ""


def send(
    campaign: Campaign,
    *,
    member: Member,
    said: Said,
    bindings: Sequence[Mapping[str, str]],
    values: Mapping[str, str],
    number: Number,
    phone: str,
    has_agreed: bool,
    once: str,
) -> Message:
    """Queue the test. `once` names the click: the same again sends nothing twice. Raises CampaignError."""
    name = f"test:{campaign.pk}:{once}"[:120]
    if (there := Message.objects.filter(workspace=campaign.workspace, client_message_id=name).first()) is not None:
        return there
    check(said, number, bindings, values, campaign)
    with transaction.atomic():
        contact = contact_of(member, phone)
        agree(contact, said, member, has_agreed)
        try:
            for file in sources.own_files(bindings, campaign.workspace_id):
                media.want(file, [number])
            message = messages.send(
                workspace=campaign.workspace,
                number=number,
                contact=contact,
                category=said.category.lower(),
                content=content_of(campaign, said, bindings),
                variables=dict(values),
                client_message_id=name,
                author=member,
                at_night=True,
            )
        except (media.MediaError, messages.SendError) as problem:
            raise CampaignError(str(problem)) from problem
        Tester.objects.update_or_create(
            workspace_id=member.workspace_id,
            member=member,
            defaults={"contact_id": contact.pk, "at": clock.now()},
        )
    return message


def check(
    said: Said,
    number: Number,
    bindings: Sequence[Mapping[str, str]],
    values: Mapping[str, str],
    campaign: Campaign,
) -> None:
    if not isinstance(said, Free) and number.account_id != said.account_id:
        other = Template.objects.filter(
            account_id=number.account_id, name=said.name, language=said.language, status="APPROVED"
        )
        if not other.exists():
            raise CampaignError(
                _("%(name)s belongs to an account that does not have this template. Choose another number.")
                % {"name": number.name}
            )
    for problem in parts_of(said).problems(values, **sources.stand_in_files(bindings)):
        raise CampaignError(refusal(problem))


def refusal(problem: PayloadError) -> str:
    return f"{problem.field}: {_(problem.sentence) % problem.values}"


def contact_of(member: Member, phone: str) -> Contact:
    """The contact behind a phone; a new one bears the member's name."""
    try:
        known = people.phone_in(member.workspace, phone)
        there = people.by_phone(member.workspace, known)
        return there or people.create(workspace=member.workspace, phone=known, member=member, name=str(member))
    except ContactError as problem:
        raise CampaignError(str(problem)) from problem


def agree(contact: Contact, said: Said, member: Member, has_agreed: bool) -> None:
    """Marketing needs consent, a test of it, too; it is recorded with who said that it was given."""
    if said.category != "MARKETING" or contact.marketing == "opted_in":
        return
    if not has_agreed:
        raise CampaignError(_("This phone has not agreed to marketing messages. Tick that its owner agrees to tests."))
    people.opt_in(contact, source=SOURCE, wording=_("Agreed to get test messages."), member=member)
    contact.refresh_from_db()


def content_of(campaign: Campaign, said: Said, bindings: Sequence[Mapping[str, str]]) -> Content:
    """The message as a campaign would freeze it."""
    payload, template = wording.payload_of(said), None if isinstance(said, Free) else said
    payload |= sources.media_of(bindings, campaign.workspace_id)
    return frozen.content_of(campaign.workspace_id, template, payload)
