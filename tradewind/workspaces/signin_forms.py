"""allauth's forms in our words: a label says what a field is, so no placeholders; help stands in the templates."""

from typing import Any

from allauth.account import forms as theirs


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
