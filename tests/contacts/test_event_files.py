"""Files of events sent to the console, entered by the front door: columns, check, recording, and what is left out."""

import io
import json

import pytest
from django.test import Client

from tests.contacts.imports.workbooks import xlsx
from tests.contacts.made import contact
from tests.people import browser, member
from tradewind.contacts.facts.uploads import columns
from tradewind.contacts.facts.uploads import running as uploads
from tradewind.contacts.facts.uploads.vocabulary import event_of
from tradewind.contacts.imports import verbs, worker
from tradewind.contacts.models import Contact, Import
from tradewind.journal.models import Entry
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
ANNA, MARCO = "+4915128407716", "+393476610338"
FILE = (
    "Bestellnummer;Telefon;Bestelldatum;Gesamtbetrag;Währung;Artikel;Versandart\n"
    "1001;0151 28407716;02.03.2026 14:30;1.249,50;EUR;Zelt;DHL\n"
    "1002;+39 347 661 0338;03.03.2026;12,00 €;;Becher;Post\n"
    "1003;0151 28407799;03.03.2026;5;;Becher;Post\n"
    "1004;0151 28407716;irgendwann;5;;Becher;Post\n"
    "1005;0151 28407716;04.03.2026;-5;;Becher;Post\n"
)


@pytest.fixture
def people(alice: Member) -> dict[str, Contact]:
    return {phone: contact(alice.workspace, phone=phone) for phone in (ANNA, MARCO)}


def upload(client: Client, body: str | bytes = FILE, name: str = "Bestellungen.csv") -> tuple[Import, str]:
    file = io.BytesIO(body.encode() if isinstance(body, str) else body)
    file.name = name
    answer = client.post("/contacts/event-files/", {"file": file}, follow=True)
    of = Import.objects.latest("pk")
    assert answer.redirect_chain[-1][0] == f"/contacts/event-files/{public_id(of)}/", answer.content.decode()[-400:]
    return of, answer.redirect_chain[-1][0]


def wanted(of: Import, **more: str) -> dict[str, str]:
    """The form as the page sends it when nobody changes anything."""
    values = {
        f"to-{place}": f"field:{c['key']}" if c["to"] == "field" else c["to"] for place, c in enumerate(of.mapping)
    }
    event = of.options.get("event", "")
    return {**values, "has_head": "on", "encoding": of.shape["encoding"], "country": "", "event": event, **more}


def bring(client: Client, of: Import, page: str, **more: str) -> Import:
    """Check and record."""
    client.post(f"{page}columns/", wanted(of, **more))
    worker.work(of.pk)
    of.refresh_from_db()
    client.post(f"{page}columns/", wanted(of, then="start", **more))
    worker.work(of.pk)
    of.refresh_from_db()
    return of


def told(of: Member) -> list[tuple[str, dict[str, object]]]:
    entries = Entry.objects.filter(workspace_id=of.workspace_id, contact_id__isnull=False)
    some = entries.filter(kind__regex=r"^(order|cart|page|workshop)\.").order_by("at", "id")
    return [(entry.kind, dict(entry.data or {})) for entry in some]


def rejects_of(client: Client, of: Import) -> str:
    return b"".join(client.get(f"/contacts/imports/{public_id(of)}/rejects/").streaming_content).decode()


def test_a_shops_orders_from_the_file_to_the_journal(
    alice: Member, as_alice: Client, people: dict[str, Contact]
) -> None:
    of, page = upload(as_alice)
    assert [column["to"] for column in of.mapping] == [
        "order", "contact", "at", "amount", "currency", "product", "field",
    ]  # fmt: skip
    said = as_alice.get(page).content.decode()
    assert "Nothing is recorded yet" in said
    assert "02.03.2026 14:30" in said
    as_alice.post(f"{page}columns/", wanted(of))
    worker.work(of.pk)
    said = as_alice.get(page).content.decode()
    for words in ("Record 2 events", "Nobody here has this number", "Not a date", "An amount below zero", "1,249.50"):
        assert words in said, words
    assert told(alice) == []
    as_alice.post(f"{page}columns/", wanted(Import.objects.get(), then="start"))
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.state, of.counts) == ("done", {"recorded": 2, "repeated": 0, "created": 0, "rejected": 3})
    assert told(alice) == [
        (
            "order.placed",
            {"order": "1001", "amount": 1249.5, "currency": "EUR", "product": "Zelt", "Versandart": "DHL"},
        ),
        ("order.placed", {"order": "1002", "amount": 12, "currency": "EUR", "product": "Becher", "Versandart": "Post"}),
    ]
    entry = Entry.objects.filter(contact_id=people[ANNA].pk, kind="order.placed").get()
    assert entry.at.isoformat() == "2026-03-02T13:30:00+00:00", "half past two in Hamburg"
    assert "Rows with reasons" in as_alice.get(page).content.decode()


def test_what_is_said_of_a_column_is_what_comes_in(as_alice: Client, people: dict[str, Contact]) -> None:
    rows = [
        f"{ANNA};{day};{amount}" for day in ("03/04/2026", "25/04/2026") for amount in ("12,50 EUR", "฿ 80", "R$ 1.250")
    ]
    of, page = upload(as_alice, "\n".join(["Telefon;Datum;Betrag", *rows]))
    assert [column["to"] for column in of.mapping] == ["contact", "at", "amount"]
    assert as_alice.get(page).content.decode().count("100 % can be read") == 2
    assert bring(as_alice, of, page).counts["recorded"] == 6


@pytest.mark.parametrize("space", ["", "\n  ", " "])
def test_a_list_of_json_is_told_to_come_as_lines(as_alice: Client, people: dict[str, Contact], space: str) -> None:
    file = io.BytesIO(f"\ufeff[{space}{{}}{space}]".encode())
    file.name = "orders.json"
    said = as_alice.post("/contacts/event-files/", {"file": file}, follow=True).content.decode()
    assert "one object a line" in said
    assert not Import.objects.exists()


@pytest.mark.parametrize("becomes", ["field:a\x00b", "a\x00b"])
def test_hostile_names_of_columns_break_nothing(as_alice: Client, people: dict[str, Contact], becomes: str) -> None:
    of, page = upload(as_alice)
    assert as_alice.post(f"{page}columns/", {**wanted(of), "to-6": becomes}).status_code == 302
    assert as_alice.get(page).status_code == 200


def test_what_was_left_out_is_mended_and_only_that_comes_in(
    alice: Member, as_alice: Client, people: dict[str, Contact]
) -> None:
    of, page = upload(as_alice)
    bring(as_alice, of, page)
    rejects = rejects_of(as_alice, of)
    assert rejects.count("\n") == 4
    assert "Nobody here has this number" in rejects
    assert "'-5" in rejects, "no formula for a spreadsheet"
    mended = rejects.replace("irgendwann", "04.03.2026").replace("'-5", "'+5")
    again, page = upload(as_alice, mended, "left-out.csv")
    assert [column["to"] for column in again.mapping][-3:] == ["skip", "skip", "skip"]
    assert again.options["event"] == "order.placed"
    bring(as_alice, again, page, create_contacts="on")
    assert again.counts == {"recorded": 3, "repeated": 0, "created": 1, "rejected": 0}
    assert len(told(alice)) == 5


def test_the_same_file_again_changes_nothing(alice: Member, as_alice: Client, people: dict[str, Contact]) -> None:
    bring(as_alice, *upload(as_alice))
    before = told(alice)
    of, page = upload(as_alice)
    as_alice.post(f"{page}columns/", wanted(of))
    worker.work(of.pk)
    assert "Record" not in as_alice.get(page).content.decode().split("launch")[-1].replace("What is recorded", "")
    as_alice.post(f"{page}columns/", wanted(Import.objects.get(pk=of.pk), then="start"))
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.counts["recorded"], of.counts["repeated"]) == (0, 2)
    assert told(alice) == before


def test_lines_of_json_come_in_and_their_rejects_come_back_as_lines(
    alice: Member, as_alice: Client, people: dict[str, Contact]
) -> None:
    good = {"contact": ANNA, "event": "cart.updated", "at": "2026-03-01T10:00:00Z", "items": [{"sku": 1}]}
    lines = [json.dumps(good), "{nope", "", json.dumps({**good, "event": "message.read"}), '["x"]']
    of, page = upload(as_alice, "\ufeff" + "\n".join(lines), "events.jsonl")
    assert "Lines of JSON" in as_alice.get(page).content.decode()
    bring(as_alice, of, page)
    assert of.counts == {"recorded": 1, "repeated": 0, "created": 0, "rejected": 3}
    assert told(alice) == [("cart.updated", {"items": [{"sku": 1}]})]
    rejects = rejects_of(as_alice, of)
    given = [json.loads(line) for line in rejects.splitlines()]
    assert [each["line"] for each in given] == [2, 4, 5]
    assert given[1]["reason"] == "A name that Tradewind itself writes: message.read"
    again, page = upload(as_alice, rejects.replace("message.read", "page.viewed"), "left-out.jsonl")
    bring(as_alice, again, page)
    assert again.counts["recorded"] == 1


def test_a_workbook_and_a_name_of_ones_own(alice: Member, as_alice: Client, people: dict[str, Contact]) -> None:
    body = xlsx([["Cellulare", "Data"], [MARCO, "2026-03-01 09:00"]])
    of, page = upload(as_alice, body, "officina.xlsx")
    as_alice.post(f"{page}columns/", wanted(of, event=""))
    assert "Say what each row of this file is" in as_alice.get(page).content.decode()
    as_alice.post(f"{page}columns/", wanted(of, event_named="message.read"))
    assert "own" in as_alice.get(page).content.decode()
    bring(as_alice, of, page, event_named="Workshop visited")
    assert told(alice) == [("workshop.visited", {})]


def test_a_pause_goes_on_where_it_was(
    alice: Member, as_alice: Client, people: dict[str, Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "BATCH", 2)
    rows = "".join(f"{ANNA};2026-03-0{day};order.placed;{day}\n" for day in range(1, 8))
    of, page = upload(as_alice, f"phone;date;event;id\n{rows}")
    as_alice.post(f"{page}columns/", wanted(of))
    worker.work(of.pk)
    of.refresh_from_db()
    as_alice.post(f"{page}columns/", wanted(of, then="start"))
    real = uploads.write_batch

    def pausing(of: Import, batch: list[uploads.Given]) -> bool:
        real(of, batch)
        verbs.pause(of, member=alice)
        return False

    monkeypatch.setattr(uploads, "write_batch", pausing)
    worker.work(of.pk)
    monkeypatch.setattr(uploads, "write_batch", real)
    of.refresh_from_db()
    assert (of.state, of.rows_done, of.rows_total) == ("paused", 2, 7)
    as_alice.post(f"/contacts/imports/{public_id(of)}/act/", {"verb": "resume"})
    worker.work(of.pk)
    of.refresh_from_db()
    assert (of.state, of.rows_done, of.counts["recorded"], of.counts["repeated"]) == ("done", 7, 7, 0)


def test_nothing_is_recorded_that_was_not_looked_at_in_this_way(
    alice: Member, as_alice: Client, people: dict[str, Contact]
) -> None:
    of, page = upload(as_alice)
    as_alice.post(f"/contacts/imports/{public_id(of)}/act/", {"verb": "start"})
    of.refresh_from_db()
    assert of.state == "draft"
    as_alice.post(f"{page}columns/", wanted(of))
    worker.work(of.pk)
    of.refresh_from_db()
    as_alice.post(f"{page}columns/", {**wanted(of, then="start"), "event": "order.paid"})
    of.refresh_from_db()
    assert of.state == "checking"


def test_columns_are_guessed_in_all_our_languages() -> None:
    heads = {
        "en": ["Customer phone", "Order date", "Total", "Currency", "Order number", "Product name"],
        "de": ["Handynummer", "Bestelldatum", "Gesamtbetrag", "Währung", "Bestellnummer", "Artikelname"],
        "it": ["Cellulare", "Data ordine", "Totale", "Valuta", "Numero ordine", "Prodotto"],
        "ar": ["رقم الجوال", "تاريخ الطلب", "المجموع", "العملة", "رقم الطلب", "المنتج"],
        "th": ["เบอร์โทร", "วันที่สั่งซื้อ", "ยอดรวม", "สกุลเงิน", "หมายเลขคำสั่งซื้อ", "สินค้า"],
        "es": ["Teléfono", "Fecha del pedido", "Importe", "Moneda", "Número de pedido", "Producto"],
        "pt": ["Telemóvel", "Data do pedido", "Valor total", "Moeda", "Número do pedido", "Produto"],
        "zh": ["手机号", "下单时间", "订单金额", "币种", "订单号", "商品名称"],
    }
    for language, names in heads.items():
        found = [column.to for column in columns.guess(names, [])]
        assert found == ["contact", "at", "amount", "currency", "order", "product"], language
    bare = columns.guess(["a", "b", "c"], [["Anna", ANNA, "3.4.2026"], ["Marco", MARCO, "4.4.2026"]])
    assert [column.to for column in bare] == ["field", "contact", "at"]


def test_shops_words_for_what_happened_become_our_names() -> None:
    said = {"Bestellung": "order.placed", "Pagato": "order.paid", "abandoned cart": "cart.updated",
            "طلب": "order.placed",
            "order.paid": "order.paid", "Workshop visited": "workshop.visited", "signup": "signup"}  # fmt: skip
    assert {text: event_of(text) for text in said} == said


def test_who_may_not_import_and_strangers_see_nothing_of_it(
    alice: Member, as_alice: Client, as_charlie: Client, people: dict[str, Contact]
) -> None:
    of, page = upload(as_alice)
    helper = browser(member(alice.workspace, "Helper", "agent"), raise_request_exception=False)
    for address in ("/contacts/event-files/", page):
        assert helper.get(address).status_code == 403
    assert helper.post(f"{page}columns/", wanted(of)).status_code == 403
    assert as_charlie.get(page).status_code == 404
    assert as_charlie.post(f"{page}columns/", wanted(of)).status_code == 404
    assert of.file_name not in as_charlie.get("/contacts/event-files/").content.decode()
    of.refresh_from_db()
    assert of.state == "draft"


def test_scripts_in_a_file_of_events_stay_text_on_the_page(as_alice: Client, people: dict[str, Contact]) -> None:
    body = (
        f"phone;date;event;<script>x</script>\n{ANNA};2026-03-01;order.placed;<img src=x onerror=alert(1)>\nx;y;z;<i>\n"
    )
    of, page = upload(as_alice, body, "<b>.csv")
    as_alice.post(f"{page}columns/", wanted(of))
    worker.work(of.pk)
    said = as_alice.get(page).content.decode()
    assert "<script>x" not in said
    assert "<img src=x" not in said
    assert "<i>" not in said
