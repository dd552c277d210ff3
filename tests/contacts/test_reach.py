"""X6: why somebody is not reached, in words, by the same rules as the sender's last check."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client

from tests.conftest import Time
from tests.contacts.made import contact
from tests.intake.world import business
from tests.people import JOINED
from tradewind.contacts import actions, reach
from tradewind.contacts.models import Contact, Identity
from tradewind.lib import clock
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def said(person: Contact) -> list[str]:
    person = Contact.objects.select_related("workspace").get(pk=person.pk)
    return reach.hindrances(person, list(person.identities.all()), clock.now())


def test_somebody_who_can_be_reached_has_nothing_in_the_way(alice: Member, still_time: Time) -> None:
    person = contact(alice.workspace)
    actions.opt_in(person, source="form")
    assert said(person) == []


def test_without_number_by_user_id_only_and_not_on_whatsapp(alice: Member, as_alice: Client) -> None:
    desk = business(alice.workspace)
    person = Contact.objects.create(workspace=alice.workspace, created_at=JOINED)
    assert "until they write" in said(person)[0]
    row = {"workspace": alice.workspace, "contact": person, "seen_at": JOINED}
    Identity.objects.create(**row, kind="bsuid", scope=desk.number.portfolio_id, value="DE.1")
    assert "portfolio Portfolio" in said(person)[0]
    Identity.objects.create(**row, kind="phone", value="+4915112345678")
    Contact.objects.filter(pk=person.pk).update(unreachable_count=2)
    assert [each[:14] for each in said(person)] == ["Twice in a row"]
    assert "Twice in a row" in as_alice.get(f"/contacts/{public_id(person)}/").content.decode()


def test_full_caps_and_quiet_hours_hold_marketing_only(alice: Member, still_time: Time) -> None:
    desk, of = business(alice.workspace), alice.workspace
    of.cap_72h, of.quiet_from, of.quiet_to = 2, time(22), time(8)
    of.save()
    person = contact(of)
    for hours in (1, 50, 100):
        desk.outbound(person, accepted_at=clock.now() - timedelta(hours=hours))
    assert said(person) == []
    actions.opt_in(person, source="form")
    assert len(said(person)) == 1 and "2 marketing messages in 72 hours" in said(person)[0]
    still_time.set(datetime(2026, 3, 9, 22, 30, tzinfo=UTC))
    assert said(person) == ["It is 23:30 where they are: marketing waits until 08:00."]
