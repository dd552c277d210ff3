"""Acts on many people: looked at before, done in stretches, stopped, undone, and nobody else's work lost."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.contacts.made import contact
from tests.contacts.test_tag_assign import do, made, on
from tests.people import member, workspace
from tradewind.contacts import actions
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Batch, BatchBefore, BatchStretch, Contact, ContactField, Tag, TagChange, TagTerm
from tradewind.contacts.search import Wanted
from tradewind.contacts.tags import batches, selections, stretches
from tradewind.contacts.tags.assign import Change
from tradewind.contacts.tags.batches import Preview
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.workspaces import walls
from tradewind.workspaces.models import AuditEntry, Member


@pytest.fixture
def people(alice: Member) -> list[Contact]:
    return [contact(alice.workspace, f"Person {n}") for n in range(7)]


@pytest.fixture(autouse=True)
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "PEOPLE", 3)


def ids(people: list[Contact]) -> list[int]:
    return [each.pk for each in people]


def begun(by: Member, verb: str, people: list[Contact], **detail: Any) -> Batch:
    selection = selections.of_ticked(ids(people))
    return batches.start(workspace=by.workspace, verb=verb, detail=detail, selection=selection, member=by)


def work() -> None:
    """What the worker does, until nothing is left."""
    while stretches.step():
        pass


def done(batch: Batch) -> Batch:
    work()
    batch.refresh_from_db()
    return batch


def undone(batch: Batch, by: Member) -> Batch:
    assert batches.undo(batch, member=by)
    return done(batch)


def tags_on(people: list[Contact]) -> list[list[int]]:
    return [sorted(on(each)) for each in people]


def test_adding_and_undoing(alice: Member, people: list[Contact]) -> None:
    tea = made(alice.workspace, "Tea")
    do(alice.workspace, Change(people[2].pk, tea.pk, True))
    batch = done(begun(alice, "add", people[:6], tags=[tea.pk], reason="fair"))
    assert (batch.state, batch.total, batch.looked_at, batch.changed) == ("done", 6, 6, 5)
    assert tags_on(people) == [[tea.pk]] * 6 + [[]]
    log = TagChange.objects.filter(batch_id=batch.pk)
    assert set(log.values_list("reason", "member_id")) == {("fair", alice.pk)}
    batch = undone(batch, alice)
    assert (batch.state, batch.undone) == ("undone", 5)
    assert tags_on(people) == [[], [], [tea.pk], [], [], [], []]
    with pytest.raises(ContactError, match="no longer be undone"):
        batches.undo(batch, member=alice)
    kinds = list(Entry.objects.filter(kind__startswith="batch.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["batch.started", "batch.done", "batch.undoing", "batch.undone"]
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")][-2:] == ["batch.started", "batch.undoing"]


def test_what_somebody_changed_since_is_left_alone(alice: Member, people: list[Contact]) -> None:
    tea = made(alice.workspace, "Tea")
    batch = done(begun(alice, "add", people[:4], tags=[tea.pk]))
    do(alice.workspace, Change(people[0].pk, tea.pk, False))
    do(alice.workspace, Change(people[1].pk, tea.pk, False))
    do(alice.workspace, Change(people[1].pk, tea.pk, True))
    batch = undone(batch, alice)
    assert tags_on(people[:4]) == [[], [tea.pk], [], []]
    assert batch.undone == 2


def test_a_removal_comes_back_with_its_end(alice: Member, people: list[Contact], still_time: Any) -> None:
    hot = made(alice.workspace, "Hot", lifetime_days=10)
    soon, later = clock.now() + timedelta(hours=1), clock.now() + timedelta(days=3)
    do(
        alice.workspace,
        Change(people[0].pk, hot.pk, True, later),
        Change(people[1].pk, hot.pk, True, soon),
        Change(people[2].pk, hot.pk, True, selections_forever()),
    )
    batch = done(begun(alice, "remove", people, tags=[hot.pk]))
    assert (batch.changed, TagTerm.objects.count()) == (3, 0)
    still_time.move(7200)
    undone(batch, alice)
    assert tags_on(people[:3]) == [[hot.pk], [], [hot.pk]], "whose time is over meanwhile does not come back"
    assert {term.contact_id: term.until for term in TagTerm.objects.all()} == {people[0].pk: later}


def selections_forever() -> Any:
    from tradewind.contacts.tags.assign import FOR_GOOD

    return FOR_GOOD


def test_replacing(alice: Member, people: list[Contact]) -> None:
    old, older, new = (made(alice.workspace, name) for name in ("Old", "Older", "New"))
    do(alice.workspace, Change(people[0].pk, old.pk, True), Change(people[1].pk, older.pk, True))
    do(alice.workspace, Change(people[1].pk, new.pk, True))
    batch = done(begun(alice, "replace", people, take=[old.pk, older.pk], put=[new.pk]))
    assert tags_on(people[:3]) == [[new.pk], [new.pk], []]
    undone(batch, alice)
    assert tags_on(people[:3]) == [[old.pk], sorted([older.pk, new.pk]), []]


@pytest.mark.parametrize(
    ("field", "value", "before", "after"),
    [
        ("points", 12, {"points": 3}, {"points": 12}),
        ("points", None, {"points": 3}, {}),
        ("vip", True, {}, {"vip": True}),
    ],
)
def test_a_field(
    alice: Member, people: list[Contact], field: str, value: Any, before: dict[str, Any], after: dict[str, Any]
) -> None:
    Contact.objects.update(fields=before)
    Contact.objects.filter(pk=people[0].pk).update(fields=after)
    batch = done(begun(alice, "field", people[:5], field=field, value=value))
    assert [each.fields for each in Contact.objects.order_by("pk")] == [after] * 5 + [before] * 2
    assert (batch.changed, BatchBefore.objects.count()) == (4, 4)
    told = Entry.objects.filter(kind="contact.changed")
    assert {entry.contact_id for entry in told} == set(ids(people[1:5]))
    Contact.objects.filter(pk=people[1].pk).update(fields={field: "mine"})
    undone(batch, alice)
    assert [each.fields for each in Contact.objects.order_by("pk")] == [after, {field: "mine"}, *[before] * 5]
    assert not BatchBefore.objects.exists()


def test_a_column_and_the_person_in_charge(alice: Member, bob: Member, people: list[Contact]) -> None:
    Contact.objects.filter(pk=people[0].pk).update(city="Kiel")
    city = done(begun(alice, "field", people[:2], field="city", value=" Ulm\u202e "))
    owner = done(begun(alice, "owner", people[:2], owner=bob.pk))
    assert list(Contact.objects.order_by("pk").values_list("city", "owner_id"))[:3] == [
        ("Ulm", bob.pk), ("Ulm", bob.pk), ("", None),
    ]  # fmt: skip
    nobody = done(begun(alice, "owner", people[:1], owner=None))
    undone(nobody, alice)
    undone(city, alice)
    undone(owner, alice)
    assert list(Contact.objects.order_by("pk").values_list("city", "owner_id"))[:2] == [("Kiel", None), ("", None)]


def test_a_new_field_is_registered_with_its_kind(alice: Member, people: list[Contact]) -> None:
    for field, value in {"points": 3, "vip": False, "born": "1990-02-28", "note": "x"}.items():
        begun(alice, "field", people, field=field, value=value)
    actions.set_fields(people[0], fields={"size": 4.5, "gone": ""}, member=alice)
    kinds = dict(ContactField.objects.values_list("key", "kind"))
    assert kinds == {"points": "number", "vip": "yes_no", "born": "date", "note": "text", "size": "number"}


def test_previews_count_who_would_change(alice: Member, bob: Member, people: list[Contact]) -> None:
    tea, coffee = made(alice.workspace, "Tea"), made(alice.workspace, "Coffee")
    do(alice.workspace, Change(people[0].pk, tea.pk, True), Change(people[1].pk, coffee.pk, True))
    Contact.objects.filter(pk=people[0].pk).update(owner=bob, fields={"points": 3}, city="Kiel")
    everybody = selections.of_filter(Wanted(text="person"))

    def preview(verb: str, **detail: Any) -> Preview:
        found = batches.preview(workspace=alice.workspace, verb=verb, detail=detail, selection=everybody)
        with walls.inside(alice.workspace_id):
            again = batches.preview(workspace=alice.workspace, verb=verb, detail=detail, selection=everybody)
        assert again == found
        return found

    assert preview("add", tags=[tea.pk]) == Preview(7, 1)
    assert preview("add", tags=[tea.pk]).changing == 6
    assert preview("remove", tags=[tea.pk, coffee.pk]) == Preview(7, 5)
    assert preview("replace", take=[tea.pk], put=[coffee.pk]) == Preview(7, 6)
    assert preview("field", field="points", value=3) == Preview(7, 1)
    assert preview("field", field="points", value=None) == Preview(7, 6)
    assert preview("field", field="city", value="Kiel") == Preview(7, 1)
    assert preview("owner", owner=bob.pk) == Preview(7, 1)
    assert preview("owner", owner=None) == Preview(7, 6)


def test_everybody_whom_a_list_shows(alice: Member, charlie: Member, people: list[Contact]) -> None:
    tea = made(alice.workspace, "Tea")
    contact(charlie.workspace, "Person 1")
    for wanted, count in (
        (Wanted(), 7), (Wanted(text="person 3"), 1), (Wanted(country="DE"), 7), (Wanted(country="IT"), 0),
        (Wanted(text="000"), 0), (Wanted(tag=0), 0), (Wanted(marketing="opted_in"), 0),
    ):  # fmt: skip
        selection = selections.of_filter(wanted)
        batch = batches.start(
            workspace=alice.workspace, verb="add", detail={"tags": [tea.pk]}, selection=selection, member=alice
        )
        assert (done(batch).total, batch.state) == (count, "done")


def test_a_beginning_that_too_many_numbers_have_is_refused(
    alice: Member, people: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    tea, german = made(alice.workspace, "Tea"), selections.of_filter(Wanted(text="+49151", home="DE"))
    act: dict[str, Any] = {"workspace": alice.workspace, "verb": "add", "detail": {"tags": [tea.pk]}}
    assert batches.preview(**act, selection=german).people == 7
    monkeypatch.setattr(selections, "MOST_ALIKE", 7)
    with pytest.raises(ContactError, match="Too many numbers begin like this"):
        batches.start(**act, selection=german, member=alice)


def test_other_workspaces_are_out_of_reach(alice: Member, charlie: Member, people: list[Contact]) -> None:
    theirs, cars = contact(charlie.workspace), made(charlie.workspace, "Cars")
    tea = made(alice.workspace, "Tea")
    batch = done(begun(alice, "add", [theirs, people[0]], tags=[tea.pk]))
    assert (batch.total, on(theirs)) == (1, [])
    for verb, detail in (
        ("add", {"tags": [cars.pk]}),
        ("owner", {"owner": charlie.pk}),
        ("replace", {"take": [cars.pk], "put": [tea.pk]}),
    ):
        with pytest.raises(ContactError):
            begun(alice, verb, people, **detail)


@pytest.mark.parametrize(
    ("verb", "detail", "sentence"),
    [
        ("fly", {}, "Choose what is to be done"),
        ("add", {}, "Choose a tag"),
        ("add", {"tags": [0]}, "Choose a tag"),
        ("field", {"field": ""}, "1 to 60 letters"),
        ("field", {"field": "country", "value": "DEU"}, "too long"),
        ("owner", {"owner": 0}, "not here any more"),
    ],
)
def test_what_cannot_be_done_is_said_before(
    alice: Member, people: list[Contact], verb: str, detail: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ContactError, match=sentence):
        begun(alice, verb, people, **detail)
    assert not Batch.objects.exists()


def test_a_tag_kept_by_a_rule_and_an_archived_one(alice: Member, people: list[Contact]) -> None:
    kept, old = made(alice.workspace, "Kept", rule_id=3), made(alice.workspace, "Old", archived_at=clock.now())
    with pytest.raises(ContactError, match="The rule of Kept decides"):
        begun(alice, "remove", people, tags=[kept.pk])
    with pytest.raises(ContactError, match="Old is archived"):
        begun(alice, "add", people, tags=[old.pk])
    begun(alice, "remove", people, tags=[old.pk])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda tag: Tag.objects.filter(pk=tag.pk).update(rule_id=3), "The rule of Tea decides"),
        (lambda tag: tag.delete(), "deleted meanwhile"),
    ],
)
def test_a_batch_that_cannot_go_on_says_why(
    alice: Member, people: list[Contact], spoil: Callable[[Tag], Any], sentence: str
) -> None:
    tea = made(alice.workspace, "Tea")
    batch = begun(alice, "add", people, tags=[tea.pk])
    for _ in range(2):  # gathers, does one stretch
        stretches.step()
    spoil(tea)
    batch = done(batch)
    assert batch.state == "failed"
    assert sentence in batch.problem
    assert (batch.looked_at, batch.changed) == (3, 3)
    undone(batch, alice)


def test_pause_go_on_and_stop(alice: Member, people: list[Contact]) -> None:
    tea = made(alice.workspace, "Tea")
    batch = begun(alice, "add", people, tags=[tea.pk])
    stretches.step()
    stretches.step()
    assert [batches.pause(batch, member=alice) for _ in range(2)] == [True, False]
    assert (done(batch).looked_at, batch.state) == (3, "paused")
    assert batches.resume(batch, member=alice)
    stretches.step()
    assert [batches.cancel(batch, member=alice) for _ in range(2)] == [True, False]
    assert (done(batch).looked_at, batch.state) == (6, "cancelled")
    undone(batch, alice)
    assert tags_on(people) == [[]] * 7


def test_stopped_before_it_began(alice: Member, people: list[Contact]) -> None:
    batch = begun(alice, "add", people, tags=[made(alice.workspace, "Tea").pk])
    batches.pause(batch, member=alice)
    work()
    assert not BatchStretch.objects.exists()
    batches.resume(batch, member=alice)
    assert done(batch).changed == 7


def test_people_who_go_meanwhile_are_passed_over(alice: Member, people: list[Contact]) -> None:
    tea = made(alice.workspace, "Tea")
    batch = begun(alice, "add", people, tags=[tea.pk])
    stretches.step()
    people[1].identities.all().delete()
    Contact.objects.filter(pk=people[1].pk).delete()
    assert done(batch).changed == 6


def test_after_30_days_nothing_is_undone_and_its_notes_are_forgotten(
    alice: Member, people: list[Contact], still_time: Any
) -> None:
    batch = done(begun(alice, "field", people, field="points", value=1))
    still_time.move(30 * 86_400 - 10)
    assert batches.can_undo(batch)
    assert batches.forget_old() is False
    still_time.move(20)
    assert batches.forget_old() is True
    assert batches.forget_old() is False
    assert not BatchStretch.objects.exists()
    assert not BatchBefore.objects.exists()
    assert not batches.can_undo(batch)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_batch_do_each_stretch_once() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    people = [contact(owner.workspace) for _ in range(60)]
    batch = begun(owner, "add", people, tags=[made(owner.workspace, "Tea").pk])

    def both(state: str) -> None:
        """Both loops, until the batch is there."""

        def work(step: Callable[[], bool]) -> None:
            try:
                while Batch.objects.get().state != state:
                    step()
            except Exception as problem:
                problems.append(problem)
            finally:
                connection.close()

        problems: list[Exception] = []
        threads = [threading.Thread(target=work, args=(step,)) for step in (stretches.step, stretches.second_step)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert problems == []

    both("done")
    batch.refresh_from_db()
    assert (batch.looked_at, batch.changed, TagChange.objects.count()) == (60, 60, 60)
    assert Entry.objects.filter(kind="batch.done").count() == 1
    batches.undo(batch, member=owner)
    both("undone")
    batch.refresh_from_db()
    assert (batch.undone, TagChange.objects.count()) == (60, 120)
    assert tags_on(people) == [[]] * 60
    assert Entry.objects.filter(kind="batch.undone").count() == 1
