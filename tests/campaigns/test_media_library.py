"""B11: the workspace's files on a page, chosen again for a message, and taken away only when nothing needs them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import BINDINGS, Shop
from tests.messages.media.files import PDF, photo
from tests.people import browser, member
from tradewind.campaigns import bindings
from tradewind.campaigns.models import Campaign, FollowUp, Variant
from tradewind.lib import clock
from tradewind.messages.media import actions
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile, MediaPiece, MediaUpload
from tradewind.messages.models import Content, Run
from tradewind.templates.models import Sample, Template
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db
PAGE = "/media/library/"


def file_of(who: Member, name: str = "spring.jpg", width: int = 400) -> MediaFile:
    return actions.keep(workspace=who.workspace, member=who, name=name, content=photo(width, 300))


def bound(file: MediaFile, key: str = bindings.MEDIA) -> list[dict[str, str]]:
    return [{"key": key, "field": "", "fallback": f"{bindings.OWN_FILE}{public_id(file)}"}]


def campaign(file: MediaFile, name: str = "Spring", state: str = "draft", **more: Any) -> Campaign:
    given = {"bindings": bound(file), "created_at": clock.now(), **more}
    return Campaign.objects.create(workspace_id=file.workspace_id, name=name, state=state, **given)


def text_of(client: Client, address: str, **how: Any) -> str:
    answer = client.get(address, **how)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def about(file: MediaFile) -> str:
    return f"/media/{public_id(file)}/about/"


def taken_away(client: Client, file: MediaFile) -> str:
    return client.post(f"/media/{public_id(file)}/removal/", follow=True).content.decode()


def test_the_page_says_what_there_is_who_uses_it_and_how_long_meta_has_it(
    as_alice: Client,
    shop: Shop,
    as_charlie: Client,
) -> None:
    assert "No file yet." in text_of(as_alice, PAGE)
    file, other = file_of(shop.owner), actions.keep(
        workspace=shop.owner.workspace, member=shop.owner, name="prices.pdf", content=PDF
    )  # fmt: skip
    for n in range(5):
        campaign(file, f"Spring {n}", "done")
    until = clock.now() + timedelta(days=20)
    MediaUpload.objects.create(
        workspace=file.workspace, file=file, number=shop.numbers[0], meta_id="9", uploaded_at=clock.now(),
        expires_at=until, next_try_at=until,
    )  # fmt: skip
    page = text_of(as_alice, PAGE)
    assert "spring.jpg" in page and "Spring 4" in page and "2 more" in page and "1 number, until" in page
    assert "prices.pdf" in page and "not yet" in page
    assert "spring.jpg" not in text_of(as_alice, PAGE, query_params={"kind": "document"})
    assert "prices.pdf" not in text_of(as_alice, PAGE, query_params={"q": "SPRING"})
    page = text_of(as_alice, about(file))
    assert "Number 0" in page and "Spring 0" in page and "until" in page
    assert "it goes by itself on" in text_of(as_alice, about(other))
    assert "spring.jpg" not in text_of(as_charlie, PAGE)
    assert as_charlie.get(about(file)).status_code == 404


def test_pages_follow_each_other(as_alice: Client, alice: Member) -> None:
    for n in range(26):
        file_of(alice, f"file {n:02}.jpg", 300 + n)
    first = text_of(as_alice, PAGE)
    assert "file 25" in first and "file 02" in first and "file 01" not in first
    last = MediaFile.objects.get(name="file 02.jpg")
    second = text_of(as_alice, PAGE, query_params={"after": public_id(last)})
    assert "file 01" in second and "file 00" in second and "file 02" not in second


@pytest.mark.parametrize("state", ["draft", "planned", "running", "paused"])
def test_what_a_campaign_needs_stays_and_the_reason_is_said(as_alice: Client, alice: Member, state: str) -> None:
    file = file_of(alice)
    campaign(file, "Easter", state)
    assert "Still needed by \u2068Easter\u2069" in text_of(as_alice, about(file))
    assert "Still needed by \u2068Easter\u2069" in taken_away(as_alice, file)
    assert MediaFile.objects.filter(pk=file.pk).exists()


def test_other_texts_cards_and_follow_ups_need_it_too(as_alice: Client, shop: Shop) -> None:
    files = [file_of(shop.owner, f"{n}.jpg", 300 + n) for n in range(3)]
    nothing: dict[str, Any] = {"bindings": []}
    trial, follow = campaign(files[0], "Trial", "running", **nothing), campaign(files[0], "Over", "done", **nothing)
    Variant.objects.create(
        workspace=trial.workspace, campaign=trial, place=1, template=shop.utility, bindings=bound(files[0])
    )
    campaign(files[1], "Cards", bindings=bound(files[1], "card.3.media"))
    late = FollowUp.objects.create(
        workspace=follow.workspace, campaign=follow, kind="unread", template=shop.utility, bindings=bound(files[2]),
        created_at=clock.now(),
    )  # fmt: skip
    said = [taken_away(as_alice, file) for file in files]
    assert ["Trial" in said[0], "Cards" in said[1], "Over" in said[2]] == [True, True, True]
    assert MediaFile.objects.count() == 3
    FollowUp.objects.filter(pk=late.pk).update(state="made")
    assert "The file is removed." in taken_away(as_alice, files[2])


def test_what_waits_to_be_sent_stays_until_its_run_is_closed(as_alice: Client, alice: Member) -> None:
    file = file_of(alice)
    payload = {"card_media": [{"file": file.pk, "filename": file.name}]}
    content = Content.objects.create(workspace=alice.workspace, payload=payload, created_at=clock.now())
    run = Run.objects.create(workspace=alice.workspace, content=content, category="marketing", created_at=clock.now())
    assert "Messages that wait to be sent carry it." in taken_away(as_alice, file)
    Run.objects.filter(pk=run.pk).update(state="closed")
    assert "The file is removed." in taken_away(as_alice, file)


def test_what_may_be_tried_again_tomorrow_keeps_its_files(as_alice: Client, shop: Shop) -> None:
    """Text B of a campaign that is done: its run is open, and only the other text's content is the run's own."""
    file = file_of(shop.owner)
    content = Content.objects.create(workspace=file.workspace, payload={}, created_at=clock.now())
    run = Run.objects.create(workspace=file.workspace, content=content, category="marketing", created_at=clock.now())
    done = campaign(file, "Trial", "done", bindings=[], run=run)
    Variant.objects.create(
        workspace=file.workspace, campaign=done, place=1, template=shop.utility, bindings=bound(file)
    )
    assert "Still needed by \u2068Trial\u2069" in taken_away(as_alice, file)
    Run.objects.filter(pk=run.pk).update(state="closed")
    assert "The file is removed." in taken_away(as_alice, file)


def test_removing_takes_all_of_it_and_is_noted(as_alice: Client, alice: Member, shop: Shop) -> None:
    file = file_of(alice)
    campaign(file, "Long gone", "done")
    actions.want(file, shop.numbers)
    assert "its pages here show no picture any more" in text_of(as_alice, about(file))
    taken_away(as_alice, file)
    assert not MediaFile.objects.exists() and not MediaPiece.objects.exists() and not MediaUpload.objects.exists()
    assert AuditEntry.objects.get(verb="media.removed").summary == "spring.jpg"
    with pytest.raises(MediaError, match="removed meanwhile"):
        actions.want(file, shop.numbers)


def test_a_page_whose_picture_was_removed_says_which_it_was(as_alice: Client, shop: Shop) -> None:
    """Of a campaign that is over: the phone has a place for it, and its name and day stand below."""
    shop.person("Ada", "+4915100000001")
    on_top = {"type": "HEADER", "format": "IMAGE"}
    Template.objects.filter(pk=shop.utility.pk).update(components=[on_top, *shop.utility.components])
    shop.utility.refresh_from_db()
    file = file_of(shop.owner, "<b>spring.jpg")
    over = shop.planned(bindings=[*BINDINGS, *bound(file)])
    address = reverse("campaigns:plan", args=[public_id(over)])
    page = text_of(as_alice, address)
    assert f"/media/{public_id(file)}/" in page and "was removed" not in page
    Campaign.objects.filter(pk=over.pk).update(state="done")
    taken_away(as_alice, file)
    page = text_of(as_alice, address)
    assert "<bdi>&lt;b&gt;spring.jpg</bdi> was removed" in page and 'class="media-place"' in page
    assert f"/media/{public_id(file)}/" not in page


def test_a_sample_of_a_template_uses_it_and_does_not_hold_it(as_alice: Client, shop: Shop) -> None:
    file = file_of(shop.owner)
    given = {"kind": "image", "mime": file.mime, "name": file.name, "body": b"x", "created_at": clock.now()}
    sample = Sample.objects.create(workspace=file.workspace, sha256=file.sha256, **given)
    Template.objects.filter(pk=shop.utility.pk).update(card_samples=[sample.pk])
    assert "news (en)" in text_of(as_alice, about(file))
    assert "The file is removed." in taken_away(as_alice, file)


def test_who_writes_no_campaigns_removes_nothing(alice: Member, as_bob: Client, as_charlie: Client) -> None:
    file = file_of(alice)
    assert "Remove it" not in text_of(as_bob, about(file))
    assert as_bob.post(f"/media/{public_id(file)}/removal/").status_code == 403
    assert as_charlie.post(f"/media/{public_id(file)}/removal/").status_code == 404
    analyst = browser(member(alice.workspace, "Ann", "analyst"))
    assert analyst.get(PAGE).status_code == 403
    assert MediaFile.objects.count() == 1


def test_a_file_is_chosen_from_those_of_its_kind(as_alice: Client, alice: Member) -> None:
    for n in range(14):
        file_of(alice, f"<b>{n:02}</b>.jpg", 300 + n)
    actions.keep(workspace=alice.workspace, member=alice, name="prices.pdf", content=PDF)
    page = text_of(as_alice, f"{PAGE}choice/", query_params={"kind": "image"})
    newest = MediaFile.objects.filter(kind="image").order_by("-pk")[0]
    assert page.count("choice#choose") == 12 and "prices.pdf" not in page and "<b>13" not in page
    assert f"media:{public_id(newest)}" in page and "Older" in page
    last = MediaFile.objects.filter(kind="image").order_by("-pk")[11]
    rest = text_of(as_alice, f"{PAGE}choice/", query_params={"kind": "image", "after": public_id(last)})
    assert rest.count("choice#choose") == 2 and "Older" not in rest
    assert "No such file yet" in text_of(as_alice, f"{PAGE}choice/", query_params={"kind": "video"})


def test_without_scripts_a_file_is_handed_in_on_the_page(as_alice: Client) -> None:
    page = as_alice.post(PAGE, {"file": SimpleUploadedFile("a.jpg", photo(300, 200))}, follow=True).content.decode()
    assert "a.jpg" in page
    page = as_alice.post(PAGE, {"file": SimpleUploadedFile("a.jpg", b"<html>")}, follow=True).content.decode()
    assert "This is a web page" in page
    assert MediaFile.objects.count() == 1


def test_over_the_api(alice: Member, charlie: Member) -> None:
    file = file_of(alice)
    row = campaign(file, "Easter")
    _key, token = keys.create(by=alice, name="All", scopes=keys.SCOPE_RIGHTS)
    _key, theirs = keys.create(by=charlie, name="All", scopes=keys.SCOPE_RIGHTS)
    address, client = f"/api/v1/media/{public_id(file)}", Client()
    hers, his = {"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {theirs}"}
    told = client.get(address, headers=hers).json()
    assert told["used_by"] == [{"kind": "campaign", "id": public_id(row), "name": "Easter", "needs_it": True}]
    assert "Easter" in told["why_it_stays"]
    _key, narrow = keys.create(by=alice, name="Files", scopes=["messages:read"])
    told = client.get(address, headers={"Authorization": f"Bearer {narrow}"}).json()
    assert (told["name"], told["used_by"], told["why_it_stays"]) == (file.name, [], ""), "it may not read campaigns"
    refused = client.delete(address, headers=hers)
    assert refused.status_code == 409 and "Easter" in refused.json()["detail"]
    assert client.delete(address, headers=his).status_code == 404
    Campaign.objects.filter(pk=row.pk).update(state="cancelled")
    assert client.delete(address, headers=hers).status_code == 204
    assert client.delete(address, headers=hers).status_code == 404
