"""Settings: defaults that work, and sentences for what does not."""

import os
import subprocess
import sys

import pytest

from tradewind import config

LONG = "k" * 40


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Only what the test sets, with a data folder of its own."""
    for name in list(os.environ):
        if name.startswith("TRADEWIND_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRADEWIND_DATA", str(tmp_path / "data"))
    yield monkeypatch
    monkeypatch.undo()
    config.reload()


def test_defaults(environment, tmp_path):
    found = config.reload()
    assert found.env == "production"
    assert found.data == tmp_path / "data"
    assert found.base_url == "http://127.0.0.1:8000"
    assert (found.lease_seconds, found.negative_proof_minutes, found.negative_proof_later) == (30, 10, 50)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TRADEWIND_PORT": "x"}, "TRADEWIND_PORT is set to 'x'"),
        ({"TRADEWIND_PORT": "70000"}, "TRADEWIND_PORT"),
        ({"TRADEWIND_ENV": "staging"}, "TRADEWIND_ENV is set to 'staging'"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL is set to 'mysql://x', which does not work: it must begin with"),
        ({"TRADEWIND_PUBLIC_URL": "example.org"}, "TRADEWIND_PUBLIC_URL"),
        ({"TRADEWIND_EMAIL_URL": "http://example.org"}, "TRADEWIND_EMAIL_URL"),
        ({"TRADEWIND_LEASE_SECONDS": "20"}, "must stay below lease_seconds"),
        ({"TRADEWIND_LOG_LEVEL": "loud"}, "TRADEWIND_LOG_LEVEL"),
        ({"TRADEWIND_GRAPH_VERSION": "25"}, "TRADEWIND_GRAPH_VERSION"),
    ],
)
def test_what_is_wrong_is_named(environment, variables, sentence):
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(config.ConfigError, match=sentence):
        config.reload()


def test_all_mistakes_are_told_at_once(environment):
    environment.setenv("TRADEWIND_PORT", "x")
    environment.setenv("TRADEWIND_ENV", "y")
    with pytest.raises(config.ConfigError) as refused:
        config.reload()
    assert len(str(refused.value).splitlines()) == 2


def test_a_secret_key_is_made_once_and_kept_from_others(environment, tmp_path):
    key = config.reload().secret_key
    path = tmp_path / "data" / "secret.key"
    assert len(key) >= config.SHORTEST_KEY
    assert path.stat().st_mode & 0o777 == 0o600
    assert config.reload().secret_key == key
    assert sorted(found.name for found in path.parent.iterdir()) == ["secret.key"]


def test_two_processes_make_one_key(environment):
    code = "from tradewind import config; print(config.load().secret_key)"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in started}) == 1


def test_keys_rotate_newest_first(environment):
    environment.setenv("TRADEWIND_SECRET_KEY", f"{LONG}1, {LONG}2")
    assert config.reload().secret_keys == (f"{LONG}1", f"{LONG}2")


@pytest.mark.parametrize(
    ("key", "sentence"),
    [(config.DEVELOPMENT_KEY, "known development key"), ("short", "too short"), (f"{LONG},short", "short")],
)
def test_production_refuses_weak_keys(environment, key, sentence):
    environment.setenv("TRADEWIND_SECRET_KEY", key)
    with pytest.raises(config.ConfigError, match=sentence):
        _ = config.reload().secret_keys
    environment.setenv("TRADEWIND_ENV", "test")
    assert config.reload().secret_key


def test_an_emptied_key_file_is_not_replaced_in_silence(environment, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text("")
    with pytest.raises(config.ConfigError, match="back-up"):
        _ = config.reload().secret_key


def test_p20_settings_do_not_print_their_secrets(environment):
    environment.setenv("TRADEWIND_SECRET_KEY", f"canary{LONG}")
    assert "canary" not in repr(config.reload())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ("localhost", 25, "", "", False, False)),
        ("smtp://relay.internal:25", ("relay.internal", 25, "", "", False, False)),
        ("smtp://me%40x.org:p%2Fw@mail.x.org", ("mail.x.org", 587, "me@x.org", "p/w", False, True)),
        ("smtps://me:pw@mail.x.org", ("mail.x.org", 465, "me", "pw", True, False)),
    ],
)
def test_mail(environment, url, expected):
    environment.setenv("TRADEWIND_EMAIL_URL", url)
    server = config.reload().email_server
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    assert tuple(server[f"EMAIL_{name}"] for name in names) == expected


def test_p20_a_sentence_about_an_address_does_not_tell_its_password(environment):
    environment.setenv("DATABASE_URL", "mysql://me:canary@host/x")
    with pytest.raises(config.ConfigError, match="DATABASE_URL") as refused:
        config.reload()
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "hosts"),
    [
        ({}, ["localhost", "127.0.0.1", "[::1]"]),
        (
            {"TRADEWIND_PUBLIC_URL": "https://desk.example.org/"},
            ["desk.example.org", "localhost", "127.0.0.1", "[::1]"],
        ),
        ({"TRADEWIND_ALLOWED_HOSTS": "a.example, b.example"}, ["a.example", "b.example"]),
    ],
)
def test_hosts_follow_the_address(environment, variables, hosts):
    for name, value in variables.items():
        environment.setenv(name, value)
    assert config.reload().allowed_hosts == hosts


def test_a_database_that_takes_no_connection_is_given_up_soon_unless_its_address_says_otherwise():
    from tradewind.settings import database

    assert database("postgresql://db.example/shop")["OPTIONS"]["connect_timeout"] == 5
    assert database("postgresql://db.example/shop?connect_timeout=30")["OPTIONS"]["connect_timeout"] == "30"
