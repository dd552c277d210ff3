"""What each role may: docs/roles.md against the code, and every page and API verb asked as each of the five roles."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.belongings import Belongings, everything
from tests.people import browser, member
from tests.test_tenancy_crawl import OPEN, Address
from tradewind.workspaces import keys, rights
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parent.parent / "docs" / "roles.md"
# What every member has.
THEIR_OWN = {
    "/", "/welcome/", "/developers/", "/workspaces/switch/", "/leave/", "/settings/", "/settings/profile/",
    "/settings/sign-in/", "/settings/sign-in/<str:device>/end/", "/settings/sign-in/others/end/",
    "/accounts/two-factors/codes/",
}  # fmt: skip
METHODS = ("get", "post")


def told() -> dict[str, dict[str, bool]]:
    """The table of docs/roles.md: right → role → yes or no."""
    rows = re.findall(r"^\| `([a-z.]+)` \|[^|]*\|(.+)\|$", DOCS.read_text(), re.MULTILINE)
    return {
        right: dict(zip(rights.ROLES, [cell.strip() == "yes" for cell in cells.split("|")], strict=True))
        for right, cells in rows
    }


def guarded() -> Iterator[tuple[Address, Callable[..., Any]]]:
    """Every address outside of the API, with its view."""
    yield from walk(get_resolver(), "/")


def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[Address, Callable[..., Any]]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, route)
        elif isinstance(pattern, URLPattern) and not route.startswith("/api/"):
            yield Address(route, pattern.name or ""), pattern.callback


def is_of_sign_in(view: Callable[..., Any]) -> bool:
    """allauth's own pages ask by themselves; redirects say nothing."""
    return view.__module__.startswith(("allauth.", "django.views.generic"))


def test_the_table_of_the_docs_is_what_the_code_does() -> None:
    assert told() == {right: {role: right in rights.of(role) for role in rights.ROLES} for right in rights.EVERY_RIGHT}


def test_no_address_is_without_a_right_of_its_own() -> None:
    """Each is open to all by name, or the member's own, or behind rights that exist."""
    bare = []
    for address, view in guarded():
        if address.route in OPEN | THEIR_OWN or is_of_sign_in(view) or getattr(view, "open_to_all", False):
            continue
        asked = getattr(view, "rights", ())
        if not asked or not set(asked) <= rights.EVERY_RIGHT:
            bare.append((address.route, asked))
    assert bare == []


@pytest.fixture
def hers(alice: Member) -> Belongings:
    return everything(alice)


@pytest.mark.parametrize("role", rights.ROLES)
def test_every_page_as_each_role(alice: Member, hers: Belongings, role: str) -> None:
    """Who lacks the right gets 403 by GET and POST; who has it is never refused for it."""
    somebody = browser(member(alice.workspace, "Somebody", role), raise_request_exception=False)
    may = rights.of(role) | {"contacts.phones"}
    wrong = []
    for address, view in guarded():
        asked = getattr(view, "rights", ())
        if not asked:
            continue
        for method in METHODS if not set(asked) <= may else ("get",):
            status = getattr(somebody, method)(address.of(hers)).status_code
            refused = (403, 405) if not set(asked) <= may else ()
            if (status not in refused) if refused else status == 403:
                wrong.append((method, address.route, asked, status))
    assert wrong == []


@pytest.mark.parametrize("role", rights.ROLES)
def test_every_verb_of_the_api_as_each_role(alice: Member, hers: Belongings, role: str) -> None:
    """A key with every scope, made by somebody of that role: it has what the role has, no more."""
    maker = member(alice.workspace, "Maker", role)
    _key, token = keys.create(by=maker, name="All", scopes=keys.SCOPE_RIGHTS)
    client, headers = Client(raise_request_exception=False), {"Authorization": f"Bearer {token}"}
    document = client.get("/api/v1/openapi.json").json()
    wrong, seen = [], 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            may = keys.SCOPE_RIGHTS[operation["x-scope"]] in rights.of(role)
            if may and method != "get":
                continue  # what it may change it does not change here
            seen += 1
            address = Address(path.replace("{", "<").replace("}", ">"), "").of(hers)
            body = None if method == "get" else "{}"
            sent = getattr(client, method)(address, data=body, content_type="application/json", headers=headers)
            if (sent.status_code == 403) == may:
                wrong.append((method, path, operation["x-scope"], sent.status_code))
    assert seen > 10 and wrong == []
