"""The browsers in which somebody is signed in: noted while they are used, listed for their owner, ended by them.

Where a browser stands nobody asks: no map of addresses is kept, the page says "place unknown" and shows the address.
"""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.http import HttpRequest

from tradewind.journal.actions import record
from tradewind.lib import clock, logs
from tradewind.workspaces import walls
from tradewind.workspaces.audit import address_of
from tradewind.workspaces.models import Device, Member, User
from tradewind.workspaces.sessions import kept

log = logs.get(__name__)

# A minute is exact enough for people, and a write at each page is not cheap.
SEEN_EXACT_TO = timedelta(minutes=1)
LONGEST_AGENT = 300

# A session that was ended meanwhile has no row, and gets no device.
NOTE = """
INSERT INTO device (session_id, user_id, agent, ip, since, seen_at)
SELECT s.session_key, %(user)s, %(agent)s, %(ip)s, %(now)s, %(now)s FROM django_session s WHERE s.session_key = %(key)s
ON CONFLICT (session_id) DO UPDATE SET agent = excluded.agent, ip = excluded.ip, seen_at = excluded.seen_at
"""

# First match wins: Edge and Opera call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def note(request: HttpRequest) -> None:
    """Remembers that the session of this request was used just now, at most once a minute."""
    now = clock.now()
    seen_at = getattr(request.session, "seen_at", None)
    key = request.session.session_key
    if not key or (seen_at is not None and timedelta(0) <= now - seen_at < SEEN_EXACT_TO):
        return
    agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT].replace("\x00", "")
    values = {"user": request.user.pk, "agent": agent, "ip": address_of(request), "now": now, "key": kept(key)}
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, values)
    except OperationalError as error:  # a full disk hinders nobody from reading
        log.warning("device not noted", error=type(error.__cause__).__name__)


def of(user: User) -> list[Device]:
    """The person's browsers that are signed in still, the one used last first."""
    return list(Device.objects.filter(user=user, session__expire_date__gt=clock.now()).order_by("-seen_at", "-id"))


def is_here(device: Device, request: HttpRequest) -> bool:
    """Whether the request comes from this browser."""
    key = request.session.session_key
    return bool(key) and device.session_id == kept(str(key))


def end(device: Device) -> None:
    """Signs that browser out, at once."""
    Session.objects.filter(pk=device.session_id).delete()
    tell(device.user)


def end_others(user: User, request: HttpRequest | None = None) -> int:
    """Signs all browsers of this person out but the one that asks; returns how many."""
    key = request.session.session_key if request is not None else None
    others = Session.objects.filter(device__user=user)
    if key:
        others = others.exclude(pk=kept(key))
    count = others.count()
    others.delete()
    tell(user)
    return count


def tell(user: User) -> None:
    """Lets live streams that a session of this person holds find out at once that it is over."""
    with walls.outside():
        for member in Member.objects.filter(user=user, removed_at=None):
            record("member.signed_out", workspace_id=member.workspace_id, member_id=member.pk)


def end_without_work(user: User) -> None:
    """Signs somebody out everywhere who is a member nowhere any more."""
    with walls.outside():
        if not Member.objects.filter(user=user, removed_at=None).exists():
            end_others(user)


def name_of(agent: str) -> str:
    """What a browser's own words say that it is: "Firefox · Windows"; "" for what is not known."""
    browser = next((name for word, name in BROWSERS if f"{word}/" in agent), "")
    system = next((name for word, name in SYSTEMS if word in agent), "")
    return " · ".join(part for part in (browser, system) if part)
