"""The pages of prices: looked at before anything is kept."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.campaigns.conftest import Shop
from tradewind.campaigns.rates.models import Rate, RateCard
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")

GOOD = b"Market,Currency,Marketing\nGermany,EUR,0.1131\nAtlantis,EUR,0.1\n"


def test_a_card_is_looked_at_then_kept(as_alice: Any, shop: Shop) -> None:
    page = as_alice.get("/campaigns/rates/").content.decode()
    assert "There are no prices yet." in page
    sent = {"file": SimpleUploadedFile("card.csv", GOOD), "valid_from": "2026-01-01", "name": "Mine"}
    page = as_alice.post("/campaigns/rates/import/", sent).content.decode()
    assert "1 price</b>" in page and "no market that we know" in page and RateCard.objects.count() == 0
    kept = as_alice.post(
        "/campaigns/rates/import/", {"text": GOOD.decode(), "valid_from": "2026-01-01", "name": "Mine", "keep": ""}
    )
    card = RateCard.objects.get()
    assert kept["Location"] == f"/campaigns/rates/{public_id(card)}/"
    assert (card.name, card.currency, card.valid_from) == ("Mine", "EUR", date(2026, 1, 1))
    assert list(Rate.objects.values_list("market", "micros")) == [("DE", 113_100)]
    page = as_alice.get("/campaigns/rates/").content.decode()
    assert "0.1131" in page and "Mine" in page
    assert as_alice.get("/campaigns/rates/month/").status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, {"text": "nonsense", "keep": ""}, {"text": GOOD.decode(), "keep": "", "valid_from": "x"}]
)
def test_nonsense_comes_back_with_words(as_alice: Any, shop: Shop, sent: dict[str, str]) -> None:
    answer = as_alice.post("/campaigns/rates/import/", {"valid_from": "2026-01-01", **sent})
    assert answer.status_code == 422 and RateCard.objects.count() == 0


def test_the_file_is_not_optional(as_alice: Any, shop: Shop) -> None:
    assert 'type="file"' in (page := as_alice.get("/campaigns/rates/import/").content.decode())
    assert "Rate card</label>" in page
    assert "Choose the file" in as_alice.post("/campaigns/rates/import/", {"valid_from": "2026-01-01"}).content.decode()


def test_example_prices_say_that_they_are_made_up(as_alice: Any, shop: Shop, still_time: Any) -> None:
    from datetime import UTC, datetime

    still_time.set(datetime(2026, 11, 1, tzinfo=UTC))
    as_alice.post("/campaigns/rates/example/")
    as_alice.post("/campaigns/rates/example/")
    assert RateCard.objects.count() == 1
    assert "These prices are made up." in as_alice.get("/campaigns/rates/").content.decode()
