"""What people said about marketing, in batches."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from tradewind.contacts import consent
from tradewind.contacts.consent import Said
from tradewind.contacts.models import Consent, Contact
from tradewind.journal.connections import hot_cursor
from tradewind.journal.models import Entry
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def minute(n: int) -> datetime:
    return NOON + timedelta(minutes=n)


@pytest.fixture
def anna(alice: Member) -> Contact:
    return Contact.objects.create(workspace=alice.workspace, name="Anna", created_at=NOON)


def say(contact: Contact, *words: tuple[str, int], source: str = "message") -> list[str]:
    said = [Said(contact.workspace_id, contact.pk, state, source, minute(at), proof={"n": at}) for state, at in words]
    with transaction.atomic(), hot_cursor() as cursor:
        turned = consent.record_many(cursor, said, now=minute(60))
    contact.refresh_from_db()
    return [each.state for each in turned]


def test_a_stop_is_proof_state_and_journal(anna: Contact) -> None:
    assert say(anna, ("opted_out", 1)) == ["opted_out"]
    assert (anna.marketing, anna.marketing_at) == ("opted_out", minute(1))
    row = Consent.objects.get()
    assert (row.state, row.source, row.proof, row.at, row.recorded_at) == (
        "opted_out", "message", {"n": 1}, minute(1), minute(60),
    )  # fmt: skip
    assert Entry.objects.get().kind == "contact.opted_out"


def test_the_youngest_word_decides_in_any_order(anna: Contact) -> None:
    assert say(anna, ("opted_in", 3), ("opted_out", 2), ("opted_out", 1)) == ["opted_out", "opted_in"]
    assert (anna.marketing, anna.marketing_at) == ("opted_in", minute(3))
    assert say(anna, ("opted_out", 2)) == []
    assert anna.marketing == "opted_in"


def test_a_second_stop_turns_nobody_round_but_is_kept(anna: Contact) -> None:
    say(anna, ("opted_out", 1))
    assert say(anna, ("opted_out", 2)) == []
    assert Consent.objects.count() == 2


def test_the_same_word_twice_is_one_proof(anna: Contact) -> None:
    say(anna, ("opted_out", 1), ("opted_out", 1))
    say(anna, ("opted_out", 1))
    assert (Consent.objects.count(), Entry.objects.count()) == (1, 1)


def test_of_two_words_of_one_moment_the_later_one_counts(anna: Contact) -> None:
    say(anna, ("opted_out", 1), ("opted_in", 1))
    assert anna.marketing == "opted_in"


def test_a_state_that_was_set_ahead_of_its_proof_still_counts_as_turned(anna: Contact) -> None:
    """The door marks the contact when it stores a STOP; the proof comes with the projection."""
    Contact.objects.filter(pk=anna.pk).update(marketing="opted_out", marketing_at=minute(1))
    assert say(anna, ("opted_out", 1)) == ["opted_out"]
    assert Consent.objects.count() == 1


def test_proofs_are_never_changed(anna: Contact) -> None:
    say(anna, ("opted_out", 1))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.update(state="opted_in")


def test_many_people_at_once(alice: Member) -> None:
    made = Contact.objects.bulk_create(
        Contact(workspace=alice.workspace, name=str(n), created_at=NOON) for n in range(200)
    )
    said = [Said(alice.workspace_id, each.pk, "opted_out", "meta", minute(1)) for each in made]
    with transaction.atomic(), hot_cursor() as cursor:
        assert len(consent.record_many(cursor, said, now=minute(2))) == 200
    assert Contact.objects.filter(marketing="opted_out").count() == 200
