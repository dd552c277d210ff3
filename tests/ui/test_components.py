"""What components make of what they are given, above all of hostile names."""

import re

import pytest
from django import forms
from django.test import RequestFactory, override_settings

from tests.ui.said import said
from tradewind import config
from tradewind.ui import assets, gallery

HOSTILE = """<script>alert("1")</script>" onfocus='x' {{ 7|add:7 }} \u202egnp.exe"""


@pytest.mark.parametrize(
    "source",
    [
        '<c-person name="{{ name }}" href="#">{{ name }}</c-person>',
        '<c-tag href="?t={{ name }}">{{ name }}</c-tag>',
        '<c-number name="{{ name }}" phone="{{ name }}" code="{{ name }}" />',
        '<c-button title="{{ name }}" data-name="{{ name }}">{{ name }}</c-button>',
        '<c-bubble side="in" by="{{ name }}" quote="{{ name }}">{{ name|linebreaksbr }}</c-bubble>',
        '<c-phone sender="{{ name }}" header="{{ name }}" footer="{{ name }}" file="{{ name }}" :buttons="buttons" />',
        '<c-bar :parts="parts" key="1" label="{{ name }}" />',
        '<c-fall name="{{ name }}" count="{{ name }}" href="{{ name }}">{{ name }}</c-fall>',
        '<c-hours :rows="rows" :hours="hours" label="{{ name }}" />',
        '<c-dialog id="d" title="{{ name }}">{{ name }}</c-dialog>',
        '<c-callout title="{{ name }}">{{ name }}</c-callout>',
        "<c-toast>{{ name }}</c-toast>",
        '<c-copy text="{{ name }}" />',
        '<c-chart option="{{ name }}" label="{{ name }}" />',
        '<c-page-head title="{{ name }}" :crumbs="crumbs" />',
        '<c-search value="{{ name }}" label="{{ name }}" />',
        '<c-seg :items="crumbs" label="{{ name }}" />',
        '<c-live topic="{{ name }}">{{ name }}</c-live>',
    ],
)
def test_hostile_names_stay_text(source: str) -> None:
    given = {
        "name": HOSTILE,
        "buttons": [{"text": HOSTILE, "icon": ""}],
        "parts": [{"name": HOSTILE, "count": 3}],
        "hours": [HOSTILE],
        "rows": [{"name": HOSTILE, "code": "", "note": HOSTILE, "total": 1, "cells": [{"value": 1, "title": HOSTILE}]}],
        "crumbs": [{"name": HOSTILE, "url": "#", "count": 1}],
    }
    page = said(source, **given)
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "onfocus='x'" not in page
    assert '" onfocus' not in page
    assert "14" not in re.sub(r"\?v=\w+", "", page)  # an asset's version may have any digits


def test_a_component_does_not_take_over_what_the_page_calls_the_same() -> None:
    page = said(
        '<c-callout title="Held">Wait<c-button>Go</c-button></c-callout>', icon="x", kind="danger", href="/evil"
    )
    assert "/evil" not in page
    assert "btn-danger" not in page


def test_a_page_may_follow_several_topics() -> None:
    assert 'sse-connect="/live?topic=run%3AaB3&amp;topic=numbers"' in said('<c-live topic="run:aB3 numbers">x</c-live>')


def test_button_is_a_link_or_a_button() -> None:
    assert '<a href="/x"' in said('<c-button href="/x">Go</c-button>')
    page = said('<c-button type="submit" kind="primary" hx-post="/y" form="f">Go</c-button>')
    assert '<button type="submit"' in page
    assert 'hx-post="/y"' in page
    assert 'class="btn btn-sm btn-primary"' in page


@pytest.mark.parametrize(
    ("state", "mark", "word"),
    [
        ("sent", "mark-tick", "sent"),
        ("accepted", "mark-tick", "sent"),
        ("delivered", "mark-ticks", "delivered"),
        ("read", "mark-ticks", "read"),
        ("failed", "circle-x", "failed"),
        ("unknown", "circle-question-mark", "unknown"),
        ("queued", "clock", "waiting"),
    ],
)
def test_ticks_always_come_with_their_word(state: str, mark: str, word: str) -> None:
    silent = said('<c-ticks state="{{ state }}" />', state=state)
    assert f'#{mark}"' in silent
    assert f'aria-label="{word}"' in silent
    assert f"{word}</span>" in said('<c-ticks state="{{ state }}" words="1" />', state=state)


class Form(forms.Form):
    name = forms.CharField(help_text="As they read it.")
    pace = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "Careful"), ("b", "Fast")])
    sizes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=[("s", "Small"), ("l", "Large")])
    sure = forms.BooleanField(required=False)


def test_a_field_ties_help_and_error_to_its_control() -> None:
    page = said('<c-field :field="form.name" />', form=Form({"name": ""}))
    assert 'aria-describedby="id_name-help id_name-error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_name-error"' in page
    assert "This field is required." in page


def test_choices_have_a_label_each() -> None:
    page = said('<c-field :field="form.pace" />', form=Form({"pace": "b"}))
    assert page.count("<label>") == 2
    assert page.count('class="radio"') == 2
    assert page.count(" checked") == 1


def test_where_several_may_be_chosen_boxes_are_drawn_and_no_buttons() -> None:
    page = said('<c-field :field="form.sizes" />', form=Form({"sizes": ["s", "l"]}))
    assert page.count('class="checkbox"') == 2
    assert 'class="radio"' not in page
    assert page.count(" checked") == 2


def test_a_box_to_tick_stands_before_its_label() -> None:
    page = said('<c-field :field="form.sure" />', form=Form())
    assert page.index('type="checkbox"') < page.index("<label")
    assert "optional" not in page


def test_a_missing_build_says_what_to_do() -> None:
    with pytest.raises(assets.NotBuilt, match="npm run build"):
        assets.address("nothing.css")


@pytest.mark.parametrize(("env", "is_open"), [("production", False), ("demo", True), ("test", True)])
def test_the_gallery_is_shut_in_production(env: str, is_open: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWIND_ENV", env)
    config.reload()
    try:
        with override_settings(DEBUG=False):
            assert gallery.is_open() is is_open
    finally:
        monkeypatch.undo()
        config.reload()


def test_the_choice_of_theme_is_one_of_three() -> None:
    from tradewind.ui.context import shell

    request = RequestFactory().get("/")
    request.COOKIES["tradewind_theme"] = '"><script>'
    assert shell(request)["shell"]["theme"] == "system"
    request.COOKIES["tradewind_theme"] = "dark"
    assert shell(request)["shell"]["theme"] == "dark"
