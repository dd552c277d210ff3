"""Tokens of the accounts that my lanes belong to; opened in a thread, kept in memory only."""

from collections.abc import Collection

from tradewind.lib import crypto
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.state import State
from tradewind.messages.sender.threads import in_thread
from tradewind.numbers.access import Access, NumberError, access_of
from tradewind.numbers.models import Account


async def load_accesses(state: State, lanes: Collection[Lane], *, is_again: bool) -> None:
    """Open what is missing, or everything again: a new token bites within seconds."""
    wanted = {lane.facts.account_id for lane in lanes}
    if not is_again:
        wanted -= set(state.accesses)
    if wanted:
        state.accesses.update(await in_thread(_open, wanted))


def stop_without_access(state: State, lanes: Collection[Lane]) -> None:
    """Lanes whose account has no token stand still."""
    for lane in lanes:
        if not isinstance(state.accesses.get(lane.facts.account_id), Access) and not lane.facts.stopped_by:
            lane.facts.stopped_by = "no_access"


def _open(accounts: set[int]) -> dict[int, Access | str]:
    return {account.pk: _access(account) for account in Account.objects.filter(pk__in=accounts).select_related("app")}


def _access(account: Account) -> Access | str:
    try:
        return access_of(account)
    except (NumberError, crypto.SealError) as problem:
        return str(problem)
