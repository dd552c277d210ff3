"""The page on which a segment is put together: the form is the tree, whatever somebody sends in it."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.people import JOINED
from tests.segments import trees, worlds
from tests.segments.worlds import NOW, Made
from tradewind.contacts.models import Contact, ContactTags, Standing, Tag
from tradewind.segments import compile, tree
from tradewind.segments.builder import dialects, lines
from tradewind.segments.builder.trees import lines_of, tree_of
from tradewind.segments.errors import TreeError
from tradewind.segments.models import Segment
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
NAMES = ("kind", "up", "mode", "tag", "op", "value", "json")
ODD = ("group", "tag", "field", "raw", "all", "none", "0", "1", "8", "-1", "x" * 5000, "\x00", "{", "")


@pytest.fixture
def made(alice: Member) -> Made:
    return worlds.furnish(alice, seed=4)


def people(value: Any, workspace_id: int) -> list[int]:
    node = tree.read(value, workspace_id=workspace_id)
    sql, params = compile.contacts_sql(node, workspace_id=workspace_id, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return sorted(row[0] for row in cursor.fetchall())


def people_if_any(value: Any, workspace_id: int) -> list[int] | None:
    try:
        return people(value, workspace_id)
    except TreeError:
        return None


def as_form(found: list[lines.Line]) -> dict[str, str]:
    """What a browser sends for these lines."""
    form: dict[str, str] = {}
    for line in found:
        form |= {f"kind{line.n}": line.kind, f"up{line.n}": "" if line.up is None else str(line.up)}
        form |= {f"{name}{line.n}": value for name, value in line.values.items()}
    return form


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_tree_survives_the_form(made: Made, data: st.DataObject) -> None:
    value = data.draw(trees.trees(made))
    before = people_if_any(value, made.workspace.pk)
    found = lines_of(value)
    assume(before is not None and len(found) < lines.MOST_LINES)
    again = lines.read(as_form(found))
    after = tree_of(again)
    assume(not [line for line in again if line.missing or (line.is_group and not line.path)])
    assert people(after, made.workspace.pk) == before, (value, after)


@settings(max_examples=200, deadline=None)
@given(form=st.dictionaries(st.sampled_from([f"{name}{n}" for name in NAMES for n in range(9)]), st.sampled_from(ODD)))
def test_any_form_is_a_tree(form: dict[str, str]) -> None:
    found = lines.read(form)
    assert found[0].is_group and [line.n for line in found] == list(range(len(found)))
    assert isinstance(tree_of(found), dict)


def person(of: Member, name: str, *tags: Tag, **facts: Any) -> Contact:
    made = Contact.objects.create(workspace=of.workspace, name=name, created_at=JOINED, **facts)
    ContactTags.objects.create(contact=made, workspace=of.workspace, tags=[tag.pk for tag in tags])
    return made


def saved(of: Member, name: str, value: Any) -> Segment:
    return Segment.objects.create(workspace=of.workspace, name=name, created_at=NOW, changed_at=NOW, tree=value)


def figure(page: str) -> str:
    """The count beside the tree."""
    found = re.search(r'id="people-count"[^>]*>(.*?)</a>', page, re.DOTALL)
    assert found is not None
    return found.group(1).strip()


def drawn(client: Client, form: dict[str, Any]) -> str:
    return client.post("/segments/new/", form, headers={"hx-request": "true"}).content.decode()


def test_alice_puts_a_segment_together_and_saves_it(as_alice: Client, alice: Member) -> None:
    tea = Tag.objects.create(workspace=alice.workspace, name="Interest/Tea", created_at=JOINED)
    for name, tags in (("Ada", [tea]), ("Bo", [tea]), ("Cy", [])):
        person(alice, name, *tags, language="de" if name == "Ada" else "it")
    page = as_alice.get("/segments/new/").content.decode()
    assert "Everybody." in page and figure(page) == "3"
    form = {"kind0": "group", "up0": "", "mode0": "all"}
    page = drawn(as_alice, form | {"op": "add:0:tag"})
    assert "Choose a tag." in page and "<html" not in page
    form |= {"kind1": "tag", "up1": "0", "tag1": "Interest/Tea"}
    page = drawn(as_alice, form)
    assert figure(page) == "2" and "People who have the tag “Interest/Tea”." in page
    form |= {"kind2": "group", "up2": "0", "mode2": "none"}
    form |= {"kind3": "field", "up3": "2", "field3": "language", "op3": "is", "value3": "it"}
    page = drawn(as_alice, form)
    assert figure(page) == "1" and "without those whose language is Italian" in page
    answer = as_alice.post("/segments/new/", form | {"name": "Tea, not in Italian", "op": "save"})
    row = Segment.objects.get(workspace=alice.workspace)
    assert answer.status_code == 302 and answer["Location"] == f"/segments/{public_id(row)}/"
    assert row.tree == {
        "all": [{"tag": "Interest/Tea", "id": public_id(tea)}, {"not": {"field": "language", "is": "it"}}]
    }
    shown = as_alice.get(f"/segments/{public_id(row)}/").content.decode()
    assert figure(shown) == "1" and "Ada" in shown and "Tea, not in Italian" in shown
    assert "Tea, not in Italian" in as_alice.get("/segments/").content.decode()


def test_lines_are_taken_away_with_all_in_them(as_alice: Client, alice: Member) -> None:
    person(alice, "Ada", language="de")
    form = {"kind0": "group", "mode0": "all", "kind1": "group", "up1": "0", "mode1": "any"}
    form |= {"kind2": "field", "up2": "1", "field2": "language", "op2": "is", "value2": "it"}
    assert figure(drawn(as_alice, form)) == "0"
    page = drawn(as_alice, form | {"op": "drop:1"})
    assert figure(page) == "1" and "Everybody." in page and 'name="kind1"' not in page


def test_several_values_are_picked_one_by_one(as_alice: Client, alice: Member) -> None:
    for language in ("de", "it", "ar"):
        person(alice, language, language=language)
    form: dict[str, Any] = {"kind0": "group", "mode0": "all", "kind1": "field", "up1": "0", "field1": "language"}
    form |= {"op1": "in", "value1": ["de", "it", ""]}
    page = drawn(as_alice, form)
    assert figure(page) == "2" and "whose language is German or Italian" in page
    page = drawn(as_alice, form | {"op": "unpick:1:de"})
    assert figure(page) == "1" and "whose language is Italian" in page


def test_an_empty_stretch_of_days_means_ever(as_alice: Client, alice: Member) -> None:
    form = {"kind0": "group", "mode0": "all", "kind1": "event", "up1": "0", "event1": "order.placed", "within1": ""}
    assert "People who ordered." in drawn(as_alice, form)


def test_why_somebody_is_in_and_somebody_is_not(as_alice: Client, alice: Member) -> None:
    tea = Tag.objects.create(workspace=alice.workspace, name="Tea", created_at=JOINED)
    ada, cyrus = person(alice, "Ada", tea), person(alice, "Cyrus")
    value = json.dumps({"all": [{"tag": "Tea"}]})
    found = as_alice.post("/segments/why/", {"tree": value, "q": "Cyr"}).content.decode()
    assert "Cyrus" in found and "Ada" not in found
    verdict = as_alice.post("/segments/why/", {"tree": value, "contact": public_id(cyrus)}).content.decode()
    assert "is not in" in verdict and "The tag is not there." in verdict
    verdict = as_alice.post("/segments/why/", {"tree": value, "contact": public_id(ada)}).content.decode()
    assert "is in" in verdict and "is not in" not in verdict


def test_every_count_leads_to_the_people(as_alice: Client, alice: Member) -> None:
    for n in range(55):
        person(alice, f"P {n:02}", country="DE" if n < 52 else "IT")
    value = json.dumps({"all": [{"field": "country", "is": "DE"}]})
    page = as_alice.get("/segments/people/", {"tree": value}).content.decode()
    assert "52 people fit." in page and "P 00" in page and "P 51" not in page
    after = re.search(r"after=(\d+)", page)
    assert after is not None
    rest = as_alice.get("/segments/people/", {"tree": value, "after": after.group(1)}).content.decode()
    assert "P 51" in rest and "P 53" not in rest


def test_what_cannot_be_read_says_why_and_the_rest_is_shown(as_alice: Client, alice: Member) -> None:
    person(alice, "Ada", country="DE")
    row = saved(alice, "Old", {"all": [{"tag": "Gone"}, {"field": "country", "is": "DE"}]})
    page = as_alice.get(f"/segments/{public_id(row)}/").content.decode()
    assert "The tag “Gone” is not there." in page and figure(page) == "1"
    assert "The tag “Gone” is not there." in as_alice.get("/segments/").content.decode()
    form = {"kind0": "group", "mode0": "all", "kind1": "tag", "up1": "0", "tag1": "Gone", "name": "New", "op": "save"}
    answer = as_alice.post("/segments/new/", form)
    assert answer.status_code == 422 and Segment.objects.count() == 1


def test_bob_looks_but_does_not_save_and_charlie_finds_nothing(
    as_alice: Client, as_bob: Client, as_charlie: Client, alice: Member
) -> None:
    person(alice, "Ada")
    row = saved(alice, "All", {"all": []})
    address = f"/segments/{public_id(row)}/"
    assert "Save segment" in as_alice.get(address).content.decode()
    assert "Save segment" not in as_bob.get(address).content.decode()
    form = {"kind0": "group", "mode0": "all", "name": "Bob's", "op": "save"}
    assert as_bob.post(address, form).status_code == 403
    assert as_bob.post(f"{address}delete/").status_code == 403
    assert as_charlie.get(address).status_code == 404
    assert as_charlie.post(f"{address}delete/").status_code == 404
    assert "Ada" not in as_charlie.get("/segments/people/", {"tree": '{"all": []}'}).content.decode()
    row.refresh_from_db()
    assert row.name == "All"


def test_freeze_thaw_and_delete(as_alice: Client, alice: Member) -> None:
    person(alice, "Ada")
    row = saved(alice, "All", {"all": []})
    address = f"/segments/{public_id(row)}/"
    as_alice.post(f"{address}freeze/")
    person(alice, "Late")
    assert Segment.objects.filter(pk=row.pk, frozen_at=None).count() == 0
    assert Segment.objects.get(pk=row.pk).people == 1
    assert "This segment keeps the people of one moment." in as_alice.get(address).content.decode()
    as_alice.post(f"{address}thaw/")
    assert Segment.objects.filter(pk=row.pk, frozen_at=None).count() == 1
    assert as_alice.post(f"{address}explode/").status_code == 404
    assert as_alice.post(f"{address}delete/").status_code == 302
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    "value",
    ["{", "[" * 5000, '{"all": "x"}', "null", '{"tag": "' + "x" * 300 + '"}', '{"all": [{"tag": "\\u0000"}]}', "7"],
)
def test_a_broken_tree_in_the_address_is_no_traceback(as_alice: Client, value: str) -> None:
    assert as_alice.get("/segments/new/", {"tree": value}).status_code == 200
    assert as_alice.get("/segments/people/", {"tree": value}).status_code in (200, 422)
    assert as_alice.post("/segments/why/", {"tree": value, "q": "Ada"}).status_code == 200


def test_what_people_wrote_is_text(as_alice: Client, alice: Member) -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    person(alice, evil)
    Tag.objects.create(workspace=alice.workspace, name=evil[:60], created_at=JOINED)
    form = {"kind0": "group", "mode0": "all", "kind1": "tag", "up1": "0", "tag1": evil[:60], "name": evil}
    page = as_alice.post("/segments/new/", form).content.decode()
    assert "<script>alert" not in page and "{{7*7}}" in page


def test_fields_of_place_and_habit_are_chosen_by_name_and_drawn(as_alice: Client, alice: Member) -> None:
    ada = person(alice, "Ada")
    Standing.objects.create(
        contact=ada, workspace=alice.workspace, zone_group="europe_africa", dialect="de-CH", habit="wed_evening",
        matrix="high_often", growth=40, is_potential_vip=True, reckoned_at=JOINED,
    )  # fmt: skip
    parts = [
        {"field": "zone_group", "is": "europe_africa"}, {"field": "dialect", "is": "de-CH"},
        {"field": "habit", "in": ["wed_evening", "evening"]}, {"field": "matrix", "is": "high_often"},
        {"field": "growth", "gte": 30}, {"field": "potential_vip", "is": True}, {"field": "climate", "is_set": False},
    ]  # fmt: skip
    for part in [*parts, {"all": parts}]:
        page = as_alice.get("/segments/new/", {"tree": json.dumps(part)})
        assert page.status_code == 200, part
        assert figure(page.content.decode()) == "1", part
    for words in ("Europe and Africa", "German (Switzerland)", "Wednesday evening", "spends much, often"):
        assert words in page.content.decode(), words


def test_dialects_are_those_of_everybody_and_the_chosen_one_stays(
    as_alice: Client, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"workspace": alice.workspace, "reckoned_at": JOINED}
    for name, dialect in (("Ada", "de-CH"), ("Ben", "it-IT"), ("Cid", "")):
        Standing.objects.create(contact=person(alice, name), dialect=dialect, **given)
    page = as_alice.get("/segments/new/", {"tree": json.dumps({"field": "dialect", "is": "pt-BR"})}).content.decode()
    assert 'value="de-CH"' in page and 'value="it-IT"' in page
    assert '<option value="pt-BR" selected>' in page, "nobody speaks it any more, and it is not lost"
    monkeypatch.setattr(dialects, "is_large", lambda workspace_id: True)
    monkeypatch.setattr(dialects, "LIMIT_MS", 20)
    monkeypatch.setattr(dialects, "SPOKEN", "SELECT 'x' FROM pg_sleep(60) WHERE %s <> %s")
    assert dialects.spoken(alice.workspace_id) == ["de-CH", "it-IT"], "of those who came last, where it takes too long"
    monkeypatch.setattr(dialects, "SPOKEN_LATELY", "broken")
    assert dialects.spoken(alice.workspace_id) == ["de-CH", "it-IT"], "and that is remembered"
