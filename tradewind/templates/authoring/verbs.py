"""The verbs of templates that are made here: submit to one or several accounts, edit, delete, say what one suits.

Each asks Meta first and writes down what Meta answered; a refusal is a sentence for people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.numbers import access, meta
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.templates import actions
from tradewind.templates.authoring import rules, samples
from tradewind.templates.authoring.writing import FILES, STAND_IN_HANDLE, Writing
from tradewind.templates.models import SUITS, Sample, Template
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

EDITABLE = ("APPROVED", "REJECTED", "PAUSED")
DAY, MONTH, EDITS_A_MONTH = timedelta(hours=24), timedelta(days=30), 10
"""Meta's limits for edits of approved templates (cloud-api.md §4)."""
LONGEST_HINT = 120
IN_USE = ("planning", "planned", "running", "paused")


class TemplateError(ValueError):
    """It cannot be done; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission to one account: the template, or why not."""

    account: Account
    template: Template | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What Meta's reviewers are shown: the file on top, and one for each card."""

    top: Sample | None
    cards: list[Sample]


def shown_with(writing: Writing, top: Sample | None, card_samples: Sequence[Sample | None]) -> Shown:
    """Of these samples those that the template has a place for."""
    on_cards = [each for each in card_samples[: len(writing.cards)] if each is not None]
    return Shown(top if writing.header in FILES else None, on_cards)


def submit(
    writing: Writing,
    *,
    accounts: Sequence[Account],
    member: Member,
    sample: Sample | None = None,
    card_samples: Sequence[Sample | None] = (),
) -> list[Submitted]:
    """Make the template in each of the accounts. Raises TemplateError for what Meta would refuse anywhere."""
    shown = shown_with(writing, sample, card_samples)
    if not accounts:
        raise TemplateError(_("Choose at least one account."))
    if found := rules.problems(writing, has_sample=sample is not None, card_samples=card_samples):
        raise TemplateError(found[0].sentence)
    return [submit_to(account, writing, member, shown) for account in accounts]


def submit_to(account: Account, writing: Writing, member: Member, shown: Shown) -> Submitted:
    taken = Template.objects.filter(account=account, name=writing.name, language=writing.language, removed_at=None)
    if taken.exists():
        return Submitted(account, problem=_("There is one of this name in this language already. Edit it instead."))
    try:
        definition = writing.definition(*handles_for(account, shown))
        answer = meta.ask(access.access_of(account), lambda graph: graph.create_template(account.waba_id, definition))
    except NumberError as problem:
        return Submitted(account, problem=str(problem))
    with transaction.atomic():
        row = written(account, definition, answer)
        keep_samples(row, shown)
        mark_ours(row, member)
        audit.note(member, "template.submitted", row, str(row))
    return Submitted(account, row)


def handles_for(account: Account, shown: Shown) -> tuple[str, list[str]]:
    """Meta's handles of the file on top and of those on the cards. Raises NumberError."""
    top = samples.handle_of(shown.top, account) if shown.top is not None else STAND_IN_HANDLE
    return top, [samples.handle_of(sample, account) for sample in shown.cards]


def keep_samples(row: Template, shown: Shown) -> None:
    row.sample, row.card_samples = shown.top, [sample.pk for sample in shown.cards]
    row.save(update_fields=["sample", "card_samples"])


def written(account: Account, definition: dict[str, Any], answer: dict[str, Any]) -> Template:
    """The row of a template that Meta has just taken; a name that was deleted once is the same row again."""
    facts = actions.facts_of({**definition, **answer})
    Account.objects.select_for_update().get(pk=account.pk)
    there = Template.objects.filter(account=account, name=facts["name"], language=facts["language"]).first()
    actions.keep(account, there, facts)
    return Template.objects.get(account=account, name=facts["name"], language=facts["language"])


def mark_ours(row: Template, member: Member) -> None:
    newest = row.versions.order_by("-number").first()
    if newest is not None:
        newest.by, newest.is_ours = member, True
        newest.save(update_fields=["by", "is_ours"])


def why_not_edit(template: Template) -> str:
    """Why Meta takes no edit now; "" when it does."""
    if template.removed_at is not None or template.status not in EDITABLE:
        return _("Meta takes changes only of templates that are approved, rejected or paused.")
    if template.status != "APPROVED":
        return ""
    now = clock.now()
    edits = list(
        template.versions.filter(number__gt=1, at__gt=now - MONTH).order_by("-at").values_list("at", flat=True)
    )
    if edits and edits[0] > now - DAY:
        return _("Meta takes one change of an approved template in 24 hours. Come back later.")
    if len(edits) >= EDITS_A_MONTH:
        return _("Meta takes %(n)s changes of an approved template in 30 days, and they are used up.") % {
            "n": EDITS_A_MONTH
        }
    return ""


def edit(
    template: Template,
    writing: Writing,
    *,
    member: Member,
    sample: Sample | None = None,
    card_samples: Sequence[Sample | None] = (),
) -> Template:
    """Submit another content for a template; Meta looks at it anew. Raises TemplateError."""
    if refusal := why_not_edit(template):
        raise TemplateError(refusal)
    writing.name, writing.language = template.name, template.language
    if template.status == "APPROVED" and writing.category != template.category:
        raise TemplateError(_("The category of an approved template cannot be changed. Make a new one."))
    sample = sample or template.sample
    shown = shown_with(writing, sample, card_samples)
    if found := rules.problems(writing, has_sample=sample is not None, card_samples=card_samples):
        raise TemplateError(found[0].sentence)
    try:
        components = writing.components(*handles_for(template.account, shown))
        changes = {"components": components, "category": writing.category, "parameter_format": writing.parameter_format}
        asked = {key: value for key, value in changes.items() if key != "category" or template.status != "APPROVED"}
        meta.ask(access.access_of(template.account), lambda graph: graph.edit_template(template.meta_id, asked))
    except NumberError as problem:
        raise TemplateError(str(problem)) from problem
    with transaction.atomic():
        row = Template.objects.select_for_update().get(pk=template.pk)
        actions.change(row, {**changes, "status": "PENDING", "rejected_reason": "", "status_detail": ""})
        keep_samples(row, shown)
        mark_ours(row, member)
        audit.note(member, "template.edited", row, str(row))
    return row


def delete(template: Template, *, member: Member) -> None:
    """Delete one language of a template at Meta. Raises TemplateError while a campaign needs it."""
    busy = template.campaign_set.filter(state__in=IN_USE).order_by("-pk").first()
    if busy is not None:
        raise TemplateError(_("The campaign “%(name)s” needs it. Cancel that first, or wait.") % {"name": busy.name})
    try:
        meta.ask(
            access.access_of(template.account),
            lambda graph: graph.delete_template(template.account.waba_id, template.name, template.meta_id),
        )
    except NumberError as problem:
        raise TemplateError(str(problem)) from problem
    with transaction.atomic():
        row = Template.objects.select_for_update().get(pk=template.pk)
        actions.change(row, {"removed_at": clock.now()}, verb="template.removed")
        audit.note(member, "template.deleted", row, str(row))


def suit(template: Template, *, kind: str, value: str, member: Member) -> None:
    """Say which behaviour a template suits, in all its languages and accounts; no kind takes that back."""
    shown = safe_to_show(value, one_line=True)[:LONGEST_HINT]
    suits = {"kind": kind, "value": shown} if kind in SUITS and shown else {}
    with transaction.atomic():
        for row in Template.objects.filter(workspace_id=template.workspace_id, name=template.name):
            actions.change(row, {"suits": suits})
        audit.note(member, "template.suited", template, str(template))
