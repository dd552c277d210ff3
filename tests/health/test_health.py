"""How the installation stands: told to people, to load balancers and to Prometheus."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from tests.belongings import everything
from tests.conftest import Time
from tests.people import browser, member
from tradewind.intake.models import WebhookWaiting
from tradewind.journal.models import Beat
from tradewind.lib import clock
from tradewind.messages.models import Message, Outbox, SafeMode
from tradewind.workspaces.models import AuditEntry, Member


def beat(name: str, seconds_ago: float = 1) -> None:
    now = clock.now()
    at = now - timedelta(seconds=seconds_ago)
    Beat.objects.create(name=name, process=f"{name}-1", at=at, started_at=now - timedelta(hours=1), detail={"calls": 7})


def test_all_is_well(as_alice: Client, still_time: Time) -> None:
    beat("sender")
    page = as_alice.get("/system/").content.decode()
    assert "Everything runs." in page and "The one process runs." in page
    assert ">sender<" not in page
    assert ">sender<" in as_alice.get("/system/?all=1").content.decode()


def test_a_silent_process_is_named_first(as_alice: Client, still_time: Time) -> None:
    beat("sender", 16)
    beat("journal.relay")
    page = as_alice.get("/system/").content.decode()
    assert "One process is silent." in page
    assert ">sender<" in page and ">journal.relay<" not in page
    assert as_alice.get("/system/?all=1").content.decode().count("runs</span>") == 1


def test_a_process_stopped_for_good_is_forgotten(as_alice: Client, still_time: Time) -> None:
    beat("sender", 3601)
    assert "No process has shown itself" in as_alice.get("/system/").content.decode()


def test_a_process_that_said_goodbye_is_not_missed(as_alice: Client, still_time: Time) -> None:
    beat("sender", 600)
    Beat.objects.update(detail={"stopped": True})
    beat("journal.relay")
    assert "Everything runs." in as_alice.get("/system/").content.decode()
    assert as_alice.get("/health").json()["problems"] == []


def test_what_waits_is_counted_for_this_workspace_only(
    as_alice: Client, alice: Member, charlie: Member, still_time: Time
) -> None:
    everything(charlie)
    hers = everything(alice)
    beat("sender")
    queued(hers.message, "waiting", 90)
    his = Message.objects.exclude(workspace=alice.workspace).get()
    queued(his, "unknown", 0)
    WebhookWaiting.objects.create(app_id=1, inbox_id=1, received_at=clock.now() - timedelta(minutes=2))
    page = as_alice.get("/system/").content.decode()
    assert "Meta's news is behind" in page or "Meta&#x27;s news is behind" in page
    assert "the oldest is due for" in page
    assert "In doubt" not in page


def queued(message: Message, stage: str, seconds_due: float) -> None:
    Outbox.objects.create(
        message=message,
        workspace_id=message.workspace_id,
        number_id=message.number_id,
        portfolio_id=1,
        contact_id=message.contact_id,
        priority=0,
        stage=stage,
        due_at=clock.now() - timedelta(seconds=seconds_due),
    )


def test_safe_mode_is_ended_by_an_admin_and_noted(as_alice: Client, alice: Member, still_time: Time) -> None:
    SafeMode.objects.create(since=clock.now(), reason="a restore")
    assert "a restore" in as_alice.get("/system/").content.decode()
    agent = browser(member(alice.workspace, "Bob", "agent"))
    assert agent.post("/system/safe-mode/end/").status_code == 403
    assert SafeMode.objects.get().ended_at is None
    as_alice.post("/system/safe-mode/end/")
    ended = SafeMode.objects.get()
    assert (ended.ended_at, ended.ended_by) == (clock.now(), alice)
    assert "safe_mode" in AuditEntry.objects.get().verb


def test_machines_are_told_without_a_sign_in(nobody: Client, still_time: Time) -> None:
    beat("sender")
    answer = nobody.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "problems": []})
    beat("worker", 20)
    SafeMode.objects.create(since=clock.now(), reason="a restore")
    assert nobody.get("/health").json() == {"status": "limping", "problems": ["silent:worker", "safe_mode"]}


def test_without_a_database_it_is_alive_but_not_ready(nobody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("tradewind.health.vitals.vitals", away)
    monkeypatch.setattr("tradewind.health.views.connection.close", lambda: None)
    answer = nobody.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert nobody.get("/health/live").json() == {"status": "alive"}


def test_figures_for_prometheus(nobody: Client, alice: Member, still_time: Time) -> None:
    hers = everything(alice)
    queued(hers.message, "waiting", 90)
    beat("sender", 4)
    answer = nobody.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    figures = dict(line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#"))
    assert figures["tradewind_outbox_waiting"] == "1.0"
    assert figures["tradewind_outbox_overdue_seconds"] == "90.0"
    assert figures['tradewind_beat_age_seconds{loop="sender",process="sender-1"}'] == "4.0"
    assert figures['tradewind_beat_detail{loop="sender",name="calls",process="sender-1"}'] == "7.0"
    assert float(figures["tradewind_database_bytes"]) > 1_000_000


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"REMOTE_ADDR": "192.0.2.7"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 403),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "}, 403),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wrong"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
    ],
)
def test_figures_are_for_this_machine(nobody: Client, asked: dict[str, str], status: int) -> None:
    assert nobody.get("/metrics", **asked).status_code == status


def test_figures_are_for_whoever_has_the_token(nobody: Client, settings: object) -> None:
    from pydantic import SecretStr

    settings.CONFIG = settings.CONFIG.model_copy(update={"metrics_token": SecretStr("let me see")})  # type: ignore[attr-defined]
    assert nobody.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer let me see").status_code == 200
    assert nobody.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer let me").status_code == 403
