"""The verbs of apps, accounts and numbers. Webhooks are applied in news.py, Meta's answers in facts.py.

Calls to Meta happen outside transactions: ask first, then write.
"""

import re
import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tradewind import config
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.numbers import access, facts, meta
from tradewind.numbers.access import NumberError
from tradewind.numbers.found import Found
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

# "Until somebody resumes": a time that never comes.
FOREVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
CODE = re.compile(r"^(\d{1,7}):")
# Codes that a new access token heals (cloud-api.md §7), beside the family 200–299.
TOKEN_CODES = frozenset({0, 3, 10, 190, 131005})


def connect_app(
    *,
    workspace: Workspace,
    meta_id: str,
    secret: str,
    name: str = "",
    graph_url: str | None = None,
    graph_version: str | None = None,
    member: Member | None = None,
) -> App:
    """Make a Meta app known: its secret is sealed, its webhooks get a path and a verify token of their own."""
    meta_id = meta_id.strip()
    if not meta_id.isdigit():
        raise NumberError(_("An app id has only digits. It stands at the top of your app's page at Meta."))
    if not secret.strip():
        raise NumberError(_("Paste the app secret: it proves that webhooks come from Meta."))
    if App.objects.filter(workspace=workspace, meta_id=meta_id).exists():
        raise NumberError(_("This app is connected already. Choose it and go on with the account."))
    with transaction.atomic():
        app = App.objects.create(
            workspace=workspace,
            meta_id=meta_id,
            name=name.strip()[:120],
            webhook_path=access.new_webhook_path(),
            graph_url=access.check_address(graph_url or config.load().graph_url),
            graph_version=graph_version or config.load().graph_version,
            created_at=clock.now(),
        )
        app.secret = access.seal_secret(app, secret.strip())
        app.verify_token = access.seal_verify_token(app, secrets.token_urlsafe(24))
        app.save(update_fields=["secret", "verify_token"])
        tell(app, "app.connected", member)
    return app


def rotate_secret(app: App, *, secret: str, member: Member | None) -> None:
    """Take a new app secret; webhooks signed with the one before stay welcome until `end_rotation`."""
    if not secret.strip():
        raise NumberError(_("Paste the new app secret."))
    with transaction.atomic():
        app = App.objects.select_for_update().get(pk=app.pk)
        present = access.open_secret(app)
        if present == secret.strip():
            raise NumberError(_("This is the secret that is in use already."))
        app.previous_secret = access.seal_secret(app, present, previous=True) if present else None
        app.secret = access.seal_secret(app, secret.strip())
        app.save(update_fields=["secret", "previous_secret"])
        tell(app, "app.secret_rotated", member)


def end_rotation(app: App, *, member: Member | None) -> None:
    """Forget the secret before: from now on only the present one opens the door."""
    with transaction.atomic():
        App.objects.filter(pk=app.pk).update(previous_secret=None)
        tell(app, "app.rotation_ended", member)


def connect_account(*, app: App, waba_id: str, token: str, member: Member | None = None) -> Account:
    """Ask Meta about an account with this token, then keep both and the numbers found. Raises NumberError.

    Webhooks are subscribed by `subscribe`, which the caller does next: it needs the app's address to be reachable.
    """
    waba_id, token = waba_id.strip(), token.strip()
    if not waba_id.isdigit():
        raise NumberError(_("An account id has only digits: WhatsApp Manager shows it under the account's name."))
    if not token:
        raise NumberError(_("Paste an access token of a system user that may manage this account."))
    if Account.objects.filter(waba_id=waba_id, workspace_id=app.workspace_id).exists():
        raise NumberError(_("This account is connected already."))
    found = meta.look(access.access_with(app, token), waba_id)
    with transaction.atomic():
        account = new_account(app, waba_id, found)
        account.token = access.seal_token(account, token)
        account.save(update_fields=["token"])
        facts.apply(account, found)
        tell(account, "account.connected", member, numbers=len(found.numbers))
    return account


def new_account(app: App, waba_id: str, found: Found) -> Account:
    try:
        with transaction.atomic():
            return Account.objects.create(
                workspace_id=app.workspace_id,
                app=app,
                portfolio=facts.portfolio_of(app.workspace_id, found),
                waba_id=waba_id,
                name=found.name[:120],
                created_at=clock.now(),
            )
    except IntegrityError:
        raise NumberError(_("Another workspace of this installation has this account.")) from None


def replace_token(account: Account, *, token: str, member: Member | None) -> None:
    """Take a new access token, after Meta has accepted it. What was paused for want of a good one goes on."""
    found = meta.look(access.access_with(account.app, token.strip()), account.waba_id)
    with transaction.atomic():
        account = locked(account)
        account.token = access.seal_token(account, token.strip())
        account.save(update_fields=["token"])
        facts.apply(account, found)
        end_token_pauses(account, member)
        tell(account, "account.token_replaced", member)


def end_token_pauses(account: Account, member: Member | None) -> None:
    """Resume the account and those of its numbers that the sender paused because Meta refused the token."""
    for thing in (account, *Number.objects.filter(account=account).exclude(paused_until=None)):
        code = code_of(thing.pause_reason)
        if code is not None and (code in TOKEN_CODES or 200 <= code <= 299):
            resume(thing, member=member)


def code_of(pause_reason: str) -> int | None:
    """Meta's code at the beginning of a pause that the sender made ("190: …"); None for any other reason."""
    found = CODE.match(pause_reason)
    return int(found[1]) if found else None


def subscribe(account: Account, *, member: Member | None = None) -> None:
    """Let Meta send this account's webhooks to our address, which Meta calls at once to verify it."""
    app = account.app
    meta.subscribe(
        access.access_of(account),
        account.waba_id,
        callback=access.callback_of(app),
        verify_token=access.open_verify_token(app),
    )
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(subscribed_at=clock.now())
        account.refresh_from_db()
        tell(account, "account.subscribed", member)


def sync(account: Account) -> None:
    """Ask Meta how the account and its numbers are, and write it down. A refusal is kept in `sync_error` and raised."""
    try:
        found = meta.look(access.access_of(account), account.waba_id)
    except NumberError as error:
        Account.objects.filter(pk=account.pk).update(sync_error=str(error), synced_at=clock.now())
        raise
    with transaction.atomic():
        account = locked(account)
        facts.apply(account, found)


def pause(thing: Number | Account, *, member: Member | None, until: datetime | None = None, reason: str = "") -> None:
    """Send nothing from a number or an account until then (None: until somebody resumes).

    A reason that begins with "190:" says which of Meta's codes the sender paused for; a member's words never do.
    """
    reason = safe_to_show(reason, one_line=True)
    if member is not None:
        reason = CODE.sub(r"\1 :", reason)
    with transaction.atomic():
        thing = locked(thing)
        thing.paused_until, thing.pause_reason = until or FOREVER, reason[:200]
        thing.save(update_fields=["paused_until", "pause_reason"])
        tell(thing, f"{word_of(thing)}.paused", member, reason=thing.pause_reason)


def resume(thing: Number | Account, *, member: Member | None) -> None:
    """Send again from a number or an account."""
    with transaction.atomic():
        thing = locked(thing)
        thing.paused_until, thing.pause_reason = None, ""
        thing.save(update_fields=["paused_until", "pause_reason"])
        tell(thing, f"{word_of(thing)}.resumed", member)


def start_warmup(number: Number, *, member: Member | None) -> None:
    """From today on few people a day, for the first days (product.md B4); the sender's pacing counts them."""
    with transaction.atomic():
        number = locked(number)
        number.warmup_from = clock.now().date()
        number.save(update_fields=["warmup_from"])
        tell(number, "number.warmup_started", member)


def end_warmup(number: Number, *, member: Member | None) -> None:
    with transaction.atomic():
        number = locked(number)
        number.warmup_from = None
        number.save(update_fields=["warmup_from"])
        tell(number, "number.warmup_ended", member)


def set_service_reserve(portfolio: Portfolio, *, places: int, member: Member | None) -> None:
    """Keep so many places of the portfolio's 24 h limit for service: campaigns leave them free."""
    limit = portfolio.people_limit
    if places < 0 or (limit is not None and places > limit):
        raise NumberError(_("Keep between 0 and %(limit)s places free.") % {"limit": limit})
    with transaction.atomic():
        Portfolio.objects.filter(pk=portfolio.pk).update(service_reserve=places)
        tell(portfolio, "portfolio.reserve_set", member, places=places)


def remove(number: Number, *, member: Member | None) -> None:
    """Take a number out of the console. Its messages stay, and what waits in its queue is no longer sent."""
    with transaction.atomic():
        number = locked(number)
        number.removed_at, number.paused_until = clock.now(), FOREVER
        number.pause_reason = "removed"
        number.save(update_fields=["removed_at", "paused_until", "pause_reason"])
        tell(number, "number.removed", member)


def take_back(number: Number, *, member: Member | None) -> None:
    """Undo `remove`."""
    with transaction.atomic():
        number = locked(number)
        number.removed_at, number.paused_until, number.pause_reason = None, None, ""
        number.save(update_fields=["removed_at", "paused_until", "pause_reason"])
        tell(number, "number.taken_back", member)


def locked(thing: Any) -> Any:
    """The row as it is now, locked until the transaction ends."""
    return type(thing).objects.select_for_update().get(pk=thing.pk)


def word_of(thing: Number | Account | App | Portfolio) -> str:
    return thing._meta.model_name or ""


def tell(thing: Number | Account | App | Portfolio, verb: str, member: Member | None, **detail: Any) -> None:
    """The journal entry of a verb, and the audit line of the member who did it."""
    record(
        "number.changed" if isinstance(thing, Number) else "account.changed",
        workspace_id=thing.workspace_id,
        number_id=thing.pk if isinstance(thing, Number) else None,
        member_id=member.pk if member else None,
        data={"verb": verb, **detail},
    )
    if member is not None:
        audit.note(member, verb, thing, str(thing), detail)
