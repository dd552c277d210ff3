"""What no browser sends, in forms that keep a text: it is cleaned or refused, and no page breaks."""

import pytest
from django.urls import reverse

from tests.belongings import everything
from tests.people import browser
from tradewind.campaigns import bindings, forms
from tradewind.campaigns.models import LinkDomain
from tradewind.contacts.models import Contact, Tag
from tradewind.numbers.models import Account, Number
from tradewind.whatsapp.payloads import Variable
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db
HOSTILE = "a\x00b\u202ec"


@pytest.mark.parametrize(
    ("page", "row", "field"),
    [
        ("contacts:suppression", "contact", "reason"),
        ("contacts:suggestion", "suggestion", "name"),
        ("numbers:pause", "number", "reason"),
        ("numbers:pause_account", "account", "reason"),
        ("campaigns:domains", "", "remove"),
        ("campaigns:domains", "", "domain"),
    ],
)
def test_hostile_nul_in_a_text_breaks_no_page(alice: Member, page: str, row: str, field: str) -> None:
    hers = everything(alice)
    domains = LinkDomain.objects.count()
    answer = browser(alice).post(reverse(page, args=[hers.id(row)] if row else []), {field: HOSTILE})
    assert answer.status_code == 302
    kept = [
        *Contact.objects.values_list("suppressed_reason", flat=True),
        *Number.objects.values_list("pause_reason", flat=True),
        *Account.objects.values_list("pause_reason", flat=True),
        *Tag.objects.values_list("name", flat=True),
    ]
    assert not [text for text in kept if "\x00" in text or "\u202e" in text]
    assert LinkDomain.objects.count() == domains


@pytest.mark.parametrize("text", ["²", "9" * 25, "٣"])
def test_hostile_digits_break_no_page(alice: Member, text: str) -> None:
    """Some letters are digits by name and no number."""
    page = browser(alice).post(reverse("campaigns:season"), {"months": [text], "follow_up_hours": text})
    assert page.status_code == 422
    offer = Variable("limited_time_offer", "expiration", bindings.OFFER_END)
    assert forms.shown_fallback(offer, text) == text
    bindings.check_offer([{"key": bindings.OFFER_END, "field": "", "fallback": text * 10}])


@pytest.mark.parametrize("name", ["", "  ", "/"])
def test_a_proposed_tag_needs_a_name(alice: Member, name: str) -> None:
    hers = everything(alice)
    tags = Tag.objects.count()
    page = reverse("contacts:suggestion", args=[hers.id("suggestion")])
    answer = browser(alice).post(page, {"name": name}, follow=True)
    assert answer.status_code == 200
    assert Tag.objects.count() == tags
