"""What this room asks Meta: an account with its numbers, and the subscription to its webhooks.

Every way a call can end badly becomes a NumberError with a sentence for people.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from tradewind.numbers.access import Access, NumberError
from tradewind.numbers.found import Found, read_account
from tradewind.whatsapp.client import Graph, GraphError, GraphUnavailable, once
from tradewind.whatsapp.client.management import NUMBER_FIELDS

T = TypeVar("T")

WITH_HEALTH = f"{NUMBER_FIELDS},health_status"
# What every token may read: one field that it may not read fails a whole call with code 10.
FEWER_ACCOUNT_FIELDS = "id,name"
FEWER_NUMBER_FIELDS = "id,display_phone_number,verified_name,quality_rating,status,throughput,name_status"
NO_RIGHT, INVALID_PARAMETER, CALLBACK_NOT_VERIFIED = 10, 100, 2200
FIELD_CODES = (NO_RIGHT, INVALID_PARAMETER)


def look(access: Access, waba_id: str) -> Found:
    """The account with all its numbers and their profiles. Raises NumberError."""
    return ask(access, lambda graph: read(graph, waba_id))


async def read(graph: Graph, waba_id: str) -> Found:
    account = await with_fewer(lambda fields: graph.account(waba_id, **fields), FEWER_ACCOUNT_FIELDS)
    numbers = await with_fewer(
        lambda fields: graph.phone_numbers(waba_id, **(fields or {"fields": WITH_HEALTH})), FEWER_NUMBER_FIELDS
    )
    found = read_account({"id": waba_id, **account}, numbers)
    for number in found.numbers:
        number.profile = await profile_of(graph, number.phone_number_id)
    return found


async def with_fewer(call: Callable[[dict[str, str]], Awaitable[T]], fewer: str) -> T:
    """The call with all its fields; once more with the plain ones when the token may not read them all."""
    try:
        return await call({})
    except GraphError as problem:
        if problem.refused.code not in FIELD_CODES:
            raise
        return await call({"fields": fewer})


async def profile_of(graph: Graph, phone_number_id: str) -> dict[str, Any] | None:
    """The business profile; None when this one is refused, which is no reason to know nothing of the number."""
    try:
        return await graph.profile(phone_number_id)
    except GraphError:
        return None


def subscribe(access: Access, waba_id: str, *, callback: str, verify_token: str) -> None:
    """Have the account's webhooks sent to `callback`. Meta verifies the address before it answers."""
    ask(access, lambda graph: graph.subscribe(waba_id, callback, verify_token))


def ask(access: Access, work: Callable[[Graph], Awaitable[T]]) -> T:
    """Do calls with this access; NumberError says in people's words why it did not work."""
    try:
        return once(work, access.token, app_secret=access.app_secret, base_url=access.base, version=access.version)
    except GraphError as problem:
        raise NumberError(sentence_of(problem)) from problem
    except GraphUnavailable as problem:
        raise NumberError(
            _("Meta could not be reached: %(reason)s Try again in a minute.") % {"reason": problem.reason}
        ) from problem


def sentence_of(problem: GraphError) -> str:
    """What happened and what to do, from the error table; Meta's own words where the table has nothing better."""
    refused = problem.refused
    rule = refused.verdict().rule
    own = refused.user_message or refused.details or refused.message
    if refused.code == CALLBACK_NOT_VERIFIED:
        return _(
            "Meta called our address and got no good answer. Is it reachable from outside? Meta says: %(words)s"
        ) % {"words": own}
    if "appsecret_proof" in own:
        return _("The app secret does not belong to the app of this token. Check both.")
    if not rule.known or rule.code == INVALID_PARAMETER:
        return _("Meta refused it: %(words)s (code %(code)s)") % {"words": own, "code": refused.code}
    return f"{_(rule.happened)} {_(rule.todo)}"
