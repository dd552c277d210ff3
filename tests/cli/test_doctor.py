"""The doctor: what is fine, what somebody should know, what does not work."""

import json
import os
import shutil
import tempfile
import threading
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

from tests import cluster
from tests.cli.commands import last_object, run
from tradewind import config as settings
from tradewind.cli.doctor import database, machine
from tradewind.config import DEVELOPMENT_KEY, Config
from tradewind.lib.postgres import Cluster

LONG = "k" * 40


def configured(data, **fields):
    return Config(**{"env": "production", "data": data, "database_url": "", "given_keys": LONG} | fields)


def states(findings):
    return {finding.subject: finding.state for finding in findings}


def test_a_fresh_installation_is_well():
    folder = Path(tempfile.mkdtemp(prefix="tradewind-doctor-"))
    done = run("doctor", "--json", "--data", folder)
    Cluster(folder).destroy()
    shutil.rmtree(folder)
    told = last_object(done)
    assert (done.returncode, told["ok"]) == (0, True)
    found = {finding["subject"]: finding for finding in told["findings"]}
    assert found["database"]["text"].startswith("PostgreSQL ")
    assert found["tables"]["state"] == "warn"
    assert found["locale"]["state"] == found["rights"]["state"] == found["clock"]["state"] == "ok"


def test_what_does_not_work_ends_with_1(tmp_path):
    done = run("doctor", "--json", "--data", tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert done.returncode == 1
    [finding] = [finding for finding in last_object(done)["findings"] if finding["subject"] == "database"]
    assert finding["state"] == "bad"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "ok"),
        ({"clock": "file:/x"}, "bad"),
        ({"clock": "file:/x", "env": "demo"}, "warn"),
        ({"debug": True}, "bad"),
        ({"debug": True, "env": "demo"}, "ok"),
    ],
)
def test_settings(tmp_path, fields, state):
    assert machine.settings(configured(tmp_path, **fields)).state == state


def test_secrets(tmp_path):
    assert machine.secrets(configured(tmp_path)).state == "ok"
    assert machine.secrets(configured(tmp_path, given_keys="short")).state == "bad"
    assert machine.secrets(configured(tmp_path, given_keys=DEVELOPMENT_KEY)).state == "bad"
    assert machine.secrets(configured(tmp_path, given_keys=DEVELOPMENT_KEY, env="test")).state == "warn"
    assert machine.secrets(configured(tmp_path, given_keys="")).state == "ok"
    (tmp_path / "secret.key").chmod(0o644)
    found = machine.secrets(configured(tmp_path, given_keys=""))
    assert found.state == "bad"
    assert "chmod 600" in found.text


@pytest.mark.parametrize(("free", "state"), [(0.5, "bad"), (3, "warn"), (50, "ok")])
def test_disk(tmp_path, monkeypatch, free, state):
    usage = namedtuple("usage", "total used free")(0, 0, free * machine.GIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert machine.disk(tmp_path).state == state


def test_assets_and_translations(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "PACKAGE", tmp_path)
    assert machine.assets().state == "bad"
    (tmp_path / "ui" / "dist").mkdir(parents=True)
    (tmp_path / "ui" / "dist" / "manifest.json").write_text("{}")
    assert machine.assets().state == "ok"
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text("")
    found = machine.translations()
    assert (found.state, "de" in found.text) == ("warn", True)
    (folder / "django.mo").write_text("")
    assert machine.translations().state == "ok"


def test_processes_are_those_that_live(tmp_path):
    (tmp_path / "run").mkdir()
    for name, pid in (("web-1", os.getpid()), ("web-2", os.getpid()), ("sender-1", 2**22 + 1)):
        noted = {"kind": name.split("-")[0], "number": 1, "pid": pid, "starts": 1}
        (tmp_path / "run" / f"{name}.json").write_text(json.dumps(noted))
    assert machine.processes(tmp_path).text == "Running: 2 web."


@pytest.mark.parametrize(
    ("address", "state"),
    [("", "warn"), ("http://desk.example.org", "warn"), ("https://127.0.0.1:1", "bad")],
)
def test_the_public_address(tmp_path, address, state):
    assert machine.public_address(configured(tmp_path, public_url=address)).state == state


@pytest.mark.parametrize(("status", "state"), [(200, "ok"), (502, "bad")])
def test_the_public_address_is_asked(tmp_path, monkeypatch, status, state):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *parts):
            """Silence."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened = machine.urllib.request.urlopen
        local = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(
            machine.urllib.request,
            "urlopen",
            lambda url, timeout: opened(url.replace("https://desk.example.org", local), timeout=timeout),
        )
        assert machine.public_address(configured(tmp_path, public_url="https://desk.example.org")).state == state
        server.shutdown()


@pytest.fixture(scope="module")
def server():
    cluster.CLUSTER.start()
    return cluster.CLUSTER


def connected(server, **place):
    return psycopg.connect(server.url(**place), autocommit=True)


def test_a_good_database(server):
    with connected(server) as connection:
        checks = [database.version(connection, "here"), database.locale(connection), database.contrib(connection)]
        checks += [database.rights(connection), database.clock(connection)]
    assert set(states(checks).values()) == {"ok"}


@pytest.mark.parametrize(
    ("name", "options", "state", "words"),
    [
        ("doctor_blind", "LC_CTYPE 'C' LC_COLLATE 'C'", "bad", "C.UTF-8"),
        ("doctor_latin", "ENCODING 'LATIN1' LC_CTYPE 'C' LC_COLLATE 'C'", "bad", "LATIN1"),
    ],
)
def test_a_database_of_another_locale(server, name, options, state, words):
    with connected(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
    with connected(server, database=name) as connection:
        found = database.locale(connection)
        if "LATIN1" not in options:
            connection.execute("CREATE EXTENSION pg_trgm")
            assert database.locale(connection).state == state
    cluster.drop(name)
    assert (found.state, words in found.text) == (state, True)


def test_rights(server):
    with connected(server, user="postgres") as connection:
        assert database.rights(connection).state == "warn"
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("SET ROLE guest")
        assert database.rights(connection).state == "bad"
        connection.execute("RESET ROLE; DROP ROLE guest")


def test_clocks_apart(server, monkeypatch):
    monkeypatch.setattr(database.time, "time", lambda: 0.0)
    with connected(server) as connection:
        found = database.clock(connection)
    assert (found.state, "NTP" in found.text) == ("bad", True)


def test_a_database_that_is_too_old(server, monkeypatch):
    monkeypatch.setattr("tradewind.lib.postgres.binaries.OLDEST", 99)
    with connected(server) as connection:
        assert database.version(connection, "here").state == "bad"


def test_no_configuration_is_left_behind():
    assert settings.load().env == "test"
