"""Watchdogs end processes that hang, and only those."""

import signal
import subprocess
import sys
import time

import pytest

from tradewind.lib.watchdog import EXIT_CODE

HANGS = """
import time
from tradewind.lib import logs
from tradewind.lib.watchdog import Watchdog
logs.configure()
with Watchdog("feeder", limit_seconds=0.3):
    time.sleep(20)
"""
HANGS_IN_ASYNCIO = """
import asyncio, time
from tradewind.lib import logs
from tradewind.lib.watchdog import Watchdog
logs.configure()
async def main():
    with Watchdog("sender", limit_seconds=0.3) as dog:
        await asyncio.sleep(0.1)
        dog.beat()
        time.sleep(20)
asyncio.run(main())
"""
BEATS = """
import time
from tradewind.lib.watchdog import Watchdog
with Watchdog("feeder", limit_seconds=0.3) as dog:
    print("begun", flush=True)
    for _ in range(int(SECONDS / 0.05)):
        dog.beat()
        time.sleep(0.05)
time.sleep(0.6)
"""
ALIVE = """
import time
from tradewind.lib.watchdog import Watchdog, alive
alive()
with Watchdog("projector", limit_seconds=0.3):
    for _ in range(12):
        alive()
        time.sleep(0.05)
    print("done", flush=True)
"""


def start(code):
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("code", [HANGS, HANGS_IN_ASYNCIO])
def test_a_loop_that_hangs_ends_its_process_and_tells_where(code):
    process = start(code)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == EXIT_CODE
    assert "loop makes no progress" in complaint
    assert "<string>" in complaint


def test_a_loop_that_beats_goes_on_and_after_it_nobody_watches():
    process = start(BEATS.replace("SECONDS", "0.6"))
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_process_that_was_stopped_as_a_whole_is_not_to_blame():
    process = start(BEATS.replace("SECONDS", "1.5"))
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_work_piece_by_piece_says_that_it_is_alive():
    process = start(ALIVE)
    told, _ = process.communicate(timeout=60)
    assert (process.returncode, told) == (0, "done\n")
