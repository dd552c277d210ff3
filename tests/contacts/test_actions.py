"""The verbs of contacts."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from tests.contacts.made import contact
from tests.people import member, workspace
from tradewind.contacts import actions
from tradewind.contacts.actions import ContactError
from tradewind.contacts.models import Consent, Contact, ContactTags, Identity, Standing, Suppression
from tradewind.contacts.suppressed import digest_of
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.workspaces.models import AuditEntry, Member


def kinds(of: Contact) -> list[str]:
    return [entry.kind for entry in Entry.objects.filter(contact_id=of.pk).order_by("id")]


@pytest.mark.parametrize(
    ("typed", "phone", "country", "zone"),
    [
        ("0151 2840 7716", "+4915128407716", "DE", "Europe/Berlin"),
        ("+971 50 418 2296", "+971504182296", "AE", "Asia/Dubai"),
        ("https://wa.me/393476610338", "+393476610338", "IT", "Europe/Rome"),
        ("+1 (808) 555-0123", "+18085550123", "US", "Pacific/Honolulu"),
    ],
)
def test_a_number_as_people_write_it_tells_country_and_zone(
    alice: Member, typed: str, phone: str, country: str, zone: str
) -> None:
    made = actions.create(workspace=alice.workspace, phone=typed, member=alice)
    assert Identity.objects.get(contact=made).value == phone
    assert (made.country, made.timezone) == (country, zone)
    assert kinds(made) == ["contact.created"]
    assert AuditEntry.objects.get(verb="contact.created").member == alice


@pytest.mark.parametrize("typed", ["", "hello", "12", "+49", "+999 123456789", "4,91512E+12", "x" * 200])
def test_what_is_no_number_is_refused_in_words(alice: Member, typed: str) -> None:
    with pytest.raises(ContactError) as refused:
        actions.create(workspace=alice.workspace, phone=typed)
    assert str(refused.value)
    assert not Contact.objects.exists()


def test_a_number_that_somebody_has_leads_to_them(alice: Member) -> None:
    there = contact(alice.workspace, phone="+4915128407716")
    with pytest.raises(ContactError, match="Annika Vogel has this number already") as refused:
        actions.create(workspace=alice.workspace, phone="0151 28407716")
    assert refused.value.contact == there


def test_brazilian_numbers_are_one_person_with_and_without_the_nine(alice: Member) -> None:
    there = contact(alice.workspace, phone="+5511987654321")
    with pytest.raises(ContactError) as refused:
        actions.create(workspace=alice.workspace, phone="+551187654321")
    assert refused.value.contact == there


def test_two_workspaces_may_know_the_same_person(alice: Member, charlie: Member) -> None:
    contact(alice.workspace, phone="+4915128407716")
    assert contact(charlie.workspace, phone="+4915128407716").workspace == charlie.workspace


@pytest.mark.django_db(transaction=True)
def test_the_same_number_ten_times_at_once_is_one_contact() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    outcomes: list[str] = []

    def add() -> None:
        try:
            actions.create(workspace=owner.workspace, phone="+4915128407716")
            outcomes.append("made")
        except ContactError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made"] + ["refused"] * 9
    assert Contact.objects.filter(workspace=owner.workspace).count() == 1


def test_somebody_erased_stays_suppressed(alice: Member) -> None:
    Suppression.objects.create(
        workspace=alice.workspace, digest=digest_of("+4915128407716"), reason="erased", at=clock.now()
    )
    back = contact(alice.workspace, phone="+4915128407716")
    assert (back.suppressed_reason, back.suppressed_at is not None) == ("erased", True)


def test_changes_are_told_with_before_and_after(alice: Member) -> None:
    person = contact(alice.workspace)
    assert actions.change(person, member=alice, name="Annika Weber", city="Hamburg") is True
    assert actions.change(person, member=alice, name="Annika Weber") is False
    told = Entry.objects.get(kind="contact.changed")
    assert told.data == {"changes": {"name": ["Annika Vogel", "Annika Weber"], "city": ["", "Hamburg"]}}
    assert told.member_id == alice.pk


def test_an_emptied_time_zone_follows_city_and_number(alice: Member) -> None:
    person = contact(alice.workspace, timezone="Asia/Tokyo")
    actions.change(person, member=alice, timezone="")
    person.refresh_from_db()
    assert person.timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"timezone": "Mars/Phobos"}, "no time zone"),
        ({"name": "x" * 201}, "too long"),
        ({"marketing": "opted_in"}, "has no marketing"),
        ({"id": "1"}, "has no id"),
    ],
)
def test_what_does_not_fit_is_refused(alice: Member, facts: dict[str, str], sentence: str) -> None:
    person = contact(alice.workspace)
    with pytest.raises(ContactError, match=sentence):
        actions.change(person, member=alice, **facts)


def test_fields_of_ones_own(alice: Member) -> None:
    person = contact(alice.workspace)
    actions.set_fields(person, fields={"order_number": "48 207", "points": 12, "vip": True}, member=alice)
    actions.set_fields(person, fields={"points": "", "note": "a\x00b"}, member=alice)
    person.refresh_from_db()
    assert person.fields == {"order_number": "48 207", "vip": True, "note": "ab"}
    assert actions.set_fields(person, fields={"vip": True}, member=alice) is False
    with pytest.raises(ContactError, match="at most 100 fields"):
        actions.set_fields(person, fields={f"f{n}": n for n in range(101)}, member=alice)
    with pytest.raises(ContactError, match="1 to 60 letters"):
        actions.set_fields(person, fields={"": "x"}, member=alice)


def test_tags_go_on_and_off_once(alice: Member) -> None:
    person = contact(alice.workspace)
    vip = actions.make_tag(workspace=alice.workspace, name="  VIP   guests ", member=alice)
    assert vip.name == "VIP guests"
    assert actions.make_tag(workspace=alice.workspace, name="VIP guests", member=alice) == vip
    assert [actions.tag(person, tag=vip, member=alice) for _ in range(2)] == [True, False]
    assert ContactTags.objects.get(contact=person).tags == [vip.pk]
    assert [actions.untag(person, tag=vip, member=alice) for _ in range(2)] == [True, False]
    told = Entry.objects.filter(data__tag=vip.pk, contact_id=person.pk).order_by("id")
    assert [(entry.kind, entry.data["name"]) for entry in told] == [
        ("contact.tagged", "VIP guests"),
        ("contact.untagged", "VIP guests"),
    ]


def test_consent_is_kept_with_its_proof(alice: Member) -> None:
    person = contact(alice.workspace)
    said = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
    assert actions.opt_in(person, source="console", wording="card at the till", at=said, member=alice) is True
    person.refresh_from_db()
    assert (person.marketing, person.marketing_at) == ("opted_in", said)
    proof = Consent.objects.get()
    assert (proof.state, proof.source, proof.wording, proof.member, proof.at) == (
        "opted_in", "console", "card at the till", alice, said
    )  # fmt: skip
    assert kinds(person) == ["contact.created", "contact.opted_in"]


def test_an_old_paper_does_not_undo_a_younger_stop(alice: Member) -> None:
    person, now = contact(alice.workspace), clock.now()
    actions.opt_out(person, source="message", wording="STOP", at=now - timedelta(hours=1))
    assert actions.opt_in(person, source="import", at=now - timedelta(days=90)) is False
    person.refresh_from_db()
    assert person.marketing == "opted_out"
    assert Consent.objects.count() == 2
    assert actions.opt_in(person, source="message", wording="START") is True


def test_a_proof_from_the_future_counts_from_now(alice: Member) -> None:
    person = contact(alice.workspace)
    actions.opt_in(person, source="api", at=datetime(2999, 1, 1, tzinfo=UTC))
    assert actions.opt_out(person, source="message") is True
    person.refresh_from_db()
    assert person.marketing == "opted_out"


@pytest.mark.django_db(transaction=True)
def test_an_opt_in_and_an_opt_out_at_once_leave_the_younger() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    person, now = contact(owner.workspace), clock.now()

    def say(state: str, at: datetime) -> None:
        actions.consent(person, state, source="message", at=at)
        connection.close()

    threads = [
        threading.Thread(target=say, args=("opted_out" if n == 7 else "opted_in", now - timedelta(seconds=abs(7 - n))))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    person.refresh_from_db()
    assert person.marketing == "opted_out"
    assert Consent.objects.filter(contact=person).count() == 12


def test_suppression_can_be_lifted_and_consent_stays(alice: Member) -> None:
    person = contact(alice.workspace)
    actions.opt_out(person, source="message")
    assert [actions.suppress(person, reason="asked for silence", member=alice) for _ in range(2)] == [True, False]
    assert [actions.lift_suppression(person, member=alice) for _ in range(2)] == [True, False]
    person.refresh_from_db()
    assert (person.suppressed_at, person.marketing) == (None, "opted_out")


@pytest.mark.django_db(transaction=True)
def test_who_is_edited_can_get_figures_meanwhile() -> None:
    """The worker holds the row that an edit comes to last: if it waited for the edit, each would wait for the other."""
    alice = member(workspace("Edits"), "Alice", "owner")
    person = contact(alice.workspace, "Annika Vogel")

    def reckon() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        Standing.objects.create(contact=person, workspace=alice.workspace, reckoned_at=clock.now())
        connection.close()

    with transaction.atomic():
        actions.locked(person)
        thread = threading.Thread(target=reckon)
        thread.start()
        thread.join()
        assert Standing.objects.filter(contact=person).exists()
