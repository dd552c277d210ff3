"""The sample world of the demo: two portfolios, two accounts, six numbers, eight templates, two thousand people."""

import hashlib

from tradewind.simulator.world.catalogue import sample_templates
from tradewind.simulator.world.people import people
from tradewind.simulator.world.shapes import Account, App, Number, Portfolio, Token, World

# (display number, country code, verified name, throughput): valid mobile and landline numbers
NORTH = (
    ("+49 1512 3004001", "49", "Nordlicht Outdoor", "STANDARD"),
    ("+39 347 300 4002", "39", "Nordlicht Outdoor Italia", "STANDARD"),
    ("+44 7400 300403", "44", "Nordlicht Outdoor UK", "HIGH"),
)
SOUTH = (
    ("+34 612 300 404", "34", "Casa Ventana", "STANDARD"),
    ("+971 50 300 4005", "971", "Casa Ventana Dubai", "STANDARD"),
    ("+66 81 300 4006", "66", "Casa Ventana Bangkok", "COEXISTENCE"),
)


def demo_world(seed: int = 1, *, customers: int = 2000) -> World:
    """The demo's world: the same for the same seed."""
    app = App(app_id="600000000000001", app_secret=_secret(seed, "app"), verify_token=_secret(seed, "verify")[:20])
    token = Token("EAA" + _secret(seed, "token"), app.app_id)
    portfolios = [
        Portfolio("610000000000001", "Nordlicht Group", "TIER_10K"),
        Portfolio("610000000000002", "Ventana Group", "TIER_2K"),
    ]
    accounts = [
        _account("620000000000001", portfolios[0], "EUR", "DE", app),
        _account("620000000000002", portfolios[1], "EUR", "ES", app),
    ]
    numbers = [*_numbers(NORTH, accounts[0], 630000000000001), *_numbers(SOUTH, accounts[1], 630000000000004)]
    templates = sample_templates([account.waba_id for account in accounts])
    return World(seed, [app], [token], portfolios, accounts, numbers, templates, people(seed, customers))


def _account(waba_id: str, portfolio: Portfolio, currency: str, country: str, app: App) -> Account:
    return Account(
        waba_id,
        portfolio.portfolio_id,
        portfolio.name,
        currency=currency,
        country=country,
        subscribed_app_ids=[app.app_id],
    )


def _numbers(rows: tuple[tuple[str, str, str, str], ...], account: Account, first_id: int) -> list[Number]:
    return [
        Number(str(first_id + rank), account.waba_id, account.portfolio_id, shown, name, code, throughput=throughput)
        for rank, (shown, code, name, throughput) in enumerate(rows)
    ]


def _secret(seed: int, what: str) -> str:
    return hashlib.blake2b(f"{seed}:{what}".encode(), digest_size=16).hexdigest()
