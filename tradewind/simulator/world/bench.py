"""Worlds for measurements: many numbers, quick customers, limits lifted or not."""

from tradewind.simulator.world.catalogue import bench_template
from tradewind.simulator.world.shapes import Account, App, Number, Portfolio, Rules, Template, Timing, Token, World

NUMBERS_PER_ACCOUNT = 20
QUICK = Timing(
    sent=(0.02, 0.1), delivered=(0.1, 0.4), slow=(1.0, 3.0), read=(0.1, 0.8), reply=(0.2, 1.0), review=(0.1, 0.5)
)


def bench_world(*, numbers: int = 20, limits_lifted: bool = True, seed: int = 1, replies: bool = False) -> World:
    """A world of `numbers` sending numbers in one portfolio for every 20, with one marketing and one utility
    template each.

    Everybody is delivered and reads at once, so that each message makes three statuses; with `replies`, one in ten
    answers.
    """
    accounts = max(1, -(-numbers // NUMBERS_PER_ACCOUNT))
    app = App(app_id=str(7_000_000_000_000 + seed), app_secret=f"{seed:032x}", verify_token=f"verify-{seed}")
    world = World(
        seed, [app], [Token(f"EAAbench{seed}", app.app_id)], [], [], [], timing=QUICK, rules=Rules(lifted=limits_lifted)
    )
    world.receipts_share, world.skips_delivered_share = 1.0, 0.0
    world.shares = {"reads": 0.9, "replies": 0.1} if replies else {"reads": 1.0}
    for rank in range(accounts):
        _add_account(world, rank, min(NUMBERS_PER_ACCOUNT, numbers - rank * NUMBERS_PER_ACCOUNT))
    return world


def _add_account(world: World, rank: int, numbers: int) -> None:
    portfolio_id, waba_id = str(8_100_000_000_000 + rank), str(8_200_000_000_000 + rank)
    world.portfolios.append(Portfolio(portfolio_id, f"Bench {rank}", "TIER_UNLIMITED"))
    world.accounts.append(Account(waba_id, portfolio_id, f"Bench {rank}", subscribed_app_ids=[world.apps[0].app_id]))
    world.templates += [_template(waba_id, rank, category) for category in ("MARKETING", "UTILITY")]
    for place in range(numbers):
        serial = rank * NUMBERS_PER_ACCOUNT + place
        shown = f"+49 1511 {7_000_000 + serial}"
        world.numbers.append(
            Number(str(8_300_000_000_000 + serial), waba_id, portfolio_id, shown, f"Bench {serial}", "49")
        )


def _template(waba_id: str, rank: int, category: str) -> Template:
    serial = 8_400_000_000_000 + rank * 10 + (category == "UTILITY")
    return bench_template(str(serial), waba_id, f"bench_{category.lower()}", category)
