"""P28 on a disk that is really full: webhooks and contacts lie on a small file system of their own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests import cluster
from tests.intake.world import business, close_door, post
from tests.people import browser
from tests.small_disk import small_disk
from tradewind.cli.chaos.full_disk import fill
from tradewind.contacts.models import Contact
from tradewind.intake.models import WebhookInbox
from tradewind.workspaces import keys
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)
ROOM = "32m"
MOVED = ("webhook_inbox", "contact")
MOST = 200
"""So many contacts need more pages than a table has in stock."""


@pytest.fixture
def disk(transactional_db: None) -> Iterator["Disk"]:
    name = f"tradewind_small_{os.getpid()}"
    with small_disk(Path("/var/tmp") / name, ROOM) as root:
        place = root / "tables"
        place.mkdir()
        shutil.chown(place, "postgres")
        tell(f"CREATE TABLESPACE {name} LOCATION '{place}'")
        here = Disk(root / "filler")
        try:
            move(name)
            yield here
        finally:
            here.free()
            connection.close()
            move("pg_default")
            tell(f"DROP TABLESPACE {name}")


class Disk:
    """Can be full."""

    def __init__(self, filler: Path) -> None:
        self._filler = filler

    def fill(self) -> None:
        with self._filler.open("wb", buffering=0) as file:
            fill(file)

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)


def move(tablespace: str) -> None:
    for table in MOVED:
        tell(f"ALTER TABLE {table} SET TABLESPACE {tablespace}")


def tell(sql: str) -> None:
    """As the cluster's own superuser: a tablespace is the whole cluster's."""
    url = cluster.CLUSTER.url(database=connection.settings_dict["NAME"], user="postgres")
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute(sql)  # type: ignore[call-overload]


async def test_p28_webhooks_are_refused_while_the_disk_is_full_and_taken_again_by_themselves(
    alice: Member, disk: Disk
) -> None:
    desk = await sync_to_async(business)(alice.workspace)
    bodies = [{"entry": [os.urandom(50_000).hex()]} for _ in range(4)]
    try:
        assert await post(desk, bodies[0]) == 200
        disk.fill()
        assert [await post(desk, body) for body in bodies[1:]] == [503, 503, 503]
        disk.free()
        assert [await post(desk, body) for body in bodies[1:]] == [200, 200, 200]
        assert await WebhookInbox.objects.acount() == 4  # each once, of the refusals nothing stayed
    finally:
        await close_door()


@pytest.mark.parametrize("language", ["en", "de"])
def test_p28_a_page_says_in_the_users_words_that_it_cannot_be_done_now(
    alice: Member, disk: Disk, language: str
) -> None:
    alice.user.locale = language
    alice.user.save()
    page = browser(alice, raise_request_exception=False)
    answers = {}
    disk.fill()
    for n in range(MOST):
        answer = page.post(reverse("contacts:new"), person(n))
        answers[answer.status_code] = answer
        if answer.status_code != 302:
            break
    refused = answers[503]
    with translation.override(language):
        assert translation.gettext("The database cannot take this right now") in refused.content.decode()
    assert refused["Retry-After"] == "30"
    assert 500 not in answers
    before = Contact.objects.count()
    assert page.get(reverse("contacts:list")).status_code == 200, "reading goes on"
    disk.free()
    assert page.post(reverse("contacts:new"), person(MOST)).status_code == 302
    assert Contact.objects.count() == before + 1


def test_a_page_whose_database_is_away_says_so_in_the_browsers_language(alice: Member) -> None:
    page = browser(alice, raise_request_exception=False, headers={"Accept-Language": "it"})
    there = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        answer = page.get(reverse("contacts:list"))
    finally:
        connection.settings_dict["HOST"] = there
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    with translation.override("it"):
        assert translation.gettext("The database cannot take this right now") in answer.content.decode()
    assert page.get(reverse("contacts:list")).status_code == 200


def test_p28_the_api_says_503_and_keeps_what_it_has_answered(alice: Member, disk: Disk) -> None:
    _key, token = keys.create(by=alice, name="Program", scopes=keys.SCOPE_RIGHTS)
    program = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    disk.fill()
    codes, told = [], {}
    while len(codes) < MOST and 503 not in codes:
        answer = program.post("/api/v1/contacts/", person(len(codes)), content_type="application/json")
        codes.append(answer.status_code)
        told = answer.json()
    assert set(codes[:-1]) <= {201} and (told["status"], told["code"]) == (503, "not_now")
    assert Contact.objects.count() == codes.count(201)
    disk.free()
    assert program.post("/api/v1/contacts/", person(MOST), content_type="application/json").status_code == 201


def person(n: int) -> dict[str, str]:
    return {"name": f"Ada {n} {'x' * 80}", "phone": phone(n)}


def phone(n: int) -> str:
    return f"+4915{1_000_000_000 + n}"
