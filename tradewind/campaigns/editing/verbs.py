"""The verb that changes the words of a paused campaign for whoever has not got it.

The first words stay with those who have them. The new ones need what the first needed: a template of the same category
that Meta has approved for each number, a value for everybody, and a second member where the workspace wants one; that
word is asked for when the campaign is to go on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.campaigns import actions, drafts, wording
from tradewind.campaigns import bindings as sources
from tradewind.campaigns.approvals import rule as approval
from tradewind.campaigns.editing import renewing, versions
from tradewind.campaigns.editing.models import Revision
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.trials import assigning
from tradewind.campaigns.words import grouped
from tradewind.lib import clock
from tradewind.messages.models import Content
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

AT_ONCE = 5
"""Up to so many stretches are made ready before the member sees the page again; where there are more, by the worker."""


def change(
    campaign: Campaign,
    *,
    member: Member | None,
    template: Template | None = None,
    free: Mapping[str, Any] | None = None,
    bindings: Sequence[Any],
) -> Revision:
    """Give the campaign other words: another template or free message, or other values. Raises CampaignError.

    Everybody is looked at before anything is locked: among a million that takes seconds, and a transaction that has
    written would hold back the readers of the journal. Who changes meanwhile is refused by the sender.
    """
    people = look_over(campaign, template, free, bindings)
    with transaction.atomic():
        row = actions.locked(campaign, "paused", verb="change_rest")
        check(row)
        first_words(row)
        said = reword(row, template, free, bindings)
        revision = put_in(row, said, member, people)
    if people <= AT_ONCE * assigning.STRETCH:
        while renewing.step(revision.pk):
            pass
    revision.refresh_from_db()
    return revision


def look_over(
    campaign: Campaign, template: Template | None, free: Mapping[str, Any] | None, bindings: Sequence[Any]
) -> int:
    """How many the new words are for. Raises CampaignError when they cannot be, or do not fit everybody."""
    row = Campaign.objects.select_related("workspace", "template", "run").get(pk=campaign.pk)
    if row.state != "paused":
        raise CampaignError(actions.refusal(row, "change_rest"))
    check(row)
    reword(row, template, free, bindings)
    return check_people(row)


def reword(
    row: Campaign, template: Template | None, free: Mapping[str, Any] | None, bindings: Sequence[Any]
) -> wording.Said:
    """Set the new words on the row, which is not saved. Raises CampaignError."""
    before = row.said
    said = actions.said_of(row, template, free)
    check_alike(before, said)
    numbers = [sender.number for sender in row.senders.select_related("number")]
    drafts.check_said(row, said, numbers)
    row.bindings = sources.clean(bindings, wording.parts_of(said), workspace_id=row.workspace_id)
    return said


def check(campaign: Campaign) -> None:
    if campaign.variants.exists():
        raise CampaignError(_("This campaign compares several texts: they stay as they are. Its pace can be changed."))
    if versions.is_getting_ready(campaign):
        raise CampaignError(_("The words before these are still being put in. It takes a moment."))


def check_alike(before: wording.Said | None, said: wording.Said) -> None:
    """Consent, caps and prices hang on the category, and who may get it on the kind of message: both stay."""
    assert before is not None
    if isinstance(before, wording.Free) != isinstance(said, wording.Free):
        raise CampaignError(_("A template stays a template here, and a free message a free message."))
    if before.category != said.category:
        raise CampaignError(
            _("These words are of another category: people agreed to the first. Make a new campaign for them.")
        )


def check_people(campaign: Campaign) -> int:
    """How many it is for. Everybody who was promised the message gets it: nobody is left out by new words."""
    missing, unfit, people = renewing.unfit(campaign)
    if not people:
        raise CampaignError(_("Everybody has got it already: there is nothing left to change."))
    if missing:
        raise CampaignError(
            ngettext(
                "For %(n)s person a variable would be empty. Give it a fallback.",
                "For %(n)s people a variable would be empty. Give it a fallback.",
                missing,
            )
            % {"n": grouped(missing)}
        )
    if unfit:
        raise CampaignError(
            ngettext(
                "For %(n)s person a value does not fit into these words. Shorten them.",
                "For %(n)s people a value does not fit into these words. Shorten them.",
                unfit,
            )
            % {"n": grouped(unfit)}
        )
    return people


def first_words(campaign: Campaign) -> None:
    """Write down what the campaign was launched with, once."""
    assert campaign.launched_at is not None
    if versions.is_changed(campaign):
        return
    write_down(
        campaign,
        version=1,
        made_at=campaign.launched_at,
        made_by=campaign.launched_by,
        people=approval.recipients_of(campaign),
        ready_at=campaign.launched_at,
    )


def put_in(campaign: Campaign, said: wording.Said, member: Member | None, people: int) -> Revision:
    """The campaign and its run have the new words from here on; a word on the old ones holds no more."""
    assert campaign.run is not None and campaign.plan is not None
    approval.void(campaign, member)
    run, now = campaign.run, clock.now()
    run.content = Content.objects.create(
        workspace_id=campaign.workspace_id,
        template=campaign.template,
        payload=actions.payload_of(said, campaign),
        created_at=now,
    )
    run.save(update_fields=["content"])
    campaign.plan["content"] = drafts.fingerprint(campaign)
    campaign.save(update_fields=["template", "free", "bindings", "plan"])
    drafts.want_file(campaign)
    last = campaign.revisions.order_by("-version")[0]
    revision = write_down(campaign, version=last.version + 1, made_at=now, made_by=member, people=people)
    actions.note(campaign, "campaign.text_changed", member, version=revision.version)
    return revision


def write_down(campaign: Campaign, **of_it: Any) -> Revision:
    """A version of the words that the campaign and its run have now."""
    assert campaign.run is not None
    return Revision.objects.create(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        content_id=campaign.run.content_id,
        template=campaign.template,
        free=campaign.free,
        bindings=campaign.bindings,
        **of_it,
    )
