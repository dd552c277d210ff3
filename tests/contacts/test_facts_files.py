"""Files of events: read line by line, refused line by line, safe to repeat."""

from pathlib import Path

import orjson
import pytest

from tests.contacts.made import contact
from tradewind.contacts.facts.files import LONGEST_LINE, BadFile, rows
from tradewind.contacts.facts.importing import Result, import_file
from tradewind.journal.models import Entry
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db

PHONE = "+4915128407716"
GOOD = {"contact": PHONE, "event": "order.placed", "at": "2026-03-01T10:00:00Z", "amount": 12, "currency": "EUR"}


def line(**changes: object) -> bytes:
    return orjson.dumps({**GOOD, **changes})


def bring(path: Path, of: Member, **wishes: bool) -> Result:
    return import_file(
        path, workspace_id=of.workspace_id, rejects=path.with_name(f"{path.stem}.rejects{path.suffix}"), **wishes
    )


def amounts(of: Member) -> list[object]:
    entries = Entry.objects.filter(workspace_id=of.workspace_id, kind="order.placed").order_by("tx", "id")
    return [(entry.data or {}).get("amount") for entry in entries]


def test_refused_lines_come_back_with_number_and_reason_and_can_be_mended(alice: Member, tmp_path: Path) -> None:
    contact(alice.workspace, phone=PHONE)
    file = tmp_path / "shop.jsonl"
    bad = [b"{not json", line(amount=-1), b"\xff\xfe\xfa", line(at="2026-03-01T10:00:00"), b"x" * (LONGEST_LINE + 9)]
    file.write_bytes(b"\xef\xbb\xbf" + b"\n".join([line(), b"", *bad, line(id=2), line(contact="+4915128407799")]))
    result = bring(file, alice)
    assert (result.lines, result.recorded, result.rejected) == (8, 2, 6)
    assert sum(result.reasons.values()) == 6
    rejects = tmp_path / "shop.rejects.jsonl"
    told = [orjson.loads(each) for each in rejects.read_bytes().splitlines()]
    assert [each["line"] for each in told] == [3, 4, 5, 6, 7, 9]
    assert told[5]["reason"] == "Nobody here has this number."
    assert bring(rejects, alice).recorded == 0

    mended = [{**told[1], "given": {**told[1]["given"], "amount": 7}}, told[5]]
    rejects.write_bytes(b"\n".join(map(orjson.dumps, mended)))
    again = bring(rejects, alice, may_create=True)
    assert (again.recorded, again.rejected, again.created_contacts) == (2, 0, 1)
    assert amounts(alice) == [12, 12, 7, 12]


def test_the_same_file_twice_changes_nothing(alice: Member, tmp_path: Path) -> None:
    contact(alice.workspace, phone=PHONE)
    file = tmp_path / "shop.jsonl"
    file.write_bytes(b"\n".join(line(product=str(place)) for place in range(50)))
    assert bring(file, alice).recorded == 50
    again = bring(file, alice)
    assert (again.recorded, again.repeated, again.rejected) == (0, 50, 0)
    assert len(amounts(alice)) == 50
    assert not (tmp_path / "shop.rejects.jsonl").exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_with_other_heads_and_their_rejects(alice: Member, tmp_path: Path, delimiter: str) -> None:
    contact(alice.workspace, phone=PHONE)
    file = tmp_path / "shop.csv"
    table = [
        ["Phone", "Event", "Date", "Total", "Currency", "product"],
        [PHONE, "order.placed", "2026-03-01T10:00:00Z", "12.50", "EUR", "Zelt für zwei"],
        [PHONE, "order.placed", "", "3", "EUR", "no time"],
        ["", "", "", "", "", ""],
        [PHONE, "order.placed", "2026-03-01T10:00:00Z", "3", "EUR", "a", "cell", "too many"],
    ]
    file.write_bytes("\r\n".join(delimiter.join(row) for row in table).encode("cp1252"))
    result = bring(file, alice)
    assert (result.recorded, result.rejected) == (1, 2)
    entry = Entry.objects.get(workspace_id=alice.workspace_id, kind="order.placed")
    assert entry.data == {"amount": 12.5, "currency": "EUR", "product": "Zelt für zwei"}
    rejects = tmp_path / "shop.rejects.csv"
    text = rejects.read_text().splitlines()
    assert text[0] == "Phone,Event,Date,Total,Currency,product,rejected_line,rejected_reason"
    assert text[1].endswith(",3,The time (at) is missing.")

    rejects.write_text("\n".join([text[0], text[1].replace("order.placed,,", "order.placed,2026-03-01T10:00:00Z,")]))
    assert bring(rejects, alice).recorded == 1
    assert amounts(alice) == [12.5, 3]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"name,price\nx,1\n", "contact and event"),
        ("a.csv", b"", "contact and event"),
        ("a.csv", b'contact,event\n"' + b"x\n" * 200_000, "cannot be read"),
        ("a.csv", b"contact,event\n" + b"x" * (LONGEST_LINE + 2), "too long"),
    ],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadFile, match=why):
        list(rows(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        list(rows(tmp_path / "nowhere.jsonl"))
