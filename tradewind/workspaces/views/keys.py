"""API keys: the list, a new one, and the end of one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.workspaces import keys, queries
from tradewind.workspaces.door import demand_proof, find, right_required
from tradewind.workspaces.forms import KeyForm
from tradewind.workspaces.models import ApiKey
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page


@right_required("keys.manage")
def api_keys(request: MemberRequest) -> HttpResponse:
    """The keys, and a form for a new one; a new key is shown on the answer to that form and never again."""
    form, token = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        demand_proof(request)
        said = form.cleaned_data
        _key, token = keys.create(
            by=request.member, name=said["name"], scopes=said["scopes"], expires_at=form.expires_at()
        )
        form = KeyForm()
    found = [(key, keys.in_words(key)) for key in queries.api_keys(request.member)]
    return settings_page(request, "workspaces/keys.html", {"form": form, "token": token, "keys": found})


@require_POST
@right_required("keys.manage")
def revoke(request: MemberRequest, key: str) -> HttpResponse:
    """A key stops working at once."""
    keys.revoke(key=find(ApiKey.objects.visible_to(request.member), key), by=request.member)
    messages.success(request, _("The key is revoked. Programs that use it are refused from now on."))
    return redirect("settings:keys")
