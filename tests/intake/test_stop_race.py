"""P14 as a race: a campaign is going out, nobody projects, and people say STOP at the front door."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from tests.intake.world import close_door, request, signed, text_message
from tests.messages.conftest import scene, shared_simulator, simulator  # noqa: F401 - fixtures
from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.simulator.running import Running
from tradewind.contacts.models import Consent, Contact
from tradewind.intake.models import WebhookWaiting
from tradewind.lib import clock
from tradewind.messages.models import Attempt, Message, Outbox

pytestmark = pytest.mark.django_db(transaction=True)

STOP = ["STOP", "Stopp!", "baja", "توقف", "退订", "หยุด", "unsubscribe", "basta"]


def stop_body(of: Scene, phone: str, word: str) -> bytes:
    number = of.numbers[0]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number.phone_number_id, "display_phone_number": number.phone[1:]},
        "contacts": [{"wa_id": phone[1:], "profile": {"name": "Anna"}}],
        "messages": [text_message(word, sender=phone[1:], at=clock.now())],
    }
    change = {"field": "messages", "value": value}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})


async def say_stop(of: Scene, phones: list[str]) -> dict[str, datetime]:
    """One after the other; when each was answered with 200."""
    answered = {}
    path, secret = f"/webhooks/{of.numbers[0].account.app.webhook_path}", of.about["app_secret"]
    try:
        for rank, phone in enumerate(phones):
            content = stop_body(of, phone, STOP[rank % len(STOP)])
            status, _, _ = await request(path, content, headers=signed(content, secret))
            assert status == 200
            answered[phone] = clock.now()
    finally:
        await close_door()
    return answered


def test_p14_after_a_stop_is_answered_no_marketing_leaves_but_what_is_in_flight(
    scene: Scene,  # noqa: F811
    simulator: Running,  # noqa: F811
) -> None:
    before = len(simulator.lines())
    run = scene.run(pacing={"delay_from_seconds": 0.02})
    people = scene.people(200)
    scene.queue(run, people)
    phones = {person.pk: person.identities.get().value for person in people}
    with sending():
        wait_for(lambda: len(simulator.lines()) - before > 10)
        answered = asyncio.run(say_stop(scene, [phones[person.pk] for person in people[::-2]]))
        wait_for(lambda: not Outbox.objects.filter(run_id=run.pk).exists())
    left = {line["to"] for line in simulator.lines()[before:]}
    too_late = [phone for phone in answered if phone in left and intent_of(phones, phone) > answered[phone]]
    assert too_late == []
    # The premise: the race was run, most people said it in time, and nothing was projected meanwhile.
    in_time = [phone for phone in answered if phone not in left]
    assert len(in_time) > len(answered) / 2
    assert WebhookWaiting.objects.count() == len(answered)
    assert not Consent.objects.exists()
    assert Contact.objects.filter(marketing="opted_out").count() == len(answered)
    skipped = Message.objects.filter(run=run, state="skipped", reason="opted_out").count()
    assert skipped == len(in_time)


def intent_of(phones: dict[int, str], phone: str) -> datetime:
    """When the intent of the message to this phone was made."""
    contact = next(pk for pk, each in phones.items() if each == phone)
    attempt: Any = Attempt.objects.get(message_id=Message.objects.get(contact_id=contact, direction="out").pk)
    return attempt.started_at.astimezone(UTC)
