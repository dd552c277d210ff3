"""The `pricing` object of a status: what one message would cost, by the rules of its day."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

SERVICE_CHARGED_FROM = datetime(
    2026, 10, 1, tzinfo=UTC
).timestamp()  # reported by several providers, see cloud-api.md §9
FREE_SERVICE_MESSAGES = 1_000  # for each number and calendar month
AUTH_INTERNATIONAL = frozenset({"EG", "IN", "ID", "MY", "NG", "PK", "SA", "ZA", "AE"})


class Pricing:
    """Prices messages and keeps the monthly free allowance of each number."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, int]] = Counter()

    def free_left(self, number_id: str, at: float) -> int:
        """Service messages that are still free for the number in the month of `at`."""
        return max(0, FREE_SERVICE_MESSAGES - self._used[number_id, _month(at)])

    def price(
        self,
        category: str,
        at: float,
        *,
        number_id: str,
        window_open: bool,
        free_entry: bool,
        countries: tuple[str, str],
    ) -> dict[str, Any]:
        """The pricing object of a message of `category` (marketing, utility, authentication, service) accepted at `at`.

        `countries` are those of the recipient and of the account.
        """
        if free_entry:
            return _object("free_entry_point", "referral_conversion")
        if category == "service":
            return _object(self._service_type(number_id, at), "service")
        if category == "utility" and window_open and at < SERVICE_CHARGED_FROM:
            return _object("free_customer_service", "utility")
        if category == "authentication" and countries[0] != countries[1] and countries[0] in AUTH_INTERNATIONAL:
            return _object("regular", "authentication-international")
        return _object("regular", category)

    def _service_type(self, number_id: str, at: float) -> str:
        if at < SERVICE_CHARGED_FROM:
            return "free_customer_service"
        free = self.free_left(number_id, at) > 0
        self._used[number_id, _month(at)] += 1
        return "free_customer_service" if free else "regular"


def _object(kind: str, category: str) -> dict[str, Any]:
    return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}


def _month(at: float) -> int:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year * 12 + moment.month
