"""What Meta tells by webhook, from raw bodies in its own spelling."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.numbers import made
from tests.whatsapp.bodies import events, only
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.numbers import actions, news, words
from tradewind.numbers.actions import FOREVER
from tradewind.numbers.models import Account, Notice, Number
from tradewind.whatsapp.webhooks import AccountUpdate, InboundMessage, NumberName, NumberQuality, Restriction
from tradewind.workspaces.models import Member

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def account(alice: Member) -> Account:
    return made.account(alice.workspace)


@pytest.fixture
def number(account: Account) -> Number:
    return made.number(account, phone="+15550783881", quality="GREEN")


def tell(account: Account, name: str, at: datetime = AT) -> None:
    for event in events(name):
        assert news.apply(event, account=account, at=at)


def test_the_throughput_and_the_limit_rise(account: Account, number: Number) -> None:
    tell(account, "number_quality")
    number.refresh_from_db()
    account.portfolio.refresh_from_db()
    assert number.throughput == 1000
    assert (account.portfolio.tier, account.portfolio.people_limit) == ("TIER_10K", 10_000)


def test_a_coexistence_number_stays_at_20(account: Account, number: Number) -> None:
    Number.objects.filter(pk=number.pk).update(throughput=20, is_on_phone_app=True)
    tell(account, "number_quality")
    number.refresh_from_db()
    assert number.throughput == 20


@pytest.mark.parametrize(("body", "limit"), [("capability_number", 2000), ("capability_word", None)])
def test_the_limit_comes_as_a_number_or_a_word(account: Account, body: str, limit: int | None) -> None:
    account.portfolio.people_limit = 250
    account.portfolio.save()
    tell(account, body)
    account.portfolio.refresh_from_db()
    assert account.portfolio.people_limit == limit


def test_a_smaller_limit_shrinks_the_reserve(account: Account) -> None:
    actions.set_service_reserve(account.portfolio, places=1500, member=None)
    account.portfolio.refresh_from_db()
    news.facts.set_tier(account.portfolio, "TIER_250", account=account)
    account.portfolio.refresh_from_db()
    assert (account.portfolio.people_limit, account.portfolio.service_reserve) == (250, 250)


def test_a_refused_name_keeps_the_one_before(account: Account, number: Number) -> None:
    refused = NumberName(
        waba_id=account.waba_id, field="phone_number_name_update", raw={}, display_phone_number="15550783881",
        decision="REJECTED", requested_name="Best Shop Ever", reason="NAME_EMPLOYEE_ISSUE",
    )  # fmt: skip
    news.apply(refused, account=account, at=AT)
    number.refresh_from_db()
    assert (number.name, number.name_status) == ("Hamburg", "REJECTED")
    notice = Notice.objects.get()
    assert (notice.tone, notice.number_id) == ("warn", number.pk)
    assert words.sentence_of(notice) == "Meta did not approve the name “Best Shop Ever”: name employee issue."


def test_a_restriction_stops_new_conversations_only(account: Account, number: Number) -> None:
    tell(account, "account_restriction")
    account.refresh_from_db()
    assert account.status == "restricted"
    assert account.restricted_until == datetime.fromtimestamp(1751940000, UTC)
    assert account.paused_until is None
    assert [each["type"] for each in account.restrictions] == [
        "RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION"
    ]  # fmt: skip


def test_an_account_that_may_say_nothing_is_paused_until_the_end_of_it(account: Account) -> None:
    end = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    kinds = ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
    told = [Restriction(type=kind, expires_at=end.timestamp()) for kind in kinds]
    update = AccountUpdate(waba_id="", field="account_update", raw={}, event="ACCOUNT_RESTRICTION", restrictions=told)
    news.apply(update, account=account, at=AT)
    account.refresh_from_db()
    assert (account.paused_until, account.pause_reason) == (end, "meta:restricted")
    lifted = AccountUpdate(waba_id="", field="account_update", raw={}, event="ACCOUNT_RESTRICTION")
    news.apply(lifted, account=account, at=AT + timedelta(hours=1))
    account.refresh_from_db()
    assert (account.paused_until, account.status, account.restrictions) == (None, "connected", [])


def ban(state: str) -> AccountUpdate:
    return AccountUpdate(waba_id="", field="account_update", raw={}, event="DISABLED_UPDATE", ban_state=state)


def test_a_ban_pauses_everything_and_ends_with_metas_word(account: Account) -> None:
    news.apply(ban("DISABLE"), account=account, at=AT)
    account.refresh_from_db()
    assert (account.status, account.paused_until) == ("disabled", FOREVER)
    news.apply(ban("REINSTATE"), account=account, at=AT + timedelta(days=1))
    account.refresh_from_db()
    assert (account.status, account.paused_until) == ("connected", None)


def test_metas_word_does_not_end_a_members_pause(account: Account, alice: Member) -> None:
    actions.pause(account, member=alice, reason="stock-taking")
    news.apply(ban("DISABLE"), account=account, at=AT)
    news.apply(ban("REINSTATE"), account=account, at=AT + timedelta(days=1))
    account.refresh_from_db()
    assert (account.paused_until, account.pause_reason) == (FOREVER, "stock-taking")


def test_an_announced_ban_is_said_in_words(account: Account) -> None:
    tell(account, "account_disabled")
    account.refresh_from_db()
    assert account.paused_until is None
    sentence = words.sentence_of(Notice.objects.get())
    assert sentence == "Meta will disable the account on July 8, 2026. Ask for a review in Business Support now."


def test_alerts_and_the_pin_are_shown_at_their_number(account: Account, number: Number) -> None:
    Number.objects.filter(pk=number.pk).update(phone_number_id="106540352242922")
    tell(account, "account_alert")
    tell(account, "security_pin")
    found = {notice.kind: (notice.number_id, notice.tone) for notice in Notice.objects.all()}
    assert found == {"alert": (number.pk, "bad"), "security": (number.pk, "bad")}


def test_the_same_webhook_ten_times_is_one_notice_and_one_entry(account: Account, number: Number) -> None:
    for _ in range(10):
        tell(account, "number_quality")
    assert Notice.objects.count() == 1
    assert Entry.objects.filter(kind="number.changed", data__notice="quality").count() == 1


def test_an_older_event_that_comes_late_changes_nothing(account: Account, number: Number) -> None:
    def flag(word: str) -> NumberQuality:
        return NumberQuality(
            waba_id="", field="phone_number_quality_update", raw={}, display_phone_number="15550783881", event=word
        )

    news.apply(flag("UNFLAGGED"), account=account, at=AT)
    news.apply(flag("FLAGGED"), account=account, at=AT - timedelta(hours=2))
    number.refresh_from_db()
    assert (number.status, number.quality) == ("CONNECTED", "GREEN")
    assert Notice.objects.count() == 2


def test_a_number_that_nobody_knows_breaks_nothing(account: Account) -> None:
    tell(account, "number_quality")
    tell(account, "number_name")
    tell(account, "security_pin")
    assert Notice.objects.filter(number=None).count() == 3


def test_events_of_other_rooms_are_left_to_them(account: Account) -> None:
    event = only("message_text")
    assert isinstance(event, InboundMessage)
    assert news.apply(event, account=account, at=AT) is False


def test_sync_after_a_quality_event_is_asked_for_once(account: Account, number: Number) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    tell(account, "number_quality")
    tell(account, "number_quality", at=AT + timedelta(minutes=1))
    assert ProcrastinateJob.objects.filter(task_name="numbers.sync_account").count() == 1
