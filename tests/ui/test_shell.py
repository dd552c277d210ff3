"""The frame as Alice and Bob see it, and as nobody does."""

import re

import pytest
from django.test import Client

from tradewind.workspaces.models import Member


def test_home_leads_to_the_first_page_of_work(as_alice: Client) -> None:
    answer = as_alice.get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/campaigns/"


def test_nobody_is_sent_to_sign_in(alice: Member, nobody: Client) -> None:
    answer = nobody.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/contacts/", "/contacts/"),
        ("/segments/", "/contacts/"),
        ("/segments/rules/new/", "/contacts/"),
        ("/contacts/scores/", "/settings/"),
        ("/recurring/", "/campaigns/"),
        ("/dead-letters/", "/system/"),
    ],
)
def test_the_rail_marks_where_one_is(as_alice: Client, path: str, place: str) -> None:
    page = as_alice.get(path).content.decode()
    current = re.findall(r'<a class="rail-item[^"]*" href="([^"]+)"[^>]*aria-current="page"', page)
    assert current == [place]
    assert "Alster Tea" in page


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_language_and_direction_of_the_member(as_alice: Client, alice: Member, language: str, direction: str) -> None:
    alice.user.locale = language
    alice.user.save()
    page = as_alice.get("/contacts/").content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_the_chosen_theme_is_there_before_any_script(as_alice: Client) -> None:
    as_alice.cookies["tradewind_theme"] = "dark"
    assert 'data-theme="tradewind-dark"' in as_alice.get("/contacts/").content.decode()


def test_pages_come_with_a_strict_content_policy(as_alice: Client) -> None:
    policy = as_alice.get("/contacts/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_what_is_not_there_says_so(as_alice: Client) -> None:
    answer = as_alice.get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
