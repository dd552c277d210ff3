"""Templates from a simulated Meta, and what Meta tells of them by webhook."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.numbers import made
from tests.simulator.running import Running
from tests.whatsapp.bodies import events
from tradewind.journal.models import Entry
from tradewind.numbers import access
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.templates import actions, jobs, news, words
from tradewind.templates.models import Template
from tradewind.whatsapp.webhooks import TemplateStatus
from tradewind.workspaces.models import AuditEntry, Member

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_sync_brings_all_templates(account: Account, alice: Member) -> None:
    actions.sync(account, member=alice)
    found = {row.name: (row.language, row.category, row.status, row.parameter_format) for row in Template.objects.all()}
    assert found["autumn_offer"] == ("de", "MARKETING", "APPROVED", "NAMED")
    assert found["sign_in_code"] == ("en_US", "AUTHENTICATION", "APPROVED", "POSITIONAL")
    assert len(found) == 4
    assert AuditEntry.objects.get(verb="templates.synced").detail == {"changed": 4}


def test_sync_twice_changes_nothing_the_second_time(account: Account) -> None:
    actions.sync(account)
    before = Entry.objects.filter(kind="template.changed").count()
    assert before == 4
    actions.sync(account)
    assert Entry.objects.filter(kind="template.changed").count() == before


def test_what_meta_no_longer_has_is_marked_and_can_come_back(account: Account) -> None:
    gone = template(account, name="gone_long_ago")
    actions.sync(account)
    gone.refresh_from_db()
    assert gone.removed_at is not None
    assert not Template.objects.present().filter(pk=gone.pk).exists()
    offer = Template.objects.get(name="autumn_offer")
    Template.objects.filter(pk=offer.pk).update(removed_at=AT)
    actions.sync(account)
    offer.refresh_from_db()
    assert offer.removed_at is None


def test_all_pages_of_a_long_list_are_fetched(account: Account, meta: Running) -> None:
    for place in range(99):  # Meta takes 100 an hour, and lists 100 a page
        body = {"type": "BODY", "text": f"This is text number {place} of many that differ"}
        definition = {"name": f"many_{place:03}", "language": "en", "category": "UTILITY", "components": [body]}
        answer = meta.http.post(f"/v26.0/{account.waba_id}/message_templates", json=definition)
        assert answer.status_code == 200, answer.text
    actions.sync(account)
    assert Template.objects.present().filter(account=account).count() == 4 + 99


def test_a_refusal_is_kept_for_people_to_see(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(token=access.seal_token(account, "EAArevoked"))
    account.refresh_from_db()
    with pytest.raises(NumberError):
        actions.sync(account)
    account.refresh_from_db()
    assert "token" in account.sync_error.lower()
    jobs.sync_account(account_id=account.pk)  # the job says it in the log and does not fail


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"name": None, "language": 7},
        {"name": "x", "language": "de", "components": "no list", "quality_score": [], "status": 4, "id": 17},
    ],
)
def test_odd_answers_break_nothing(alice: Member, answer: dict[str, Any]) -> None:
    account = made.account(alice.workspace)
    actions.write(account, [answer])
    for row in Template.objects.all():
        assert (row.components, row.quality, row.status, row.meta_id) == ([], "UNKNOWN", "PENDING", "17")


def template(account: Account, **fields: Any) -> Template:
    return Template.objects.create(
        **{"workspace_id": account.workspace_id, "account": account, "meta_id": "1689556908129832",
           "name": "abandoned_cart", "language": "en_US", "category": "UTILITY", "status": "APPROVED",
           "components": [{"type": "BODY", "text": "Hello"}], "synced_at": AT, **fields}
    )  # fmt: skip


@pytest.fixture
def cart(alice: Member) -> Template:
    return template(made.account(alice.workspace))


def tell(row: Template, body: str, at: datetime = AT) -> None:
    for event in events(body):
        assert news.apply(event, account=row.account, at=at)
    row.refresh_from_db()


def test_a_rejection_says_why_in_plain_words(cart: Template) -> None:
    tell(cart, "template_status_rejected")
    assert (cart.status, cart.rejected_reason, cart.status_detail) == (
        "REJECTED", "INCORRECT_CATEGORY", "Choose marketing."
    )  # fmt: skip
    assert words.why(cart) == "Its category is wrong: choose marketing when it advertises anything. Choose marketing."


def test_a_first_pause_ends_by_itself_after_three_hours(cart: Template) -> None:
    tell(cart, "template_status_paused")
    assert (cart.status, cart.paused_until) == ("PAUSED", AT + timedelta(hours=3))
    back = TemplateStatus(
        waba_id="", field="", raw={}, template_id=cart.meta_id, name=None, language=None, event="REINSTATED"
    )
    news.apply(back, account=cart.account, at=AT + timedelta(hours=3))
    cart.refresh_from_db()
    assert (cart.status, cart.paused_until, cart.status_detail) == ("APPROVED", None, "")


def test_a_status_that_comes_late_changes_nothing(cart: Template) -> None:
    tell(cart, "template_status_paused")
    approved = TemplateStatus(
        waba_id="", field="", raw={}, template_id=cart.meta_id, name=None, language=None, event="APPROVED"
    )
    news.apply(approved, account=cart.account, at=AT - timedelta(minutes=5))
    cart.refresh_from_db()
    assert cart.status == "PAUSED"


def test_quality_and_category(cart: Template) -> None:
    Template.objects.filter(pk=cart.pk).update(meta_id="806312974732579")
    tell(cart, "template_quality")
    assert cart.quality == "YELLOW"
    Template.objects.filter(pk=cart.pk).update(meta_id="278077987957091")
    tell(cart, "template_category_impending")
    assert (cart.category, cart.next_category) == ("UTILITY", "MARKETING")
    assert cart.next_category_at == datetime.fromtimestamp(1746169200, UTC)
    tell(cart, "template_category_done")
    assert (cart.category, cart.next_category, cart.next_category_at) == ("MARKETING", "", None)


def test_the_same_webhook_ten_times_is_one_entry(cart: Template) -> None:
    for _ in range(10):
        tell(cart, "template_status_rejected")
    assert Entry.objects.filter(kind="template.changed").count() == 1


def test_an_unknown_template_or_new_texts_are_fetched_soon_and_once(cart: Template) -> None:
    for _ in range(3):
        tell(cart, "template_components")
        tell(cart, "template_status_disabled")
    (job,) = ProcrastinateJob.objects.filter(task_name="templates.sync_account")
    assert job.args == {"account_id": cart.account_id}
    assert cart.status == "APPROVED"


def test_found_by_name_and_language_when_the_id_is_new(cart: Template) -> None:
    Template.objects.filter(pk=cart.pk).update(meta_id="1")
    tell(cart, "template_status_paused")
    assert cart.status == "PAUSED"
