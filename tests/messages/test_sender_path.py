"""The way out, whole: outbox → claim → intent → call → accepted, against the simulator."""

import time

import pytest

from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.simulator.running import Running
from tradewind.messages import marks
from tradewind.messages.models import Attempt, Lane, Message, Outbox, Tally
from tradewind.messages.sender import access


def test_a_run_is_sent_and_accepted_once_each(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    run = scene.run()
    messages = scene.queue(run, scene.people(30))
    with sending():
        wait_for(lambda: not Outbox.objects.exists())
    accepted = simulator.lines()[before:]
    assert len(accepted) == 30
    rows = {message.pk: message for message in Message.objects.filter(run=run)}
    assert {row.state for row in rows.values()} == {"accepted"}
    assert {line["wamid"] for line in accepted} == {row.wamid for row in rows.values()}
    named = {marks.message_of(marks.open_mark(line["callback_data"]) or b"") for line in accepted}
    assert named == {message.pk for message in messages}
    assert Attempt.objects.filter(outcome="accepted").count() == 30
    assert sum(Tally.objects.filter(run_id=run.pk, name="accepted").values_list("n", flat=True)) == 30
    lane = Lane.objects.get()
    assert lane.holder == "" and lane.fence == 1


def test_nothing_is_called_before_the_token_is_here(
    scene: Scene, simulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = access._open
    monkeypatch.setattr(access, "_open", lambda accounts: (time.sleep(0.8), quick(accounts))[1])
    scene.queue(scene.run(), scene.people(30))
    with sending():
        wait_for(lambda: not Outbox.objects.exists())
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"accepted"}
