"""P18 and its relatives: every address that the console and the API have, asked by people who may not.

The addresses come from the URL configuration, so a new page is walked by itself. A parameter that this test does not
know fails it: then teach `tests/belongings.py` what it stands for.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.belongings import Belongings, everything
from tests.people import browser, member
from tests.test_walls import rows, with_column
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db

METHODS = ("get", "post")
API_METHODS = ("get", "post", "put", "patch", "delete")
# What anybody may ask for without being signed in.
OPEN = {
    "/setup/", "/join/<str:token>/", "/language/", "/health", "/health/live", "/metrics",
    "/accounts/login/", "/accounts/logout/", "/accounts/signup/", "/accounts/inactive/",
    "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/done/",
    "/accounts/two-factors/authenticate/", "/accounts/two-factors/passkeys/sign-in/",
    "/accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/",
    "/api/v1/openapi.json", "/api/v1/", "/api/",
    "/_gallery/",  # components without data; closed in production
}  # fmt: skip
# Parameters that are no ids of rows, with something to put there.
WORDS = {
    "reason": "cap",
    "recipe": "heat",
    "token": "nonsense",
    "uidb36": "1",
    "key": "set-password",
    "slug": "x",
    "where": "body",
    "letter": "B",
    "verb": "freeze",
    "form": "json",
    "pk": "1",
}
# Pages whose parameter `key` or `id` is a row.
API_ROWS = {
    "contacts": "contact",
    "numbers": "number",
    "templates": "template",
    "campaigns": "campaign",
    "messages": "message",
    "tags": "tag",
    "batches": "batch",
    "imports": "imported",
    "segments": "segment",
    "rules": "rule",
    "rates": "card",
    "media": "mediafile",
    "doubles": "double",
    "merges": "merge",
    "suggestions": "suggestion",
    "reconciliation": "gap",
    "link-domains": "domain",
}


@dataclass(frozen=True)
class Address:
    """One line of the URL configuration."""

    route: str
    name: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    def row_named(self, parameter: str) -> str:
        """Which of the belongings a parameter stands for; "" when it is no row."""
        if self.route.startswith("/api/"):
            return API_ROWS[self.route.split("/")[3]] if parameter == "id" else parameter
        if self.route.startswith(("/accounts/", "/join/")) or (parameter in WORDS and parameter != "key"):
            return ""
        return parameter

    @property
    def has_rows(self) -> bool:
        return any(self.row_named(parameter) for parameter in self.parameters)

    def of(self, whose: Belongings) -> str:
        """The address with the ids of somebody's things in it."""
        path = self.route
        for parameter in self.parameters:
            row = self.row_named(parameter)
            value = whose.id(row) if row else WORDS[parameter]
            path = re.sub(rf"<(?:\w+:)?{parameter}>", value, path, count=1)
        return path


def addresses() -> list[Address]:
    return sorted(set(walk(get_resolver(), "/")), key=lambda address: address.route)


def walk(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield Address(route, pattern.name or "")


WITH_ROWS = [address for address in addresses() if address.has_rows]
WITHOUT = [address for address in addresses() if not address.has_rows]


def fingerprint(workspace_id: int) -> dict[str, str]:
    """Everything that a workspace has, table by table, as a hash."""
    found = {}
    for table in sorted(with_column("workspace_id") | {"workspace"}):
        column = "id" if table == "workspace" else "workspace_id"
        content = rows(f"SELECT t::text FROM {table} t WHERE {column} = %s ORDER BY 1", workspace_id)
        found[table] = hashlib.sha256(repr(content).encode()).hexdigest()
    return found


def ask(client: Client, method: str, path: str, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {} if method == "get" else {"content_type": "application/json"} if token else {}
    return int(getattr(client, method)(path, data="{}" if body else None, headers=headers, **body).status_code)


def test_there_is_something_to_walk() -> None:
    assert len(WITH_ROWS) >= 30
    assert {"/contacts/<str:contact>/", "/campaigns/<str:campaign>/launch/", "/api/v1/contacts/<id>"} <= {
        address.route for address in WITH_ROWS
    }


def test_p18_another_workspaces_ids_are_404_everywhere_and_nothing_is_touched(alice: Member, charlie: Member) -> None:
    hers, his = everything(alice), everything(charlie)
    as_charlie = browser(charlie, raise_request_exception=False)
    before = fingerprint(alice.workspace_id)
    wrong = []
    for address in WITH_ROWS:
        token = his.key_token if address.route.startswith("/api/") else ""
        for method in API_METHODS if token else METHODS:
            status = ask(as_charlie, method, address.of(hers), token)
            allowed = (404, 405, 422) if token else (404, 405)  # 422: the body was looked at first, nothing else
            if status not in allowed:
                wrong.append((method, address.route, status))
    assert wrong == []
    assert fingerprint(alice.workspace_id) == before


def test_p18_premise_the_same_addresses_are_there_for_their_owner(alice: Member) -> None:
    hers = everything(alice)
    as_alice = browser(alice, raise_request_exception=False)
    for address in WITH_ROWS:
        token = hers.key_token if address.route.startswith("/api/") else ""
        status = ask(as_alice, "get", address.of(hers), token)
        assert status in (200, 302, 405), (address.route, status)


def test_p18_ids_of_another_kind_and_nonsense_are_404(alice: Member) -> None:
    hers = everything(alice)
    as_alice = browser(alice, raise_request_exception=False)
    for address in WITH_ROWS:
        token = hers.key_token if address.route.startswith("/api/") else ""
        good = address.of(hers)
        first = address.row_named(address.parameters[0])
        for nonsense in ("11111111111", "%00", "..%2F..%2Fetc", "-1", "999999999999999999999", "%F0%9F%98%80"):
            status = ask(as_alice, "get", good.replace(hers.id(first), nonsense), token)
            assert status in (400, 404, 405), (address.route, nonsense, status)


def test_nobody_gets_anywhere_without_signing_in(alice: Member, nobody: Client) -> None:
    hers = everything(alice)
    before = fingerprint(alice.workspace_id)
    nobody.raise_request_exception = False
    wrong = []
    for address in [*WITH_ROWS, *WITHOUT]:
        if address.route in OPEN:
            continue
        for method in METHODS:
            answer = getattr(nobody, method)(address.of(hers))
            is_out = answer.status_code in (401, 404, 405) or (
                answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            )
            if not is_out:
                wrong.append((method, address.route, answer.status_code))
    assert wrong == []
    assert fingerprint(alice.workspace_id) == before


def test_a_session_is_no_key_for_the_api(alice: Member) -> None:
    hers = everything(alice)
    as_alice = browser(alice)
    for address in [*WITH_ROWS, *WITHOUT]:
        if address.route.startswith("/api/") and address.route not in OPEN:
            for method in API_METHODS:
                assert ask(as_alice, method, address.of(hers)) in (401, 405), address.route


@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_a_helper_changes_nothing_that_is_not_theirs_to_change(alice: Member, role: str) -> None:
    """No page breaks for a role that may do less, and the guarded things stay as they are."""
    hers = everything(alice)
    helper = browser(member(alice.workspace, "Helper", role), raise_request_exception=False)
    guarded = (
        "workspace",
        "member",
        "api_key",
        "invitation",
        "app",
        "account",
        "number",
        "campaign",
        "run",
        "template",
    )
    before = {table: mark for table, mark in fingerprint(alice.workspace_id).items() if table in guarded}
    wrong = []
    for address in [*WITH_ROWS, *WITHOUT]:
        if address.route.startswith(("/api/", "/accounts/", "/leave/", "/health", "/metrics")):
            continue
        for method in ("get", "post"):
            status = ask(helper, method, address.of(hers))
            if status >= 500:
                wrong.append((method, address.route, status))
    assert wrong == []
    after = {table: mark for table, mark in fingerprint(alice.workspace_id).items() if table in guarded}
    assert after == before


INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>|\sstyle=|\son[a-z]+=|javascript:|<style[\s>]", re.IGNORECASE)


def test_no_page_has_inline_script_or_style_and_all_are_guarded(alice: Member) -> None:
    hers = everything(alice)
    as_alice = browser(alice, raise_request_exception=False)
    seen = 0
    for address in [*WITH_ROWS, *WITHOUT]:
        if address.route.startswith("/api/"):
            continue
        answer = as_alice.get(address.of(hers))
        assert answer.status_code < 500, address.route
        if "text/html" in answer.get("Content-Type", "") and not answer.streaming:
            seen += 1
            found = INLINE.findall(answer.content)
            assert not found, (address.route, found[:3])
            policy = answer["Content-Security-Policy"]
            assert "script-src 'self'" in policy and "unsafe" not in policy, address.route
            assert "frame-ancestors 'none'" in policy and answer["X-Frame-Options"] == "DENY", address.route
            assert answer["X-Content-Type-Options"] == "nosniff", address.route
    assert seen >= 20


def test_the_connection_is_free_after_every_page(alice: Member) -> None:
    hers = everything(alice)
    as_alice = browser(alice, raise_request_exception=False)
    for address in [*WITH_ROWS, *WITHOUT]:
        answer = as_alice.get(address.of(hers))
        if answer.streaming:
            list(answer)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('tradewind.workspace', true)")
            assert cursor.fetchone() in (("tradewind", ""), ("tradewind", None)), address.route
