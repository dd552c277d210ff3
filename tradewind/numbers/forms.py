"""Forms of the numbers' pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind import config
from tradewind.numbers.access import FREE_ENVIRONMENTS

NO_FILLING = {"autocomplete": "off", "spellcheck": "false"}


class AppForm(forms.Form):
    """A Meta app. Its address at Meta is asked for only where another one than Meta's may be used."""

    meta_id = forms.CharField(
        label=_("App id"),
        max_length=40,
        help_text=_("The number at the top of your app’s page at developers.facebook.com."),
        widget=forms.TextInput(attrs={**NO_FILLING, "inputmode": "numeric"}),
    )
    secret = forms.CharField(
        label=_("App secret"),
        max_length=200,
        help_text=_("App settings → Basic → Show. It is kept encrypted and proves that webhooks come from Meta."),
        widget=forms.PasswordInput(attrs={**NO_FILLING, "autocomplete": "new-password"}),
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("Only for you."))
    graph_url = forms.URLField(
        label=_("Address of the API"),
        required=False,
        assume_scheme="http",
        help_text=_("Leave it empty for Meta. In a demo it may be a simulator, such as http://127.0.0.1:8910."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if config.load().env not in FREE_ENVIRONMENTS:
            del self.fields["graph_url"]


class AccountForm(forms.Form):
    """A WhatsApp Business account and a token that may manage it."""

    waba_id = forms.CharField(
        label=_("WhatsApp Business account id"),
        max_length=40,
        help_text=_("WhatsApp Manager shows it under the account’s name."),
        widget=forms.TextInput(attrs={**NO_FILLING, "inputmode": "numeric"}),
    )
    token = forms.CharField(
        label=_("Access token"),
        max_length=2000,
        help_text=_(
            "Of a system user, without end, with whatsapp_business_messaging and whatsapp_business_management."
            " It is kept encrypted."
        ),
        widget=forms.PasswordInput(attrs={**NO_FILLING, "autocomplete": "new-password"}),
    )


class TokenForm(forms.Form):
    token = forms.CharField(
        label=_("New access token"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={**NO_FILLING, "autocomplete": "new-password"}),
    )


class SecretForm(forms.Form):
    secret = forms.CharField(
        label=_("New app secret"),
        max_length=200,
        widget=forms.PasswordInput(attrs={**NO_FILLING, "autocomplete": "new-password"}),
    )
