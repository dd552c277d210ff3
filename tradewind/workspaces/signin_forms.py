"""allauth's forms in our words: a label says what a field is, so no placeholders; help stands in the templates."""

from typing import Any

from allauth.account import forms as theirs
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django.forms import CharField
from django.utils.translation import gettext_lazy as _

from tradewind.workspaces.second_factors import belonging_to


class Plain:
    """Takes out what allauth puts into fields beside their labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""


class LoginForm(Plain, theirs.LoginForm):
    """Address and password."""


class ChangePasswordForm(Plain, theirs.ChangePasswordForm):
    """The password until now, and the new one twice."""


class ResetPasswordForm(Plain, theirs.ResetPasswordForm):
    """Where the link goes."""


class ResetPasswordKeyForm(Plain, theirs.ResetPasswordKeyForm):
    """The new password twice."""


class ReauthenticateForm(Plain, theirs.ReauthenticateForm):
    """The password once more."""


class Code(Plain):
    """One code, typed: digits on a phone's keyboard, filled in by the browser where it can."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]  # type: ignore[attr-defined]
        code.max_length = 20
        code.widget.attrs |= {"inputmode": "numeric", "maxlength": "20", "autofocus": True}

    def clean_code(self) -> str:
        with belonging_to(self.user):  # type: ignore[attr-defined]
            return str(super().clean_code())  # type: ignore[misc]


class CodeForm(Code, codes.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(Code, codes.ReauthenticateForm):
    """A code before a dangerous act."""


class EnrolAppForm(Code, totp.ActivateTOTPForm):
    """The first code of a new app proves that it works."""


class PasskeyName:
    """What the person calls a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"] = CharField(  # type: ignore[attr-defined]
            label=_("Name"), max_length=60, help_text=_("Such as: my phone.")
        )
        name.widget.attrs["autofocus"] = True


class AddPasskeyForm(PasskeyName, passkeys.AddWebAuthnForm):
    """A new passkey: the browser makes it, the hidden field carries what it says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with it alone, without a password")
        alone.help_text = _("It then asks for your finger, face or PIN each time.")


class RenamePasskeyForm(PasskeyName, passkeys.EditWebAuthnForm):
    """Another name for a passkey."""
