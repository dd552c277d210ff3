"""Two contacts of one person: found, made one, taken apart again; and a message that arrives meanwhile."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.contacts.made import contact
from tests.intake import world
from tests.intake.world import BEGAN, Desk, business
from tests.waiting import LONGEST_SECONDS, asked, wait_until
from tradewind.contacts import actions
from tradewind.contacts.doubles import finding, merging, moving
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Consent, Contact, ContactField, ContactTags, Double, Identity, Merge, TagChange
from tradewind.contacts.privacy import erasing
from tradewind.intake import projector
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.messages.models import Message, Outbox, ServiceWindow
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db

DIGITS = "4915128407716"
WAITERS = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


def pair(alice: Member) -> tuple[Contact, Contact]:
    one = contact(alice.workspace, "Annika Vogel", city="Hamburg")
    return one, contact(alice.workspace, "Anni Vogel", company="Vogel KG", language="de")


def pairs() -> list[tuple[int, int, list[str], str]]:
    return list(Double.objects.order_by("one_id", "other_id").values_list("one_id", "other_id", "reasons", "state"))


def test_pairs_are_found_by_name_and_town_mail_and_number(alice: Member) -> None:
    of = alice.workspace
    same = [contact(of, name, city=city) for name, city in (("Ines Kern", "Ulm"), ("ines kern ", "ULM"))]
    contact(of, "Ines Kern", city="Bonn")
    contact(of, "Ines", city="Ulm")
    contact(of, "Ines", city="Ulm")
    mails = [contact(of, name) for name in "AB"]
    for each, mail in zip(mails, ("Tea@Example.org", " tea@example.org"), strict=True):
        actions.set_fields(each, fields={"E-Mail": mail}, member=None)
    brazil = contact(of, "Rita", phone="+5511987654321")
    old = Contact.objects.create(workspace=of, created_at=BEGAN)
    Identity.objects.create(workspace=of, contact=old, kind="phone", value="+551187654321", seen_at=BEGAN)
    nameless = Contact.objects.create(workspace=of, created_at=BEGAN, fields={"mobile": "0151 28407716"})
    ContactField.objects.create(workspace=of, key="mobile", created_at=BEGAN)
    bearer = contact(of, "Bea", phone=f"+{DIGITS}")
    finding.find(of)
    finding.find(of)
    assert pairs() == [
        (same[0].pk, same[1].pk, ["name_city"], "open"),
        (mails[0].pk, mails[1].pk, ["email"], "open"),
        (brazil.pk, old.pk, ["phone"], "open"),
        (nameless.pk, bearer.pk, ["phone"], "open"),
    ]


def test_a_name_that_very_many_have_proposes_nobody(alice: Member) -> None:
    for _n in range(finding.MOST_ALIKE + 1):
        contact(alice.workspace, "Test Person", city="Berlin")
    finding.find(alice.workspace)
    assert pairs() == []


@pytest.mark.django_db(transaction=True)
def test_told_apart_is_remembered_until_meta_says_otherwise(alice: Member, desk: Desk) -> None:
    user = "DE.1A2B3C4D5E6F"
    world.deliver(desk, desk.envelope(desk.messages([nameless("hello")], user_id=user)))
    by_id = Identity.objects.get(value=user).contact
    by_phone = contact(alice.workspace, "Dora Lenz", phone=f"+{DIGITS}", city="Ulm")
    Contact.objects.filter(pk=by_id.pk).update(name="Dora Lenz", city="Ulm")
    finding.find(alice.workspace)
    assert merging.differ(Double.objects.get(), member=alice)
    assert not merging.differ(Double.objects.get(), member=alice)
    finding.find(alice.workspace)
    assert pairs() == [(by_id.pk, by_phone.pk, ["name_city"], "different")]
    both = [world.text_message("me again", sender=DIGITS)]
    world.deliver(desk, desk.envelope(desk.messages(both, user_id=user)))
    assert pairs() == [(by_id.pk, by_phone.pk, ["name_city", "linked"], "open")]


def nameless(text: str) -> dict[str, Any]:
    """A message of somebody of whom only the user id is known."""
    message = world.text_message(text)
    return {**{key: value for key, value in message.items() if key != "from"}, "from_user_id": "DE.1A2B3C4D5E6F"}


def test_the_one_who_stays_has_everything(alice: Member, desk: Desk) -> None:
    keep, other = pair(alice)
    tag = actions.make_tag(workspace=alice.workspace, name="VIP", member=alice)
    until = clock.now() + timedelta(days=9)
    actions.tag(other, tag=tag, member=alice, until=until, reason="met at the fair")
    actions.set_fields(other, fields={"shoe": 43, "size": "L"}, member=None)
    actions.set_fields(keep, fields={"size": "M"}, member=None)
    number = Identity.objects.get(contact=other)
    sent = desk.outbound(other, text="to the other")
    waiting = desk.outbound(other, state="queued")
    desk.in_flight(waiting, bytes(16), stage="waiting")
    row = merging.merge(keep=keep, other=other, member=alice)
    keep.refresh_from_db()
    assert (keep.name, keep.city, keep.company, keep.language) == ("Annika Vogel", "Hamburg", "Vogel KG", "de")
    assert keep.fields == {"shoe": 43, "size": "M"}
    number.refresh_from_db()
    assert number.contact_id == keep.pk
    assert set(Message.objects.values_list("contact_id", flat=True)) == {keep.pk}
    assert Outbox.objects.get(message=waiting).contact_id == keep.pk
    assert ContactTags.objects.get(contact=keep).tags == [tag.pk]
    log = TagChange.objects.filter(contact=keep).order_by("pk")
    assert [(each.reason, each.until == until) for each in log] == [
        ("met at the fair", True),
        ("two contacts were merged", True),
    ]
    assert not Contact.objects.filter(pk=other.pk).exists()
    assert not Entry.objects.filter(contact_id=other.pk).exists()
    assert Entry.objects.get(contact_id=keep.pk, kind="contact.merged").data == {"merge": row.pk}
    assert merging.survivor_of(alice.workspace_id, other.pk) == keep.pk
    assert AuditEntry.objects.filter(verb="contact.merged", object_id=keep.pk).exists()
    assert sent.pk in Message.objects.filter(contact=keep).values_list("pk", flat=True)


@pytest.mark.parametrize("keeps_first", [True, False])
def test_the_stricter_word_about_marketing_holds_and_says_why(alice: Member, keeps_first: bool) -> None:
    no, yes = pair(alice)
    actions.opt_out(no, source="phone", wording="no more", at=BEGAN)
    actions.opt_in(yes, source="form", wording="yes please", at=BEGAN + timedelta(days=1))
    keep, other = (no, yes) if keeps_first else (yes, no)
    merging.merge(keep=keep, other=other, member=alice)
    keep.refresh_from_db()
    proofs = list(Consent.objects.filter(contact=keep).order_by("at").values_list("state", "source", "wording"))
    assert keep.marketing == "opted_out"
    assert proofs == [("opted_out", "phone", "no more"), ("opted_in", "form", "yes please"), ("opted_out", "merge", "")]


def test_yes_beats_never_asked_and_needs_no_new_proof(alice: Member) -> None:
    keep, other = pair(alice)
    actions.opt_in(other, source="form", at=BEGAN)
    merging.merge(keep=keep, other=other, member=None)
    keep.refresh_from_db()
    assert (keep.marketing, keep.marketing_at) == ("opted_in", BEGAN)
    assert list(Consent.objects.values_list("source", flat=True)) == ["form"]


def test_proofs_may_change_whose_they_are_and_nothing_else(alice: Member) -> None:
    person, other = pair(alice)
    actions.opt_in(person, source="form", at=BEGAN)
    with connection.cursor() as cursor:
        for change in ("wording = 'forged'", f"contact_id = {other.pk}, state = 'opted_out'"):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                cursor.execute(moving.MAY_MOVE)
                cursor.execute(f"UPDATE consent SET {change}")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute("SELECT set_config('tradewind.merging', 'off', true)")
            cursor.execute(f"UPDATE consent SET contact_id = {other.pk}")


def test_a_merge_is_undone_whole(alice: Member, desk: Desk) -> None:
    keep, other = pair(alice)
    tag = actions.make_tag(workspace=alice.workspace, name="VIP", member=alice)
    actions.tag(other, tag=tag, member=alice)
    actions.opt_out(other, source="phone", at=BEGAN)
    actions.opt_in(keep, source="form", at=BEGAN + timedelta(days=1))
    windows(desk, keep, other)
    run = desk.run()
    both = [desk.outbound(each, run=run) for each in (keep, other)]
    before = standing(keep, other)
    row = merging.merge(keep=keep, other=other, member=alice)
    assert ServiceWindow.objects.get().closes_at == BEGAN + timedelta(hours=30)
    assert [Message.objects.get(pk=each.pk).step for each in both] == [0, 1000]
    back = merging.undo(row, member=alice)
    assert back.pk == other.pk
    assert standing(keep, other) == before
    assert [Message.objects.get(pk=each.pk).step for each in both] == [0, 0]
    assert Double.objects.get().state == "different"
    with pytest.raises(ContactError):
        merging.undo(row, member=alice)


def windows(desk: Desk, keep: Contact, other: Contact) -> None:
    for each, hours in ((keep, 10), (other, 30)):
        ServiceWindow.objects.create(
            workspace=desk.workspace, number=desk.number, contact=each, last_inbound_at=BEGAN,
            closes_at=BEGAN + timedelta(hours=hours),
        )  # fmt: skip


def standing(*people: Contact) -> list[Any]:
    found: list[Any] = []
    for each in people:
        row = Contact.objects.filter(pk=each.pk).values().get()
        row.pop("marketing_at")  # a proof of the undoing decides now
        found += [row, sorted(Identity.objects.filter(contact=each).values_list("value", flat=True))]
        found += [sorted(ContactTags.objects.get(contact=each).tags)]
        found += [list(ServiceWindow.objects.filter(contact=each).values_list("closes_at", flat=True))]
        found += [list(Message.objects.filter(contact=each).values_list("pk", flat=True))]
    return found


def test_what_came_since_stays_with_who_stayed_and_a_no_holds_for_both(alice: Member) -> None:
    keep, other = pair(alice)
    actions.opt_in(other, source="form", at=BEGAN)
    row = merging.merge(keep=keep, other=other, member=alice)
    actions.change(keep, member=alice, company="Vogel AG")
    actions.opt_out(keep, source="phone")
    merging.undo(row, member=alice)
    keep.refresh_from_db()
    other = Contact.objects.get(pk=other.pk)
    assert (keep.company, other.company) == ("Vogel AG", "Vogel KG")
    assert (keep.marketing, other.marketing) == ("opted_out", "opted_out")


def test_merged_further_the_first_waits_for_the_second(alice: Member) -> None:
    one, two = pair(alice)
    three = contact(alice.workspace, "A. Vogel")
    first = merging.merge(keep=two, other=one, member=alice)
    second = merging.merge(keep=three, other=two, member=alice)
    assert merging.survivor_of(alice.workspace_id, one.pk) == three.pk
    with pytest.raises(ContactError, match="merged further"):
        merging.undo(first, member=alice)
    merging.undo(second, member=alice)
    assert merging.undo(first, member=alice).pk == one.pk


def test_after_thirty_days_no_copy_is_left_and_the_address_still_leads(alice: Member) -> None:
    keep, other = pair(alice)
    row = merging.merge(keep=keep, other=other, member=alice)
    Merge.objects.update(at=clock.now() - merging.UNDO_WITHIN - timedelta(minutes=1))
    merging.forget_old()
    row.refresh_from_db()
    assert (row.kept, row.moved, row.changed) == ({}, {}, {})
    with pytest.raises(ContactError, match="30 days"):
        merging.undo(row, member=alice)
    assert merging.survivor_of(alice.workspace_id, other.pk) == keep.pk


def test_what_waits_of_a_campaign_for_both_leaves_once(alice: Member, desk: Desk) -> None:
    keep, other = pair(alice)
    run = desk.run()
    for each in (keep, other):
        desk.in_flight(desk.outbound(each, run=run, state="queued"), bytes(16), stage="waiting")
    merging.merge(keep=keep, other=other, member=alice)
    assert sorted(Message.objects.values_list("state", "reason")) == [("cancelled", "merged"), ("queued", "")]
    assert Outbox.objects.get().contact_id == keep.pk


def test_every_table_of_a_person_moves_or_says_why_it_stays(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns JOIN pg_class ON relname = table_name"
            " WHERE table_schema = 'public' AND column_name = 'contact_id' AND NOT relispartition"
        )
        found = {row[0] for row in cursor.fetchall()}
    assert found - set(moving.MOVED) - set(moving.GO) - set(moving.LEFT) == set()
    assert {"identity", "message", "journal"} <= found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who_is_first", ["message", "merge"])
def test_a_message_that_arrives_during_a_merge_lands_with_who_stays(
    alice: Member, desk: Desk, who_is_first: str
) -> None:
    keep, other = pair(alice)
    Identity.objects.filter(contact=other).update(value=f"+{DIGITS}")
    if who_is_first == "message":
        merge_waits_for_message(desk, keep, other)
    else:
        message_waits_for_merge(desk, keep, other)
    message = Message.objects.get()
    assert (message.contact_id, message.text) == (keep.pk, "am I lost?")
    assert ServiceWindow.objects.get().contact_id == keep.pk
    assert list(Contact.objects.values_list("pk", flat=True)) == [keep.pk]
    assert Entry.objects.filter(kind="message.received", contact_id=keep.pk).count() == 1


def merge_waits_for_message(desk: Desk, keep: Contact, other: Contact) -> None:
    real, threads = projector.project_carefully, []

    def slowly(*given: Any) -> None:
        real(*given)
        threads.append(beside(lambda: merging.merge(keep=keep, other=other, member=None)))

    with world.broken(projector, "project_carefully", slowly):
        world.deliver(desk, desk.message("am I lost?", sender=DIGITS))
    [thread.join(LONGEST_SECONDS) for thread in threads]


def message_waits_for_merge(desk: Desk, keep: Contact, other: Contact) -> None:
    """The message was assigned to who goes a moment before they went; its batch fails as a whole and is done anew."""
    real, threads, failed = merging.tell, [], []

    def project() -> None:
        try:
            world.project_all()
        except IntegrityError as error:
            failed.append(error)

    def slowly(*given: Any) -> None:
        real(*given)
        threads.append(beside(project))

    with world.broken(world, "project_all", lambda: None):
        world.deliver(desk, desk.message("am I lost?", sender=DIGITS))
    with world.broken(merging, "tell", slowly):
        merging.merge(keep=keep, other=other, member=None)
    [thread.join(LONGEST_SECONDS) for thread in threads]
    assert len(failed) == 1
    world.project_all()


def beside(work: Any) -> Thread:
    """Something in another connection, which has to wait for ours."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    wait_until(lambda: asked(WAITERS), "it does not wait for us")
    return thread


def test_late_rows_of_who_is_gone_are_taken_along(alice: Member) -> None:
    keep, other = pair(alice)
    merging.merge(keep=keep, other=other, member=alice)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal (workspace_id, at, kind, contact_id) VALUES (%s, %s, 'page.viewed', %s)",
            [alice.workspace_id, clock.now(), other.pk],
        )
    Merge.objects.update(at=clock.now() - merging.SETTLED_AFTER, horizon=1)
    assert merging.settle()
    assert Entry.objects.get(kind="page.viewed").contact_id == keep.pk
    assert not merging.settle()


def test_nobody_who_is_being_erased_and_no_stranger_is_merged(alice: Member, charlie: Member) -> None:
    keep, other = pair(alice)
    with pytest.raises(ContactError):
        merging.merge(keep=keep, other=contact(charlie.workspace, "Otto"), member=alice)
    with pytest.raises(ContactError):
        merging.merge(keep=keep, other=keep, member=alice)
    erasing.erase(other, member=alice)
    with pytest.raises(ContactError, match="erased"):
        merging.merge(keep=keep, other=other, member=alice)
    assert public_id(keep) and Contact.objects.count() == 3
