"""Work that can wait gives way, here and at the database server."""

import os
import subprocess
import sys

import pytest
from django.db import connection

NICE = 13  # more than the tests themselves
ASK = """
import os, psycopg, sys
from tradewind.lib import priority
priority.give_way(int(sys.argv[2]))
with psycopg.connect(sys.argv[1]) as connection:
    priority.pass_on(connection.info)
    print(os.getpriority(os.PRIO_PROCESS, 0), os.getpriority(os.PRIO_PROCESS, connection.info.backend_pid))
"""


def asked(address: str, niceness: int) -> list[int]:
    told = subprocess.run([sys.executable, "-c", ASK, address, str(niceness)], capture_output=True, check=True)
    return [int(word) for word in told.stdout.split()]


@pytest.mark.django_db
def test_the_servers_process_gives_way_with_the_one_that_it_works_for() -> None:
    from tradewind.journal.connections import address

    assert asked(address(), NICE) == [NICE, NICE]


@pytest.mark.django_db
def test_a_process_that_gives_way_to_nobody_leaves_the_server_alone() -> None:
    connection.ensure_connection()
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, connection.connection.info.backend_pid) == here
