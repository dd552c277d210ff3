"""Files and moments that nobody wishes for, each by its name; bombs and strange encodings stand in the files beside."""

import threading
from typing import Any

import pytest
from django.db import connections

from tests.contacts.imports.bench_of import counts, imported, in_buckets, people, person, sent, why
from tests.contacts.imports.workbooks import xlsx
from tradewind.contacts.imports import rejects, running, verbs, worker
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.models import Consent, Contact, ContactField, Identity, Import
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
ANNA, MARCO = "+4915128407716", "+393476610338"


def many(count: int) -> str:
    return "phone,name\n" + "".join(f"+4915122{n:06},P{n}\n" for n in range(count))


def test_undo_while_it_runs_waits_until_it_is_stopped_and_then_takes_all_back(alice: Member, monkeypatch: Any) -> None:
    of = in_buckets(alice, many(40), 4)
    real = running.write

    def undone_meanwhile(*given: Any) -> bool:
        with pytest.raises(ImportRefused, match="days"):
            verbs.undo(of, member=alice)
        goes_on = real(*given)
        verbs.cancel(of, member=alice)
        verbs.undo(of, member=alice)
        return goes_on

    monkeypatch.setattr(running, "write", undone_meanwhile)
    worker.work(of.pk)
    of.refresh_from_db()
    assert of.state == "undoing", "the run that was stopped leaves the undoing to the next one"
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.state, Contact.objects.count(), Identity.objects.count()) == ("undone", 0, 0)


def test_undo_asked_in_the_midst_of_a_bucket_takes_that_bucket_back_too(alice: Member, monkeypatch: Any) -> None:
    of = in_buckets(alice, many(40), 4)
    real = running.mark

    def cancelled_meanwhile(*given: Any) -> bool:
        Import.objects.filter(pk=of.pk).update(state="undoing")
        return real(*given)

    monkeypatch.setattr(running, "mark", cancelled_meanwhile)
    worker.work(of.pk)
    assert (of.stretches.count(), Contact.objects.count() > 0) == (1, True)
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.state, Contact.objects.count()) == ("undone", 0)


@pytest.mark.parametrize("verb", [verbs.pause, verbs.resume, verbs.cancel, verbs.start, verbs.undo, verbs.go_on_anyway])
def test_nothing_else_is_done_to_an_import_that_is_being_undone(alice: Member, verb: Any) -> None:
    of = imported(alice, many(3))
    verbs.undo(of, member=alice)
    with pytest.raises(ImportRefused):
        verb(of, member=alice)
    of.refresh_from_db()
    assert of.state == "undoing"


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_makes_each_person_once(alice: Member) -> None:
    both = [in_buckets(alice, many(300), 3) for _turn in range(2)]
    errors: list[BaseException] = []

    def work(of: Import) -> None:
        try:
            worker.work(of.pk)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(of,)) for of in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert (Contact.objects.count(), Identity.objects.count()) == (300, 300)
    for of in both:
        of.refresh_from_db()
        assert (of.state, of.rows_done) == ("done", 300)
    new, updated, same = (sum(counts(of)[place] for of in both) for place in range(3))
    assert (new, updated + same) == (300, 300)


def test_the_same_import_twice_at_once_is_done_by_one(alice: Member) -> None:
    of = in_buckets(alice, many(20), 2)
    with worker.alone(of.pk) as is_mine:
        assert is_mine
        worker.work(of.pk)
        of.refresh_from_db()
        assert (of.state, Contact.objects.count()) == ("waiting", 0)
    worker.work(of.pk)
    assert Contact.objects.count() == 20


def test_dates_that_have_become_numbers_are_dates_again(alice: Member) -> None:
    book = xlsx([["Telefon", "Geburtstag", "Einwilligung", "Einwilligung am", "PLZ"],
                 [ANNA, 32236, "ja", 46083.5, 24103], [MARCO, "3.4.1988", "", "", 24105]])  # fmt: skip
    done = imported(alice, book)
    assert why(done) == []
    assert person(alice, ANNA).fields == {"birthday": "1988-04-03", "PLZ": 24103}
    assert person(alice, MARCO).fields["birthday"] == "1988-04-03"
    assert Consent.objects.get().at.isoformat() == "2026-03-02T11:00:00+00:00", "noon in Hamburg"


def test_three_hundred_columns_come_in_and_one_more_is_refused(alice: Member) -> None:
    heads = [f"f{n}" for n in range(299)]
    imported(alice, ",".join(["phone", *heads]) + f"\n{ANNA}," + ",".join(["x"] * 299) + "\n")
    assert len(person(alice, ANNA).fields) == 299
    with pytest.raises(ImportRefused, match="301 columns"):
        sent(alice, (",".join(["phone", *heads, "more"]) + f"\n{ANNA}" + ",x" * 300).encode())


def test_two_columns_of_one_name_become_two_fields(alice: Member) -> None:
    imported(alice, f"phone,Notiz,Notiz,Notiz\n{ANNA},a,b,c\n")
    assert person(alice, ANNA).fields == {"Notiz": "a", "Notiz 2": "b", "Notiz 3": "c"}
    assert ContactField.objects.count() == 3


def test_a_cell_of_a_megabyte_spoils_its_row_and_no_other(alice: Member) -> None:
    good = "".join(f"+4915122{n:06},P{n},\n" for n in range(30))
    done = imported(alice, f"phone,name,note\n{good}{MARCO},Marco,{'y' * 1_000_000}\n{ANNA},Anna,kurz\n")
    assert [row for row, _column, _reason in why(done)] == [32]
    assert (len(people(alice)), people(alice)[ANNA]) == (31, "Anna")
    file = "".join(rejects.file_of(done, "en"))
    assert MARCO in file
    assert len(file) < 1_100_000


def test_a_file_of_rejects_holds_no_formula_in_any_cell(alice: Member) -> None:
    wild = ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "=HYPERLINK(1)"]
    heads = ["phone", *(f"={n}" for n in range(len(wild)))]
    good = "".join(f"+4915122{n:06}{',' * len(wild)}\n" for n in range(30))
    body = ",".join(heads) + "\n" + good + ",".join(["12", *(f'"{cell}"' for cell in wild)]) + "\n"
    done = imported(alice, body)
    file = "".join(rejects.file_of(done, "en")).removeprefix("\ufeff")
    cells = [cell.strip('"') for line in file.replace("\r\n", "\n").splitlines() for cell in line.split(",")]
    assert len(cells) == 2 * (len(heads) + 3)
    assert [cell for cell in cells if cell.lstrip().startswith(rejects.FORMULA_STARTS)] == []


def test_a_file_whose_mark_of_its_encoding_stands_twice(alice: Member) -> None:
    imported(alice, f"\ufeff\ufeffNotiz,phone\nx,{ANNA}\n")
    assert person(alice, ANNA).fields == {"Notiz": "x"}


def test_the_whole_file_in_quotes_with_quotes_in_them(alice: Member) -> None:
    imported(alice, f'"phone","name"\r\n"{ANNA}","Anna ""die Erste"" Vogel"\r\n"{MARCO}",""\r\n'.encode("utf-8-sig"))
    assert people(alice) == {ANNA: 'Anna "die Erste" Vogel', MARCO: ""}
