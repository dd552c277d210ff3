"""Why somebody is not reached now, or not by everything: for their page (X6), by the sender's rules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.contacts.models import Contact, Identity
from tradewind.lib.zones import usable
from tradewind.numbers.models import Portfolio
from tradewind.workspaces.models import Workspace

# So often in a row not on WhatsApp, and marketing leaves somebody out (messages/sql/intent.sql).
UNREACHABLE = 2
CAPS = (("cap_72h", timedelta(hours=72)), ("cap_month", timedelta(days=30)))


def hindrances(contact: Contact, identities: list[Identity], now: datetime) -> list[str]:
    """Sentences, each with what would change it; empty when nothing stands in the way but consent and windows."""
    if contact.suppressed_at is not None:
        return []
    found = [no_address(identities), not_on_whatsapp(contact)]
    if contact.marketing == "opted_in":
        found += [*capped(contact, now), quiet(contact, now)]
    return [each for each in found if each]


def no_address(identities: list[Identity]) -> str:
    """Nobody can be written to by a user name; a user id holds within its portfolio."""
    current = [each for each in identities if each.is_current]
    if any(each.kind == "phone" for each in current):
        return ""
    scopes = sorted({each.scope for each in current if each.kind == "bsuid"})
    if not scopes:
        return _("No phone number or user id is known, so nothing can be sent to them until they write.")
    names = ", ".join(Portfolio.objects.filter(pk__in=scopes).order_by("name").values_list("name", flat=True))
    return _("Known by a user id only: numbers of the portfolio %(names)s reach them, others do not.") % {
        "names": names
    }


def not_on_whatsapp(contact: Contact) -> str:
    if contact.unreachable_count < UNREACHABLE:
        return ""
    return _("Twice in a row they were not on WhatsApp. Marketing leaves them out until they write or read again.")


def capped(contact: Contact, now: datetime) -> list[str]:
    """The workspace's own caps of marketing for one person that are full now."""
    workspace: Workspace = contact.workspace
    rows = contact.message_set.filter(direction="out", category="marketing")
    found = []
    for name, span in CAPS:
        most = getattr(workspace, name)
        if most is None:
            continue
        lately = rows.filter(accepted_at__gt=now - span).order_by("-accepted_at")[:most]
        times = [each.accepted_at for each in lately if each.accepted_at is not None]
        if len(times) >= most:
            free = (times[-1] + span).astimezone(zone_of(contact))
            sentence = ngettext(
                "They had %(n)s marketing message in %(hours)s hours, your limit; the next may leave on %(at)s.",
                "They had %(n)s marketing messages in %(hours)s hours, your limit; the next may leave on %(at)s.",
                most,
            )
            hours = int(span.total_seconds() // 3600)
            found.append(sentence % {"n": most, "hours": hours, "at": date_format(free, "DATETIME_FORMAT")})
    return found


def quiet(contact: Contact, now: datetime) -> str:
    """The hours in which marketing waits, on the person's own clock."""
    begins, ends = contact.workspace.quiet_from, contact.workspace.quiet_to
    here = now.astimezone(zone_of(contact)).time()
    is_quiet = begins <= here < ends if begins <= ends else here >= begins or here < ends
    if begins == ends or not is_quiet:
        return ""
    return _("It is %(now)s where they are: marketing waits until %(ends)s.") % {
        "now": f"{here:%H:%M}",
        "ends": f"{ends:%H:%M}",
    }


def zone_of(contact: Contact) -> ZoneInfo:
    return ZoneInfo(usable(contact.timezone or contact.workspace.timezone))
