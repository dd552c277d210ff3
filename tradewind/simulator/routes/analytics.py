"""Analytics from the simulator's own log: messages, prices, templates."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tradewind.simulator.analytics import BUCKET_SECONDS
from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.fields import Field, Value
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import ACCOUNT
from tradewind.simulator.world.shapes import Account

YEAR_SECONDS, TEMPLATE_LOOKBACK_SECONDS = 366 * 86_400, 90 * 86_400
# Messages are counted by DAY and MONTH, prices by DAILY and MONTHLY, templates by DAILY only: Meta keeps them apart.
OF_MESSAGES, OF_PRICES = ("HALF_HOUR", "DAY", "MONTH"), ("HALF_HOUR", "DAILY", "MONTHLY")


def analytics_fields(call: Call, account: Account) -> dict[str, Value]:
    """The analytics fields of an account."""
    return {
        "analytics": lambda field: _messages(call, account, field),
        "pricing_analytics": lambda field: _prices(call, account, field),
        "conversation_analytics": lambda field: _prices(call, account, field),
        "template_analytics": lambda field: _templates(call, account, field.calls),
    }


@ACCOUNT.on("GET", "template_analytics")
def template_analytics(call: Call, account: Account) -> dict[str, Any]:
    """The same figures by an edge of their own."""
    return _templates(call, account, {name: str(value) for name, value in call.params.items()})


def _messages(call: Call, account: Account, field: Field) -> dict[str, Any]:
    start, end, step = _span(call, field.calls, OF_MESSAGES)
    own = _numbers(call, account)
    wanted = _wanted(field, own)
    countries = _list(field.calls.get("country_codes"))
    points: dict[int, dict[str, int]] = defaultdict(lambda: {"sent": 0, "delivered": 0})
    for (bucket, number, country, word), count in call.simulation.analytics.messages.items():
        fits = number in own and (not wanted or own[number] in wanted) and (not countries or country in countries)
        if fits and word in ("sent", "delivered") and start <= bucket < end:
            points[_floor(bucket, step)][word] += count
    data = [{"start": at, "end": _next(at, step), **counts} for at, counts in sorted(points.items())]
    return {
        "phone_numbers": sorted(wanted or own.values()),
        "country_codes": countries,
        "granularity": step,
        "data_points": data,
    }


def _prices(call: Call, account: Account, field: Field) -> dict[str, Any]:
    start, end, step = _span(call, field.calls, OF_PRICES)
    own = _numbers(call, account)
    wanted = _wanted(field, own)
    points: dict[tuple[int, str, str, str, str], int] = defaultdict(int)
    for (bucket, number, country, kind, category), count in call.simulation.analytics.prices.items():
        fits = number in own and (not wanted or own[number] in wanted)
        if fits and start <= bucket < end:
            points[_floor(bucket, step), own[number], country, kind.upper(), category.upper().replace("-", "_")] += (
                count
            )
    data = [
        {
            "start": at,
            "end": _next(at, step),
            "phone_number": number,
            "country": country,
            "pricing_type": kind,
            "pricing_category": category,
            "volume": volume,
            "cost": 0.0 if kind != "REGULAR" else round(volume * 0.05, 4),
        }
        for (at, number, country, kind, category), volume in sorted(points.items())
    ]
    return {"data": [{"data_points": data}]}


def _templates(call: Call, account: Account, asked: dict[str, str]) -> dict[str, Any]:
    start, end, _ = _span(call, {**asked, "granularity": "DAILY"}, ("DAILY",))
    oldest = call.simulation.clock.time() - TEMPLATE_LOOKBACK_SECONDS
    if start < oldest - 86_400:
        raise GraphError(100, message="(#100) Template analytics reach back 90 days.")
    wanted = _list(asked.get("template_ids"))
    if not 1 <= len(wanted) <= 10:
        raise GraphError(100, message="(#100) Param template_ids must name 1 to 10 templates.")
    own = {template.template_id for template in call.simulation.shelf.of(account.waba_id)}
    points = [
        _template_point(call, template_id, day)
        for template_id in wanted
        if template_id in own
        for day in _days(start, end)
    ]
    shown = [point for point in points if point["sent"] or point["delivered"]]
    return {"data": [{"granularity": "DAILY", "product_type": "cloud_api", "data_points": shown}]}


def _template_point(call: Call, template_id: str, day: int) -> dict[str, Any]:
    analytics = call.simulation.analytics
    buckets = range(day, day + 86_400, BUCKET_SECONDS)
    counts = {
        word: sum(analytics.templates[bucket, template_id, word] for bucket in buckets)
        for word in ("sent", "delivered", "read")
    }
    clicked: dict[str, int] = defaultdict(int)
    for (bucket, known, text), count in analytics.clicks.items():
        if known == template_id and day <= bucket < day + 86_400:
            clicked[text] += count
    taps = [
        {"type": "quick_reply_button", "button_content": text, "count": count}
        for text, count in sorted(clicked.items())
    ]
    return {"template_id": template_id, "start": day, "end": day + 86_400, **counts, "clicked": taps}


def _wanted(field: Field, own: dict[str, str]) -> list[str]:
    """The numbers that are asked for; one that is not the account's fails the whole call."""
    wanted = _list(field.calls.get("phone_numbers"))
    if unknown := sorted(set(wanted) - set(own.values())):
        raise GraphError(100, message=f"(#100) Param phone_numbers names {unknown[0]}, which is not of this account.")
    return wanted


def _span(call: Call, asked: dict[str, str], steps: Sequence[str]) -> tuple[int, int, str]:
    start, end, step = asked.get("start", ""), asked.get("end", ""), asked.get("granularity", "").strip("'\"").upper()
    if not start.isdigit() or not end.isdigit() or int(start) >= int(end):
        raise GraphError(100, message="(#100) start and end must be unix times, start before end.")
    if step not in steps:
        raise GraphError(100, message=f"(#100) Param granularity must be one of {{{', '.join(steps)}}}.")
    if int(start) < call.simulation.clock.time() - YEAR_SECONDS:
        raise GraphError(100, message="(#100) Analytics reach back one year.")
    return int(start), int(end), step


def _numbers(call: Call, account: Account) -> dict[str, str]:
    return {
        number.phone_number_id: number.digits
        for number in call.simulation.numbers.values()
        if number.waba_id == account.waba_id
    }


def _list(text: str | None) -> list[str]:
    if not text:
        return []
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        parsed = text.strip("[]").split(",")
    return [
        str(item).strip().strip("'\"").lstrip("+")
        for item in (parsed if isinstance(parsed, list) else [parsed])
        if str(item).strip()
    ]


def _floor(moment: int, step: str) -> int:
    if step == "HALF_HOUR":
        return moment // 1800 * 1800
    day = datetime.fromtimestamp(moment, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((day.replace(day=1) if step in ("MONTH", "MONTHLY") else day).timestamp())


def _next(moment: int, step: str) -> int:
    if step in ("MONTH", "MONTHLY"):
        return _floor(moment + int(timedelta(days=32).total_seconds()), step)
    return moment + (1800 if step == "HALF_HOUR" else 86_400)


def _days(start: int, end: int) -> list[int]:
    return list(range(start // 86_400 * 86_400, end, 86_400))
