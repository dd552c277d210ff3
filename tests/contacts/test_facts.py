"""Facts in: what outside events become, and what becomes of those that nobody can believe."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contacts.made import contact
from tests.people import member, workspace
from tradewind.contacts import facts
from tradewind.contacts.facts import FactError, Outcome, Rejection, read
from tradewind.contacts.facts.names import OWN
from tradewind.contacts.models import Contact, Identity
from tradewind.journal.connections import hot_cursor
from tradewind.journal.models import Entry
from tradewind.lib import clock, publicid
from tradewind.numbers.models import Portfolio
from tradewind.workspaces.models import Member, Workspace

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PHONE = "+4915128407716"
ORDER = {"contact": PHONE, "event": "order.placed", "at": "2026-03-01T10:00:00+01:00", "amount": 120.5,
         "currency": "EUR", "product": "Tent"}  # fmt: skip


def tell(of: Workspace, *events: Any, **wishes: Any) -> Outcome:
    with transaction.atomic(), hot_cursor() as cursor:
        return facts.record_events(cursor, of.pk, events, now=NOW, **wishes)


def told(of: Workspace) -> list[Entry]:
    return [
        entry
        for entry in Entry.objects.filter(workspace_id=of.pk).order_by("tx", "id")
        if not entry.kind.startswith(("contact.", "workspace."))
    ]


def refusal(event: Any) -> tuple[str, str]:
    with pytest.raises(FactError) as refused:
        read(event, now=NOW)
    return refused.value.field, str(refused.value)


def test_an_order_stands_in_the_journal_as_it_was_told(alice: Member) -> None:
    person = contact(alice.workspace, phone=PHONE)
    outcome = tell(alice.workspace, {**ORDER, "id": 10021, "items": [{"sku": "T-2", "n": 1}]})
    assert (outcome.recorded, outcome.repeated, outcome.rejected) == (1, 0, [])
    (entry,) = told(alice.workspace)
    assert (entry.kind, entry.contact_id) == ("order.placed", person.pk)
    assert entry.at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert entry.data == {"amount": 120.5, "currency": "EUR", "product": "Tent", "items": [{"sku": "T-2", "n": 1}]}


def test_the_same_id_is_recorded_once_whatever_else_it_says(alice: Member) -> None:
    contact(alice.workspace, phone=PHONE)
    assert tell(alice.workspace, {**ORDER, "id": "7"}, {**ORDER, "id": "7", "amount": 5}).recorded == 1
    again = tell(alice.workspace, {**ORDER, "id": "7"}, {**ORDER, "id": "7", "event": "order.paid"})
    assert (again.recorded, again.repeated) == (1, 1)
    assert [entry.kind for entry in told(alice.workspace)] == ["order.placed", "order.paid"]


def test_without_an_id_the_same_content_is_the_same_event(alice: Member) -> None:
    contact(alice.workspace, phone=PHONE)
    spelled = {**ORDER, "contact": "0151 28407716", "at": "2026-03-01T09:00:00Z"}
    assert tell(alice.workspace, ORDER).recorded == 1
    assert tell(alice.workspace, spelled).repeated == 1
    assert tell(alice.workspace, {**ORDER, "product": "Stove"}).recorded == 1


def test_without_time_and_id_each_telling_is_an_event_of_now(alice: Member) -> None:
    contact(alice.workspace, phone=PHONE)
    visit = {"contact": PHONE, "event": "page.viewed"}
    assert tell(alice.workspace, visit, visit).recorded == 2
    assert {entry.at for entry in told(alice.workspace)} == {NOW}
    refused = tell(alice.workspace, visit, needs_time=True).rejected
    assert [(each.field, each.reason) for each in refused] == [("at", "The time (at) is missing.")]


def test_ids_hold_within_one_workspace(alice: Member, charlie: Member) -> None:
    contact(alice.workspace, phone=PHONE)
    contact(charlie.workspace, phone=PHONE)
    assert tell(alice.workspace, {**ORDER, "id": "7"}).recorded == 1
    assert tell(charlie.workspace, {**ORDER, "id": "7"}).recorded == 1


def test_people_are_found_by_number_id_and_user_id(alice: Member, charlie: Member) -> None:
    person = contact(alice.workspace, phone=PHONE)
    hidden = Contact.objects.create(workspace=alice.workspace, created_at=NOW)
    portfolio = Portfolio.objects.create(workspace=alice.workspace, meta_id="1", name="P")
    Identity.objects.create(
        workspace=alice.workspace, contact=hidden, kind="bsuid", scope=portfolio.pk, value="DE.9f3a", seen_at=NOW
    )
    names = [PHONE, "0151 / 2840 7716", "tel:+49 151 28407716", publicid.encode("contact", person.pk), "DE.9f3a"]
    events = [{"contact": name, "event": "page.viewed", "id": place} for place, name in enumerate(names)]
    assert tell(alice.workspace, *events).rejected == []
    assert [entry.contact_id for entry in told(alice.workspace)] == [person.pk] * 4 + [hidden.pk]
    reasons = [each.reason for each in tell(charlie.workspace, *events).rejected]
    assert reasons == ["Nobody here has this number."] * 3 + ["Nobody here has this id."] * 2


def test_an_unknown_number_becomes_a_contact_only_when_that_is_asked_for(alice: Member) -> None:
    (refused,) = tell(alice.workspace, ORDER).rejected
    assert refused == Rejection(0, "contact", "Nobody here has this number.", "unknown_number")
    outcome = tell(alice.workspace, ORDER, {**ORDER, "contact": "0151 28407716", "id": 2}, may_create=True)
    assert (outcome.recorded, outcome.created) == (2, 1)
    made = Contact.objects.get(workspace=alice.workspace)
    assert (made.country, made.timezone, made.marketing) == ("DE", "Europe/Berlin", "unknown")
    created = Entry.objects.get(kind="contact.created", contact_id=made.pk)
    assert created.data == {"source": "event"}


def test_an_amount_without_currency_is_one_of_the_workspaces_own(alice: Member) -> None:
    contact(alice.workspace, phone=PHONE)
    swiss = workspace("Bern", country="CH")
    contact(swiss, phone=PHONE)
    bare = {key: value for key, value in ORDER.items() if key != "currency"}
    tell(alice.workspace, bare)
    tell(swiss, bare)
    assert told(alice.workspace)[0].data["currency"] == "EUR"
    assert told(swiss)[0].data["currency"] == "CHF"


HOSTILE: list[tuple[Any, str]] = [
    ({"amount": float("nan")}, "amount"),
    ({"amount": float("inf")}, "amount"),
    ({"amount": 1e300}, "amount"),
    ({"amount": 10**30}, "amount"),
    ({"amount": -5}, "amount"),
    ({"amount": "twelve"}, "amount"),
    ({"amount": True}, "amount"),
    ({"amount": [1]}, "amount"),
    ({"currency": "XYZ"}, "currency"),
    ({"currency": 978}, "currency"),
    ({"at": "2999-01-01T00:00:00Z"}, "at"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
    ({"at": "1970-01-01T00:00:00Z"}, "at"),
    ({"at": "2026-03-01T10:00:00"}, "at"),
    ({"at": "yesterday"}, "at"),
    ({"at": 1_772_000_000}, "at"),
    ({"event": ""}, "event"),
    ({"event": "x" * 61}, "event"),
    ({"event": "Order Placed"}, "event"),
    ({"event": "message.read"}, "event"),
    ({"event": "contact"}, "event"),
    ({"event": None}, "event"),
    ({"contact": ""}, "contact"),
    ({"contact": 4915128407716}, "contact"),
    ({"contact": "+49" * 100}, "contact"),
    ({"id": {"a": 1}}, "id"),
    ({"id": "x" * 201}, "id"),
    ({"note": "x" * 65_536}, ""),
    ({"note": "a\x00b"}, ""),
    ({"note": "\ud800"}, ""),
    ({"note": 2**70}, ""),
    ({7: "a number as a name"}, ""),
]


@pytest.mark.parametrize(("wrong", "field"), HOSTILE, ids=lambda value: repr(value)[:40])
def test_hostile_events_are_refused_with_field_and_sentence(wrong: Any, field: str) -> None:
    at, sentence = refusal({**ORDER, **wrong})
    assert at == field
    assert sentence.endswith((".", "?"))


@pytest.mark.parametrize("event", [None, [], "order.placed", 5, {}])
def test_what_is_no_event_at_all_is_refused(event: Any) -> None:
    assert refusal(event)[1]


def test_a_bad_name_gets_a_good_one_proposed() -> None:
    assert refusal({**ORDER, "event": "Order Placed!"})[1].endswith("Perhaps order.placed?")


@pytest.mark.parametrize("word", sorted(OWN))
def test_names_of_our_own_kinds_cannot_be_told_from_outside(word: str) -> None:
    assert refusal({**ORDER, "event": f"{word}.read"})[0] == "event"


def test_our_own_list_covers_every_kind_that_the_program_writes() -> None:
    import re
    from pathlib import Path

    import tradewind

    found: set[str] = set()
    for path in Path(tradewind.__file__).parent.rglob("*.py"):
        if "simulator" not in path.parts and "cli" not in path.parts:
            text = path.read_text()
            found |= set(re.findall(r"""(?:record\(|Line\([^"\n]*)\s*f?["']([a-z]+)\.[a-z_{]""", text))
    assert len(found) >= 5
    assert found <= OWN


def test_one_bad_event_holds_no_other_back(alice: Member) -> None:
    contact(alice.workspace, phone=PHONE)
    outcome = tell(alice.workspace, ORDER, 5, {**ORDER, "amount": -1}, {**ORDER, "id": "b"}, {**ORDER, "contact": "x"})
    assert outcome.recorded == 2
    assert [each.index for each in outcome.rejected] == [1, 2, 4]


def test_ten_thousand_events_in_one_call(alice: Member) -> None:
    people = [contact(alice.workspace, phone=f"+49151{place:08}") for place in range(20)]
    phones = [f"+49151{place:08}" for place in range(20)]
    events = [
        {"contact": phones[place % 20], "event": "page.viewed", "at": (NOW - timedelta(seconds=place)).isoformat()}
        for place in range(10_000)
    ]
    assert tell(alice.workspace, *events).recorded == 10_000
    assert tell(alice.workspace, *events).repeated == 10_000
    assert Entry.objects.filter(contact_id=people[3].pk, kind="page.viewed").count() == 500


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_told_by_four_at_once_is_recorded_once() -> None:
    owner = member(workspace("Races"), "Rita", "owner")
    events = [{**ORDER, "id": place, "contact": f"+49151284077{place % 30:02}"} for place in range(200)]
    outcomes: list[Outcome] = []

    def work(order: int) -> None:
        try:
            outcomes.append(tell(owner.workspace, *events[::order], may_create=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(order,)) for order in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome.recorded for outcome in outcomes) == 200
    assert sum(outcome.recorded + outcome.repeated for outcome in outcomes) == 800
    assert Contact.objects.filter(workspace=owner.workspace).count() == 30


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
PLAUSIBLE = st.fixed_dictionaries(
    {},
    optional={
        "contact": st.sampled_from([PHONE, "+39", "x"]) | ANYTHING,
        "event": st.sampled_from(["order.placed", "Cart"]) | ANYTHING,
        "at": st.datetimes().map(str) | st.just("2026-03-01T10:00:00Z") | ANYTHING,
        "id": ANYTHING,
        "amount": ANYTHING,
        "currency": st.sampled_from(["EUR", "eur"]) | ANYTHING,
        "extra": ANYTHING,
    },
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PLAUSIBLE | ANYTHING, max_size=6))
def test_anything_at_all_is_recorded_or_refused_and_never_breaks(alice: Member, events: list[Any]) -> None:
    outcome = tell(alice.workspace, *events, may_create=True)
    assert outcome.recorded + outcome.repeated + len(outcome.rejected) == len(events)


def test_outside_data_cannot_break_what_reads_the_journal(alice: Member) -> None:
    """A field named like one of ours, with anything in it, must not stop the relay."""
    from tradewind.journal.relay import GATHER

    contact(alice.workspace, phone=PHONE)
    tell(alice.workspace, {**ORDER, "campaign": "spring", "tag": [], "run": "x"})
    with hot_cursor() as cursor:
        cursor.execute(GATHER, [0, 0, 1000])
        cursor.fetchall()
        cursor.execute(
            GATHER.replace("AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint", ""), [0, 0, 9]
        )
        (row,) = cursor.fetchall()
    assert row[0] == alice.workspace_id
    assert clock.now() is not None
