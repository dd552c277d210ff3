"""What every page's frame needs: theme, places, the member, the clock of this installation."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

from tradewind.lib import clock
from tradewind.ui import navigation, times

# Name, icon, words.
LOOKS = (("light", "sun", _("Light")), ("dark", "moon", _("Dark")), ("system", "monitor", _("As the system")))
THEME_COOKIE = "tradewind_theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Everything is worked out only when a template asks for it: most answers are partials."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    return {
        "theme": theme if theme in [name for name, _icon, _words in LOOKS] else "system",
        "looks": LOOKS,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "places": navigation.places(request),
        "workspace": getattr(request, "workspace", None),
        "member": getattr(request, "member", None),
        "workspaces": getattr(request, "workspaces", []),
        "languages": settings.LANGUAGES,
        "now_ms": int(clock.time() * 1000),
        "speed": clock.speed(),
        "units": json.dumps(times.units(), ensure_ascii=False),
        "language_url": next(navigation.address("set_language"), ""),
        "switch_url": next(navigation.address("workspaces:switch"), ""),
        "profile_url": next(navigation.address("settings:profile"), ""),
        "sign_out_url": next(navigation.address("account_logout"), ""),
    }
