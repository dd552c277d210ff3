"""B15: from a template to a draft that says it, to the people whose behaviour it suits."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import NOON, Shop
from tests.people import browser, member
from tradewind.campaigns.models import Campaign
from tradewind.contacts.models import Tag
from tradewind.segments.models import Segment
from tradewind.templates.models import Template
from tradewind.workspaces.door import public_id


def tag(shop: Shop, name: str) -> int:
    return Tag.objects.create(workspace=shop.owner.workspace, name=name, created_at=NOON).pk


@pytest.mark.parametrize(
    ("suits", "tags", "expected"),
    [
        ({"kind": "tag", "value": "Tents"}, ["Interest/Tents", "Interest/Boots"], "Interest/Tents"),
        ({"kind": "tag", "value": "interest/boots"}, ["Interest/Tents", "Interest/Boots"], "Interest/Boots"),
        ({"kind": "tag", "value": "Tents"}, ["Interest/Tents", "Bought/Tents"], ""),
        ({"kind": "tag", "value": "Gone"}, ["Interest/Tents"], ""),
        ({"kind": "event", "value": "order.placed"}, [], ""),
        ({}, [], ""),
    ],
)
def test_b15_a_template_leads_to_a_draft_for_those_whom_it_suits(
    as_alice: Client, shop: Shop, suits: dict[str, Any], tags: list[str], expected: str
) -> None:
    rows = {name: tag(shop, name) for name in tags}
    Template.objects.filter(pk=shop.marketing.pk).update(suits=suits)
    page = as_alice.get(reverse("templates:show", args=[public_id(shop.marketing)])).content.decode()
    assert "Write a campaign" in page
    answer = as_alice.post(reverse("campaigns:list"), {"name": "Tents", "template": public_id(shop.marketing)})
    draft = Campaign.objects.get()
    assert answer["Location"] == reverse("campaigns:compose", args=[public_id(draft)])
    assert draft.template == shop.marketing
    assert draft.audience == ({"kind": "tag", "tag": rows[expected]} if expected else {"kind": "everybody"})
    assert as_alice.get(answer["Location"]).status_code == 200


def test_b15_a_segment_is_found_by_its_name(as_alice: Client, shop: Shop) -> None:
    row = Segment.objects.create(
        workspace=shop.owner.workspace, name="Loyal", tree={"opted_in": True}, created_at=NOON, changed_at=NOON
    )
    Template.objects.filter(pk=shop.marketing.pk).update(suits={"kind": "segment", "value": "loyal"})
    as_alice.post(reverse("campaigns:list"), {"name": "Loyal", "template": public_id(shop.marketing)})
    assert Campaign.objects.get().audience == {"kind": "segment", "segment": row.pk}


def test_a_template_of_another_business_begins_nothing(shop: Shop, charlie: Any) -> None:
    answer = browser(charlie).post(reverse("campaigns:list"), {"name": "X", "template": public_id(shop.marketing)})
    assert answer.status_code == 404 and not Campaign.objects.exists()
    analyst = browser(member(shop.owner.workspace, "ann@example.com", role="analyst"))
    page = analyst.get(reverse("templates:show", args=[public_id(shop.marketing)])).content.decode()
    assert "Write a campaign" not in page
