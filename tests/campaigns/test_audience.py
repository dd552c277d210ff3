"""Who is meant: everybody, a tag, or whatever somebody pastes."""

from typing import Any

import pytest

from tests.campaigns.conftest import NOON, Shop
from tests.effort import costs_less_than
from tradewind.campaigns import audience
from tradewind.campaigns.errors import AudienceError
from tradewind.campaigns.models import Recipient
from tradewind.contacts.models import Identity, Tag

pytestmark = pytest.mark.usefixtures("still_time")

ARABIC, FULL_WIDTH, DEVANAGARI = "+٤٩ ١٥١ ١٢٣٤٥٦٧٨", "＋４９１５１１２３４５６７８", "+४९१५११२३४५६७८"


def read(text: str, country: str = "DE") -> tuple[list[str], list[tuple[str, str]], int]:
    phones, unusable, doubles = audience.read_lines(text, country)
    return list(phones), unusable, doubles


@pytest.mark.parametrize(
    "text", ["+49 151 12345678", "0151/12345678", "tel:+4915112345678", ARABIC, FULL_WIDTH, DEVANAGARI]
)
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    assert read(text) == (["+4915112345678"], [], 0)


@pytest.mark.parametrize("between", ["\n", "\r\n", ";", ", ", " ; ", "\u2028", "\v", "،", "，", "\n\n\n"])
def test_anything_may_stand_between(between: str) -> None:
    assert read(f"+4915112345678{between}+4915112345679")[0] == ["+4915112345678", "+4915112345679"]


def test_doubles_are_counted_once_more() -> None:
    assert read("+4915112345678\n0151 12345678\n+49 151 1234 5678")[1:] == ([], 2)


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "=cmd|' /C calc'!A0",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "+",
        "00",
        "+49",
        "12",
        "😀" * 30,
        "\u202e123",
    ],
)
def test_what_is_no_number_is_named(line: str) -> None:
    phones, unusable, _ = read(line)
    assert phones == []
    assert [reason for _, reason in unusable] == ["not_a_number"]
    assert "\u202e" not in unusable[0][0]


def test_hostile_lines_of_64_kilobytes_cost_nothing() -> None:
    text = "\n".join(
        ("9" * 65_536, "a" * 65_536, "+49 " + "1 " * 32_768, "(" * 65_536, "\u202e" * 65_536, "Z\u0301" * 30_000)
    )
    with costs_less_than(1.0):
        phones, unusable, _ = read(text)
    assert (phones, len(unusable)) == ([], 6)
    assert max(len(line) for line, _ in unusable) <= audience.LONGEST_RAW


def test_what_the_database_cannot_hold_is_replaced(shop: Shop) -> None:
    campaign = shop.planned({"kind": "pasted", "text": "+49151\x00\ud800\nhello\x00"})
    assert campaign.state == "planned"
    raw = sorted(Recipient.objects.filter(campaign=campaign).values_list("raw", flat=True))
    assert raw == ["+49151\ufffd\ufffd", "hello\ufffd"]


def test_too_many_are_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "MOST_PASTED", 2)
    with pytest.raises(AudienceError, match="At most 2 numbers can be pasted; these are 3"):
        shop.draft({"kind": "pasted", "text": "1\n2\n3"})


@pytest.mark.parametrize(
    "spec",
    [
        None, [], "everybody", {}, {"kind": None}, {"kind": ["tag"]}, {"kind": "tag"},
        {"kind": "tag", "tag": "1 OR 1=1"},
        {"kind": "tag", "tag": True}, {"kind": "tag", "tag": 10**30}, {"kind": "tag", "tag": {"a": 1}},
    ],
)  # fmt: skip
def test_an_audience_that_is_none_is_refused_in_words(shop: Shop, spec: Any) -> None:
    with pytest.raises(AudienceError):
        audience.clean(spec, workspace_id=shop.owner.workspace_id)


def test_another_workspaces_tag_and_numbers_are_nobody(shop: Shop, charlie: Any) -> None:
    his = Tag.objects.create(workspace=charlie.workspace, name="His", created_at=NOON)
    with pytest.raises(AudienceError):
        audience.clean({"kind": "tag", "tag": his.pk}, workspace_id=shop.owner.workspace_id)
    shop.owner.workspace = charlie.workspace  # a person of his
    shop.person("Stranger", "+4915112345678")
    shop.owner.refresh_from_db()
    campaign = shop.planned({"kind": "pasted", "text": "+4915112345678"})
    assert campaign.plan is not None
    assert campaign.plan["excluded"] == {"not_a_contact": 1}


def test_two_numbers_of_one_person_are_one_person(shop: Shop) -> None:
    ada = shop.person("Ada", "+4915112345678")
    Identity.objects.create(
        workspace=shop.owner.workspace,
        contact=ada,
        kind="phone",
        value="+4915112345679",
        seen_at=NOON,
        is_current=False,
    )
    plan = shop.planned({"kind": "pasted", "text": "+4915112345678, +4915112345679"}).plan
    assert plan is not None
    assert (plan["audience"], plan["recipients"], plan["doubles"]) == (1, 1, 1)
