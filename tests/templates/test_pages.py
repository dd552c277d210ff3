"""The pages of templates through the front door."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.numbers import made
from tests.templates.test_sync import template
from tradewind.numbers.models import Account
from tradewind.templates import queries, rendering
from tradewind.templates.models import Template
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("page_contexts")

OFFER = [
    {"type": "HEADER", "format": "TEXT", "text": "Autumn"},
    {
        "type": "BODY",
        "text": "Hello {{first_name}}, {{discount}} off.\nSee you!",
        "example": {
            "body_text_named_params": [
                {"param_name": "first_name", "example": "Anna"},
                {"param_name": "discount", "example": "20 %"},
            ]
        },
    },
    {"type": "FOOTER", "text": "Reply STOP"},
    {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Tell me more"}]},
]


@pytest.fixture
def account(alice: Member) -> Account:
    return made.account(alice.workspace)


@pytest.fixture
def offer(account: Account) -> Template:
    return template(
        account, name="autumn_offer", language="en", category="MARKETING", components=OFFER, parameter_format="NAMED"
    )


def page_of(client: Client, row: Template) -> str:
    return client.get(reverse("templates:show", args=[public_id(row)])).content.decode()


def test_without_an_account_the_page_leads_to_connecting(as_alice: Client) -> None:
    page = as_alice.get("/templates/").content.decode()
    assert "They come with an account" in page
    assert reverse("numbers:connect") in page


def test_without_templates_the_page_asks_meta(as_alice: Client, account: Account) -> None:
    assert "Ask Meta now" in as_alice.get("/templates/").content.decode()
    as_alice.post(reverse("templates:sync"))
    as_alice.post(reverse("templates:sync"))
    assert ProcrastinateJob.objects.filter(task_name="templates.sync_account").count() == 1


def test_the_list_is_narrowed_by_each_filter(as_alice: Client, account: Account, offer: Template) -> None:
    other = made.account(account.workspace, "Ventana")
    template(other, name="order_shipped", language="de", status="PENDING")

    def names(**filters: str) -> list[str]:
        return [row.name for row, *_ in as_alice.get("/templates/", filters).context["rows"]]

    assert names() == ["autumn_offer", "order_shipped"]
    assert names(language="de") == ["order_shipped"]
    assert names(status="APPROVED") == ["autumn_offer"]
    assert names(category="MARKETING") == ["autumn_offer"]
    assert names(account=public_id(other)) == ["order_shipped"]
    assert names(q="tell me more") == ["autumn_offer"]
    assert names(q="order") == ["order_shipped"]
    assert names(q="%%") == []
    assert names(status="APPROVED", language="de") == []
    assert "No template fits." in as_alice.get("/templates/", {"q": "nothing"}).content.decode()


def test_a_long_list_goes_on_by_key(as_alice: Client, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    for place in range(7):
        template(account, name=f"t{place}", meta_id=str(place))
    url, seen = "/templates/", []
    while url:
        answer = as_alice.get(url)
        seen += [row.name for row, *_ in answer.context["rows"]]
        url = answer.context["older"]
    assert seen == [f"t{place}" for place in range(7)]


def test_the_list_takes_few_queries(as_alice: Client, account: Account) -> None:
    for place in range(40):
        template(account, name=f"t{place}", meta_id=str(place))
    with CaptureQueriesContext(connection) as made_queries:
        assert as_alice.get("/templates/").status_code == 200
    assert len(made_queries) <= 10


def test_one_template_is_shown_as_people_get_it(as_alice: Client, offer: Template) -> None:
    page = page_of(as_alice, offer)
    assert 'Hello <span class="var">Anna</span>, <span class="var">20 %</span> off.' in page
    for text in ("Autumn", "Reply STOP", "Tell me more", "{{first_name}}", "Approved: every number of Nordlicht"):
        assert text in page


def test_a_persons_words_are_never_read_as_a_template(offer: Template) -> None:
    shown = rendering.shown(offer, {"body.first_name": "{{7*7}}<script>", "body.discount": "\ue000x\ue001"})
    assert shown.body == (
        'Hello <span class="var">{{7*7}}&lt;script&gt;</span>, <span class="var">x</span> off.\nSee you!'
    )


def test_markup_in_a_template_is_only_text(as_alice: Client, account: Account) -> None:
    row = template(account, components=[{"type": "BODY", "text": "<img src=x onerror=alert(1)>{% now %}"}])
    page = page_of(as_alice, row)
    assert "<img src=x" not in page
    assert "{% now %}" in page


def test_a_rejected_one_says_why_and_a_change_of_category_is_announced(as_alice: Client, offer: Template) -> None:
    Template.objects.filter(pk=offer.pk).update(status="REJECTED", rejected_reason="SCAM")
    assert "Meta takes it for a fraud." in page_of(as_alice, offer)
    Template.objects.filter(pk=offer.pk).update(
        status="APPROVED", next_category="UTILITY", next_category_at=datetime(2026, 12, 1, 12, tzinfo=UTC)
    )
    assert "Meta will move it to Utility." in page_of(as_alice, offer)


def test_a_stranger_finds_nothing(as_charlie: Client, offer: Template) -> None:
    assert as_charlie.get(reverse("templates:show", args=[public_id(offer)])).status_code == 404
    assert "autumn_offer" not in as_charlie.get("/templates/", {"account": public_id(offer.account)}).content.decode()


def test_bob_may_look_but_not_ask(as_bob: Client, offer: Template) -> None:
    assert as_bob.get("/templates/").status_code == 200
    assert as_bob.post(reverse("templates:sync")).status_code == 403


def test_ids_that_are_none_are_404(as_alice: Client, db: None) -> None:
    for text in ("1", "x", "11111111111", "../../etc", "%27"):
        assert as_alice.get(f"/templates/{text}/").status_code == 404
    assert as_alice.get("/templates/", {"account": "x", "after": "y"}).status_code == 200
