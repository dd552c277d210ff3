"""From identities to contacts, in batches."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from tradewind.contacts import people, suppressed
from tradewind.contacts.keys import spellings
from tradewind.contacts.models import Contact, ContactTags, Identity, Suppression
from tradewind.journal.connections import hot_cursor
from tradewind.workspaces.models import Member

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PORTFOLIO = 5


@dataclass
class Person:
    phone: str | None = None
    bsuid: str | None = None
    username: str | None = None
    name: str | None = None


def find(member: Member, *persons: Person, portfolio: int = PORTFOLIO, at: datetime = NOON) -> list[int]:
    with transaction.atomic(), hot_cursor() as cursor:
        return people.find_or_create(cursor, member.workspace_id, portfolio, list(persons), now=at)


@pytest.mark.django_db
def test_a_new_person_becomes_a_contact_with_all_identities(alice: Member) -> None:
    (made,) = find(alice, Person("+4915112345678", "DE.abc1", "anna.k", "Anna\u202e K\n"))
    row = Contact.objects.get(pk=made)
    assert (row.name, row.country, row.timezone, row.marketing) == ("Anna K", "DE", "Europe/Berlin", "unknown")
    assert set(row.identities.values_list("kind", "scope", "value")) == {
        ("phone", 0, "+4915112345678"), ("bsuid", PORTFOLIO, "DE.abc1"), ("username", 0, "anna.k"),
    }  # fmt: skip
    assert ContactTags.objects.get(contact=row).tags == []


@pytest.mark.django_db
def test_the_same_person_is_found_by_any_identity(alice: Member) -> None:
    (made,) = find(alice, Person("+4915112345678", "DE.abc1"))
    assert find(alice, Person("+4915112345678"), Person(bsuid="DE.abc1")) == [made, made]


@pytest.mark.django_db
def test_within_a_batch_who_shares_an_identity_is_one(alice: Member) -> None:
    found = find(alice, Person(bsuid="DE.abc1"), Person("+4915112345678", "DE.abc1"), Person("+4915112345678"))
    assert len(set(found)) == 1
    assert Contact.objects.count() == 1


@pytest.mark.django_db
def test_a_user_id_holds_within_its_portfolio_a_phone_everywhere(alice: Member) -> None:
    first = find(alice, Person("+4915112345678", "DE.abc1"))
    assert find(alice, Person(bsuid="DE.abc1"), portfolio=6) != first
    assert find(alice, Person("+4915112345678"), portfolio=6) == first


@pytest.mark.django_db
def test_workspaces_do_not_share_people(alice: Member, charlie: Member) -> None:
    assert find(alice, Person("+4915112345678")) != find(charlie, Person("+4915112345678"))


@pytest.mark.django_db
def test_new_identities_and_a_missing_name_are_added(alice: Member) -> None:
    (made,) = find(alice, Person("+4915112345678"))
    find(alice, Person("+4915112345678", "DE.abc1", None, "Anna"))
    find(alice, Person(bsuid="DE.abc1", name="Somebody else"))
    row = Contact.objects.get(pk=made)
    assert (row.name, row.identities.count()) == ("Anna", 2)


@pytest.mark.django_db
def test_nobody_is_refused_and_nothing_made(alice: Member) -> None:
    with pytest.raises(people.Nobody):
        find(alice, Person("+4915112345678"), Person(username="ghost"))
    assert not Contact.objects.exists()


@pytest.mark.django_db
def test_a_user_name_goes_to_who_bears_it_now(alice: Member) -> None:
    find(alice, Person("+4915112345678", username="tea"))
    (second,) = find(alice, Person("+4915187654321", username="tea"))
    assert Identity.objects.get(kind="username").contact_id == second


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("imported", "written"),
    [
        ("+5511987654321", "+551187654321"),  # Meta's wa_id of some Brazilian mobiles lacks the 9
        ("+525512345678", "+5215512345678"),  # and Mexican ones have a 1
        ("+5491123456789", "+541123456789"),
    ],
)
def test_metas_spelling_of_a_number_finds_the_imported_contact(alice: Member, imported: str, written: str) -> None:
    (made,) = find(alice, Person(imported))
    assert find(alice, Person(written)) == [made]


def test_most_numbers_have_one_spelling() -> None:
    assert spellings("+4915112345678") == ("+4915112345678",)
    assert spellings("+5215512345678") == ("+525512345678", "+5215512345678")


@pytest.mark.django_db
def test_who_was_erased_and_suppressed_stays_so(alice: Member, charlie: Member) -> None:
    digest = suppressed.digest_of("+4915112345678")
    Suppression.objects.create(workspace=alice.workspace, digest=digest, reason="erased", at=NOON)
    (hers,) = find(alice, Person("+4915112345678"))
    (his,) = find(charlie, Person("+4915112345678"))
    assert Contact.objects.get(pk=hers).suppressed_reason == "erased"
    assert Contact.objects.get(pk=his).suppressed_at is None


@pytest.mark.django_db(transaction=True)
def test_p7_a_new_person_seen_by_many_at_once_is_one_contact(alice: Member) -> None:
    barrier, found = Barrier(8), []

    def see() -> None:
        barrier.wait()
        try:
            found.extend(find(alice, *(Person(f"+49151123456{n:02}", f"DE.abc{n}") for n in range(20))))
        finally:
            connection.close()

    threads = [Thread(target=see) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 160
    assert Contact.objects.count() == 20
    assert Identity.objects.count() == 40
    assert set(found) == set(Contact.objects.values_list("pk", flat=True))


def move(member: Member, previous: Person, person: Person, at: datetime) -> int:
    with transaction.atomic(), hot_cursor() as cursor:
        return people.move(cursor, member.workspace_id, PORTFOLIO, previous, person, at=at)


@pytest.mark.django_db
def test_a_move_to_somebody_elses_number_carries_their_silence(alice: Member) -> None:
    (anna,) = find(alice, Person("+4915112345678"))
    (quiet,) = find(alice, Person("+4915187654321"))
    Contact.objects.filter(pk=quiet).update(marketing="opted_out", marketing_at=NOON)
    later = NOON + timedelta(days=1)
    assert move(alice, Person("+4915112345678"), Person("+4915187654321"), later) == anna
    row = Contact.objects.get(pk=anna)
    assert (row.marketing, row.marketing_at) == ("opted_out", NOON)
    current = Identity.objects.filter(kind="phone").values_list("contact_id", "value", "is_current")
    assert set(current) == {(anna, "+4915112345678", False), (anna, "+4915187654321", True)}


@pytest.mark.django_db
def test_news_of_an_older_move_that_come_late_undo_nothing(alice: Member) -> None:
    (anna,) = find(alice, Person("+4915110000001"))
    day = timedelta(days=1)
    moves = [("+4915110000001", "+4915110000002", NOON + day), ("+4915110000002", "+4915110000003", NOON + 2 * day)]
    for before, after, at in [*moves, moves[0]]:
        move(alice, Person(before), Person(after), at)
    assert Identity.objects.get(is_current=True).value == "+4915110000003"
    assert set(Identity.objects.values_list("contact_id", flat=True)) == {anna}


@pytest.mark.django_db
def test_a_move_of_somebody_unknown_makes_them_known(alice: Member) -> None:
    made = move(alice, Person("+4915110000001"), Person("+4915110000002"), NOON)
    assert list(Contact.objects.get(pk=made).identities.values_list("value", flat=True)) == ["+4915110000002"]
