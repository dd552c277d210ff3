"""Who a session belongs to, for the live stream, which knows no requests (journal/visitors.py)."""

from importlib import import_module

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from tradewind.journal.visitors import Visitor
from tradewind.workspaces.middleware import lacks_second_factor, standing_of


def listener_of(session_key: str) -> Visitor | None:
    """The member behind a session's key, as the pages would see them; None for nobody."""
    request = HttpRequest()
    request.path = "/live"
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    request.user = auth.get_user(request)
    member, _workspaces = standing_of(request)
    if member is None or lacks_second_factor(member):
        return None
    return Visitor(member.workspace_id, frozenset(member.rights))
