"""What an import does to the contacts: new, changed, the same; consent, tags, fields; stops, crashes, undoing."""

# ruff: noqa: E501  rows of files are as long as they are

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection

from tests.contacts.imports.bench_of import counts, imported, in_buckets, people, person, sent, tags, why
from tests.contacts.made import contact
from tradewind.contacts import actions
from tradewind.contacts.imports import rejects, rows, running, verbs, worker
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.models import Consent, Contact, ContactField, Import, ImportStretch, TagChange
from tradewind.contacts.tags import tree
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
ANNA, MARCO, LEILA = "+4915128407716", "+393476610338", "+971504182296"


def test_people_are_made_changed_and_left_as_they_are(alice: Member) -> None:
    contact(alice.workspace, "Anna", ANNA, city="Kiel")
    contact(alice.workspace, "Marco Rossi", MARCO)
    done = imported(alice, f"phone,name,city\n{ANNA},Anna Vogel,\n{MARCO},Marco Rossi,\n{LEILA},ليلى,Dubai\n")
    assert counts(done) == (1, 1, 1, 0, 0)
    anna, leila = person(alice, ANNA), person(alice, LEILA)
    assert (anna.name, anna.city) == ("Anna Vogel", "Kiel"), "an empty cell takes nothing away"
    assert (leila.country, leila.timezone, leila.import_id) == ("AE", "Asia/Dubai", done.pk)
    assert Entry.objects.filter(kind="contacts.imported").get().data == {
        "import": done.pk, "file": "list.csv", "new": 1, "updated": 1,
    }  # fmt: skip


def test_later_rows_of_a_person_win_where_they_say_something(alice: Member) -> None:
    done = imported(alice, f"phone,name,city,order\n{ANNA},Anna,Kiel,1\n0151 28407716,Anna Vogel,,\n{ANNA},,,3\n")
    anna = person(alice, ANNA)
    assert (anna.name, anna.city, anna.fields) == ("Anna Vogel", "Kiel", {"order": 3})
    assert counts(done) == (1, 0, 0, 2, 0)


def test_fields_become_fields_with_kinds(alice: Member) -> None:
    imported(alice, f"Telefon;Bestell-Nr.;Geburtstag;Stammkunde\n{ANNA};48207;25.12.1990;ja\n{MARCO};5;1988-04-03;nein\n",
             map={"Stammkunde": "field:regular"})  # fmt: skip
    kinds = dict(ContactField.objects.values_list("key", "kind"))
    assert kinds == {"Bestell-Nr.": "number", "birthday": "date", "regular": "text"}
    assert person(alice, ANNA).fields == {"Bestell-Nr.": 48207, "birthday": "1990-12-25", "regular": "ja"}


def test_consent_writes_the_passport_once(alice: Member) -> None:
    body = f"phone,Einwilligung,consent date,consent source,consent wording\n{ANNA},ja,12.10.2026 14:30,Messe,Ja gern\n{MARCO},,,,\n"
    done = imported(alice, body)
    proof = Consent.objects.get()
    assert (proof.state, proof.source, proof.wording) == ("opted_in", "Messe", "Ja gern")
    assert proof.at == datetime(2026, 10, 12, 12, 30, tzinfo=UTC)
    assert proof.proof == {"import": done.pk, "file": "list.csv", "row": 2}
    assert person(alice, ANNA).marketing == "opted_in"
    assert person(alice, MARCO).marketing == "unknown"
    assert counts(imported(alice, body)) == (0, 0, 2, 0, 0)
    assert Consent.objects.count() == 1


def test_opted_out_stays_opted_out(alice: Member) -> None:
    anna = contact(alice.workspace, "Anna", ANNA)
    actions.opt_out(anna, source="message")
    rows = "".join(f"+49151284077{n:02},yes,2030-01-01\n" for n in range(20, 40))
    done = imported(alice, f"phone,opt in,opt in date\n{ANNA},yes,2030-01-01\n{rows}")
    assert person(alice, ANNA).marketing == "opted_out"
    assert [reason for _row, _column, reason in why(done)] == ["opted_out"]
    assert done.reasons == {"opted_out": 1}
    assert Consent.objects.filter(contact=anna).count() == 1


def test_tags_must_exist_unless_they_may_be_made(alice: Member) -> None:
    tree.make(workspace=alice.workspace, name="Interest/Outdoor", member=alice)
    body = f"phone,Interessen\n{ANNA},Outdoor; Schuhe\n{MARCO},outdoor\n"
    done = imported(alice, body, map={"Interessen": "tags:Interest"}, anyway=True)
    assert why(done) == [(2, "Interessen", "unknown_tag")]
    assert tags(alice, MARCO) == {"Interest/Outdoor"}
    done = imported(alice, body, map={"Interessen": "tags:Interest"}, create_tags=True, tags=["Fair"])
    assert tags(alice, ANNA) == {"Interest/Outdoor", "Interest/Schuhe", "Fair"}
    assert tags(alice, MARCO) == {"Interest/Outdoor", "Fair"}
    assert set(TagChange.objects.values_list("import_id", flat=True)) >= {done.pk}
    assert counts(imported(alice, body, map={"Interessen": "tags:Interest"}, tags=["Fair"])) == (0, 0, 2, 0, 0)


def test_who_may_not_make_tags_cannot_have_them_made(alice: Member) -> None:
    of = sent(alice, f"phone\n{ANNA}\n".encode())
    verbs.set_mapping(of, options={"tags": ["Fair"]})
    with pytest.raises(ImportRefused, match="no tag Fair"):
        verbs.refuse_new_tags(of, frozenset({"contacts.import"}))
    verbs.refuse_new_tags(of, frozenset({"contacts.import", "tags.manage"}))


def test_over_ten_percent_stops_before_anything_is_written(alice: Member) -> None:
    good = "".join(f"+49151284077{n:02}\n" for n in range(20, 40))
    done = imported(alice, "phone\n" + good + "12\n" * 3)
    assert (done.state, counts(done)) == ("asking", (0, 0, 0, 0, 3))
    assert people(alice) == {}
    verbs.go_on_anyway(done, member=alice)
    worker.work(done.pk)
    done.refresh_from_db()
    assert (done.state, counts(done)) == ("done", (20, 0, 0, 0, 3))


def test_a_hopeless_file_is_given_up_long_before_its_end(alice: Member, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "HOPELESS_AFTER", 100)
    monkeypatch.setattr(rows, "LETTERS_IN_BLOCK", 500)
    good = "".join(f"+4915128{n * 10_007:06}\n" for n in range(20))
    done = imported(alice, "phone\n" + "12\n" * 2_000 + good)
    assert (done.state, people(alice)) == ("asking", {})
    assert 100 <= done.counts["rejected"] == done.rows_total < 500
    verbs.go_on_anyway(done, member=alice)
    worker.work(done.pk)
    done.refresh_from_db()
    assert (done.state, counts(done)) == ("done", (20, 0, 0, 0, 2_000))


def test_who_opted_out_comes_back_with_the_whole_row(alice: Member) -> None:
    actions.opt_out(contact(alice.workspace, "Anna", ANNA), source="message")
    rows_of_others = "".join(f"+49151284077{n:02},,,,,\n" for n in range(20, 40))
    head = "phone,opt in,consent source,Interessen,note,Tags"
    done = imported(
        alice, f'{head}\n{ANNA},yes,Messe,"Ski; Zelte",x,VIP\n{rows_of_others}', create_tags=True, tags=["Fair"],
        map={"Interessen": "tags:Interest", "Tags": "tags:"},
    )  # fmt: skip
    file = list(csv.reader(io.StringIO("".join(rejects.file_of(done, "en")).removeprefix("\ufeff"))))
    assert file[1][:6] == [f"'{ANNA}", "opted_in", "Messe", "Ski; Zelte", "x", "VIP"]
    assert "Opted out earlier" in file[1][6]


def test_a_check_counts_everything_and_writes_nothing(alice: Member) -> None:
    contact(alice.workspace, "Anna", ANNA)
    of = sent(alice, f"phone,name,tags\n{ANNA},Anna Vogel,x\n{MARCO},Marco,\n{MARCO},Marco R,y\n12,short,\n".encode(),
              create_tags=True)  # fmt: skip
    before = Entry.objects.count()
    verbs.check(of)
    journal = Entry.objects.count()
    worker.work(of.pk)
    of.refresh_from_db()
    assert of.state == "draft"
    told = {name: of.preview[name] for name in ("rows", "new", "updated", "same", "doubles", "rejected", "new_tags")}
    assert told == {"rows": 4, "new": 1, "updated": 1, "same": 0, "doubles": 1, "rejected": 1, "new_tags": ["x", "y"]}
    assert of.preview["reasons"] == {"too_short": 1}
    assert people(alice) == {ANNA: "Anna"}
    assert (Entry.objects.count(), before + 1) == (journal, journal)


def many(count: int, name: str = "P") -> str:
    return "phone,name\n" + "".join(f"+4915128{n * 10_007:06},{name}{n}\n" for n in range(count))


def test_a_crash_between_two_buckets_does_every_row_once(alice: Member, monkeypatch: Any) -> None:
    of = in_buckets(alice, many(60), 6)
    real, calls = running.write, []

    def dies_in_the_third(*given: Any) -> bool:
        calls.append(given[2])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(running, "write", dies_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        worker.work(of.pk)
    monkeypatch.setattr(running, "write", real)
    of.refresh_from_db()
    assert (of.state, ImportStretch.objects.count()) == ("running", 2)
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.state, counts(of), of.rows_done) == ("done", (60, 0, 0, 0, 0), 60)
    assert Contact.objects.count() == 60


def test_a_pause_holds_between_two_buckets_and_goes_on(alice: Member, monkeypatch: Any) -> None:
    of = in_buckets(alice, many(60), 6)
    real = running.write

    def then_paused(*given: Any) -> bool:
        Import.objects.filter(pk=of.pk).update(state="paused")
        return real(*given)

    monkeypatch.setattr(running, "write", then_paused)
    worker.work(of.pk)
    monkeypatch.setattr(running, "write", real)
    assert ImportStretch.objects.count() == 1
    worker.work(of.pk)
    assert ImportStretch.objects.count() == 1, "a paused import is left alone"
    of.refresh_from_db()
    verbs.resume(of, member=alice)
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.state, counts(of)) == ("done", (60, 0, 0, 0, 0))


def test_undo_takes_back_what_nobody_touched_since(alice: Member) -> None:
    anna = contact(alice.workspace, "Anna", ANNA, city="Kiel")
    old = tree.make(workspace=alice.workspace, name="old", member=alice)[0]
    actions.tag(anna, tag=old, member=alice)
    done = imported(
        alice, f"phone,name,city,opt in,order\n{ANNA},Anna Vogel,Bonn,yes,7\n{MARCO},Marco,,yes,\n{LEILA},Leila,,,\n",
        tags=["Fair"], create_tags=True,
    )  # fmt: skip
    assert counts(done) == (2, 1, 0, 0, 0)
    actions.change(person(alice, LEILA), member=alice, name="Leila Hassan")
    actions.change(person(alice, ANNA), member=alice, city="Hamburg")
    verbs.undo(done, member=alice)
    worker.work(done.pk)
    done.refresh_from_db()
    assert (done.state, done.counts["removed"], done.counts["kept"]) == ("undone", 1, 1)
    anna.refresh_from_db()
    assert (anna.name, anna.city, anna.marketing, anna.fields) == ("Anna", "Hamburg", "unknown", {})
    assert tags(alice, ANNA) == {"old"}
    assert set(people(alice)) == {ANNA, LEILA}
    assert not Consent.objects.exists()


def test_rejects_come_back_to_be_mended_and_sent_again(alice: Member) -> None:
    good = "".join(f"+49151284077{n:02};P{n};\n" for n in range(20, 60))
    first = imported(alice, f"Telefon;Name;Ort\n{good}12;=cmd();Kiel\n+39 02 5501 8820;Müller, Söhne;\n")
    file = "".join(rejects.file_of(first, "en"))
    lines = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert lines == [
        ["Telefon", "Name", "Ort", "Why it was left out", "Column at fault", "Row in the file"],
        ["12", "'=cmd()", "Kiel", "Too short for a phone number of its country", "Telefon", "42"],
        ["'+39 02 5501 8820", "Müller, Söhne", "", "Landline, cannot have WhatsApp there", "Telefon", "43"],
    ]
    mended = file.replace("\n12,", f"\n{MARCO},").replace("'+39 02 5501 8820", f"'{ANNA}")
    second = imported(alice, mended)
    assert counts(second) == (2, 0, 0, 0, 0)
    assert people(alice)[ANNA] == "Müller, Söhne"
    assert person(alice, MARCO).fields == {}, "the reasons are no fields"


def test_german_rejects_are_known_again_too(alice: Member) -> None:
    from tradewind.contacts.imports import guessing

    assert guessing.is_reject_head("Row in the file")
    assert rejects.all_heads() >= {"why it was left out", "column at fault", "row in the file"}


def test_the_worker_finds_what_waits_and_leaves_the_commands_alone(alice: Member) -> None:
    of = sent(alice, f"phone\n{ANNA}\n".encode())
    theirs = sent(alice, f"phone\n{MARCO}\n".encode(), via="cli")
    verbs.start(of, member=alice)
    verbs.start(theirs, member=alice)
    while worker.step():
        pass
    assert set(Import.objects.values_list("pk", "state")) == {(of.pk, "done"), (theirs.pk, "waiting")}
    assert set(people(alice)) == {ANNA}


def test_a_file_that_breaks_holds_no_other_up(alice: Member, charlie: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, good = sent(charlie, f"phone\n{ANNA}\n".encode()), sent(alice, f"phone\n{ANNA}\n".encode())
    verbs.start(broken, member=charlie)
    verbs.start(good, member=alice)
    run = worker.run

    def breaking(of: Import, **how: Any) -> None:
        if of.pk == broken.pk:
            raise ValueError("broken")
        run(of, **how)

    monkeypatch.setattr(worker, "run", breaking)
    with pytest.raises(ValueError, match="broken"):
        worker.step()
    assert set(people(alice)) == {ANNA}


def test_a_large_file_whose_process_dies_lets_the_others_come_first(
    alice: Member, charlie: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only one has a process at a time; that of the first dies again and again."""
    broken, good = sent(charlie, f"phone\n{ANNA}\n".encode()), sent(alice, f"phone\n{ANNA}\n".encode())
    verbs.start(broken, member=charlie)
    verbs.start(good, member=alice)
    begun = list[int]()
    monkeypatch.setattr(worker, "FEW_BYTES", 0)
    monkeypatch.setattr(worker, "_children", {})
    monkeypatch.setattr(worker, "_died", set())
    monkeypatch.setattr(worker, "begin", lambda pk: begun.append(pk) or Mock(poll=lambda: int(pk == broken.pk)))
    for _ in range(3):
        worker.step()
    assert begun == [broken.pk, good.pk, good.pk], "as long as the good one wants something"


def test_a_file_of_another_workspace_changes_nothing_here(alice: Member, charlie: Member) -> None:
    contact(alice.workspace, "Anna", ANNA)
    imported(charlie, f"phone,name\n{ANNA},Mine\n")
    assert people(alice) == {ANNA: "Anna"}
    assert people(charlie) == {ANNA: "Mine"}


def narrow_rows() -> list[tuple[Any, ...]]:
    """`contact_row` as it stands, for comparing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r) FROM contact_row r ORDER BY contact_id")
        return cursor.fetchall()


def test_an_import_writes_the_narrow_rows_as_the_triggers_would(alice: Member) -> None:
    body = (
        "phone,name,city,language,country,opt in,order,tags\n"
        f'{ANNA},Anna,Kiel,de,DE,yes,7,"Outdoor; Ski"\n{MARCO},"Marco\\, Rossi",ROMA,,,,,\n{LEILA},ليلى,,ar,,no,1,Ski\n'
    )
    imported(alice, body, create_tags=True, tags=["Fair"])
    written = narrow_rows()
    assert len(written) == 3
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact_row")
        # The triggers of an insertion do again what they would have done without the import's own writing.
        cursor.execute("CREATE TEMP TABLE people AS SELECT * FROM contact")
        cursor.execute("CREATE TEMP TABLE their_tags AS SELECT * FROM contact_tags")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM contact_tags; DELETE FROM contact")
        cursor.execute("INSERT INTO contact OVERRIDING SYSTEM VALUE SELECT * FROM people")
        cursor.execute("INSERT INTO contact_tags SELECT * FROM their_tags")
    assert narrow_rows() == written


def test_the_same_file_twice_changes_no_row_at_all(alice: Member) -> None:
    body = f"phone,name,opt in,opt in date,order,tags\n{ANNA},Anna \\ Vogel,yes,2026-01-02,7,Ski\n+5511961234567,João,,,,\n"
    imported(alice, body, create_tags=True)
    versions = (
        "SELECT 'c', id::text, xmin::text FROM contact UNION SELECT 't', contact_id::text, xmin::text FROM contact_tags"
    )
    with connection.cursor() as cursor:
        cursor.execute(versions)
        before = sorted(cursor.fetchall())
        again = imported(alice, body, create_tags=True)
        cursor.execute(versions)
        assert sorted(cursor.fetchall()) == before
    assert counts(again) == (0, 0, 2, 0, 0)
    assert person(alice, ANNA).name == "Anna \\ Vogel"


@pytest.mark.parametrize(
    ("state", "days", "becomes", "is_kept"),
    [
        ("draft", 6, "draft", True),
        ("draft", 8, "cancelled", False),
        ("paused", 29, "paused", True),
        ("paused", 31, "cancelled", False),
        ("failed", 6, "failed", True),
        ("failed", 8, "failed", False),
        ("done", 0, "done", False),
    ],
)
def test_the_file_of_an_import_goes_when_nobody_needs_it(
    alice: Member, state: str, days: int, becomes: str, is_kept: bool
) -> None:
    of, then = sent(alice, f"phone\n{ANNA}\n".encode()), clock.now() - timedelta(days=days)
    ended = then if state in ("failed", "done") else None
    Import.objects.filter(pk=of.pk).update(state=state, created_at=then, finished_at=ended)
    worker.forget_old()
    of.refresh_from_db()
    assert (of.state, of.pieces.exists()) == (becomes, is_kept)
