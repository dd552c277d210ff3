"""Reading trees: what is accepted, and a sentence with its place for everything else."""

from typing import Any

import orjson
import pytest

from tests.people import JOINED
from tests.segments.worlds import NOW
from tradewind.contacts.models import ContactField, Tag
from tradewind.segments import compile, queries
from tradewind.segments.models import Segment
from tradewind.segments.nodes import Not, Tagged
from tradewind.segments.tree import TreeError, read
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def refused(value: Any, of: Member) -> TreeError:
    with pytest.raises(TreeError) as caught:
        read(value, workspace_id=of.workspace_id)
    assert str(caught.value).endswith((".", "…"))
    return caught.value


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"not": inner}
    return inner


OPTED = {"opted_in": True}
BAD = [
    (None, "must be an object", ""),
    ([], "must be an object", ""),
    ("tag", "must be an object", ""),
    ({}, "exactly one of", ""),
    ({"tag": "VIP", "field": "name"}, "exactly one of", ""),
    ({"all": {}}, "needs a list", "all"),
    ({"all": [OPTED], "more": 1}, "does not belong here", "all"),
    ({"all": [OPTED, {"any": [3]}]}, "must be an object", "all[1].any[0]"),
    ({"tag": 5}, "needs a text", "tag"),
    ({"tag": ""}, "is empty", "tag"),
    ({"tag": "Nobody has it"}, "“Nobody has it” is not there", "tag"),
    ({"tag": "a\x00b"}, "NUL", "tag"),
    ({"tag": "x" * 65_536}, "too long", "tag"),
    ({"field": "name", "is": "x" * 65_536}, "too long", "field.is"),
    ({"field": "name", "is": "\x00"}, "NUL", "field.is"),
    ({"field": "name", "is": "\ud800"}, "NUL or half", "field.is"),
    ({"field": "name", "is": ["a"]}, "needs a text", "field.is"),
    ({"field": "name", "is": None}, "needs a text", "field.is"),
    ({"field": "name"}, "Say what to compare", "field"),
    ({"field": "name", "like": "x"}, "no comparison “like”", "field.like"),
    ({"field": "name", "gt": "x"}, "this is a text", "field.gt"),
    ({"field": "", "is": "x"}, "is empty", "field"),
    ({"field": "x" * 100, "is": "x"}, "too long", "field"),
    ({"field": "colour", "in": []}, "at least one", "field.in"),
    ({"field": "colour", "in": ["a"] * 1001}, "At most 1000", "field.in"),
    ({"field": "colour", "gt": "soon"}, "a number or a date", "field.gt"),
    ({"field": "colour", "is_set": "yes"}, "true or false", "field.is_set"),
    ({"field": "points", "gt": float("nan")}, "out of range", "field.gt"),
    ({"field": "points", "gt": float("inf")}, "out of range", "field.gt"),
    ({"field": "points", "gt": 10**400}, "out of range", "field.gt"),
    ({"field": "points", "between": [5, 1]}, "smaller one", "field.between"),
    ({"field": "points", "between": [5]}, "list of two", "field.between"),
    ({"field": "created_at", "gt": "2026-02-31"}, "needs a date", "field.gt"),
    ({"field": "created_at", "gt": "0001-01-01"}, "out of range", "field.gt"),
    ({"field": "created_at", "gt": "9999-12-31"}, "out of range", "field.gt"),
    ({"field": "created_at", "gt": 5}, "needs a date", "field.gt"),
    ({"field": "created_at", "contains": "2026"}, "compares texts", "field.contains"),
    ({"field": "created_at", "within_days": -1}, "from 0 to", "field.within_days"),
    ({"field": "created_at", "within_days": 10**9}, "from 0 to", "field.within_days"),
    ({"field": "created_at", "within_days": 1.5}, "whole number", "field.within_days"),
    ({"field": "created_at", "within_days": True}, "whole number", "field.within_days"),
    ({"field": "created_at", "anniversary_within_days": 1000}, "from 0 to 366", "field.anniversary_within_days"),
    ({"field": "owner", "is": "nobody@example.com"}, "no such colleague", "field.is"),
    ({"event": "order.placed", "times": -1}, "from 0 to", "event.times"),
    ({"event": "order.placed", "times": "2"}, "whole number", "event.times"),
    ({"event": "order.placed", "times": {}}, "whole number", "event.times"),
    ({"event": "order.placed", "times": {"gte": 3, "lte": 2}}, "No number of times", "event.times"),
    ({"event": "order.placed", "times": {"lt": 0}}, "less than 0", "event.times"),
    ({"event": "order.placed", "where": [1]}, "needs an object", "event.where"),
    ({"event": "order.placed", "where": {"amount": {"gt": "much"}}}, "a number or a date", "event.where.amount.gt"),
    ({"event": "order.placed", "within": 5}, "does not belong", "event"),
    ({"score": "beauty", "gte": 5}, "no such score", "score"),
    ({"score": ["engagement"], "gte": 5}, "no such score", "score"),
    ({"score": "engagement", "contains": 5}, "cannot be compared", "score"),
    ({"score": "engagement", "gte": "many"}, "needs a number", "score.gte"),
    ({"segment": "Nowhere"}, "“Nowhere” is not there", "segment"),
    ({"campaign": 5}, "not there", "campaign"),
    ({"campaign": "11111111111"}, "not there", "campaign"),
    ({"campaign": "x", "outcome": ["read"]}, "no such outcome", "campaign"),
    ({"opted_in": 1}, "true or false", "opted_in"),
    ({"window_open": "yes"}, "true or false", "window_open"),
    (nested(9, OPTED), "at most 8 deep", "not.not.not.not.not.not.not.not.not"),
    (nested(900, OPTED), "at most 8 deep", "not.not.not.not.not.not.not.not.not"),
    ({"all": [OPTED] * 51}, "at most 50", "all[50].opted_in"),
    ({"any": [{"all": [OPTED] * 40}, {"all": [OPTED] * 40}]}, "at most 50", "any[1].all[10].opted_in"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "sentence", "path"), BAD, ids=range(len(BAD)))
def test_a_bad_tree_gets_a_sentence_and_its_place(value: Any, sentence: str, path: str, alice: Member) -> None:
    error = refused(value, alice)
    assert sentence in str(error)
    assert error.path == path


def test_names_of_another_workspace_are_not_there(alice: Member, charlie: Member) -> None:
    tag = Tag.objects.create(workspace=charlie.workspace, name="His", created_at=JOINED)
    segment = Segment.objects.create(
        workspace=charlie.workspace, name="His", tree=OPTED, created_at=JOINED, changed_at=JOINED
    )
    assert "not there" in str(refused({"tag": "His"}, alice))
    assert "not there" in str(refused({"tag": "His", "id": public_id(tag)}, alice))
    assert "not there" in str(refused({"segment": public_id(segment)}, alice))
    assert "no such colleague" in str(refused({"field": "owner", "is": public_id(charlie)}, alice))
    assert isinstance(read({"tag": "His"}, workspace_id=charlie.workspace_id), Tagged)


def test_a_tag_is_found_without_regard_to_case_and_with_what_is_below_it(alice: Member) -> None:
    tags = [
        Tag.objects.create(workspace=alice.workspace, name=name, created_at=JOINED)
        for name in ("Interest", "Interest/Tea", "Interesting", "Interest/Tea/Green")
    ]
    node = read({"not": {"tag": " interest "}}, workspace_id=alice.workspace_id)
    assert isinstance(node, Not)
    assert node.of == Tagged("Interest", tags[0].pk, (tags[0].pk, tags[1].pk, tags[3].pk), places=(0, 1, 3))


def test_a_tag_that_was_renamed_is_still_known_by_its_id(alice: Member) -> None:
    tag = Tag.objects.create(workspace=alice.workspace, name="New name", created_at=JOINED)
    node = read({"tag": "Old name", "id": public_id(tag)}, workspace_id=alice.workspace_id)
    assert node == Tagged("New name", tag.pk, (tag.pk,), places=(0,))


def test_a_segment_cannot_contain_itself_by_any_way_round(alice: Member) -> None:
    one, two = (
        Segment.objects.create(
            workspace=alice.workspace, name=name, tree={"all": [{"segment": other}]}, created_at=NOW, changed_at=NOW
        )
        for name, other in (("One", "Two"), ("Two", "One"))
    )
    for segment in (one, two):
        assert "would contain itself" in str(refused({"segment": segment.name}, alice))


def test_segments_in_segments_do_not_explode(alice: Member) -> None:
    before = OPTED
    for n in range(4):
        Segment.objects.create(
            workspace=alice.workspace, name=f"S{n}", tree={"any": [before] * 30}, created_at=NOW, changed_at=NOW
        )
        before = {"segment": f"S{n}"}
    assert "more than 500" in str(refused(before, alice))


def test_the_kind_of_a_field_says_how_it_is_compared(alice: Member) -> None:
    for kind in ("number", "date", "yes_no"):
        ContactField.objects.create(workspace=alice.workspace, key=kind, kind=kind, created_at=JOINED)
    assert "needs a number" in str(refused({"field": "number", "is": "red"}, alice))
    assert "needs a date" in str(refused({"field": "date", "is": "red"}, alice))
    assert "true or false" in str(refused({"field": "yes_no", "is": "red"}, alice))
    assert "yes or no" in str(refused({"field": "yes_no", "gt": 1}, alice))


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE contact; --", "%(s0)s", "%s %% %", "{0}", "$1", "\\", "a_%", "?", ":x", "\u202e", "😀" * 100],
)
def test_what_people_type_is_never_sql(text: str, alice: Member) -> None:
    everywhere = {"any": [
        {"field": "name", "contains": text}, {"field": "name", "is": text}, {"field": "city", "in": [text]},
        {"field": text[:60], "starts_with": text}, {"field": "phone", "is": text}, {"field": "country", "is": text},
        {"event": text[:60], "where": {text[:60]: text}}, {"not": {"field": "fields.x", "is_not": text}},
    ]}  # fmt: skip
    node = read(everywhere, workspace_id=alice.workspace_id)
    sql, _values = compile.contacts_sql(node, workspace_id=alice.workspace_id, now=NOW)
    assert text not in sql or text in ("%(s0)s", "?", ":x", "$1", "\\")  # what SQL and drivers say themselves
    assert queries.count(node, workspace_id=alice.workspace_id).people == 0


def test_a_tree_of_a_thousand_brackets_is_no_json_for_us() -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads('{"not":' * 5000 + "{}" + "}" * 5000)
