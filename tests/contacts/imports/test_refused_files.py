"""Files that are not opened, each with a sentence that says why."""

import io
import zipfile

import pytest

from tests.contacts.imports.bench_of import sent
from tests.contacts.imports.workbooks import xlsx
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.models import Contact, Import
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return file.getvalue()


def lying(body: bytes) -> bytes:
    """An archive whose directory says that its parts are small."""
    said = bytearray(body)
    place = 0
    while (place := said.find(b"PK\x01\x02", place)) >= 0:
        said[place + 24 : place + 28] = (100).to_bytes(4, "little")
        place += 4
    return bytes(said)


BOMB = zipped({"xl/worksheets/sheet1.xml": bytes(60 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "piece of a file"),
        (b"   \n\n", "empty"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old kind"),
        (b"\x89PNG\r\n", "PNG"),
        (bytes(5000), "NUL"),
        (",".join(f"c{n}" for n in range(5000)).encode() + b"\n1\n", "5000 columns"),
        (b"phone,name\n", "no rows below"),
        (BOMB, "unpacks to far more"),
        (lying(BOMB), "damaged|unpacks"),
        (xlsx([["Phone"], ["+4915128407716"]])[:-30], "damaged"),
        (zipped({"readme.txt": b"no workbook"}), "cannot be read"),
        (xlsx([], []), "no rows"),
    ],
)
def test_refused_with_a_sentence(alice: Member, body: bytes, said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        from tradewind.contacts.imports import verbs

        if not body:
            verbs.add_piece(verbs.begin(workspace=alice.workspace, member=alice, file_name="x"), place=0, body=body)
        sent(alice, body)
    assert not Contact.objects.exists()
    assert not Import.objects.exclude(state="uploading").exists()


def test_a_name_with_a_path_and_turns_is_a_plain_name(alice: Member) -> None:
    of = sent(alice, b"phone\n+4915128407716\n", "../../etc/\u202egnp.csv")
    assert of.file_name == "gnp.csv"
