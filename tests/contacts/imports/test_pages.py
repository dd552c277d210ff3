"""The pages and the API of imports, entered by the front door."""

import io

import pytest
from django.test import Client

from tests.contacts.imports.bench_of import people
from tests.people import browser, member
from tradewind.contacts.imports import worker
from tradewind.contacts.models import Import
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
FILE = "Telefon;Name;Geburtstag\n0151 28407716;Anna Vogel;3/4/1988\n+39 347 661 0338;Marco Rossi;4/5/1990\n12;Kurz;\n"


def upload(client: Client, body: str = FILE, name: str = "Messe.csv") -> tuple[Import, str]:
    file = io.BytesIO(body.encode())
    file.name = name
    answer = client.post("/contacts/imports/", {"file": file})
    of = Import.objects.latest("pk")
    assert answer["Location"] == f"/contacts/imports/{public_id(of)}/"
    return of, answer["Location"]


def wanted(of: Import, **more: str) -> dict[str, str]:
    """The form as the page sends it when nobody changes anything."""
    values = {
        f"to-{place}": f"field:{c['key']}" if c["to"] == "field" else c["to"] for place, c in enumerate(of.mapping)
    }
    return {**values, "has_head": "on", "encoding": of.shape["encoding"], "country": "", "tags": "", **more}


def test_from_a_file_to_people_and_back(alice: Member, as_alice: Client) -> None:
    of, page = upload(as_alice)
    said = as_alice.get(page).content.decode()
    assert "Telefon" in said
    assert "Which day is 3/4/1988?" in said
    assert "Nothing is written yet" in said
    as_alice.post(f"{page}columns/", wanted(of, **{"day-first-2": "yes", "tags": "Fair", "create_tags": "on"}))
    of.refresh_from_db()
    assert of.state == "checking"
    worker.work(of.pk)
    said = as_alice.get(page).content.decode()
    assert "Import 2 people" in said
    assert "Too short for a phone number of its country" in said
    assert people(alice) == {}
    as_alice.post(f"{page}columns/", wanted(of, then="start", tags="Fair", create_tags="on"))
    worker.work(of.pk)
    of.refresh_from_db()
    assert of.state == "asking", "one of three rows is over 10 %"
    as_alice.post(f"{page}act/", {"verb": "anyway"})
    worker.work(of.pk)
    said = as_alice.get(page).content.decode()
    assert "To the contacts" in said
    assert set(people(alice).values()) == {"Anna Vogel", "Marco Rossi"}
    rejects = b"".join(as_alice.get(f"{page}rejects/").streaming_content).decode()
    assert "12,Kurz,,Too short" in rejects
    as_alice.post(f"{page}act/", {"verb": "undo"})
    assert as_alice.get(f"{page}state/").status_code == 200
    worker.work(of.pk)
    assert people(alice) == {}
    assert "It was taken back." in as_alice.get(page).content.decode()


@pytest.mark.parametrize("becomes", ["field:a\x00b", "tags:a\x00b", "a\x00b"])
def test_hostile_names_of_columns_break_nothing(as_alice: Client, becomes: str) -> None:
    of, page = upload(as_alice)
    assert as_alice.post(f"{page}columns/", wanted(of, **{"to-2": becomes})).status_code == 302
    assert as_alice.get(page).status_code == 200


def test_a_second_look_forgets_what_the_first_left_out(alice: Member, as_alice: Client) -> None:
    of, page = upload(as_alice, "phone;name\n+494012345678;Anna\n+4915128407716;Marco\n")
    as_alice.post(f"{page}columns/", wanted(of))
    worker.work(of.pk)
    assert of.rejects.count() == 1, "a landline"
    as_alice.post(f"{page}columns/", wanted(of, landlines="on"))
    worker.work(of.pk)
    assert of.rejects.count() == 0
    assert "Left out, first rows" not in as_alice.get(page).content.decode()


def test_the_file_comes_in_pieces(alice: Member, as_alice: Client) -> None:
    begun = as_alice.post("/contacts/imports/begin/", {"name": "big.csv"}).json()["piece"]
    for place, start in enumerate(range(0, len(FILE), 40)):
        body = FILE.encode()[start : start + 40]
        for _again in range(2):  # a piece that is sent twice counts once
            assert as_alice.post(f"{begun}?place={place}", body, content_type="application/octet-stream").json() == {}
    page = as_alice.post(f"{begun}?last=1").json()["next"]
    assert "Messe" not in page
    assert Import.objects.get().size == len(FILE.encode())
    refused = as_alice.post(f"{begun}?place=0", b"x", content_type="application/octet-stream")
    assert refused.status_code == 422


def test_a_file_that_is_none_says_so(as_alice: Client) -> None:
    file = io.BytesIO(b"%PDF-1.7")
    file.name = "x.csv"
    answer = as_alice.post("/contacts/imports/", {"file": file}, follow=True)
    assert "not a table" in answer.content.decode()
    assert not Import.objects.exists()


def test_who_may_not_import_sees_nothing_of_it(alice: Member, as_alice: Client) -> None:
    of, page = upload(as_alice)
    helper = browser(member(alice.workspace, "Helper", "agent"), raise_request_exception=False)
    for address in ("/contacts/imports/", page, f"{page}rejects/"):
        assert helper.get(address).status_code == 403
    assert helper.post(f"{page}act/", {"verb": "start"}).status_code == 403
    of.refresh_from_db()
    assert of.state == "draft"


def test_scripts_in_a_file_stay_text_on_the_page(as_alice: Client) -> None:
    _of, page = upload(as_alice, "phone,<script>x</script>\n+4915128407716,<img src=x onerror=alert(1)>\n", "<b>.csv")
    said = as_alice.get(page).content.decode()
    assert "<script>x" not in said
    assert "<img src=x" not in said


def test_the_api_from_announcement_to_undo(alice: Member, client: Client) -> None:
    _key, token = keys.create(by=alice, name="Shop", scopes=["contacts:import"])
    headers = {"Authorization": f"Bearer {token}"}

    def post(path: str, said: dict[str, object]) -> dict[str, object]:
        answer = client.post(f"/api/v1/imports{path}", said, content_type="application/json", headers=headers)
        assert answer.status_code in (200, 201, 202), answer.content
        return dict(answer.json())

    of = post("/", {"file_name": "a.csv"})["id"]
    piece = client.put(f"/api/v1/imports/{of}/piece?place=0", FILE.encode(), content_type="text/csv", headers=headers)
    assert piece.json()["state"] == "uploading"
    assert [column["to"] for column in post(f"/{of}/complete", {})["columns"]] == ["phone", "name", "field"]  # type: ignore[attr-defined]
    assert post(f"/{of}/start", {"country": "DE"})["state"] == "waiting"
    row = Import.objects.get()
    worker.work(row.pk)
    assert client.get(f"/api/v1/imports/{of}", headers=headers).json()["state"] == "asking"
    post(f"/{of}/act", {"verb": "anyway"})
    worker.work(row.pk)
    told = client.get(f"/api/v1/imports/{of}", headers=headers).json()
    assert (told["state"], told["counts"]["new"], told["reasons"]) == ("done", 2, {"too_short": 1})
    told = client.get(f"/api/v1/imports/{of}/rejects", headers=headers).json()
    assert told == {"rejects": [{"row": 4, "column": "Telefon", "reason": "too_short",
                                 "sentence": "Too short for a phone number of its country",
                                 "cells": ["12", "Kurz", ""]}],
                    "next": None}  # fmt: skip
    assert post(f"/{of}/act", {"verb": "undo"})["state"] == "undoing"
    again = client.post(
        f"/api/v1/imports/{of}/act", {"verb": "pause"}, content_type="application/json", headers=headers
    )
    assert again.status_code == 409
