"""Finding contacts behind the wall: names in any script, numbers as people type them, filters, pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from tests.contacts.made import contact
from tests.people import JOINED
from tradewind.contacts import actions, search
from tradewind.contacts.models import Contact, Identity, Standing
from tradewind.contacts.search import Wanted
from tradewind.contacts.tags import selections
from tradewind.lib import clock
from tradewind.workspaces import walls
from tradewind.workspaces.models import Member

PEOPLE = {
    "Annika Vogel": "+4915128407716",
    "Marco Bellini": "+393476610338",
    "ليلى الحسن": "+971504182296",
    "陈美玲": "+85261934402",
    "สมชาย วงศ์สวัสดิ์": "+66812345678",
    "50 % off_club": "+447400123456",
}


@pytest.fixture
def people(alice: Member) -> dict[str, Contact]:
    return {name: contact(alice.workspace, name, phone) for name, phone in PEOPLE.items()}


@pytest.fixture
def inside(alice: Member, people: dict[str, Contact]) -> Iterator[None]:
    with walls.inside(alice.workspace_id):
        yield


def names(**wanted: object) -> list[str]:
    return sorted(row.name for row in search.page(Wanted(**{"home": "DE", **wanted})).contacts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("vogel", ["Annika Vogel"]),
        ("VOG", ["Annika Vogel"]),
        ("vogel ann", ["Annika Vogel"]),
        ("an", ["Annika Vogel"]),
        ("be", ["Marco Bellini"]),
        ("ik", []),
        ("الحسن", ["ليلى الحسن"]),
        ("陈", ["陈美玲"]),
        ("陈美玲", ["陈美玲"]),
        ("วงศ์", ["สมชาย วงศ์สวัสดิ์"]),
        ("%", ["50 % off_club"]),
        ("50 %", ["50 % off_club"]),
        ("off_", ["50 % off_club"]),
        ("of__club", []),
        ("'; DROP TABLE contact; --", []),
        ("\\", []),
        ("\x00\ud800", []),
        ("a" * 90, []),
        ("+49 151", ["Annika Vogel"]),
        ("0151 2840", ["Annika Vogel"]),
        ("004915128", ["Annika Vogel"]),
        ("491512840 7716", ["Annika Vogel"]),
        ("٠١٥١ ٢٨٤٠", ["Annika Vogel"]),
        ("347 661", []),
        ("+39 347-661.03 38", ["Marco Bellini"]),
        ("7716", ["Annika Vogel"]),
        ("…7716", ["Annika Vogel"]),
        ("77 16", ["Annika Vogel"]),
        ("61 0338", ["Marco Bellini"]),
        ("347 661 0338", ["Marco Bellini"]),
        ("0347/6610338", ["Marco Bellini"]),
        ("٠٣٣٨", ["Marco Bellini"]),
        ("716", []),
        ("840771", []),
        ("+7716", []),
        ("9944 7716", []),
        ("+1", []),
        ("+", []),
        ("000", []),
    ],
)
def test_what_is_typed_finds_whom_is_meant(inside: None, typed: str, found: list[str]) -> None:
    assert names(text=typed) == found


def test_an_italian_business_keeps_the_zero(alice: Member) -> None:
    contact(alice.workspace, "Studio Rinaldi", "+39025501882")
    with walls.inside(alice.workspace_id):
        assert names(text="02 5501", home="IT") == ["Studio Rinaldi"]


def test_people_without_a_number_are_found_by_user_name_and_id(alice: Member, people: dict[str, Contact]) -> None:
    from tests.numbers import made

    portfolio = made.account(alice.workspace).portfolio
    who = people["陈美玲"]
    for kind, scope, value in (("username", 0, "meiling.c"), ("bsuid", portfolio.pk, "HK.13491208655302741918")):
        Identity.objects.create(
            workspace=alice.workspace, contact=who, kind=kind, scope=scope, value=value, seen_at=clock.now()
        )
    with walls.inside(alice.workspace_id):
        assert names(text="@meil") == ["陈美玲"]
        assert names(text="HK.13491208655302741918") == ["陈美玲"]
        assert names(text="HK.1349") == []


def test_the_end_of_a_number_is_found_by_index(alice: Member, people: dict[str, Contact]) -> None:
    """As the function asks for it; whoever may not see numbers still finds nobody by a part of one."""
    with walls.inside(alice.workspace_id):
        assert names(text="7716", is_whole_only=True) == []
        assert names(text="…7716", is_whole_only=True) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'contacts_found'")
        assert "right(i.value, 4) = %L AND i.value LIKE %L" in cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = off")
        # A table of a few rows is as well read by the index of whole numbers: here there is none.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE identity DROP CONSTRAINT identity_once")
        cursor.execute(
            "EXPLAIN SELECT contact_id FROM identity i WHERE workspace_id = %s AND kind = 'phone' AND scope = 0"
            " AND right(i.value, 4) = '7716' AND i.value LIKE '%%7716'",
            [alice.workspace_id],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "identity_ends" in plan and "Seq Scan" not in plan


def test_filters_narrow_together(alice: Member, people: dict[str, Contact]) -> None:
    vip = actions.make_tag(workspace=alice.workspace, name="VIP", member=None)
    for name in ("Annika Vogel", "Marco Bellini"):
        actions.tag(people[name], tag=vip, member=None)
    actions.opt_in(people["Annika Vogel"], source="console")
    actions.change(people["Marco Bellini"], member=None, language="it")
    with walls.inside(alice.workspace_id):
        assert names(tag=vip.pk) == ["Annika Vogel", "Marco Bellini"]
        assert names(tag=vip.pk, country="IT") == ["Marco Bellini"]
        assert names(tag=vip.pk, text="vogel") == ["Annika Vogel"]
        assert names(marketing="opted_in") == ["Annika Vogel"]
        assert names(language="it") == ["Marco Bellini"]
        assert names(tag=0) == []
        assert names(marketing="nonsense") == sorted(PEOPLE)
        assert search.values_of("country") == ["AE", "DE", "GB", "HK", "IT", "TH"]
        assert search.values_of("language") == ["it"]


def test_a_grade_narrows_the_list_alone_and_with_others(alice: Member, people: dict[str, Contact]) -> None:
    for name, grade in (("Annika Vogel", "A"), ("Marco Bellini", "A"), ("陈美玲", "C")):
        Standing.objects.create(contact=people[name], workspace=alice.workspace, grade=grade, reckoned_at=JOINED)
    with walls.inside(alice.workspace_id):
        assert names(grade="A") == ["Annika Vogel", "Marco Bellini"]
        assert names(grade="A", country="IT") == ["Marco Bellini"]
        assert names(grade="A", text="vogel") == ["Annika Vogel"]
        assert names(grade="B") == []
        assert names(grade="'") == []
    chosen = selections.of_filter(Wanted(grade="C"))
    assert selections.count(chosen, workspace_id=alice.workspace_id) == 1


@pytest.mark.parametrize("with_text", [False, True])
def test_pages_go_on_by_key_without_gap_or_double(
    alice: Member, with_text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PAGE", 4)
    made = [contact(alice.workspace, f"Person {n}").pk for n in range(10)]
    with walls.inside(alice.workspace_id):
        assert all_pages(Wanted(text="person" if with_text else "")) == sorted(made, reverse=True)


def all_pages(wanted: Wanted) -> list[int]:
    """Everybody, page by page."""
    seen: list[int] = []
    page = search.page(wanted)
    while True:
        seen += [row.pk for row in page.contacts]
        if not page.has_more:
            return seen
        page = search.page(wanted, behind=search.place_of(page.contacts[-1], wanted.order))


@pytest.mark.parametrize("with_text", [False, True])
@pytest.mark.parametrize("order", ["heard", "grade", "engagement"])
def test_every_order_goes_through_all_pages_without_gap_or_double(
    alice: Member, order: str, with_text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PAGE", 3)
    made = [contact(alice.workspace, f"Person {n}") for n in range(16)]
    keys = {}
    for n, row in enumerate(made):
        heard = JOINED + timedelta(days=n * 7 % 5) if n % 3 else None
        grade, engagement = ("", "A", "B", "C")[n * 5 % 4], (n * 7 % 4) * 20
        Contact.objects.filter(pk=row.pk).update(last_inbound_at=heard)
        if n != 11:  # nobody has reckoned this one yet
            Standing.objects.filter(contact=row).delete()
            Standing.objects.create(
                contact=row, workspace=alice.workspace, grade=grade, engagement=engagement, reckoned_at=JOINED
            )
        grade, engagement = ("", 0) if n == 11 else (grade, engagement)
        keys[row.pk] = {
            "heard": -(heard.timestamp() if heard else 0),
            "grade": "ABC".find(grade) if grade else 3,
            "engagement": -engagement,
        }[order]
    Standing.objects.filter(contact=made[11]).delete()
    with walls.inside(alice.workspace_id):
        seen = all_pages(Wanted(text="person" if with_text else "", order=order))
    assert seen == sorted(keys, key=lambda pk: (keys[pk], -pk))


def test_an_order_keeps_to_the_filters_and_leaves_out_who_was_erased(alice: Member, people: dict[str, Contact]) -> None:
    vip = actions.make_tag(workspace=alice.workspace, name="VIP", member=None)
    for name in ("Annika Vogel", "Marco Bellini", "陈美玲"):
        actions.tag(people[name], tag=vip, member=None)
    Contact.objects.filter(pk=people["陈美玲"].pk).update(suppressed_reason="erased")
    Contact.objects.filter(pk=people["Annika Vogel"].pk).update(last_inbound_at=JOINED)
    with walls.inside(alice.workspace_id):
        found = search.page(Wanted(tag=vip.pk, order="heard")).contacts
        assert [row.name for row in found] == ["Annika Vogel", "Marco Bellini"]
        assert [row.name for row in search.page(Wanted(tag=vip.pk, country="IT", order="heard")).contacts] == [
            "Marco Bellini"
        ]


def test_the_count_stops_at_a_thousand(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COUNTED", 3)
    for n in range(6):
        contact(alice.workspace, f"Person {n}")
    with walls.inside(alice.workspace_id):
        assert search.page(Wanted()).count == 4
        assert search.page(Wanted(text="person 5")).count == 1


def test_the_search_sees_one_workspace_and_none_outside(charlie: Member, inside: None) -> None:
    assert names(text="vogel") == ["Annika Vogel"]
    with walls.inside(charlie.workspace_id):
        assert names() == []
        assert names(text="vogel") == []
        assert names(text="+49151") == []
        assert search.values_of("country") == []
    with walls.nowhere():
        assert search.found(Wanted(), search.Place(), 10) == []


def test_names_and_tags_are_found_by_index_behind_the_wall(alice: Member, people: dict[str, Contact]) -> None:
    """Why there is a function: a page's own ILIKE could not use the index, because it is not leak-proof."""
    with walls.inside(alice.workspace_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM contact WHERE name ILIKE '%vogel%'")
        assert "contact_name_trgm" not in "\n".join(row[0] for row in cursor.fetchall())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM contact WHERE name ILIKE '%vogel%'")
        assert "contact_name_trgm" in "\n".join(row[0] for row in cursor.fetchall())
