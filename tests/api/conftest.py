"""A program that calls the API of Alice's workspace, which has one of everything."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.belongings import Belongings, everything
from tradewind.workspaces import keys
from tradewind.workspaces.models import Member


class Program:
    """Calls with a key; answers with status and JSON."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(raise_request_exception=False)
        self.last: Any = None

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {self.token}", **headers} if self.token else headers
        call = getattr(self.client, method)
        if method == "get":
            self.last = call(f"/api/v1{path}", headers=sent)
        else:
            self.last = call(f"/api/v1{path}", data=body or {}, content_type="application/json", headers=sent)
        return self.last.status_code, self.last.json()


@pytest.fixture
def hers(alice: Member) -> Belongings:
    return everything(alice)


@pytest.fixture
def call(hers: Belongings) -> Program:
    return Program(hers.key_token)


@pytest.fixture
def with_scopes(alice: Member) -> Callable[..., Program]:
    def make(*scopes: str) -> Program:
        return Program(keys.create(by=alice, name="some", scopes=scopes)[1])

    return make
