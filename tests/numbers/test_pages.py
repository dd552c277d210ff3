"""The pages of numbers through the front door: Alice owns, Bob helps, Charlie is a stranger."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.numbers import made
from tests.people import browser
from tests.simulator.running import Callback, Running
from tradewind.lib import clock
from tradewind.messages.models import LedgerMinute, LedgerSeat
from tradewind.numbers import actions, queries
from tradewind.numbers.models import Account, App, Notice, Number
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("page_contexts")


@pytest.fixture(autouse=True)
def _fresh_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def hamburg(alice: Member) -> Number:
    return made.number(made.account(alice.workspace))


def fill_ledger(number: Number, ages: list[int]) -> None:
    """One person for each age in minutes, reached by the number's portfolio."""
    now = clock.now()
    for place, age in enumerate(ages):
        at = now - timedelta(minutes=age)
        LedgerSeat.objects.create(
            workspace_id=number.workspace_id, portfolio=number.portfolio, contact_id=place, taken_at=at
        )
        minute, made_now = LedgerMinute.objects.get_or_create(
            portfolio=number.portfolio,
            minute=at.replace(second=0, microsecond=0),
            defaults={"workspace_id": number.workspace_id, "seats": 1},
        )
        if not made_now:
            minute.seats += 1
            minute.save()


def test_without_numbers_the_page_names_the_first_step(as_alice: Client, as_bob: Client) -> None:
    assert reverse("numbers:connect") in as_alice.get("/numbers/").content.decode()
    page = as_bob.get("/numbers/").content.decode()
    assert "No numbers yet." in page
    assert reverse("numbers:connect") not in page


def test_the_list_shows_each_number_with_its_state(as_alice: Client, hamburg: Number, alice: Member) -> None:
    milano = made.number(hamburg.account, "Milano", quality="RED")
    actions.pause(milano, member=alice, reason="stock-taking")
    page = as_alice.get("/numbers/").content.decode()
    for text in ("Hamburg", "Milano", "connected", "paused", "stock-taking", "2,000 free now", "2 numbers"):
        assert text in page


def test_the_list_takes_few_queries_whatever_its_length(as_alice: Client, hamburg: Number) -> None:
    as_alice.get("/numbers/")
    with CaptureQueriesContext(connection) as few:
        as_alice.get("/numbers/")
    for place in range(12):
        made.number(hamburg.account, f"Number {place}")
    as_alice.get("/numbers/")  # counts anew, and keeps the counts
    with CaptureQueriesContext(connection) as many:
        assert as_alice.get("/numbers/").content.decode().count("Number 1") >= 3
    assert len(many) == len(few) <= 12


def test_the_ledger_counts_as_the_sender_does(hamburg: Number, still_time: object) -> None:
    # 26 h ago is over; one that is 23:30 old comes free in the next hour; two are fresh.
    fill_ledger(hamburg, [26 * 60, 23 * 60 + 30, 10, 10])
    actions.set_service_reserve(hamburg.portfolio, places=100, member=None)
    hamburg.portfolio.refresh_from_db()
    ledger = queries.ledger_of(hamburg.portfolio)
    assert (ledger.used, ledger.free, ledger.free_for_campaigns) == (3, 1997, 1897)
    assert ledger.next_at == clock.now() + timedelta(minutes=32)
    assert ledger.next_places == 1
    assert [hour.places for hour in ledger.hours] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert [(part["name"], part["count"]) for part in ledger.parts] == [("Service", 3), ("Kept free", 100)]


def test_an_unlimited_portfolio_has_no_ledger(as_alice: Client, hamburg: Number) -> None:
    hamburg.portfolio.tier, hamburg.portfolio.people_limit = "TIER_UNLIMITED", None
    hamburg.portfolio.save()
    assert "No limit of people" in as_alice.get("/numbers/").content.decode()


def test_one_number_says_how_it_stands(as_alice: Client, as_bob: Client, hamburg: Number) -> None:
    url = reverse("numbers:show", args=[public_id(hamburg)])
    page = as_alice.get(url).content.decode()
    assert "Nothing has left from this number in 24 hours." in page
    assert reverse("numbers:pause", args=[public_id(hamburg)]) in page
    helper = as_bob.get(url)
    assert helper.status_code == 200
    assert reverse("numbers:pause", args=[public_id(hamburg)]) not in helper.content.decode()


def test_pause_and_resume(as_alice: Client, hamburg: Number) -> None:
    name = public_id(hamburg)
    as_alice.post(reverse("numbers:pause", args=[name]), {"hours": "4", "reason": "moving house"})
    hamburg.refresh_from_db()
    assert hamburg.paused_until is not None
    assert clock.now() + timedelta(hours=3) < hamburg.paused_until < clock.now() + timedelta(hours=5)
    page = as_alice.get(reverse("numbers:show", args=[name])).content.decode()
    assert "Nothing leaves from this number now." in page
    assert "moving house" in page
    as_alice.post(reverse("numbers:resume", args=[name]))
    hamburg.refresh_from_db()
    assert hamburg.paused_until is None


def test_bob_may_look_but_not_touch(as_bob: Client, hamburg: Number) -> None:
    for verb in ("pause", "resume", "warm_up", "remove", "sync"):
        assert as_bob.post(reverse(f"numbers:{verb}", args=[public_id(hamburg)])).status_code == 403
    hamburg.refresh_from_db()
    assert (hamburg.paused_until, hamburg.removed_at, hamburg.warmup_from) == (None, None, None)


def test_a_stranger_finds_nothing(as_charlie: Client, hamburg: Number) -> None:
    account = hamburg.account
    notice = Notice.objects.create(
        workspace_id=hamburg.workspace_id, account=account, at=clock.now(), tone="warn", kind="alert", digest="x"
    )
    addresses = [
        reverse("numbers:show", args=[public_id(hamburg)]),
        reverse("numbers:app", args=[public_id(account.app)]),
        reverse("numbers:found", args=[public_id(account)]),
    ]
    assert [as_charlie.get(url).status_code for url in addresses] == [404, 404, 404]
    changes = [
        reverse("numbers:pause", args=[public_id(hamburg)]),
        reverse("numbers:token", args=[public_id(account)]),
        reverse("numbers:rotate", args=[public_id(account.app)]),
        reverse("numbers:reserve", args=[public_id(hamburg.portfolio)]),
        reverse("numbers:seen", args=[public_id(notice)]),
    ]
    answers = [as_charlie.post(url, {"secret": "s", "token": "t", "places": "1"}).status_code for url in changes]
    assert answers == [404] * len(changes)
    notice.refresh_from_db()
    hamburg.refresh_from_db()
    assert (notice.seen_at, hamburg.paused_until) == (None, None)
    assert "Hamburg" not in as_charlie.get("/numbers/").content.decode()


def test_a_removed_number_can_be_taken_back(as_alice: Client, hamburg: Number) -> None:
    url = reverse("numbers:remove", args=[public_id(hamburg)])
    as_alice.post(url)
    hamburg.refresh_from_db()
    assert hamburg.removed_at is not None
    assert "No numbers yet." in as_alice.get("/numbers/").content.decode()
    as_alice.post(url, {"undo": "1"})
    hamburg.refresh_from_db()
    assert (hamburg.removed_at, hamburg.paused_until) == (None, None)


@pytest.mark.parametrize(("places", "kept"), [("300", 300), ("2001", 0), ("-1", 0), ("many", 0), ("", 0)])
def test_the_reserve_stays_within_the_limit(as_alice: Client, hamburg: Number, places: str, kept: int) -> None:
    as_alice.post(reverse("numbers:reserve", args=[public_id(hamburg.portfolio)]), {"places": places})
    hamburg.portfolio.refresh_from_db()
    assert hamburg.portfolio.service_reserve == kept


def test_a_warning_stands_on_the_list_until_it_is_put_away(as_alice: Client, hamburg: Number) -> None:
    notice = Notice.objects.create(
        workspace_id=hamburg.workspace_id, account=hamburg.account, number=hamburg, at=clock.now(), tone="warn",
        kind="alert", data={"description": "The profile picture was lost."}, digest="x",
    )  # fmt: skip
    assert "The profile picture was lost." in as_alice.get("/numbers/").content.decode()
    as_alice.post(reverse("numbers:seen", args=[public_id(notice)]))
    assert "The profile picture was lost." not in as_alice.get("/numbers/").content.decode()
    page = as_alice.get(reverse("numbers:show", args=[public_id(hamburg)])).content.decode()
    assert "The profile picture was lost." in page


def test_from_nothing_to_numbers_by_hand(alice: Member, meta: Running, door: Callback) -> None:
    client = browser(alice)
    given = {"meta_id": meta.about["app_id"], "secret": meta.about["app_secret"], "graph_url": meta.about["address"]}
    answer = client.post(reverse("numbers:connect"), given)
    app = App.objects.get()
    assert answer.headers["Location"] == reverse("numbers:app", args=[public_id(app)])
    page = client.get(answer.headers["Location"])
    assert page.headers["Cache-Control"] == "no-store"
    assert door.url in page.content.decode()
    door.verify_token = page.context["verify_token"]
    account_form = {"waba_id": meta.about["numbers"][0]["waba_id"], "token": meta.about["token"]}
    answer = client.post(reverse("numbers:app", args=[public_id(app)]), account_form)
    account = Account.objects.get()
    assert answer.headers["Location"] == reverse("numbers:found", args=[public_id(account)])
    assert account.subscribed_at is not None
    found = client.get(answer.headers["Location"]).content.decode()
    assert "Meta lists 3 numbers in this account. Its webhooks come here." in " ".join(found.split())
    assert "Nordlicht Outdoor UK" in client.get("/numbers/").content.decode()


def test_a_wrong_token_stays_on_the_form_with_a_sentence(alice: Member, app: App) -> None:
    url = reverse("numbers:app", args=[public_id(app)])
    answer = browser(alice).post(url, {"waba_id": "620000000000001", "token": "EAAnonsense"})
    assert answer.status_code == 200
    assert "token" in str(answer.context["form"].non_field_errors()).lower()
    assert "EAAnonsense" not in answer.content.decode()


def test_markup_in_a_name_is_only_text(as_alice: Client, hamburg: Number) -> None:
    Number.objects.filter(pk=hamburg.pk).update(name="<script>alert(1)</script>", profile={"about": "<b>x</b>{{7*7}}"})
    for url in ("/numbers/", reverse("numbers:show", args=[public_id(hamburg)])):
        page = as_alice.get(url).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page
