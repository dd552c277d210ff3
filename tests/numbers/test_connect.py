"""Connecting an app and an account, against a simulated Meta."""

import pytest
from django.core.cache import cache

from tests.simulator.running import Callback, Running
from tradewind.journal.models import Entry
from tradewind.lib import crypto
from tradewind.numbers import access, actions
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.workspaces.models import AuditEntry, Member


@pytest.fixture(autouse=True)
def _fresh_cache(db: None) -> None:
    cache.clear()


def test_secrets_are_sealed_to_their_rows(app: App, meta: Running) -> None:
    app.refresh_from_db()
    secret = meta.about["app_secret"]
    assert secret.encode() not in bytes(app.secret)
    assert access.open_secret(app) == secret
    with pytest.raises(crypto.SealError):
        crypto.open_sealed(app.secret, bound_to=f"app:{app.pk + 1}:secret")
    assert len(access.open_verify_token(app)) >= 24
    assert len(app.webhook_path) >= 24


def test_an_account_brings_its_portfolio_and_numbers(account: Account, meta: Running) -> None:
    portfolio = Portfolio.objects.get()
    assert (portfolio.name, portfolio.tier, portfolio.people_limit) == ("Nordlicht Group", "TIER_10K", 10_000)
    numbers = {number.name: number for number in Number.objects.filter(account=account)}
    assert {name: (n.phone, n.country, n.throughput, n.quality, n.status) for name, n in numbers.items()} == {
        "Nordlicht Outdoor": ("+4915123004001", "DE", 80, "GREEN", "CONNECTED"),
        "Nordlicht Outdoor Italia": ("+393473004002", "IT", 80, "GREEN", "CONNECTED"),
        "Nordlicht Outdoor UK": ("+447400300403", "GB", 1000, "GREEN", "CONNECTED"),
    }
    assert numbers["Nordlicht Outdoor"].profile["about"]
    assert access.graph_for(account) == (meta.about["address"], "v26.0", meta.about["token"])
    verbs = [entry.data.get("verb") for entry in Entry.objects.filter(kind="account.changed").order_by("id")]
    assert verbs[0] == "app.connected"
    assert verbs[-1] == "account.connected"
    assert AuditEntry.objects.filter(verb="account.connected", object_id=account.pk).exists()


def test_a_number_that_is_also_on_the_phone_app_sends_20_a_second(app: App, meta: Running, alice: Member) -> None:
    waba_id = meta.about["numbers"][5]["waba_id"]
    actions.connect_account(app=app, waba_id=waba_id, token=meta.about["token"], member=alice)
    bangkok = Number.objects.get(name="Casa Ventana Bangkok")
    assert (bangkok.throughput, bangkok.is_on_phone_app) == (20, True)


def test_a_wrong_token_is_refused_in_words_and_nothing_is_kept(app: App, meta: Running, alice: Member) -> None:
    with pytest.raises(NumberError) as refused:
        actions.connect_account(app=app, waba_id=meta.about["numbers"][0]["waba_id"], token="EAAnonsense", member=alice)
    assert "token" in str(refused.value).lower()
    assert not Account.objects.exists()
    assert not Portfolio.objects.exists()


def test_a_secret_of_another_app_is_said(meta: Running, alice: Member) -> None:
    wrong = actions.connect_app(
        workspace=alice.workspace, meta_id="1", secret="wrong", graph_url=meta.about["address"], member=alice
    )
    with pytest.raises(NumberError, match="app secret does not belong"):
        actions.connect_account(
            app=wrong, waba_id=meta.about["numbers"][0]["waba_id"], token=meta.about["token"], member=alice
        )


def test_an_unreachable_meta_is_said(app: App, alice: Member) -> None:
    App.objects.filter(pk=app.pk).update(graph_url="http://127.0.0.1:9")
    app.refresh_from_db()
    with pytest.raises(NumberError, match="could not be reached"):
        actions.connect_account(app=app, waba_id="620000000000001", token="x", member=alice)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [("waba_id", "abc", "only digits"), ("waba_id", "", "only digits"), ("token", " ", "access token")],
)
def test_odd_input_is_refused_before_meta_is_asked(
    app: App, alice: Member, field: str, value: str, sentence: str
) -> None:
    given = {"waba_id": "620000000000001", "token": "x", field: value}
    with pytest.raises(NumberError, match=sentence):
        actions.connect_account(app=app, member=alice, **given)


def test_the_same_account_is_not_connected_twice(account: Account, app: App, meta: Running, alice: Member) -> None:
    with pytest.raises(NumberError, match="connected already"):
        actions.connect_account(app=app, waba_id=account.waba_id, token=meta.about["token"], member=alice)


def test_another_workspaces_account_stays_theirs(account: Account, meta: Running, charlie: Member) -> None:
    theirs = actions.connect_app(
        workspace=charlie.workspace,
        meta_id=meta.about["app_id"],
        secret=meta.about["app_secret"],
        graph_url=meta.about["address"],
        member=charlie,
    )
    with pytest.raises(NumberError, match="Another workspace"):
        actions.connect_account(app=theirs, waba_id=account.waba_id, token=meta.about["token"], member=charlie)
    assert Number.objects.filter(workspace=charlie.workspace).count() == 0
    assert Account.objects.get().workspace_id == account.workspace_id


def test_meta_verifies_the_address_before_it_sends_there(account: Account, door: Callback, alice: Member) -> None:
    door.verify_token = "something else"
    with pytest.raises(NumberError):
        actions.subscribe(account, member=alice)
    account.refresh_from_db()
    assert account.subscribed_at is None
    door.verify_token = access.open_verify_token(account.app)
    actions.subscribe(account, member=alice)
    account.refresh_from_db()
    assert account.subscribed_at is not None


def test_sync_twice_changes_nothing_the_second_time(account: Account) -> None:
    before = Entry.objects.count()
    actions.sync(account)
    assert Entry.objects.count() == before
    account.refresh_from_db()
    assert account.synced_at is not None
    assert account.sync_error == ""


def test_sync_finds_what_changed_at_meta(account: Account) -> None:
    number = Number.objects.get(name="Nordlicht Outdoor")
    Number.objects.filter(pk=number.pk).update(quality="RED", status="FLAGGED", throughput=20)
    Number.objects.filter(name="Nordlicht Outdoor UK").delete()
    actions.sync(account)
    number.refresh_from_db()
    assert (number.quality, number.status, number.throughput) == ("GREEN", "CONNECTED", 80)
    assert Number.objects.filter(name="Nordlicht Outdoor UK").exists()
    told = Entry.objects.filter(kind="number.changed", number_id=number.pk).order_by("-id").first()
    assert told is not None
    assert told.data["changes"] == {
        "quality": ["RED", "GREEN"], "status": ["FLAGGED", "CONNECTED"], "throughput": [20, 80]
    }  # fmt: skip


def test_a_number_that_meta_no_longer_lists_is_marked(account: Account) -> None:
    gone = Number.objects.create(
        workspace_id=account.workspace_id,
        account=account,
        portfolio=account.portfolio,
        phone_number_id="1",
        phone="+4930123456",
        name="Gone",
        created_at=account.created_at,
    )
    actions.sync(account)
    gone.refresh_from_db()
    assert gone.status == "DELETED"


def test_a_refused_sync_is_kept_for_people_to_see(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(token=access.seal_token(account, "EAArevoked"))
    account.refresh_from_db()
    with pytest.raises(NumberError):
        actions.sync(account)
    account.refresh_from_db()
    assert "token" in account.sync_error.lower()


def test_a_new_token_is_tried_before_it_takes_the_place(account: Account, meta: Running, alice: Member) -> None:
    with pytest.raises(NumberError):
        actions.replace_token(account, token="EAAwrong", member=alice)
    account.refresh_from_db()
    assert access.open_token(account) == meta.about["token"]


def test_a_new_token_ends_the_pauses_for_want_of_one(account: Account, meta: Running, alice: Member) -> None:
    refused, paused, moving = Number.objects.filter(account=account).order_by("name")
    actions.pause(account, member=None, reason="190: Invalid OAuth access token")
    actions.pause(refused, member=None, reason="200: Permissions error")
    actions.pause(paused, member=alice, reason="190: these are my own words")
    actions.pause(moving, member=None, reason="131048: Spam limit")
    actions.replace_token(account, token=meta.about["token"], member=alice)
    for row in (account, refused, paused, moving):
        row.refresh_from_db()
    assert (account.paused_until, refused.paused_until) == (None, None)
    assert paused.pause_reason == "190 : these are my own words"
    assert moving.paused_until == actions.FOREVER


def test_two_secrets_count_while_one_is_rotated(app: App, meta: Running, alice: Member) -> None:
    actions.rotate_secret(app, secret="the new one", member=alice)
    app.refresh_from_db()
    assert access.active_secrets(app) == ["the new one", meta.about["app_secret"]]
    with pytest.raises(NumberError, match="in use already"):
        actions.rotate_secret(app, secret="the new one", member=alice)
    actions.end_rotation(app, member=alice)
    app.refresh_from_db()
    assert access.active_secrets(app) == ["the new one"]


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254",
        "http://localhost:8000",
        "https://graph.facebook.com.evil.example",
        "https://graph.facebook.com@10.0.0.1",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "https://192.168.1.1",
        "file:///etc/passwd",
        "",
    ],
)
def test_in_production_a_token_goes_only_to_meta(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    from tradewind import config

    production = config.load().model_copy(update={"env": "production"})
    monkeypatch.setattr(config, "load", lambda: production)
    with pytest.raises(NumberError, match="not Meta's address"):
        access.check_address(address)
    assert access.check_address("https://graph.facebook.com/") == "https://graph.facebook.com"
