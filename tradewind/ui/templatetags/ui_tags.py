"""Filters and tags for every page: `{% load ui_tags %}`. Figures and times are said by ui.formats and ui.times."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select, Textarea
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tradewind.lib import clock, publicid
from tradewind.ui import assets, drawing, formats, times
from tradewind.workspaces import places

register = template.Library()

EMPTY = formats.NONE


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file: {% asset "app.css" %}."""
    return assets.address(name)


@register.filter
def live_address(topics: str) -> str:
    """The stream of one or more topics with spaces between: {{ "campaigns numbers"|live_address }}."""
    return f"/live?{urlencode([('topic', topic) for topic in str(topics).split()])}"


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


@register.filter(name="number")
def number_filter(value: formats.Figure | None) -> str:
    """{{ 41208|number }} → 41,208; nothing is –."""
    return EMPTY if value is None or value == "" else formats.number(value)


@register.filter
def listed(names: list[object]) -> str:
    """{{ months|listed }} → March and September."""
    return formats.listed(names)


@register.filter
def signed(value: formats.Figure) -> str:
    """{{ change|signed }} → +4 or −316."""
    return formats.signed(value)


@register.filter(name="short_number")
def short_number(value: int) -> str:
    """{{ 8300|short_number }} → 8.3k."""
    return formats.short(value)


@register.filter
def minus(value: formats.Figure) -> str:
    """What is taken away: {{ 6112|minus }} → −6,112; 0 stays 0."""
    return formats.number(-value) if value else formats.number(0)


@register.filter
def percent(value: formats.Figure | str | None, decimals: int = 1) -> str:
    """{{ 95.2|percent }} → 95.2 %; {{ done|share:all|percent:0 }} → 61 %."""
    return EMPTY if value is None or value == "" else formats.percent(float(value), decimals)


@register.filter
def rate(part: formats.Figure | None, whole: formats.Figure | None) -> str:
    """{{ read|rate:delivered }} → 70.0 %, or – below a base of 100."""
    return EMPTY if part is None or not whole else formats.rate(part, whole)


@register.filter
def share(part: formats.Figure | None, whole: formats.Figure | None) -> str:
    """How much of a bar a part fills, in percent: "42.57", with a point in every language, for lengths."""
    return f"{100 * float(part) / float(whole):.2f}" if part and whole else "0"


@register.filter
def money(amount: Decimal | float | None, currency: str = "EUR") -> str:
    """{{ cost|money:"EUR" }} → € 3,210.40."""
    return EMPTY if amount is None else formats.money(amount, currency)


@register.filter
def price(amount: Decimal | None) -> str:
    """What one message costs: {{ price|price }} → 0.1131 or 0.00345; the currency stands beside it."""
    return EMPTY if amount is None else formats.number(amount, "#,##0.0000##")


@register.filter
def phone(text: str | None) -> SafeString | str:
    """International, grouped, left to right wherever it stands."""
    return format_html('<span class="ltr">{}</span>', formats.phone(str(text))) if text else EMPTY


@register.filter
def as_json(value: object) -> str:
    """JSON in an attribute, for scripts: data-passkey-options-value="{{ options|as_json }}"."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter(name="publicid")
def public_id(row_id: int, kind: str) -> str:
    """{% url "campaigns:live" campaign.id|publicid:"campaign" %}"""
    return publicid.encode(kind, row_id)


# ── times ────────────────────────────────────────────────────────────────────────────────────────


def _time(moment: datetime | None, text: str) -> SafeString | str:
    if moment is None:
        return EMPTY
    stamp, title = times.local(moment).isoformat(), times.full(moment)
    return format_html('<time datetime="{}" title="{}"><bdi>{}</bdi></time>', stamp, title, text)


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """14:21 · Wed 19:00 · 3 Nov · 3 Nov 2024."""
    return _time(moment, times.short(moment) if moment else "")


@register.filter
def when_spoken(moment: datetime | None) -> SafeString | str:
    """today 14:21 · yesterday 09:16 · tomorrow 13:10 · Wed 19:00 · 3 Nov."""
    return _time(moment, times.spoken(moment) if moment else "")


@register.filter
def clock_time(moment: datetime | None) -> SafeString | str:
    """14:21, whatever the day."""
    return _time(moment, times.hour_minute(moment) if moment else "")


@register.filter
def zone(name: str) -> str:
    """A time zone by its place, in the reader's language: {{ "Europe/Rome"|zone }} → Rome."""
    return places.zone_name(str(name), get_language() or "en")


@register.filter
def clock_seconds(moment: datetime | None) -> SafeString | str:
    """13:24:07, for logs."""
    return _time(moment, times.hour_minute_second(moment) if moment else "")


@register.filter
def day(moment: datetime | None) -> SafeString | str:
    """3 Nov, with the year when it is not this one."""
    return _time(moment, times.day(moment) if moment else "")


@register.filter
def duration(span: timedelta | float | None) -> SafeString | str:
    """40 s · 9 min · 2 h 4 min · 3 days."""
    return EMPTY if span is None else format_html("<bdi>{}</bdi>", times.duration(span))


@register.filter
def duration_exact(span: timedelta | float | None) -> SafeString | str:
    """3 min 40 s below an hour, for answer times."""
    return EMPTY if span is None else format_html("<bdi>{}</bdi>", times.duration_exact(span))


@register.filter
def since(moment: datetime | None) -> SafeString | str:
    """How long ago, counting on while one looks: 9 min."""
    return EMPTY if moment is None else _running(moment, "since", clock.now() - moment)


@register.filter
def until(moment: datetime | None) -> SafeString | str:
    """How long still, counting down while one looks: 2 h 4 min."""
    return EMPTY if moment is None else _running(moment, "until", moment - clock.now())


def _running(moment: datetime, kind: str, span: timedelta) -> SafeString:
    pattern = (
        '<time class="bdi" datetime="{}" title="{}" data-controller="time" data-time-at-value="{}"'
        ' data-time-kind-value="{}">{}</time>'
    )
    stamp, milliseconds = times.local(moment).isoformat(), int(moment.timestamp() * 1000)
    return format_html(pattern, stamp, times.full(moment), milliseconds, kind, times.duration(span))


# ── people and pictures ──────────────────────────────────────────────────────────────────────────


@register.filter
def initials(name: str) -> str:
    """AV for Annika Vogel, 陈 for 陈美玲, لح for ليلى الحسن."""
    return drawing.initials(str(name))


@register.filter
def hue(key: Any) -> int:
    """1–8, always the same for the same key: the colour of an avatar or of a tag's dimension."""
    return drawing.hue(str(key))


@register.filter
def heat(part: float, most: float) -> int:
    """0–12: how warm a cell of the hours grid is."""
    return drawing.heat(part, most)


@register.simple_tag
def spark(values: list[float]) -> dict[str, Any]:
    """{% spark values as s %}: s.path and its end s.x, s.y, over 80 × 24, from values of any scale."""
    x, y = drawing.last_point(values, 80, 24)
    return {"path": drawing.line(values, 80, 24), "x": f"{x:.1f}", "y": f"{y:.1f}"}


@register.simple_tag
def area_paths(values: list[float], width: int = 800, height: int = 84, top: float | None = None) -> dict[str, str]:
    """{% area_paths values as paths %}: paths.line and paths.ground of an area chart."""
    return drawing.area(values, width, height, top)


@register.simple_tag
def parts_of(parts: list[dict[str, Any]], whole: float | None = None) -> list[dict[str, Any]]:
    """Adds `x` and `w` (percent) to the parts of a bar; they are {name, count, shade}."""
    return drawing.placed(parts, whole)


@register.filter
def tone(message: Any) -> str:
    """The tone of a flash message: {{ message|tone }}."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(message.level_tag, "info")


# ── forms ────────────────────────────────────────────────────────────────────────────────────────

_CLASSES: tuple[tuple[type, str], ...] = (
    (CheckboxInput, "checkbox"),
    (FileInput, "file-input w-full"),
    (Textarea, "textarea w-full"),
    (Select, "select w-full"),
)
TEXT_ROWS = 4  # Django's own ten push the rest of a form off the screen


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget of a form field in the console's dress, tied to its help and error text for screen readers."""
    own = field.field.widget.attrs
    attributes = {**own, "class": f"{_class_of(field)} {own.get('class', '')}".strip()}
    if isinstance(field.field.widget, Textarea) and attributes.get("rows") in (None, "10"):
        attributes["rows"] = TEXT_ROWS
    described = [f"{field.auto_id}-{part}" for part in ("help", "error") if _has(field, part)]
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.simple_tag
def choices(field: BoundField) -> list[tuple[SafeString, str]]:
    """The boxes or buttons of a choice field, each as its control and its label: {% choices field as options %}."""
    kind = (
        "checkbox" if isinstance(field.field.widget, CheckboxSelectMultiple) else "radio"
    )  # the former is one of the latter
    for option in field.subwidgets:
        option.data["attrs"]["class"] = kind
    return [(option.tag(), option.choice_label) for option in field.subwidgets]


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the control is one box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether the control is a list of boxes or buttons, each with a label of its own."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


def _class_of(field: BoundField) -> str:
    return next((name for kind, name in _CLASSES if isinstance(field.field.widget, kind)), "input")


def _has(field: BoundField, part: str) -> bool:
    return bool(field.help_text if part == "help" else field.errors)
