"""Sample content for the gallery of components. The figures are invented."""

import json
import math
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings

from tradewind.lib import clock
from tradewind.ui import drawing, formats

TONES = ("", "accent", "good", "warn", "bad", "info")


class SampleForm(forms.Form):
    """Every kind of control that the pages use."""

    name = forms.CharField(label="Name of the campaign", help_text="Only you and your colleagues see it.")
    number = forms.ChoiceField(label="Sent from", choices=[("1", "Nordlicht Hamburg"), ("2", "Bottega Milano")])
    text = forms.CharField(label="Text", widget=forms.Textarea, required=False)
    pace = forms.ChoiceField(
        label="Pace",
        widget=forms.RadioSelect,
        choices=[
            ("careful", "Careful: 10–15 a minute"),
            ("steady", "Steady: 200 an hour"),
            ("meta", "As fast as Meta allows"),
        ],
    )
    canary = forms.BooleanField(label="Send to 2 % first, and stop when they refuse", required=False)
    file = forms.FileField(label="Picture", required=False)


def is_open() -> bool:
    """Whether this installation shows the gallery: while developing, in demos and in tests."""
    from tradewind import config

    return bool(settings.DEBUG) or config.load().env in ("demo", "test")


def content() -> dict[str, Any]:
    """The context of ui/gallery.html."""
    now = clock.now()
    return {
        "tones": TONES,
        "shades": ("1", "2", "3", "4", "good", "warn", "bad", "info", "out", "faint", "whole"),
        "now": now,
        "minutes_ago": now - timedelta(minutes=124),
        "yesterday": now - timedelta(days=1),
        "last_month": now - timedelta(days=34),
        "in_a_while": now + timedelta(minutes=41),
        "form": SampleForm(initial={"name": "Autumn restock", "pace": "steady"}),
        "wrong": SampleForm(data={"name": "", "pace": "", "number": "1"}),
        "parts": _parts(),
        "falls": _falls(),
        "hours": [f"{hour:02}:00" for hour in range(9, 17)],
        "rows": _rows(),
        "values": [abs(math.sin(step / 3)) * 320 + 40 + step % 5 * 22 for step in range(53)],
        "numbers": _numbers(),
        "people": _people(),
        "buttons": [{"text": "Zum Angebot", "icon": "external-link"}, {"text": "Frage stellen", "icon": "reply"}],
        "steps": [
            {"name": n, "url": "#", "current": n == "Flight plan"}
            for n in ("Audience", "Message", "Schedule", "Flight plan")
        ],
        "views": [
            {"name": "All", "url": "#", "current": True, "count": 9},
            {"name": "Need care", "url": "#", "count": 2},
        ],
        "crumbs": [{"name": "Campaigns", "url": "#"}],
        "chart": json.dumps(_chart()),
        "live_topic": "sample",
    }


def _parts() -> list[dict[str, Any]]:
    return [
        {"name": "Read", "count": 17542, "shade": "1"},
        {"name": "Delivered, not read yet", "count": 7518, "shade": "2"},
        {"name": "On the way", "count": 638, "shade": "3"},
        {"name": "Failed", "count": 612, "shade": "bad"},
        {"name": "Waiting", "count": 14898, "shade": "rest"},
    ]


def _falls() -> list[dict[str, Any]]:
    lines = (
        ("No opt-in for marketing", 6112, 63.27, 36.73, "out", "Ask them to opt in"),
        ("Opted out or suppressed", 1948, 51.56, 11.71, "out", "Never sent to"),
        ("Reached their cap: 2 in 72 h", 1940, 39.9, 11.66, "warn", "Send after Tuesday"),
        ("Not on WhatsApp, twice in a row", 611, 36.23, 3.67, "warn", "Clean these contacts"),
    )
    return [
        {"name": n, "count": formats.number(-c), "x": x, "w": w, "shade": s, "act": a} for n, c, x, w, s, a in lines
    ]


def _rows() -> list[dict[str, Any]]:
    table = (
        ("DE", "Nordlicht Hamburg", "", (2400, 3100, 3100, 2900, 900, 2700, 3100, 1520)),
        ("IT", "Bottega Milano", "", (1800, 2300, 2300, 1900, 600, 2100, 2300, 640)),
        ("ES", "Tradewind Madrid", "warm-up, 50 a day", (50, 0, 0, 0, 0, 0, 0, 0)),
        ("AE", "Gulf Trade Dubai", "", (1600, 1600, 1498, 1000, 300, 1000, 500, 0)),
    )
    return [_row(*line) for line in table] + [
        {**_row("", "Replies to expect", "", (88, 212, 248, 231, 160, 148, 214, 171)), "plain": True}
    ]


def _row(code: str, name: str, note: str, values: tuple[int, ...]) -> dict[str, Any]:
    cells = [
        {"value": value, "heat": drawing.heat(value, 3100), "hold": place == 4} for place, value in enumerate(values)
    ]
    return {"code": code, "name": name, "note": note, "total": sum(values), "cells": cells}


def _numbers() -> list[dict[str, Any]]:
    names = ("code", "name", "phone", "tone", "state", "quality_tone", "quality", "read", "today", "share")
    table = (
        "DE|Nordlicht Hamburg|+494033441290|good|connected||High|76 78 82 80 84 86|31204|95",
        "IT|Bottega Milano|+390280884410|good|connected|warn|Medium|85 83 78 72 66 62|38460|0",
        "ES|Tradewind Madrid|+34910552870|accent|warm-up, day 2 of 3||High|70 72 74 73 76 78|50|4",
        "BR|Tradewind São Paulo|+551140407715|bad|restricted until Wed|bad|Low|74 71 66 63 58 55|0|0",
    )
    lines = [dict(zip(names, line.split("|"), strict=True)) for line in table]
    return [{**line, "read": [int(n) for n in line["read"].split()], "today": int(line["today"])} for line in lines]


def _people() -> list[dict[str, Any]]:
    lines = (
        ("Jonas Weidmann", "+4917644120983", "DE", "read", "Gibt es die Jacke auch in Nachtblau?"),
        ("ليلى الحسن", "+971504182296", "AE", "delivered", "هل يمكن تغيير عنوان التوصيل؟"),
        ("สมชาย วงศ์สวัสดิ์", "+66211147730", "TH", "sent", ""),
        ("陈美玲", "+85261934402", "HK", "failed", "Not reachable on WhatsApp; once more tomorrow 13:24"),
        ("Katharina Schöne-Weidenbach", "+4916099341207", "DE", "waiting", ""),
        ("Giovanni Esposito", "+393332047715", "IT", "unknown", "Unknown whether it went. Not sent twice"),
    )
    return [dict(zip(("name", "phone", "code", "state", "came"), line, strict=True)) for line in lines]


def _chart() -> dict[str, Any]:
    values = [80, 81, 77, 79, 74, 74, 81, 76, 78, 79, 76, 76, 72, 76, 79, 62]
    return {
        "xAxis": {"type": "category", "data": [f"{day} Nov" for day in range(1, 17)]},
        "yAxis": {"type": "value", "min": 50, "max": 90},
        "tooltip": {"trigger": "axis"},
        "series": [
            {"type": "line", "data": values, "symbol": "none", "lineStyle": {"color": "--color-primary", "width": 2}}
        ],
    }
