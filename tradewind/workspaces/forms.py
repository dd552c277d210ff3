"""What people type in: set-up, invitations, settings, keys, profile."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tradewind.lib import clock
from tradewind.workspaces import keys, places, rights
from tradewind.workspaces.models import Invitation, Member, User, Workspace

CAP_72H_MAX, CAP_MONTH_MAX = 50, 500


class LongSelect(forms.Select):
    """A list of hundreds, written at once: Django renders a template for each option, 0.5 s for all zones."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = str(value if value is not None else "")
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if str(key) == chosen else "", words) for key, words in self.choices),
        )
        own = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(own), options)

    def use_required_attribute(self, initial: Any) -> bool:
        """A list that begins with an empty choice can be required."""
        first = next(iter(self.choices), ("x", ""))
        return not self.is_hidden and first[0] == ""


class PlaceForm(forms.Form):
    """Country and time zone, chosen by name."""

    country = forms.ChoiceField(label=_("Country"), widget=LongSelect)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=places.zone_choices, widget=LongSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.fields:
            choices = places.country_choices(translation.get_language() or "en")
            self.fields["country"].choices = [("", _("Choose a country")), *choices]  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """A new password, checked against the rules and against what else the person has told."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters, and none of the usual ones."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def somebody(self) -> User:
        """Whose password it is, as far as known: it must not be like their name or address."""
        return User(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("owner_name", ""))

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.somebody())
        return password


class SetUpForm(PasswordForm, PlaceForm):
    """The first run, on one page. Without a time zone it is that of the country."""

    timezone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("That of the country")), *places.zone_choices()],
        widget=LongSelect,
    )
    name = forms.CharField(label=_("Name of the business"), max_length=120)
    owner_name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label=_("Mail address"), widget=forms.EmailInput({"autocomplete": "username"}))

    field_order = ("name", "country", "timezone", "owner_name", "email", "password")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["timezone"] = said.get("timezone") or places.zone_of_country(said.get("country", ""))
        return said


class JoinForm(PasswordForm):
    """Somebody invited makes their sign-in; the mail address is the invitation's."""

    owner_name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    field_order = ("owner_name", "password")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def somebody(self) -> User:
        return User(email=self.invitation.email, name=self.cleaned_data.get("owner_name", ""))


class SettingsForm(PlaceForm):
    """A workspace's own settings."""

    name = forms.CharField(label=_("Name of the business"), max_length=120)
    locale = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("For colleagues who are new here.")
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    quiet_to = forms.TimeField(label=_("Quiet until"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    cap_72h = forms.IntegerField(label=_("In 72 hours"), min_value=1, max_value=CAP_72H_MAX, required=False)
    cap_month = forms.IntegerField(label=_("In 30 days"), min_value=1, max_value=CAP_MONTH_MAX, required=False)
    phones_shown = forms.ChoiceField(
        label=_("Agents and analysts see phone numbers"),
        choices=[("whole", _("whole")), ("masked", _("masked: the last three digits"))],
        help_text=_("They still find a person by the whole number."),
        required=False,
    )
    second_factor_demanded = forms.BooleanField(
        label=_("Everybody signs in with two factors"),
        help_text=_("At once: members without a second factor are led to set one up before anything else."),
        required=False,
    )
    four_eyes_over = forms.IntegerField(
        label=_("A second member approves launches to more people than"),
        help_text=_("Empty means: nobody has to."),
        min_value=0,
        max_value=2_000_000_000,
        required=False,
    )

    field_order = (
        "name", "country", "timezone", "locale", "quiet_from", "quiet_to", "cap_72h", "cap_month", "phones_shown",
        "second_factor_demanded", "four_eyes_over",
    )  # fmt: skip

    def clean_phones_shown(self) -> str:
        return self.cleaned_data["phones_shown"] or "whole"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        short, long = said.get("cap_72h"), said.get("cap_month")
        if short and long and long < short:
            self.add_error(
                "cap_month", _("This is less than the number for 72 hours, which could then never be reached.")
            )
        return said

    @classmethod
    def of(cls, workspace: Workspace) -> "SettingsForm":
        return cls(initial={name: getattr(workspace, name) for name in cls.base_fields})


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = rights.roles_given_by(by.role)
        self.fields["role"].choices = [(role, rights.ROLE_NAMES[role]) for role in given]  # type: ignore[attr-defined]
        self.fields["role"].initial = "agent"


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which program will use it?"))
    scopes = forms.MultipleChoiceField(
        label=_("Allowed to"),
        choices=lambda: list(keys.SCOPE_MEANINGS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the program may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        choices=[("0", _("Until revoked")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))],
    )

    def expires_at(self) -> datetime | None:
        days: int = self.cleaned_data["days"]
        return clock.now() + timedelta(days=days) if days else None


class ProfileForm(forms.Form):
    """What somebody says of themselves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        widget=LongSelect,
        choices=lambda: [("", _("The workspace's")), *places.zone_choices()],
    )


class StopForm(forms.Form):
    """Why all sending stops."""

    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)


def tell(form: forms.Form, problem: ValidationError, field: str | None = None) -> None:
    """Shows what a verb refused beside the field that it is about."""
    form.add_error(field if field in form.fields else None, problem)
