"""The high season, holidays, recurring campaigns, rate cards and files over the API."""

import base64

from tests.api.conftest import Program
from tests.belongings import Belongings
from tests.messages.media.files import HTML, photo
from tradewind.campaigns.models import Series
from tradewind.messages.media.models import MediaFile
from tradewind.workspaces.models import AuditEntry

CARD = "Market,Currency,Marketing,Utility\nGermany,EUR,0.1131,0.0456\nNowhere,EUR,x,\n"


def test_b14_the_season_is_read_and_chosen(call: Program) -> None:
    assert call("get", "/season") == (200, {"months": [3, 9], "follow_up_hours": 24})
    status, found = call("put", "/season", {"months": [12, 11, 11], "follow_up_hours": 12})
    assert (status, found) == (200, {"months": [11, 12], "follow_up_hours": 12})
    assert call("get", "/season")[1] == found
    assert AuditEntry.objects.get(verb="season.changed").detail == {"months": [11, 12], "hours": 12}
    assert call("put", "/season", {"months": [13]})[0] == 422


def test_holidays_of_a_country(call: Program) -> None:
    status, found = call("get", "/holidays?country=de&year=2026")
    assert status == 200 and {"day": "2026-10-03", "name": "Tag der Deutschen Einheit"} in found["holidays"]
    assert call("get", "/holidays?country=zz&year=2026")[1]["holidays"] == []
    assert call("get", "/holidays?country=Germany&year=2026")[0] == 422


def test_what_comes_again_is_listed_and_ended(call: Program, hers: Belongings) -> None:
    (found,) = call("get", "/series")[1]["series"]
    assert (found["id"], found["kind"], found["is_on"]) == (hers.id("series"), "daily", False)
    assert call("get", "/series/cycle")[1] == {"days": None, "on_day": None, "people": 0}
    path = f"/api/v1/campaigns/{hers.id('campaign')}/series"
    for _ in range(2):
        answer = call.client.delete(path, headers={"Authorization": f"Bearer {call.token}"})
        assert answer.status_code == 204
    assert not Series.objects.exists()


def test_a_rate_card_is_imported_and_read(call: Program, hers: Belongings) -> None:
    status, made = call("post", "/rates/", {"csv": CARD, "valid_from": "2026-01-01", "name": "Winter"})
    assert (status, made["card"]["name"], made["card"]["currency"], made["prices"]) == (201, "Winter", "EUR", 2)
    assert [each["line"] for each in made["refused"]] == [3]
    found = call("get", f"/rates/{made['card']['id']}")[1]
    assert {"market": "DE", "category": "marketing", "volume_from": 0, "micros": 113_100} in found["prices"]
    listed = call("get", "/rates/")[1]["rates"]
    assert [each["id"] for each in listed] == [made["card"]["id"], hers.id("card")]
    assert sum(each["is_in_use"] for each in listed) == 1
    assert call("post", "/rates/", {"csv": "nothing", "valid_from": "2026-01-01"})[0] == 409
    assert call("post", "/rates/", {"csv": CARD, "valid_from": "1990-01-01"})[0] == 409


def test_a_file_is_handed_in_once_and_found_again(call: Program, hers: Belongings) -> None:
    body = {"name": "spring.jpg", "base64": base64.b64encode(photo(900, 500)).decode(), "wanted": "image"}
    status, made = call("post", "/media/", body)
    assert (status, made["kind"], made["width"]) == (201, "image", 900) and made["ref"] == f"media:{made['id']}"
    assert call("post", "/media/", body)[1]["id"] == made["id"] and MediaFile.objects.count() == 2
    assert call("get", f"/media/{made['id']}")[1]["numbers"] == []
    assert [each["id"] for each in call("get", "/media/?kind=image")[1]["media"]] == [made["id"], hers.id("media")]
    assert call("get", "/media/?kind=video")[1]["media"] == []
    assert call("post", "/media/", {"name": "a", "base64": "%%%"})[0] == 409
    html = {"name": "a.jpg", "base64": base64.b64encode(HTML).decode(), "wanted": "image"}
    assert call("post", "/media/", html)[0] == 409
