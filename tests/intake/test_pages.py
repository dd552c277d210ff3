"""The pages of dead letters: list, one of them, trying again; who may and who may not."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.people import browser, member
from tradewind.intake.models import DeadLetter, Unrouted
from tradewind.numbers.models import App
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def letter(of: Member, **columns: object) -> DeadLetter:
    return DeadLetter.objects.create(
        **{
            "app_id": 1, "workspace_id": of.workspace_id, "inbox_id": DeadLetter.objects.count() + 1, "position": 0,
            "kind": "status", "event": {"kind": "status", "id": "wamid.X"}, "error": "KeyError in x.py, line 3 (f)",
            "tries": 3, "died_at": NOON, **columns,
        }
    )  # fmt: skip


def test_an_empty_list_says_so(as_alice: Client) -> None:
    assert "No dead letters." in as_alice.get("/dead-letters/").content.decode()


def test_the_list_and_its_parts(as_alice: Client, alice: Member, charlie: Member) -> None:
    letter(alice)
    letter(alice, kind="message", error="another error", replayed_at=NOON)
    letter(charlie, error="theirs")
    page = as_alice.get("/dead-letters/").content.decode()
    assert "Status of a message" in page
    assert "KeyError in x.py, line 3 (f)" in page
    assert "another error" not in page
    assert "theirs" not in page
    assert "Try all again" in page
    healed = as_alice.get("/dead-letters/?healed=1&part=1").content.decode()
    assert "another error" in healed
    assert "<html" not in healed


def test_older_ones_are_on_the_next_page(as_alice: Client, alice: Member) -> None:
    for n in range(60):
        letter(alice, error=f"error number {n:02}.")
    first = as_alice.get("/dead-letters/").content.decode()
    assert "error number 59." in first
    assert "error number 09." not in first
    tenth = public_id(DeadLetter.objects.get(error="error number 10."))
    second = as_alice.get(f"/dead-letters/?before={tenth}").content.decode()
    assert "error number 09." in second


def test_one_shows_its_error_and_form(as_alice: Client, alice: Member) -> None:
    page = as_alice.get(f"/dead-letters/{public_id(letter(alice))}/").content.decode()
    assert "wamid.X" in page
    assert "Try again" in page


def test_asking_for_a_replay_is_noted_once(as_alice: Client, alice: Member) -> None:
    one = letter(alice)
    address = f"/dead-letters/{public_id(one)}/"
    for _ in range(2):
        assert as_alice.post(f"{address}replay/").headers["Location"] == address
    one.refresh_from_db()
    assert (one.replay_asked_at is not None, one.replayed_by_id) == (True, alice.pk)
    assert AuditEntry.objects.filter(verb="deadletter.replay_asked").count() == 1
    assert "being tried again" in as_alice.get(address).content.decode()


def test_asking_for_all_takes_those_that_wait(as_alice: Client, alice: Member, charlie: Member) -> None:
    letter(alice), letter(alice), letter(alice, replayed_at=NOON), letter(charlie)
    assert as_alice.post("/dead-letters/replay/").status_code == 302
    assert DeadLetter.objects.exclude(replay_asked_at=None).count() == 2


def test_replays_need_a_post(as_alice: Client, alice: Member) -> None:
    one = letter(alice)
    assert as_alice.get(f"/dead-letters/{public_id(one)}/replay/").status_code == 405
    assert as_alice.get("/dead-letters/replay/").status_code == 405


def test_who_may_not(as_bob: Client, as_charlie: Client, nobody: Client, alice: Member) -> None:
    one = public_id(letter(alice))
    assert as_bob.get("/dead-letters/").status_code == 403
    assert as_bob.post(f"/dead-letters/{one}/replay/").status_code == 403
    assert as_charlie.get(f"/dead-letters/{one}/").status_code == 404
    assert as_charlie.post(f"/dead-letters/{one}/replay/").status_code == 404
    assert nobody.get("/dead-letters/").status_code == 302
    assert not DeadLetter.objects.exclude(replay_asked_at=None).exists()


def test_a_manager_may_replay(alice: Member) -> None:
    marta = browser(member(alice.workspace, "Marta", "manager"))
    one = letter(alice)
    marta.post(f"/dead-letters/{public_id(one)}/replay/")
    one.refresh_from_db()
    assert one.replay_asked_at is not None


def test_events_for_numbers_that_nobody_connected_are_shown_to_the_apps_owner(
    as_alice: Client, as_charlie: Client, alice: Member
) -> None:
    app = App.objects.create(workspace=alice.workspace, meta_id="1", webhook_path="p", created_at=NOON)
    for n in range(3):
        Unrouted.objects.create(app_id=app.pk, address="106540352242922", inbox_id=n, position=0, received_at=NOON)
    page = as_alice.get("/dead-letters/").content.decode()
    assert "106540352242922" in page
    assert "(3)" in page
    assert "106540352242922" not in as_charlie.get("/dead-letters/").content.decode()
