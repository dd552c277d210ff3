"""What a member fills in to change the words of a paused campaign; it becomes the arguments of `verbs.change`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns import free_forms
from tradewind.campaigns.forms import read_bindings, sendable_templates
from tradewind.campaigns.free_forms import FreeFields
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.wording import Said, free_of
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member


class WordsForm(FreeFields):
    """The same kind of message as before; templates of the same category."""

    use_required_attribute = False

    template = forms.ModelChoiceField(Template.objects.none(), label=_("Template"), empty_label=None)

    def __init__(self, data: Any, *, member: Member, campaign: Campaign) -> None:
        first = {"template": campaign.template_id, **free_forms.initial_of(free_of(campaign.free))}
        super().__init__(data, initial=first)
        self.is_free = campaign.free is not None
        self.fields["template"].required = not self.is_free
        rows = sendable_templates(member)
        if campaign.template is not None:
            rows = rows.filter(category=campaign.template.category)
        self.fields["template"].queryset = rows  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """The arguments of `verbs.change`. The purpose of a free message stays what it was."""
        said = free_forms.said_in(self.cleaned_data)
        return {
            "template": None if self.is_free else self.cleaned_data["template"],
            "free": said if self.is_free else None,
            "bindings": read_bindings(self.message(), self.data),
        }

    def message(self) -> Said:
        """The message as far as it is written."""
        if self.is_free:
            return free_forms.half_written(self.cleaned_data)
        found: Template = self.cleaned_data["template"]
        return found
