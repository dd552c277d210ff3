"""Numbers made straight in the database, for tests that need no Meta."""

from datetime import UTC, datetime
from itertools import count

from tradewind.numbers import access
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.workspaces.models import Workspace

SINCE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_serial = count(1)


def account(of: Workspace, name: str = "Nordlicht", **fields: object) -> Account:
    """An account with a token, an app and a portfolio of its own."""
    n = next(_serial)
    app = App.objects.create(workspace=of, meta_id=f"60{n:05}", webhook_path=f"made-{n:05}", created_at=SINCE)
    app.secret, app.verify_token = access.seal_secret(app, "secret"), access.seal_verify_token(app, "verify me")
    app.save()
    portfolio = Portfolio.objects.create(
        workspace=of, meta_id=f"61{n:05}", name=f"{name} Group", tier="TIER_2K", people_limit=2000
    )
    made = Account.objects.create(
        **{"workspace": of, "app": app, "portfolio": portfolio, "waba_id": f"62{n:05}", "name": name,
           "created_at": SINCE, "subscribed_at": SINCE, **fields}
    )  # fmt: skip
    made.token = access.seal_token(made, "EAAmade")
    made.save()
    return made


def number(of: Account, name: str = "Hamburg", phone: str = "", **fields: object) -> Number:
    """A number of that account, connected and of high quality."""
    n = next(_serial)
    return Number.objects.create(
        **{"workspace_id": of.workspace_id, "account": of, "portfolio": of.portfolio, "phone_number_id": f"63{n:05}",
           "phone": phone or f"+49403344{n:04}", "name": name, "country": "DE", "quality": "GREEN",
           "created_at": SINCE, "synced_at": SINCE, **fields}
    )  # fmt: skip
