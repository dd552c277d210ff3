"""P19 and P20: what is secret stands readable in no dump, no log and no error page; production refuses known keys."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests import cluster
from tests.belongings import CANARY_SECRET, CANARY_TOKEN, CANARY_VERIFY, everything
from tests.people import PASSWORD, browser, member, workspace
from tradewind import config
from tradewind.lib import logs
from tradewind.lib.postgres import binaries
from tradewind.workspaces import actions

KEY = "7f3a9c1e5b8d2046" * 4
SECRETS = (CANARY_SECRET, CANARY_TOKEN, CANARY_VERIFY, PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_p19_a_dump_holds_no_secret() -> None:
    """pg_dump of a workspace with a token, an app's secret, a key, an invitation, a password and a session."""
    cache.clear()
    owner = member(workspace("Dumped Tea"), "Dora", "owner")
    hers = everything(owner)
    _invitation, link = actions.invite(by=owner, email="new@example.com", role="agent")
    client = Client()
    client.post("/accounts/login/", {"login": owner.user.email, "password": PASSWORD})
    assert client.get("/settings/").status_code == 200

    url = cluster.CLUSTER.url(database=connection.settings_dict["NAME"])
    dump = subprocess.run(
        [binaries.find().folder / "pg_dump", "--inserts", url], capture_output=True, check=True
    ).stdout

    assert b"Dumped Tea" in dump and owner.user.email.encode() in dump  # the premise: it is a dump of this workspace
    for secret in (*SECRETS, hers.key_token.split("_", 2)[2], link):
        assert secret.encode() not in dump
        assert secret.encode().hex().encode() not in dump
    assert re.search(rb"\\x01[0-9a-f]{8}", dump)  # sealed values are there


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a process in production would write."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    written = io.StringIO()
    logs.configure(to=written, as_json=True)
    yield written
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.django_db
def test_p20_log_and_error_page_hold_no_secret(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    owner = member(workspace("Logged Tea"), "Dora", "owner")
    hers = everything(owner)
    _invitation, link = actions.invite(by=owner, email="new@example.com", role="agent")

    def broken(*args: object, **kwargs: object) -> None:
        secret, token = CANARY_SECRET, CANARY_TOKEN
        raise RuntimeError(f"Meta said no to {token} of +49 151 20012345 with Bearer {secret}")

    monkeypatch.setattr("tradewind.workspaces.queries.api_keys", broken)
    monkeypatch.setattr("tradewind.api.numbers.shown", broken)
    client = browser(owner, raise_request_exception=False)
    page = client.get("/settings/keys/")
    answer = client.get("/api/v1/numbers/", headers={"Authorization": f"Bearer {hers.key_token}"})
    client.get(f"/join/{link}/nothing/")
    client.get(f"/nothing/{hers.key_token}/")
    client.post("/accounts/login/", {"login": owner.user.email, "password": "wrong " + PASSWORD})

    assert (page.status_code, answer.status_code) == (500, 500)
    written = log.getvalue()
    assert "RuntimeError" in written and "/settings/keys/" in written  # the premise: it was logged
    for line in written.splitlines():
        json.loads(line)
    for secret in (*SECRETS, hers.key_token, link, "20012345", "151 2001"):
        assert secret not in written
        assert secret not in page.content.decode()
        assert secret not in answer.content.decode()
    assert "Traceback" not in page.content.decode()


def production(**more: str) -> subprocess.CompletedProcess[str]:
    """`check --deploy` in an environment as operators write it."""
    environment = {
        "PATH": os.environ["PATH"],
        "TRADEWIND_ENV": "production",
        "TRADEWIND_DATA": os.environ[cluster.FOLDER],
        "TRADEWIND_PUBLIC_URL": "https://console.example.com",
        "TRADEWIND_SECRET_KEY": KEY,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DJANGO_SETTINGS_MODULE": "tradewind.settings",
        **more,
    }
    command = [sys.executable, "-W", "error::UserWarning", "-m", "django", "check", "--deploy", "--fail-level", "INFO"]
    return subprocess.run(command, env=environment, cwd=Path(__file__).parent.parent, capture_output=True, text=True)


def test_django_finds_nothing_to_say_about_production() -> None:
    done = production()
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("key", [config.DEVELOPMENT_KEY, "short", f"{config.DEVELOPMENT_KEY},{KEY}"])
def test_production_refuses_a_known_or_weak_secret_key(key: str) -> None:
    done = production(TRADEWIND_SECRET_KEY=key)
    assert done.returncode != 0
    assert "TRADEWIND_SECRET_KEY" in done.stderr


def test_behind_https_cookies_are_secure_and_browsers_told_so() -> None:
    told = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS[0], s.DEBUG)"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "TRADEWIND_DATA": os.environ[cluster.FOLDER],
        "TRADEWIND_PUBLIC_URL": "https://console.example.com",
        "TRADEWIND_SECRET_KEY": KEY,
        "DJANGO_SETTINGS_MODULE": "tradewind.settings",
    }
    done = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True", "console.example.com", "False"]
