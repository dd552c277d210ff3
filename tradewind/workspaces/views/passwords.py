"""A forgotten password. Where no mail can be sent the page says so and what to do instead."""

from allauth.account import views as signin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tradewind.workspaces.door import open_to_all


@open_to_all
def reset(request: HttpRequest) -> HttpResponse:
    """allauth's page, which says the same for known and unknown addresses; no link is ever written to the log."""
    if not settings.CAN_MAIL:
        return render(request, "account/password_reset_by_hand.html")
    answer: HttpResponse = signin.password_reset(request)
    return answer
